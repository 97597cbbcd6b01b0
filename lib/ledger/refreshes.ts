// When the client was last asked for each account's figures, so that processes take turns.
import type { RefreshRows } from "../ports/mod.ts";
import type { LedgerUse, Queries } from "./queries.ts";
import { numberOf } from "./rows.ts";

/** The `refreshes` table. */
export function refreshRows({ one, change, immediately }: Queries, use: LedgerUse): RefreshRows {
  return {
    claimRefresh(accounts, { nowMs, pauseMs }) {
      if (use !== "kept" || accounts.length === 0) return [];
      return immediately(() =>
        accounts.filter((account) => {
          const row = one("SELECT asked_at_ms FROM refreshes WHERE account = ?", account);
          const askedAtMs = row === undefined ? -Infinity : numberOf(row["asked_at_ms"]);
          // Another process may have read the clock later and written first; a time far in the future
          // is from before the clock was set back.
          if (Math.abs(nowMs - askedAtMs) < pauseMs) return false;
          change(
            `INSERT INTO refreshes (account, asked_at_ms) VALUES (?, ?)
             ON CONFLICT (account) DO UPDATE SET asked_at_ms = excluded.asked_at_ms`,
            account,
            Math.round(nowMs),
          );
          return true;
        })
      );
    },
  };
}
