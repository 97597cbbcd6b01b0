// Readings in the ledger: how full an account's windows were, and what else counts for its rank.
import type { Reading } from "../balance/windows.ts";
import {
  AHEAD_MS,
  latestResetMs,
  personOf,
  SAME_RESET_MS,
  SPEND_WINDOW,
  WINDOWS,
} from "../balance/windows.ts";
import type { ReadingRows } from "../ports/mod.ts";
import { unendedLimits } from "./limits.ts";
import type { Queries } from "./queries.ts";
import { numberOrNull, readingOf } from "./rows.ts";
import { OPEN_SESSIONS } from "./sessions.ts";

/** How many readings of a window are read: the newest decides, and an older one may show a fall. */
const READINGS_READ = 32;

/** The windows to read: each of the account's own, and those of models, whose names come after them. */
const NAMES = [...WINDOWS.map((window) => ({ is: "=", window }) as const), {
  is: ">",
  window: "seven_day",
}] as const;

/**
 * The newest readings of an account's windows with possible resets, except those of another identity.
 * Readings from the future, made before the clock was set back, are read only if there are no others.
 */
export function newestReadings(
  { all }: Queries,
  account: string,
  { identity, nowMs }: { identity: string | null; nowMs: number },
): Reading[] {
  return NAMES.flatMap(({ is, window }) => {
    const newest = (times: "<=" | ">"): Reading[] =>
      all(
        `SELECT * FROM readings WHERE account = ? AND window ${is} ? AND measured_at_ms ${times} ?
         AND coalesce(resets_at_ms, 0) <= ? AND (identity IS NULL OR identity IN (?, ?))
         ORDER BY measured_at_ms DESC, id DESC LIMIT ?`,
        account,
        window,
        nowMs + AHEAD_MS,
        latestResetMs(window, nowMs),
        identity,
        personOf(identity),
        READINGS_READ,
      ).map(readingOf);
    const past = newest("<=");
    return past.length > 0 ? past : newest(">");
  });
}

/**
 * Adds readings; one that repeats the newest of its window only renews that one's time. A budget, which
 * changes with each turn, has one row: many would push out the windows of models, which are read with it.
 */
export function addReadings({ one, change }: Queries, readings: readonly Reading[]): void {
  for (const reading of readings) {
    const { account, window, model, percentUsed, source, identity, ...times } = reading;
    const resetsAtMs = times.resetsAtMs === null ? null : Math.round(times.resetsAtMs);
    const measuredAtMs = Math.round(times.measuredAtMs);
    const row = one(
      `SELECT * FROM readings WHERE account = ? AND window = ? AND model IS ?
       ORDER BY measured_at_ms DESC, id DESC LIMIT 1`,
      account,
      window,
      model,
    );
    const newest = row === undefined ? null : readingOf(row);
    const isSame = newest?.source === source && newest.identity === identity &&
      newest.measuredAtMs <= measuredAtMs &&
      (window === SPEND_WINDOW ||
        newest.percentUsed === percentUsed && newest.resetsAtMs === resetsAtMs);
    if (isSame) {
      change(
        "UPDATE readings SET percent_used = ?, resets_at_ms = ?, measured_at_ms = ? WHERE id = ?",
        percentUsed ?? 0,
        resetsAtMs,
        measuredAtMs,
        Number(row?.["id"]),
      );
      continue;
    }
    change(
      `INSERT INTO readings
       (account, window, model, percent_used, resets_at_ms, measured_at_ms, source, identity)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      account,
      window,
      model,
      percentUsed ?? 0,
      resetsAtMs,
      measuredAtMs,
      source,
      identity,
    );
  }
}

/** The readings of an account's window up to one reset, at most one in each `everyMs`, newest first. */
export function readingsUntil(
  { all }: Queries,
  account: string,
  { window, identity, resetsAtMs, everyMs }: Parameters<ReadingRows["readingsUntil"]>[1],
): Reading[] {
  return all(
    // With max(), the other columns are those of the newest row.
    `SELECT *, max(measured_at_ms) FROM readings
     WHERE account = ? AND window = ? AND model IS NULL AND resets_at_ms BETWEEN ? AND ?
     AND (identity IS NULL OR identity IN (?, ?))
     GROUP BY measured_at_ms / CAST(? AS INTEGER) ORDER BY measured_at_ms DESC LIMIT 200`,
    account,
    window,
    resetsAtMs - SAME_RESET_MS,
    resetsAtMs + SAME_RESET_MS,
    identity,
    personOf(identity),
    Math.round(everyMs),
  ).map(readingOf);
}

/** The `readings` table. */
export function readingRows(queries: Queries): ReadingRows {
  const { one } = queries;
  return {
    facts(account, options) {
      // A start in the future is from before the clock was set back.
      const last = one(
        "SELECT max(started_at_ms) AS at FROM sessions WHERE account = ? AND started_at_ms <= ?",
        account,
        options.nowMs + AHEAD_MS,
      );
      const active = one(`SELECT count(*) AS n FROM ${OPEN_SESSIONS} AND account = ?`, account);
      return {
        readings: newestReadings(queries, account, options),
        limits: unendedLimits(queries, account, options),
        lastUsedAtMs: numberOrNull(last?.["at"]),
        activeSessions: Number(active?.["n"] ?? 0),
      };
    },
    readingsUntil: (account, options) => readingsUntil(queries, account, options),
    addReadings: (readings) => addReadings(queries, readings),
  };
}
