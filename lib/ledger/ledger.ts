// The Ledger port on SQLite.
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { WindowName } from "../balance/windows.ts";
import { latestResetMs, WINDOW_LENGTH_MS, WINDOWS } from "../balance/windows.ts";
import type { AccountFacts, Choice, Ledger } from "../ports/mod.ts";
import { AGEING_TABLES, deleteOldRows } from "./retention.ts";
import type { Row } from "./rows.ts";
import {
  firstSession,
  limitOf,
  numberOf,
  numberOrNull,
  readingOf,
  sessionOf,
  textOrNull,
} from "./rows.ts";

/** Readings of one window that are looked at; resets of one window differ by rounding only. */
const READINGS_LOOKED_AT = 32;

/** Sessions without an end, through the index that holds only them: they are few among many. */
const OPEN_SESSIONS = "sessions INDEXED BY sessions_open WHERE ended_at_ms IS NULL";

/** Rows of each table looked at in one call: more than a session adds. */
const AGED_OUT_AT_ONCE = 200;

/**
 * The ledger in an open, migrated database: `kept` there, in `memory`, which is forgotten with this
 * process, or to `read` alone, where changes do nothing.
 */
export function sqliteLedger(
  database: DatabaseSync,
  use: "kept" | "memory" | "read" = "kept",
): Ledger {
  type Value = string | number | null;
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const fresh = database.prepare(sql);
    // A whole number too large for a number would throw, row by row and for good.
    fresh.setReadBigInts(true);
    prepared.set(sql, fresh);
    return fresh;
  };
  const all = (sql: string, ...values: Value[]): Row[] => statement(sql).all(...values);
  const one = (sql: string, ...values: Value[]): Row | undefined => statement(sql).get(...values);
  let hasChanged = false;
  const change = (sql: string, ...values: Value[]): number => {
    if (use === "read") return 0;
    hasChanged = true;
    return Number(statement(sql).run(...values).lastInsertRowid);
  };

  return {
    isKept: use === "kept",
    immediately(action) {
      if (use === "read") return action();
      database.exec("BEGIN IMMEDIATE");
      try {
        const result = action();
        database.exec("COMMIT");
        return result;
      } catch (error) {
        try {
          database.exec("ROLLBACK");
        } catch {
          // SQLite has rolled back by itself; the first error is the one to tell.
        }
        throw error;
      }
    },

    openSessions: () => all(`SELECT * FROM ${OPEN_SESSIONS} ORDER BY +id`).map(sessionOf),

    recentSessions: (limit) =>
      all("SELECT * FROM sessions ORDER BY id DESC LIMIT ?", limit).map(sessionOf),

    sessionsBetween: ({ fromMs, toMs }) =>
      all(
        `SELECT * FROM sessions
         WHERE started_at_ms < ? AND (ended_at_ms > ? OR ended_at_ms IS NULL) ORDER BY id`,
        toMs,
        fromMs,
      ).map(sessionOf),

    facts(account, nowMs): AccountFacts {
      const readings = WINDOWS.flatMap((window) =>
        all(
          `SELECT * FROM readings WHERE account = ? AND window = ? AND coalesce(resets_at_ms, 0) <= ?
           ORDER BY resets_at_ms DESC, percent_used DESC LIMIT ?`,
          account,
          window,
          latestResetMs(window, nowMs),
          READINGS_LOOKED_AT,
        ).map(readingOf)
      );
      const limits = all("SELECT * FROM limits WHERE account = ? AND until_ms > ?", account, nowMs)
        .map(limitOf);
      const last = one("SELECT max(started_at_ms) AS at FROM sessions WHERE account = ?", account);
      const active = one(
        `SELECT count(*) AS n FROM ${OPEN_SESSIONS} AND account = ?`,
        account,
      );
      return {
        readings,
        limits,
        lastUsedAtMs: numberOrNull(last?.["at"]),
        activeSessions: Number(active?.["n"] ?? 0),
      };
    },

    sessionMs,

    startSession(session, choice) {
      const choiceId = change(
        `INSERT INTO choices (chosen_at_ms, policy, account, forced, ranked)
         VALUES (?, ?, ?, ?, ?)`,
        choice.chosenAtMs,
        choice.policy,
        choice.account,
        Number(choice.forced),
        JSON.stringify(choice.ranked),
      );
      return change(
        `INSERT INTO sessions (account, choice_id, launcher_pid, cwd, started_at_ms, handed_from)
         VALUES (?, ?, ?, ?, ?, ?)`,
        session.account,
        choiceId,
        session.launcherPid,
        session.cwd,
        session.startedAtMs,
        session.handedFrom,
      );
    },

    attachProcess: (id, process) =>
      void change(
        "UPDATE sessions SET pid = ?, process_start = ? WHERE id = ?",
        process.pid,
        process.start,
        id,
      ),

    // A session that was closed as lost keeps the first end that was seen.
    endSession: (id, end) =>
      void change(
        `UPDATE sessions SET ended_at_ms = ?, ended_how = ?, exit_code = ?, signal = ?
         WHERE id = ? AND ended_at_ms IS NULL`,
        end.atMs,
        end.how,
        end.code,
        end.signal,
        id,
      ),

    learnClientSession: (id, clientSessionId) =>
      void change("UPDATE sessions SET client_session_id = ? WHERE id = ?", clientSessionId, id),

    noteBackgroundTasks: (id, running) =>
      void change("UPDATE sessions SET background_tasks = ? WHERE id = ?", running, id),

    session: (id) => firstSession(one("SELECT * FROM sessions WHERE id = ?", id)),

    sessionOfClient: (clientSessionId) =>
      firstSession(
        one(
          "SELECT * FROM sessions WHERE client_session_id = ? ORDER BY id DESC LIMIT 1",
          clientSessionId,
        ),
      ),

    lostConversation: (cwd) =>
      firstSession(
        one(
          `SELECT * FROM sessions INDEXED BY sessions_lost
           WHERE cwd = ? AND ended_how = 'lost' AND offered = 0 AND client_session_id IS NOT NULL
           ORDER BY +id DESC LIMIT 1`,
          cwd,
        ),
      ),

    markOffered: (id) => void change("UPDATE sessions SET offered = 1 WHERE id = ?", id),

    lastConversation: (cwd) =>
      firstSession(
        one(
          `SELECT * FROM sessions WHERE cwd = ? AND client_session_id IS NOT NULL
           ORDER BY id DESC LIMIT 1`,
          cwd,
        ),
      ),

    choice(id) {
      const row = one(
        `SELECT choices.*, sessions.id AS session_id FROM sessions
         JOIN choices ON choices.id = sessions.choice_id
         WHERE sessions.id = coalesce(?, (SELECT max(id) FROM sessions))`,
        id,
      );
      const session = row && firstSession(
        one("SELECT * FROM sessions WHERE id = ?", Number(row["session_id"])),
      );
      if (!row || !session) return null;
      return {
        id: Number(row["id"]),
        chosenAtMs: numberOf(row["chosen_at_ms"]),
        policy: String(row["policy"]) as Choice["policy"],
        account: textOrNull(row["account"]),
        forced: Number(row["forced"]) === 1,
        ranked: JSON.parse(String(row["ranked"])) as Choice["ranked"],
        session,
      };
    },

    renameAccount(from, to) {
      for (const table of ["choices", "sessions", "readings", "limits"]) {
        change(`UPDATE ${table} SET account = ? WHERE account = ?`, to, from);
      }
    },

    addReadings(readings) {
      for (const reading of readings) {
        change(
          `INSERT INTO readings (account, window, percent_used, resets_at_ms, observed_at_ms, source)
           VALUES (?, ?, ?, ?, ?, ?)`,
          reading.account,
          reading.window,
          reading.percentUsed,
          reading.resetsAtMs === null ? null : Math.round(reading.resetsAtMs),
          Math.round(reading.observedAtMs),
          reading.source,
        );
      }
    },

    addLimit: (limit) =>
      void change(
        `INSERT INTO limits (account, window, until_ms, kind, recorded_at_ms, session_id)
         VALUES (?, ?, ?, ?, ?, ?)`,
        limit.account,
        limit.window,
        Math.round(limit.untilMs),
        limit.kind,
        Math.round(limit.recordedAtMs),
        limit.session,
      ),

    limitMetBy(session, nowMs) {
      const row = one(
        "SELECT * FROM limits WHERE session_id = ? AND until_ms > ? ORDER BY id DESC LIMIT 1",
        session,
        nowMs,
      );
      return row === undefined
        ? null
        : { ...limitOf(row), recordedAtMs: numberOf(row["recorded_at_ms"]) };
    },

    clearManualLimits: (account) =>
      void change("DELETE FROM limits WHERE account = ? AND kind = 'manual'", account),

    clearLimits(account, nowMs) {
      const held = one(
        "SELECT count(*) AS n FROM limits WHERE account = ? AND until_ms > ?",
        account,
        nowMs,
      );
      change("DELETE FROM limits WHERE account = ?", account);
      return Number(held?.["n"] ?? 0);
    },

    forgetAccount(account) {
      for (const table of ["readings", "limits"]) {
        change(`DELETE FROM ${table} WHERE account = ?`, account);
      }
    },

    ageOut(nowMs) {
      if (use === "read") return;
      hasChanged = true;
      for (const table of AGEING_TABLES) {
        deleteOldRows(database, { table, rows: AGED_OUT_AT_ONCE, nowMs });
      }
    },

    // Closing writes what is in the write-ahead log into the file, which takes 1 ms: a process that
    // only read leaves that to the next writer.
    close: (options = { always: false }) => {
      if (hasChanged || options.always) database.close();
    },
  };

  function sessionMs(account: string, options: { window: WindowName; nowMs: number }): number {
    const fromMs = options.nowMs - WINDOW_LENGTH_MS[options.window];
    const ended = one(
      `SELECT sum(min(ended_at_ms, ?) - max(started_at_ms, ?)) AS ms
       FROM sessions INDEXED BY sessions_by_end
       WHERE account = ? AND ended_at_ms > ? AND started_at_ms < ?`,
      options.nowMs,
      fromMs,
      account,
      fromMs,
      options.nowMs,
    );
    const open = one(
      `SELECT sum(max(0, ? - max(started_at_ms, ?))) AS ms FROM ${OPEN_SESSIONS} AND account = ?`,
      options.nowMs,
      fromMs,
      account,
    );
    return Math.max(0, Number(ended?.["ms"] ?? 0) + Number(open?.["ms"] ?? 0));
  }
}
