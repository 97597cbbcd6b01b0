// SQLite's errors by their result codes (https://sqlite.org/rescode.html).

/** A fault that something can be done about. `damaged` includes files and tables that aren't ours. */
export type Fault = "busy" | "read-only" | "full" | "damaged";

/** By primary result code; our statements get 1 if a table, column or index is missing. */
const FAULTS: Readonly<Record<number, Fault>> = {
  1: "damaged",
  5: "busy",
  6: "busy",
  8: "read-only",
  11: "damaged",
  13: "full",
  26: "damaged",
};

/**
 * The fault behind an error, or null. Only prepared statements give a code: `exec` and opening a
 * file don't.
 */
export function faultOf(error: unknown): Fault | null {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  // The bits above the primary code are those of an extended one.
  return FAULTS[code & 0xff] ?? null;
}

/** Whether the error comes from SQLite: a damaged page, or a file that can't be written. */
export function isFromSqlite(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
}
