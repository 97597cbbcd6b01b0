// Ledgers that can't be opened or that fail: a launch continues, and no data is lost.
import { DatabaseSync } from "node:sqlite";
import { isFile, moveDatabase, moveFile, openCopy } from "../system/database_files.ts";
import { orNull } from "../system/lookups.ts";
import { messageOf, UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import type { Ledger } from "../ports/mod.ts";
import { faultOf } from "./faults.ts";
import { sqliteLedger } from "./ledger.ts";
import { ForeignLedger, isReadable, NewerLedger, openLedgerDatabase } from "./schema.ts";

/** Queries that every sound ledger answers. */
const QUERIES = [
  "SELECT pid, client_session_id, offered FROM sessions INDEXED BY sessions_open WHERE ended_at_ms IS NULL",
  "SELECT window, model, percent_used, resets_at_ms, measured_at_ms, identity FROM readings",
  "SELECT account, model, until_ms, kind, identity FROM limits",
  "SELECT policy, forced, ranked FROM choices",
];

/**
 * Opens the ledger. A corrupt or foreign file is moved to a dated name and a new one is started. If
 * nothing can be written, the ledger is only read, or this run is recorded in memory only. Each is
 * reported in one line through `warn`. `tolerant` treats a newer format like a file that can't be
 * written.
 * @throws NewerLedger unless `tolerant`.
 * @throws UserError with `kept` if nothing can be written.
 */
export function openLedger(
  path: string,
  options: { tolerant?: boolean; kept?: boolean; nowMs: number; warn: (line: string) => void },
): Ledger {
  try {
    return sqliteLedger(openLedgerDatabase(path));
  } catch (error) {
    if (error instanceof NewerLedger && !options.tolerant) throw error;
    const isForeign = error instanceof ForeignLedger;
    if (isForeign || faultOf(error) === "damaged") {
      const aside = asidePath(path, options.nowMs);
      try {
        if (isForeign) setAsideForeign(path, aside);
        else moveDatabase(path, aside);
        const fresh = sqliteLedger(openLedgerDatabase(path));
        options.warn(replaced(isForeign ? "another program's" : "corrupt", aside));
        return fresh;
      } catch {
        // The folder can't be written to either.
      }
    }
    const why = error instanceof NewerLedger
      ? `format ${error.version} is newer than this program; install the newest claude-multi`
      : plainly(error);
    if (options.kept) throw unwritable(path, why);
    options.warn(`cannot use the ledger "${path}" (${why}); this run is not recorded`);
    return readingLedger(path) ?? forgetfulLedger();
  }
}

/**
 * Replaces a ledger that was opened and now fails with `cause`, and whose own connection is closed.
 * One with damaged pages, or without our tables, is moved aside like one that can't be opened,
 * provided that nobody else has it open: SQLite finds its log by path, so others would write into the
 * log of the new one. Otherwise it is only read, or this run is recorded in memory only. Either is
 * reported in one line through `warn`.
 */
export function replaceLedger(
  path: string,
  options: { cause: unknown; nowMs: number; warn: (line: string) => void },
): Ledger {
  try {
    if (faultOf(options.cause) === "damaged") {
      const aside = asidePath(path, options.nowMs);
      setAsideDamaged(path, aside);
      const fresh = sqliteLedger(openLedgerDatabase(path));
      options.warn(replaced("damaged", aside));
      return fresh;
    }
  } catch {
    // Somebody has it open, or it can't be moved.
  }
  options.warn(`the ledger failed (${plainly(options.cause)}); this run is not recorded`);
  return readingLedger(path) ?? forgetfulLedger();
}

/** @throws Error if it is in use, sound after all, or can't be moved. */
function setAsideDamaged(path: string, aside: string): void {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // From the first query on, nobody else can read or write it.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    if (isSound(database)) throw new Error("it is sound");
    // Merges the log into the file, so that only one is left; closing must not remove a newer log.
    const mode = database.prepare("PRAGMA journal_mode = DELETE").get()?.["journal_mode"];
    if (mode !== "delete") throw new Error("it is in use");
    moveFile(path, aside);
  } finally {
    database.close();
  }
}

/** Changes nothing in the file. @throws Error if it is in use. */
function setAsideForeign(path: string, aside: string): void {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    moveDatabase(path, aside);
    database.exec("ROLLBACK");
  } finally {
    database.close();
  }
}

function isSound(database: DatabaseSync): boolean {
  try {
    for (const query of QUERIES) database.prepare(`${query} LIMIT 1`).get();
    return database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"] === "ok";
  } catch (error) {
    if (faultOf(error) === "damaged") return false;
    throw error;
  }
}

function asidePath(path: string, nowMs: number): string {
  return `${path}.broken-${new Date(nowMs).toISOString().replace(/[:.]/g, "-")}`;
}

/** The error of a command that would change a ledger that can't be written. */
export function unwritable(path: string, why: string): UserError {
  return new UserError(`cannot write the ledger "${path}": ${why}`, {
    hint: `ls -ld ${shellWord(path)}; df -h`,
  });
}

/** The error of a command that was stopped halfway by an error from SQLite. */
export function failing(path: string, cause: unknown): UserError {
  const message = `cannot use the ledger "${path}": ${messageOf(cause)}`;
  return new UserError(message, { hint: "claude-multi status", cause });
}

function replaced(was: string, aside: string): string {
  return `the ledger was ${was}; moved it to "${aside}" and started a new one`;
}

function plainly(error: unknown): string {
  const fault = faultOf(error);
  if (fault === "full") return "the disk is full";
  return fault === "read-only" ? "it is read-only" : messageOf(error);
}

/**
 * The ledger opened read-only, so that limits count even if nothing can be written; null if it can't
 * be read either. If SQLite can't create its files next to it, a copy is read, in memory if there is
 * a folder for that.
 */
function readingLedger(path: string): Ledger | null {
  if (!isFile(path)) return null;
  const ways = [
    () => readable(path),
    () => openCopy(path, { folder: "/dev/shm", open: readable }),
    () => openCopy(path, { folder: null, open: readable }),
  ];
  for (const open of ways) {
    const ledger = orNull(() => sqliteLedger(open(), "read"));
    if (ledger !== null) return ledger;
  }
  return null;
}

/** Checks all pages: a choice must not fail halfway on a damaged one. */
function readable(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    if (isReadable(database) && isSound(database)) return database;
    throw new Error("it has another version or is damaged");
  } catch (error) {
    database.close();
    throw error;
  }
}

function forgetfulLedger(): Ledger {
  return sqliteLedger(openLedgerDatabase(":memory:"), "memory");
}
