// The rule for a ledger that cannot be opened: it never stops a launch, and nothing of it is lost.
import { DatabaseSync } from "node:sqlite";
import { messageOf, UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import type { Ledger } from "../ports/mod.ts";
import { sqliteLedger } from "./ledger.ts";
import { ForeignLedger, isReadable, NewerLedger, openLedgerDatabase } from "./schema.ts";

/** What a ledger can be asked; one that cannot is none. */
const QUESTIONS = [
  "SELECT pid, client_session_id, offered FROM sessions INDEXED BY sessions_open WHERE ended_at_ms IS NULL",
  "SELECT window, percent_used, resets_at_ms FROM readings",
  "SELECT account, until_ms, kind FROM limits",
  "SELECT policy, forced, ranked FROM choices",
];

/** How SQLite, or we, say that a file holds no ledger, or what is left of one. */
const UNREADABLE = /not a database|malformed|disk image|no such (table|column|index)/i;

/**
 * Opens the ledger. A corrupt or foreign file is set aside under a dated name and a new one is
 * begun; where nothing can be written, it is only read, or else this run remembers in memory only.
 * Each is told in one line through `warn`. With `tolerant` a newer format is treated the same way as
 * an unwritable one.
 * @throws NewerLedger unless `tolerant`.
 * @throws UserError with `kept` when nothing can be written.
 */
export function openLedger(
  path: string,
  options: { tolerant?: boolean; kept?: boolean; nowMs: number; warn: (line: string) => void },
): Ledger {
  try {
    return sqliteLedger(openLedgerDatabase(path));
  } catch (error) {
    if (error instanceof NewerLedger && !options.tolerant) throw error;
    const message = messageOf(error);
    if (UNREADABLE.test(message)) {
      const aside = asidePath(path, options.nowMs);
      try {
        if (error instanceof ForeignLedger) setAsideForeign(path, aside);
        else for (const suffix of ["", "-wal", "-shm"]) setAside(path + suffix, aside + suffix);
        const fresh = sqliteLedger(openLedgerDatabase(path));
        const was = error instanceof ForeignLedger ? "another program's" : "unreadable";
        options.warn(`the ledger was ${was}; it is kept as "${aside}" and a new one is begun`);
        return fresh;
      } catch {
        // Fall through: the folder cannot be written either.
      }
    }
    const why = error instanceof NewerLedger
      ? `format ${error.version} is newer than this program: install the newest claude-multi`
      : plainly(message);
    if (options.kept) throw unwritable(path, why);
    options.warn(`the ledger "${path}" cannot be used (${why}); this run is not recorded`);
    return readingLedger(path) ?? forgetfulLedger();
  }
}

/**
 * Replaces a ledger that opened and fails now, whose own connection is closed. One with damaged
 * pages, or without our tables, is set aside like one that does not open, provided that nobody else
 * has it open: SQLite finds its log by the path, so those would write into that of the new one.
 * Otherwise it is only read, or this run remembers in memory only. Either is told in one line
 * through `warn`.
 */
export function replaceLedger(
  path: string,
  options: { why: string; nowMs: number; warn: (line: string) => void },
): Ledger {
  try {
    if (UNREADABLE.test(options.why)) {
      const aside = asidePath(path, options.nowMs);
      setAsideDamaged(path, aside);
      const fresh = sqliteLedger(openLedgerDatabase(path));
      options.warn(`the ledger was damaged; it is kept as "${aside}" and a new one is begun`);
      return fresh;
    }
  } catch {
    // Somebody has it open, or it cannot be moved.
  }
  options.warn(`the ledger fails (${plainly(options.why)}); this run is not recorded`);
  return readingLedger(path) ?? forgetfulLedger();
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

/** @throws Error when it is in use. Nothing of it is changed. */
function setAsideForeign(path: string, aside: string): void {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
    for (const suffix of ["", "-wal", "-shm"]) setAside(path + suffix, aside + suffix);
    database.exec("ROLLBACK");
  } finally {
    database.close();
  }
}

function isSound(database: DatabaseSync): boolean {
  try {
    for (const question of QUESTIONS) database.prepare(`${question} LIMIT 1`).get();
    return database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"] === "ok";
  } catch (error) {
    if (UNREADABLE.test(messageOf(error))) return false;
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

/** What a command says that would change a ledger which cannot be written, and does nothing else. */
export function unwritable(path: string, why: string): UserError {
  return new UserError(`Cannot write the ledger "${path}": ${why}`, {
    hint: `ls -ld ${shellWord(path)}; df -h`,
  });
}

function plainly(message: string): string {
  if (/disk is full/.test(message)) return "the disk is full";
  return /readonly database/.test(message) ? "it is read-only" : message;
}

/**
 * The ledger to read alone, so that limits count where nothing can be written; null when it cannot
 * be read either. Where SQLite cannot make its files beside it, a copy is read, in memory if there
 * is a folder for that.
 */
function readingLedger(path: string): Ledger | null {
  try {
    if (!Deno.statSync(path).isFile) return null;
  } catch {
    return null;
  }
  const ways = [
    () => readable(path),
    () => readableCopy(path, { dir: "/dev/shm" }),
    () => readableCopy(path, {}),
  ];
  for (const open of ways) {
    try {
      return sqliteLedger(open(), "read");
    } catch {
      // The next way may do.
    }
  }
  return null;
}

/** Its pages are all looked at: a choice must not fail halfway on a damaged one. */
function readable(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    if (isReadable(database) && isSound(database)) return database;
    throw new Error("it is of another version, or damaged");
  } catch (error) {
    database.close();
    throw error;
  }
}

/** The copy has no name any more once it is open. */
function readableCopy(path: string, place: { dir?: string }): DatabaseSync {
  const dir = Deno.makeTempDirSync({ ...place, prefix: "claude-multi-ledger-" });
  try {
    for (const suffix of ["", "-wal"]) {
      try {
        Deno.copyFileSync(path + suffix, `${dir}/copy${suffix}`);
      } catch (error) {
        if (suffix === "" || !(error instanceof Deno.errors.NotFound)) throw error;
      }
    }
    return readable(`${dir}/copy`);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** A ledger that lasts as long as this process. */
export function forgetfulLedger(): Ledger {
  return sqliteLedger(openLedgerDatabase(":memory:"), "memory");
}
