// The rule for a ledger that cannot be opened: it never stops a launch, and nothing of it is lost.
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "../core/errors.ts";
import type { Ledger } from "../ports.ts";
import { sqliteLedger } from "./ledger.ts";
import { NewerLedger, openLedgerDatabase } from "./ledger_database.ts";

/**
 * Opens the ledger. A corrupt or foreign file is set aside under a dated name and a new one is
 * begun; where nothing can be written, this run remembers in memory only. Either is told in one
 * line through `warn`. With `tolerant` a newer format is treated the same way as an unwritable one.
 * @throws NewerLedger unless `tolerant`.
 */
export function openLedger(
  path: string,
  options: { tolerant: boolean; nowMs: number; warn: (line: string) => void },
): Ledger {
  try {
    return sqliteLedger(openLedgerDatabase(path));
  } catch (error) {
    if (error instanceof NewerLedger && !options.tolerant) throw error;
    const message = messageOf(error);
    if (/not a database|malformed|disk image/i.test(message)) {
      const aside = asidePath(path, options.nowMs);
      try {
        for (const suffix of ["", "-wal", "-shm"]) setAside(path + suffix, aside + suffix);
        const fresh = sqliteLedger(openLedgerDatabase(path));
        options.warn(`the ledger was unreadable; it is kept as "${aside}" and a new one is begun`);
        return fresh;
      } catch {
        // Fall through: the folder cannot be written either.
      }
    }
    options.warn(`the ledger "${path}" cannot be used (${message}); this run is not recorded`);
    return forgetfulLedger();
  }
}

/**
 * Replaces a ledger that opened and fails now, whose own connection is closed. One with damaged
 * pages is set aside like one that does not open, provided that nobody else has it open: SQLite
 * finds its log by the path, so those would write into that of the new one. Otherwise this run
 * remembers in memory only. Either is told in one line through `warn`.
 */
export function replaceLedger(
  path: string,
  options: { why: string; nowMs: number; warn: (line: string) => void },
): Ledger {
  try {
    if (/malformed/i.test(options.why)) {
      const aside = asidePath(path, options.nowMs);
      setAsideDamaged(path, aside);
      const fresh = sqliteLedger(openLedgerDatabase(path));
      options.warn(`the ledger was damaged; it is kept as "${aside}" and a new one is begun`);
      return fresh;
    }
  } catch {
    // Somebody has it open, or it cannot be moved.
  }
  options.warn(`the ledger fails (${options.why}); this run is not recorded`);
  return forgetfulLedger();
}

/** @throws Error when it is in use, sound after all, or cannot be moved. */
function setAsideDamaged(path: string, aside: string): void {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    // From its first look on, nobody else can read or write it.
    database.exec("PRAGMA locking_mode = EXCLUSIVE");
    if (isSound(database)) throw new Error("it is sound");
    // Takes the log in, so that one file is all there is; closing must not remove a newer log.
    const mode = database.prepare("PRAGMA journal_mode = DELETE").get()?.["journal_mode"];
    if (mode !== "delete") throw new Error("it is in use");
    Deno.renameSync(path, aside);
  } finally {
    database.close();
  }
}

function isSound(database: DatabaseSync): boolean {
  try {
    return database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"] === "ok";
  } catch (error) {
    if (/malformed/i.test(messageOf(error))) return false;
    throw error;
  }
}

function asidePath(path: string, nowMs: number): string {
  return `${path}.broken-${new Date(nowMs).toISOString().replace(/[:.]/g, "-")}`;
}

function setAside(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A ledger that lasts as long as this process. */
export function forgetfulLedger(): Ledger {
  return sqliteLedger(openLedgerDatabase(":memory:"), false);
}
