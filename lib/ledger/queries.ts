// Statements on one connection to the ledger, each prepared at its first use.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Row } from "./rows.ts";

/** How a ledger is opened: kept in its file, in memory until this process ends, or read-only. */
export type LedgerUse = "kept" | "memory" | "read";

type Value = string | number | null;

/** Runs SQL; values replace its question marks. All methods throw SQLite's errors, with a code. */
export interface Queries {
  all(sql: string, ...values: Value[]): Row[];
  one(sql: string, ...values: Value[]): Row | undefined;
  /** Returns the number of the row that was inserted last. Does nothing in a read-only ledger. */
  change(sql: string, ...values: Value[]): number;
  /** Runs an action in one `BEGIN IMMEDIATE` transaction. */
  immediately<T>(action: () => T): T;
  /** Whether anything was changed. */
  readonly hasChanged: boolean;
}

/** The queries on an open, migrated database. */
export function queriesOn(database: DatabaseSync, use: LedgerUse): Queries {
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = database.prepare(sql);
    // Otherwise an integer above 2^53 throws whenever its row is read.
    fresh.setReadBigInts(true);
    prepared.set(sql, fresh);
    return fresh;
  };
  let hasChanged = false;
  return {
    all: (sql, ...values) => statement(sql).all(...values),
    one: (sql, ...values) => statement(sql).get(...values),
    change(sql, ...values) {
      if (use === "read") return 0;
      hasChanged = true;
      return Number(statement(sql).run(...values).lastInsertRowid);
    },
    immediately: (action) => use === "read" ? action() : immediately(database, action),
    get hasChanged() {
      return hasChanged;
    },
  };
}

/** Runs an action in one `BEGIN IMMEDIATE` transaction; its changes are undone if it throws. */
export function immediately<T>(database: DatabaseSync, action: () => T): T {
  database.prepare("BEGIN IMMEDIATE").run();
  try {
    const result = action();
    database.prepare("COMMIT").run();
    return result;
  } catch (error) {
    try {
      database.exec("ROLLBACK");
    } catch {
      // SQLite has already rolled back; the first error is the one to report.
    }
    throw error;
  }
}
