// Limits in the ledger: until when an account may not be used.
import { personOf } from "../balance/windows.ts";
import type { Limit, LimitRows } from "../ports/mod.ts";
import type { Queries } from "./queries.ts";
import { limitOf } from "./rows.ts";

/** The limits of an account that haven't ended, except those that another identity met. */
export function unendedLimits(
  { all }: Queries,
  account: string,
  { identity, nowMs }: { identity: string | null; nowMs: number },
): Limit[] {
  return all(
    `SELECT * FROM limits WHERE account = ? AND until_ms > ?
     AND (identity IS NULL OR identity IN (?, ?))`,
    account,
    nowMs,
    identity,
    personOf(identity),
  ).map(limitOf);
}

/** The `limits` table. */
export function limitRows({ one, change }: Queries): LimitRows {
  return {
    addLimit: (limit) =>
      void change(
        `INSERT INTO limits (account, window, model, until_ms, kind, recorded_at_ms, session_id, identity)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        limit.account,
        limit.window,
        limit.model,
        Math.round(limit.untilMs),
        limit.kind,
        Math.round(limit.recordedAtMs),
        limit.session,
        limit.identity ?? null,
      ),

    limitMetBy(session, nowMs) {
      const row = one(
        "SELECT * FROM limits WHERE session_id = ? AND until_ms > ? ORDER BY id DESC LIMIT 1",
        session,
        nowMs,
      );
      return row === undefined ? null : limitOf(row);
    },

    clearManualLimits: (account) =>
      void change("DELETE FROM limits WHERE account = ? AND kind = 'manual'", account),

    clearLimits(account, nowMs) {
      const still = one(
        "SELECT count(*) AS n FROM limits WHERE account = ? AND until_ms > ?",
        account,
        nowMs,
      );
      change("DELETE FROM limits WHERE account = ?", account);
      return Number(still?.["n"] ?? 0);
    },
  };
}
