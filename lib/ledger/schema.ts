// The schema of ledger.db: its tables, their migrations, and opening the file.
import { DatabaseSync } from "node:sqlite";
import { sleepSync } from "../system/clock.ts";
import { makePrivateDatabase } from "../system/database_files.ts";
import { UserError } from "../text/errors.ts";
import { faultOf } from "./faults.ts";
import { immediately } from "./queries.ts";

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
  // Without these, deleting a row searches all sessions for references to it.
  `
  CREATE INDEX sessions_by_choice ON sessions (choice_id) WHERE choice_id IS NOT NULL;
  CREATE INDEX sessions_by_origin ON sessions (handed_from) WHERE handed_from IS NOT NULL;
  `,
  // The service may name any window; what an idle session repeats isn't a new measurement.
  `
  ALTER TABLE readings RENAME TO old_readings;
  DROP INDEX readings_by_reset;
  CREATE TABLE readings (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    window TEXT NOT NULL,
    model TEXT,
    percent_used REAL NOT NULL,
    resets_at_ms INTEGER,
    measured_at_ms INTEGER NOT NULL,
    source TEXT NOT NULL,
    identity TEXT
  ) STRICT;
  INSERT INTO readings (id, account, window, percent_used, resets_at_ms, measured_at_ms, source)
    SELECT id, account, window, percent_used, resets_at_ms, observed_at_ms, source FROM old_readings;
  DROP TABLE old_readings;
  CREATE INDEX readings_by_time ON readings (account, window, measured_at_ms);

  ALTER TABLE limits RENAME TO old_limits;
  DROP INDEX limits_by_end;
  CREATE TABLE limits (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    window TEXT,
    model TEXT,
    until_ms INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('limit', 'cooldown', 'manual')),
    recorded_at_ms INTEGER NOT NULL,
    session_id INTEGER,
    identity TEXT
  ) STRICT;
  INSERT INTO limits (id, account, window, until_ms, kind, recorded_at_ms, session_id)
    SELECT id, account, window, until_ms, kind, recorded_at_ms, session_id FROM old_limits;
  DROP TABLE old_limits;
  CREATE INDEX limits_by_end ON limits (account, until_ms);

  CREATE TABLE payloads (
    client_session_id TEXT PRIMARY KEY,
    numbers TEXT NOT NULL,
    measured_at_ms INTEGER NOT NULL
  ) STRICT;
  `,
  // Whoever starts a client to ask for an account's figures leaves the time here first.
  `
  CREATE TABLE refreshes (account TEXT PRIMARY KEY, asked_at_ms INTEGER NOT NULL)
    STRICT, WITHOUT ROWID;
  `,
  // Sessions without a terminal, such as those of editors, are told apart.
  `
  ALTER TABLE sessions ADD COLUMN origin TEXT;
  `,
  // What is kept for good of days whose details age out; account '' is all of them.
  `
  CREATE TABLE days (
    day INTEGER NOT NULL,
    account TEXT NOT NULL,
    sessions INTEGER NOT NULL,
    conversations INTEGER NOT NULL,
    session_s INTEGER NOT NULL,
    busy_s INTEGER NOT NULL,
    limits INTEGER NOT NULL,
    moves INTEGER NOT NULL,
    saved_s INTEGER NOT NULL,
    waited_s INTEGER NOT NULL,
    highest_five_hour REAL,
    highest_seven_day REAL,
    week_used REAL NOT NULL,
    weeks INTEGER NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    hours BLOB NOT NULL,
    PRIMARY KEY (day, account)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE folders (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE) STRICT;
  CREATE TABLE folder_days (
    day INTEGER NOT NULL,
    account TEXT NOT NULL,
    folder INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    conversations INTEGER NOT NULL,
    session_s INTEGER NOT NULL,
    tokens_in INTEGER NOT NULL,
    tokens_out INTEGER NOT NULL,
    PRIMARY KEY (day, account, folder)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE kept_days (until_ms INTEGER NOT NULL) STRICT;
  `,
  // Only the calls of subagents are looked for by time; an index of all calls would slow each count down.
  `
  DROP INDEX transcript_calls_by_time;
  CREATE INDEX transcript_calls_by_time ON transcript_calls (transcript_id, at_ms)
    WHERE file <> 0 AND at_ms IS NOT NULL;
  `,
  // Conversations keep to the group of their account, also once it is removed.
  `
  CREATE TABLE removed (account TEXT PRIMARY KEY, group_name TEXT) STRICT, WITHOUT ROWID;
  `,
];

/** Thrown if ledger.db was written by a newer claude-multi. */
export class NewerLedger extends UserError {
  /** `version` is its format. */
  constructor(path: string, readonly version: number) {
    super(
      `cannot use the ledger "${path}": its format ${version} is newer than this program's ${MIGRATIONS.length}; install the newest claude-multi`,
      { hint: "claude-multi --version" },
    );
  }
}

