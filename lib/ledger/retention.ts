// How long the ledger keeps rows, so that it doesn't grow without bound.

const DAY_MS = 24 * 3_600_000;

/**
 * How long rows are kept, by the time that matters; windows last at most a week. What the daily rows are
 * made of also stays until they are made, and a little longer, because the next ones look back at it.
 */
const RETENTION = {
  readings: { time: "measured_at_ms", keepMs: 15 * DAY_MS },
  payloads: { time: "measured_at_ms", keepMs: 15 * DAY_MS },
  limits: { time: "until_ms", keepMs: 15 * DAY_MS },
  sessions: { time: "ended_at_ms", keepMs: 400 * DAY_MS },
  choices: { time: "chosen_at_ms", keepMs: 400 * DAY_MS },
} as const;

/** How long before a span the details that its daily rows are made of begin: longer than a week. */
export const LOOK_BACK_MS = 8 * DAY_MS;

type AgeingTable = keyof typeof RETENTION;
/** The tables whose old rows are deleted. */
export const AGEING_TABLES = Object.keys(RETENTION) as AgeingTable[];

/**
 * Deletes rows that are too old from the first rows of a table, through `change`. Each caller checks
 * more rows than it adds, so that tables shrink to what is kept and one call stays short.
 */
export function deleteOldRows(
  change: (sql: string, rows: number, beforeMs: number) => unknown,
  options: { table: AgeingTable; rows: number; nowMs: number },
): void {
  const { table, rows, nowMs } = options;
  const { time, keepMs } = RETENTION[table];
  change(
    // SQLite looks at the daily rows only once it has found a row that is old enough.
    `DELETE FROM ${table} WHERE rowid IN (SELECT rowid FROM ${table} ORDER BY rowid LIMIT ?)
     AND ${time} < ? AND ${time} < (SELECT max(until_ms) FROM kept_days) - ${LOOK_BACK_MS}`,
    rows,
    nowMs - keepMs,
  );
}
