// What SQLite says is wrong, by its result codes (https://sqlite.org/rescode.html).

/** A fault that something can be done about. `damaged` covers files and tables that aren't ours. */
export type Fault = "busy" | "read-only" | "full" | "damaged";

/** By primary result code; 1 is what our statements get where a table, column or index is missing. */
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
 * The fault behind an error, or null. Only prepared statements give a code: `exec` and the opening
 * of a file don't.
 */
export function faultOf(error: unknown): Fault | null {
  const code = error instanceof Error && "errcode" in error ? Number(error.errcode) : 0;
  // Above the primary code stand the bits of an extended one.
  return FAULTS[code & 0xff] ?? null;
}

/** Whether the error comes from SQLite: a damaged page, or a file that can't be written. */
export function isFromSqlite(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_SQLITE_ERROR";
}
