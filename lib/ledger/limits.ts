// Limits in the ledger: until when an account may not be used.
import { personOf } from "../balance/windows.ts";
import type { Limit, LimitRows } from "../ports/mod.ts";
import type { Queries } from "./queries.ts";
import { limitOf, numberOrNull } from "./rows.ts";

/** In place of a window, for a row that only says when limits were cleared; nobody reads it as a window. */
const ALL_LIMITS = "all";

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
      // What was met stays in the history: it ends now.
      change("DELETE FROM limits WHERE account = ? AND kind <> 'limit'", account);
      change(
        "UPDATE limits SET until_ms = ?2 WHERE account = ?1 AND until_ms > ?2",
        account,
        nowMs,
      );
      change(
        `INSERT INTO readings (account, window, percent_used, measured_at_ms, source)
         VALUES (?, ?, 0, ?, 'cleared')`,
        account,
        ALL_LIMITS,
        nowMs,
      );
      return Number(still?.["n"] ?? 0);
    },

    wasCleared: ({ account, untilMs }) =>
      one(
        `SELECT 1 FROM readings
         WHERE account = ? AND window = ? AND measured_at_ms = ? AND source = 'cleared'`,
        account,
        ALL_LIMITS,
        untilMs,
      ) !== undefined,

    clearedAtMs: (account) =>
      numberOrNull(
        one(
          "SELECT max(measured_at_ms) AS at FROM readings WHERE account = ? AND source = 'cleared'",
          account,
        )?.["at"],
      ),
  };
}
