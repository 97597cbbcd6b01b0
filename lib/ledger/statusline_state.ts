// The ledger as the status line uses it: quick, and it never throws.
import { DatabaseSync } from "node:sqlite";
import type { Reading } from "../balance/windows.ts";
import { latestResetMs, WINDOWS } from "../balance/windows.ts";
import type { Heard, Ledger, ProgressStore, ReadingLog } from "../ports/mod.ts";
import { isFile, logBytes } from "../system/database_files.ts";
import { sqliteLedger } from "./ledger.ts";
import { immediately } from "./queries.ts";
import { deleteOldRows } from "./retention.ts";
import { MIGRATIONS, openLedgerDatabase } from "./schema.ts";
import { loadProgress, saveProgress } from "./transcript_rows.ts";

/** A longer log is copied into the ledger. */
const LONGEST_LOG_BYTES = 1024 * 1024;

/** Old readings looked for when some are added: more than are added. */
const AGED_OUT_AT_ONCE = 20;

/** The latest readings of both windows of an account; it and the latest true reset are given twice. */
const HEARD_READINGS = WINDOWS.map((window) =>
  `SELECT * FROM (
     SELECT window, percent_used, resets_at_ms, observed_at_ms, source FROM readings
     WHERE account = ? AND window = '${window}' AND coalesce(resets_at_ms, 0) <= ?
     ORDER BY resets_at_ms DESC, percent_used DESC LIMIT 16)`
).join(" UNION ALL ");

/** The stores of the status line. */
export interface StatuslineState {
  progress: ProgressStore;
  readings: ReadingLog;
  /** The whole ledger, to be read only, as the launcher reads it; null when there is none. */
  ledger(): Ledger | null;
  /**
   * Closes the ledger once its log is long. The last user who closes it copies the log and waits for
   * the disk; a short log costs the next call next to nothing.
   */
  close(): void;
}

/**
 * The status line's state in the ledger at `path`. A missing ledger is made only to remember
 * something. If the ledger is locked for longer than `busyTimeoutMs`, broken, or of a newer version,
 * nothing is known and nothing is remembered.
 */
export function statuslineState(
  path: string,
  options: { busyTimeoutMs: number },
): StatuslineState {
  let opened: DatabaseSync | null | undefined;
  let reading = false;
  let writable = false;

  const read = <T>(action: (database: DatabaseSync) => T): T | null => {
    if (opened === undefined) opened = attempt(() => openExisting(path, options));
    const db = opened;
    return db === null ? null : attempt(() => action(db));
  };

  const write = (action: (database: DatabaseSync) => void): void => {
    attempt(() => {
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
          // The sums must fit the calls behind them, even if somebody writes meanwhile.
          if (!reading) db.exec("BEGIN");
          reading = true;
          return loadProgress(db, mainPath);
        }),
      save: (mainPath, change) => write((db) => saveProgress(db, mainPath, change)),
    },
    readings: {
      heard: (account, nowMs) => read((db) => heard(db, account, nowMs)),
      recent: (account, options) =>
        read((db) =>
          db.prepare(
            `SELECT percent_used, observed_at_ms FROM readings
             WHERE account = ? AND window = ? AND resets_at_ms BETWEEN ? AND ?
             ORDER BY observed_at_ms DESC LIMIT 200`,
          ).all(
            account,
            options.window,
            options.resetsAtMs - options.toleranceMs,
            options.resetsAtMs + options.toleranceMs,
          ).map((row) => ({
            percentUsed: Number(row["percent_used"]),
            observedAtMs: Number(row["observed_at_ms"]),
          }))
        ) ?? [],
      add: (readings) => write((db) => addReadings(db, readings)),
    },
    ledger: () => read((db) => sqliteLedger(db, "read")),
    close() {
      if (!writable) return;
      if (logBytes(path) > LONGEST_LOG_BYTES) attempt(() => opened?.close());
    },
  };
}

/** Opens the ledger unchecked; SQLite would make a missing one. */
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
  const version = attempt(() => database.prepare("PRAGMA user_version").get()?.["user_version"]);
  return version === MIGRATIONS.length;
}

/** The readings that can still matter, of both windows, and the end of the latest limit. */
function heard(db: DatabaseSync, account: string, nowMs: number): Heard {
  const readings = db.prepare(HEARD_READINGS).all(
    ...WINDOWS.flatMap((window) => [account, latestResetMs(window, nowMs)]),
  ).map((row): Reading => ({
    account,
    window: row["window"] as Reading["window"],
    percentUsed: Number(row["percent_used"]),
    resetsAtMs: row["resets_at_ms"] === null ? null : Number(row["resets_at_ms"]),
    observedAtMs: Number(row["observed_at_ms"]),
    source: row["source"] as Reading["source"],
  }));
  const limit = db.prepare(
    "SELECT max(until_ms) AS until_ms FROM limits WHERE account = ? AND until_ms > ?",
  ).get(account, nowMs);
  const until = limit?.["until_ms"] ?? null;
  return { readings, limitedUntilMs: until === null ? null : Number(until) };
}

function addReadings(db: DatabaseSync, readings: readonly Reading[]): void {
  for (const reading of readings) {
    const { changes } = db.prepare(
      `UPDATE readings SET observed_at_ms = ? WHERE account = ? AND window = ?
       AND resets_at_ms IS ? AND percent_used = ? AND source = ?`,
    ).run(
      reading.observedAtMs,
      reading.account,
      reading.window,
      reading.resetsAtMs,
      reading.percentUsed,
      reading.source,
    );
    if (Number(changes) > 0) continue;
    db.prepare(
      `INSERT INTO readings (account, window, percent_used, resets_at_ms, observed_at_ms, source)
       VALUES (?, ?, ?, ?, ?, ?)`,
    ).run(
      reading.account,
      reading.window,
      reading.percentUsed,
      reading.resetsAtMs,
      reading.observedAtMs,
      reading.source,
    );
  }
  const nowMs = Math.max(...readings.map((reading) => reading.observedAtMs));
  deleteOldRows((sql, ...values) => db.prepare(sql).run(...values), {
    table: "readings",
    rows: AGED_OUT_AT_ONCE,
    nowMs,
  });
}

function attempt<T>(action: () => T): T | null {
  try {
    return action();
  } catch {
    return null;
  }
}
