// The rule for how long rows of the ledger are kept, so that it does not grow without bound.
import type { DatabaseSync } from "node:sqlite";

const DAY_MS = 24 * 3_600_000;

/** How long rows are kept, by the time that counts; windows last at most a week. */
const RETENTION = {
  readings: { time: "observed_at_ms", keepMs: 15 * DAY_MS },
  limits: { time: "until_ms", keepMs: 15 * DAY_MS },
  sessions: { time: "ended_at_ms", keepMs: 400 * DAY_MS },
  choices: { time: "chosen_at_ms", keepMs: 400 * DAY_MS },
} as const;

/** A table whose rows grow old. */
export type AgeingTable = keyof typeof RETENTION;
/** All of them. */
export const AGEING_TABLES = Object.keys(RETENTION) as AgeingTable[];

/**
 * Deletes what is too old among the first rows of a table. Whoever adds rows deletes more of them
 * than it adds, so a table shrinks to what is kept and one call stays short.
 */
export function deleteOldRows(
  database: DatabaseSync,
  options: { table: AgeingTable; rows: number; nowMs: number },
): void {
  const { table, rows, nowMs } = options;
  const { time, keepMs } = RETENTION[table];
  database.prepare(
    `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} ORDER BY rowid LIMIT ?)
     AND ${time} < ?`,
  ).run(rows, nowMs - keepMs);
}
