// Readings in the ledger: how full an account's windows were, and what else counts for its rank.
import type { Reading } from "../balance/windows.ts";
import { latestResetMs, WINDOWS } from "../balance/windows.ts";
import type { ReadingRows } from "../ports/mod.ts";
import type { Queries } from "./queries.ts";
import { limitOf, numberOrNull, readingOf } from "./rows.ts";
import { OPEN_SESSIONS } from "./sessions.ts";

/** How many readings of a window are read at most; one reset has many, with rounded times. */
const READINGS_READ = 32;

/** The readings of an account that can still matter, of both windows. */
export function latestReadings({ all }: Queries, account: string, nowMs: number): Reading[] {
  return WINDOWS.flatMap((window) =>
    all(
      `SELECT * FROM readings WHERE account = ? AND window = ? AND coalesce(resets_at_ms, 0) <= ?
       ORDER BY resets_at_ms DESC, percent_used DESC LIMIT ?`,
      account,
      window,
      latestResetMs(window, nowMs),
      READINGS_READ,
    ).map(readingOf)
  );
}

/** Adds readings; one that repeats what is known only renews its time. */
export function addReadings({ one, change }: Queries, readings: readonly Reading[]): void {
  for (const { account, window, percentUsed, source, ...times } of readings) {
    const resetsAtMs = times.resetsAtMs === null ? null : Math.round(times.resetsAtMs);
    const observedAtMs = Math.round(times.observedAtMs);
    const known = one(
      `SELECT id FROM readings WHERE account = ? AND window = ? AND resets_at_ms IS ?
       AND percent_used = ? AND source = ?`,
      account,
      window,
      resetsAtMs,
      percentUsed,
      source,
    );
    if (known !== undefined) {
      change(
        "UPDATE readings SET observed_at_ms = ? WHERE id = ?",
        observedAtMs,
        Number(known["id"]),
      );
      continue;
    }
    change(
      `INSERT INTO readings (account, window, percent_used, resets_at_ms, observed_at_ms, source)
       VALUES (?, ?, ?, ?, ?, ?)`,
      account,
      window,
      percentUsed,
      resetsAtMs,
      observedAtMs,
      source,
    );
  }
}

/** The `readings` table. */
export function readingRows(queries: Queries): ReadingRows {
  const { all, one } = queries;
  return {
    facts(account, nowMs) {
      const last = one("SELECT max(started_at_ms) AS at FROM sessions WHERE account = ?", account);
      const active = one(`SELECT count(*) AS n FROM ${OPEN_SESSIONS} AND account = ?`, account);
      return {
        readings: latestReadings(queries, account, nowMs),
        limits: all("SELECT * FROM limits WHERE account = ? AND until_ms > ?", account, nowMs)
          .map(limitOf),
        lastUsedAtMs: numberOrNull(last?.["at"]),
        activeSessions: Number(active?.["n"] ?? 0),
      };
    },
    addReadings: (readings) => addReadings(queries, readings),
  };
}
