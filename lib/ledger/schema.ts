// The one place that opens ledger.db and brings its tables up to date.
import { DatabaseSync } from "node:sqlite";
import { UserError } from "../text/errors.ts";

/** Ordered migrations: entry n brings a database from `user_version` n to n + 1. */
export const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE choices (
    id INTEGER PRIMARY KEY,
    chosen_at_ms INTEGER NOT NULL,
    policy TEXT NOT NULL,
    account TEXT,
    forced INTEGER NOT NULL,
    ranked TEXT NOT NULL
  ) STRICT;

  CREATE TABLE sessions (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    choice_id INTEGER REFERENCES choices(id) ON DELETE SET NULL,
    launcher_pid INTEGER NOT NULL,
    pid INTEGER,
    process_start TEXT,
    client_session_id TEXT,
    background_tasks INTEGER NOT NULL DEFAULT 0,
    cwd TEXT NOT NULL,
    started_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER,
    ended_how TEXT CHECK (ended_how IN ('exit', 'signal', 'lost', 'failed')),
    exit_code INTEGER,
    signal TEXT,
    handed_from INTEGER REFERENCES sessions(id) ON DELETE SET NULL,
    offered INTEGER NOT NULL DEFAULT 0
  ) STRICT;
  CREATE INDEX sessions_open ON sessions (account, started_at_ms) WHERE ended_at_ms IS NULL;
  CREATE INDEX sessions_by_start ON sessions (account, started_at_ms);
  CREATE INDEX sessions_by_end ON sessions (account, ended_at_ms);
  CREATE INDEX sessions_lost ON sessions (cwd) WHERE ended_how = 'lost' AND offered = 0;
  CREATE INDEX sessions_by_client ON sessions (client_session_id) WHERE client_session_id IS NOT NULL;

  CREATE TABLE readings (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    window TEXT NOT NULL CHECK (window IN ('five_hour', 'seven_day')),
    percent_used REAL NOT NULL,
    resets_at_ms INTEGER,
    observed_at_ms INTEGER NOT NULL,
    source TEXT NOT NULL
  ) STRICT;
  CREATE INDEX readings_by_reset ON readings (account, window, resets_at_ms, percent_used);

  CREATE TABLE limits (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    window TEXT CHECK (window IN ('five_hour', 'seven_day')),
    until_ms INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('limit', 'cooldown', 'manual')),
    recorded_at_ms INTEGER NOT NULL,
    session_id INTEGER
  ) STRICT;
  CREATE INDEX limits_by_end ON limits (account, until_ms);

  CREATE TABLE transcripts (
    id INTEGER PRIMARY KEY,
    path TEXT NOT NULL UNIQUE,
    revision INTEGER NOT NULL,
    progress TEXT NOT NULL,
    updated_at_ms INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX transcripts_by_age ON transcripts (updated_at_ms);

  CREATE TABLE transcript_calls (
    transcript_id INTEGER NOT NULL,
    key INTEGER NOT NULL,
    file INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    at_ms INTEGER,
    sidechain INTEGER NOT NULL,
    fresh_input INTEGER NOT NULL,
    cache_write INTEGER NOT NULL,
    cache_read INTEGER NOT NULL,
    output INTEGER NOT NULL,
    PRIMARY KEY (transcript_id, key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX transcript_calls_by_time ON transcript_calls (transcript_id, at_ms)
    WHERE at_ms IS NOT NULL;
  `,
  // Without them, each row that is deleted looks through all sessions for what refers to it.
  `
  CREATE INDEX sessions_by_choice ON sessions (choice_id) WHERE choice_id IS NOT NULL;
  CREATE INDEX sessions_by_origin ON sessions (handed_from) WHERE handed_from IS NOT NULL;
  `,
];

/** Thrown when ledger.db was written by a newer claude-multi. */
export class NewerLedger extends UserError {
  /** `version` is its format. */
  constructor(path: string, readonly version: number) {
    super(
      `Cannot use the ledger "${path}": its format ${version} is newer than this program's ${MIGRATIONS.length}`,
      { hint: "install the newest claude-multi" },
    );
  }
}

/** Thrown when ledger.db is a database that no version of ours has made. */
export class ForeignLedger extends Error {
  constructor() {
    super("it is not a database of claude-multi");
  }
}

/**
 * Opens ledger.db, made with mode 0600 if missing, and migrates it in one transaction.
 * `busyTimeoutMs` is how long a write waits for another process, 5000 unless given.
 * @throws NewerLedger when the database is from a newer version.
 * @throws ForeignLedger when it is somebody else's.
 * @throws Error when the file is corrupt or cannot be opened.
 */
export function openLedgerDatabase(
  path: string,
  options: { busyTimeoutMs?: number } = {},
): DatabaseSync {
  if (path !== ":memory:") makePrivateFile(path);
  const busyTimeoutMs = options.busyTimeoutMs ?? 5000;
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    database.exec("PRAGMA synchronous = NORMAL");
    if (versionOf(database) !== MIGRATIONS.length) migrate(database, { path, busyTimeoutMs });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Opening a pipe or a device to look at it could wait for ever, so only a file is opened. */
function makePrivateFile(path: string): void {
  let found: Deno.FileInfo;
  try {
    found = Deno.statSync(path);
  } catch {
    Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    return;
  }
  if (!found.isFile) throw new Error("it is no file");
  if (((found.mode ?? 0) & 0o077) !== 0) makePrivate(path);
}

/** SQLite gives the files that it makes beside the ledger the mode of the ledger. */
function makePrivate(path: string): void {
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      Deno.chmodSync(path + suffix, 0o600);
    } catch {
      // It is not there, or not ours; doctor tells of that.
    }
  }
}

function migrate(
  database: DatabaseSync,
  { path, busyTimeoutMs }: { path: string; busyTimeoutMs: number },
): void {
  // Of somebody else's database not even the mode is changed.
  if (!isOurs(database)) throw new ForeignLedger();
  useLog(database, busyTimeoutMs);
  database.exec("BEGIN IMMEDIATE");
  try {
    const version = versionOf(database);
    if (version > MIGRATIONS.length) throw new NewerLedger(path, version);
    for (const step of MIGRATIONS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
  // A long log would be read again by every program that is first to open the ledger.
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Turns the write-ahead log on, for which SQLite does not wait while others do the same. */
function useLog(database: DatabaseSync, busyTimeoutMs: number): void {
  const untilMs = performance.now() + busyTimeoutMs;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      return database.exec("PRAGMA journal_mode = WAL");
    } catch (error) {
      const isBusy = error instanceof Error && /locked|busy/.test(error.message);
      if (!isBusy || performance.now() >= untilMs) throw error;
      Atomics.wait(pause, 0, 0, 10);
    }
  }
}

/**
 * Whether it is new, or has a table of ours; a newer version may have others. Both are of one moment:
 * another process may be making the tables.
 */
function isOurs(database: DatabaseSync): boolean {
  database.exec("BEGIN");
  try {
    const version = versionOf(database);
    const row = database.prepare(
      "SELECT count(*) AS all_names, sum(name = 'sessions') AS ours FROM sqlite_master",
    ).get();
    if (version > MIGRATIONS.length) return true;
    return version === 0 ? row?.["all_names"] === 0 : row?.["ours"] === 1;
  } finally {
    database.exec("COMMIT");
  }
}

/** Whether all that this program reads is there: its own version, or an older one. */
export function isReadable(database: DatabaseSync): boolean {
  const version = versionOf(database);
  return version >= 1 && version <= MIGRATIONS.length;
}

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}
