// The ledger as the status line uses it: fast, and it never throws.
import { DatabaseSync } from "node:sqlite";
import type { Reading } from "../balance/windows.ts";
import type { LastNews, Ledger, ProgressStore, ReadingLog } from "../ports/mod.ts";
import { isFile, logBytes } from "../system/database_files.ts";
import { orNull } from "../system/lookups.ts";
import { sqliteLedger } from "./ledger.ts";
import { unendedLimits } from "./limits.ts";
import { immediately, queriesOn } from "./queries.ts";
import { addReadings, newestReadings, readingsUntil } from "./readings.ts";
import { deleteOldRows } from "./retention.ts";
import { numberOf, numberOrNull } from "./rows.ts";
import { MIGRATIONS, openLedgerDatabase } from "./schema.ts";
import { loadProgress, saveProgress } from "./transcript_rows.ts";

/** A longer log is copied into the ledger. */
const LONGEST_LOG_BYTES = 1024 * 1024;

/** How many readings are checked for their age when some are added: more than are added. */
const AGED_OUT_AT_ONCE = 20;

/** The stores of the status line. */
export interface StatuslineState {
  progress: ProgressStore;
  readings: ReadingLog;
  /** The whole ledger, read-only, as the launcher reads it; null if there is none. */
  ledger(): Ledger | null;
  /**
   * Closes the ledger if its log is long. Closing it as the last user copies the log and waits for
   * the disk; leaving a short log costs the next call almost nothing.
   */
  close(): void;
}

/**
 * The status line's state in the ledger at `path`. A missing ledger is created only when there is
 * something to record. If the ledger is locked for longer than `busyTimeoutMs`, broken, or from a
 * newer version, nothing is known and nothing is recorded.
 */
export function statuslineState(
  path: string,
  options: { busyTimeoutMs: number },
): StatuslineState {
  let opened: DatabaseSync | null | undefined;
  let reading = false;
  let writable = false;

  const read = <T>(action: (database: DatabaseSync) => T): T | null => {
    if (opened === undefined) opened = orNull(() => openExisting(path, options));
    const db = opened;
    return db === null ? null : orNull(() => action(db));
  };

  const write = (action: (database: DatabaseSync) => void): void => {
    orNull(() => {
      if (opened && reading) opened.exec("COMMIT");
      reading = false;
      if (!writable) opened = openForWriting(opened ?? null, { path, ...options });
      writable = true;
      const db = opened as DatabaseSync;
      immediately(db, () => action(db));
    });
  };

  return {
    progress: {
      load: (mainPath) =>
        read((db) => {
          // The totals must match their calls, even if somebody writes meanwhile.
          if (!reading) db.exec("BEGIN");
          reading = true;
          return loadProgress(db, mainPath);
        }),
      save: (mainPath, change) => write((db) => saveProgress(db, mainPath, change)),
    },
    readings: {
      heard: (account, { session, ...options }) =>
        read((db) => {
          const queries = queriesOn(db, "read");
          const last = session === null
            ? undefined
            : queries.one("SELECT * FROM payloads WHERE client_session_id = ?", session);
          return {
            readings: newestReadings(queries, account, options),
            limits: unendedLimits(queries, account, options),
            last: last === undefined ? null : {
              numbers: String(last["numbers"]),
              measuredAtMs: numberOf(last["measured_at_ms"]),
            },
          };
        }),
      knownAtMs: ({ account, window, percentUsed, resetsAtMs }) =>
        read((db) =>
          numberOrNull(
            queriesOn(db, "read").one(
              `SELECT max(measured_at_ms) AS at FROM readings
               WHERE account = ? AND window = ? AND percent_used = ? AND resets_at_ms IS ?`,
              account,
              window,
              percentUsed,
              resetsAtMs,
            )?.["at"],
          )
        ),
      readingsUntil: (account, options) =>
        read((db) => readingsUntil(queriesOn(db, "read"), account, options)) ?? [],
      add: (readings, news) => write((db) => addAndAgeOut(db, readings, news)),
    },
    ledger: () => read((db) => sqliteLedger(db, "read")),
    close() {
      if (writable && logBytes(path) > LONGEST_LOG_BYTES) orNull(() => opened?.close());
    },
  };
}

/** Opens the ledger without checking its contents; SQLite would create a missing one. */
function openExisting(path: string, options: { busyTimeoutMs: number }): DatabaseSync | null {
  if (!isFile(path)) return null;
  return new DatabaseSync(path, { timeout: options.busyTimeoutMs });
}

/** Makes sure that the ledger exists and has this program's version. */
function openForWriting(
  opened: DatabaseSync | null,
  options: { path: string; busyTimeoutMs: number },
): DatabaseSync {
  if (opened !== null && isCurrent(opened)) {
    opened.exec("PRAGMA synchronous = NORMAL");
    return opened;
  }
  opened?.close();
  return openLedgerDatabase(options.path, options);
}

function isCurrent(database: DatabaseSync): boolean {
  const version = orNull(() => database.prepare("PRAGMA user_version").get()?.["user_version"]);
  return version === MIGRATIONS.length;
}

function addAndAgeOut(
  db: DatabaseSync,
  readings: readonly Reading[],
  { session, numbers, measuredAtMs }: LastNews & { session: string | null },
): void {
  const queries = queriesOn(db, "kept");
  addReadings(queries, readings);
  if (session !== null) {
    const sql = "INSERT OR REPLACE INTO payloads VALUES (?, ?, ?)";
    queries.change(sql, session, numbers, Math.round(measuredAtMs));
  }
  for (const table of ["readings", "payloads"] as const) {
    deleteOldRows(queries.change, { table, rows: AGED_OUT_AT_ONCE, nowMs: measuredAtMs });
  }
}
