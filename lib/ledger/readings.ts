// Readings in the ledger: how full an account's windows were, and what else counts for its rank.
import { latestResetMs, WINDOWS } from "../balance/windows.ts";
import type { AccountFacts, ReadingRows } from "../ports/mod.ts";
import type { Queries } from "./queries.ts";
import { limitOf, numberOrNull, readingOf } from "./rows.ts";
import { OPEN_SESSIONS } from "./sessions.ts";

/** Readings of one window that are looked at; resets of one window differ by rounding only. */
const READINGS_LOOKED_AT = 32;

/** The rows of `readings`. */
export function readingRows({ all, one, change }: Queries): ReadingRows {
  return {
    facts(account, nowMs): AccountFacts {
      const readings = WINDOWS.flatMap((window) =>
        all(
          `SELECT * FROM readings WHERE account = ? AND window = ? AND coalesce(resets_at_ms, 0) <= ?
           ORDER BY resets_at_ms DESC, percent_used DESC LIMIT ?`,
          account,
          window,
          latestResetMs(window, nowMs),
          READINGS_LOOKED_AT,
        ).map(readingOf)
      );
      const limits = all("SELECT * FROM limits WHERE account = ? AND until_ms > ?", account, nowMs)
        .map(limitOf);
      const last = one("SELECT max(started_at_ms) AS at FROM sessions WHERE account = ?", account);
      const active = one(
        `SELECT count(*) AS n FROM ${OPEN_SESSIONS} AND account = ?`,
        account,
      );
      return {
        readings,
        limits,
        lastUsedAtMs: numberOrNull(last?.["at"]),
        activeSessions: Number(active?.["n"] ?? 0),
      };
    },

    addReadings(readings) {
      for (const reading of readings) {
        change(
          `INSERT INTO readings (account, window, percent_used, resets_at_ms, observed_at_ms, source)
           VALUES (?, ?, ?, ?, ?, ?)`,
          reading.account,
          reading.window,
          reading.percentUsed,
          reading.resetsAtMs === null ? null : Math.round(reading.resetsAtMs),
          Math.round(reading.observedAtMs),
          reading.source,
        );
      }
    },
  };
}