/** Thrown if ledger.db was created by another program. */
export class ForeignLedger extends Error {
  constructor() {
    super("it is another program's database");
  }
}

/** Milliseconds between two attempts at what SQLite doesn't wait for. */
const RETRY_MS = 10;

/**
 * Opens ledger.db, created with mode 0600 if missing, and migrates it in one transaction.
 * `busyTimeoutMs` is how long a write waits for another process (default: 5000).
 * @throws NewerLedger if the database is from a newer version.
 * @throws ForeignLedger if it is another program's.
 * @throws Error if the file is corrupt or can't be opened; {@link faultOf} says which.
 */
export function openLedgerDatabase(
  path: string,
  options: { busyTimeoutMs?: number } = {},
): DatabaseSync {
  if (path !== ":memory:") makePrivateDatabase(path);
  const busyTimeoutMs = options.busyTimeoutMs ?? 5000;
  const database = new DatabaseSync(path, { timeout: busyTimeoutMs });
  try {
    database.prepare("PRAGMA synchronous = NORMAL").run();
    if (versionOf(database) !== MIGRATIONS.length) migrate(database, { path, busyTimeoutMs });
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

function migrate(
  database: DatabaseSync,
  { path, busyTimeoutMs }: { path: string; busyTimeoutMs: number },
): void {
  // Nothing in another program's database is changed, not even its journal mode.
  if (!isOurs(database)) throw new ForeignLedger();
  useLog(database, busyTimeoutMs);
  immediately(database, () => {
    const version = versionOf(database);
    if (version > MIGRATIONS.length) throw new NewerLedger(path, version);
    const statements = MIGRATIONS.slice(version).flatMap((step) => step.split(/;\n/));
    for (const sql of statements) if (sql.trim() !== "") database.prepare(sql).run();
    database.prepare(`PRAGMA user_version = ${MIGRATIONS.length}`).run();
  });
  // Otherwise every program that is the first to open the ledger would read the long log again.
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
}

/** Turns on the write-ahead log; SQLite itself doesn't wait while another process does the same. */
function useLog(database: DatabaseSync, busyTimeoutMs: number): void {
  for (let waitedMs = 0;; waitedMs += RETRY_MS) {
    try {
      return void database.prepare("PRAGMA journal_mode = WAL").get();
    } catch (error) {
      if (faultOf(error) !== "busy" || waitedMs >= busyTimeoutMs) throw error;
      sleepSync(RETRY_MS);
    }
  }
}

/**
 * Whether it is new or has one of our tables; a newer version may have others. One transaction reads
 * both at the same moment, because another process may be creating the tables.
 */
function isOurs(database: DatabaseSync): boolean {
  database.prepare("BEGIN").run();
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

/** Whether this program can read it: it has this version or an older one, which then looks like this. */
export function isReadable(database: DatabaseSync): boolean {
  const version = versionOf(database);
  if (version >= 1 && version < 3) database.exec(SEEN_AS_OURS);
  if (version >= 1 && version < 6) database.exec(SEEN_WITHOUT_DAYS);
  if (version >= 1 && version < 8) database.exec(SEEN_WITHOUT_REMOVED);
  return version >= 1 && version <= MIGRATIONS.length;
}

/** Views on this connection for what version 3 changed, if the file can't be migrated. */
const SEEN_AS_OURS = `
  PRAGMA temp_store = MEMORY;
  CREATE TEMP VIEW readings AS
    SELECT *, observed_at_ms AS measured_at_ms, NULL AS model, NULL AS identity FROM main.readings;
  CREATE TEMP VIEW limits AS SELECT *, NULL AS model, NULL AS identity FROM main.limits;
`;

/** The same for the tables that version 6 added. */
const SEEN_WITHOUT_DAYS = `
  PRAGMA temp_store = MEMORY;
  CREATE TEMP VIEW kept_days AS SELECT NULL AS until_ms;
  CREATE TEMP VIEW days AS SELECT 0 AS day, '' AS account, 0 AS sessions, 0 AS conversations,
    0 AS session_s, 0 AS busy_s, 0 AS limits, 0 AS moves, 0 AS saved_s, 0 AS waited_s,
    0 AS highest_five_hour, 0 AS highest_seven_day, 0 AS week_used, 0 AS weeks, 0 AS tokens_in,
    0 AS tokens_out, x'' AS hours WHERE 0;
  CREATE TEMP VIEW folders AS SELECT 0 AS id, '' AS path WHERE 0;
  CREATE TEMP VIEW folder_days AS SELECT 0 AS day, '' AS account, 0 AS folder, 0 AS sessions,
    0 AS conversations, 0 AS session_s, 0 AS tokens_in, 0 AS tokens_out WHERE 0;
`;

/** The same for the table that version 8 added. */
const SEEN_WITHOUT_REMOVED = `
  CREATE TEMP VIEW removed AS SELECT '' AS account, NULL AS group_name WHERE 0;
`;

function versionOf(database: DatabaseSync): number {
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"] ?? 0);
}
