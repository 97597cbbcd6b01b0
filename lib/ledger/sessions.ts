// Sessions in the ledger: what is running, what ran, and how it ended.
import { WINDOW_LENGTH_MS } from "../balance/windows.ts";
import type { SessionRows } from "../ports/mod.ts";
import type { Queries } from "./queries.ts";
import { firstSession, sessionOf } from "./rows.ts";

/** Sessions without an end, through the index that has only them: few among many. */
export const OPEN_SESSIONS = "sessions INDEXED BY sessions_open WHERE ended_at_ms IS NULL";

/** Tokens by what they cost, relative to fresh input: the ratios are the same for every model. */
const PRICED_TOKENS = "fresh_input + 1.25 * cache_write + 0.1 * cache_read + 5 * output";

/** The `sessions` table. */
export function sessionRows({ all, one, change }: Queries): SessionRows {
  return {
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

    sessionMs(account, { window, nowMs }) {
      const fromMs = nowMs - WINDOW_LENGTH_MS[window];
      const ended = one(
        `SELECT sum(min(ended_at_ms, ?) - max(started_at_ms, ?)) AS ms
         FROM sessions INDEXED BY sessions_by_end
         WHERE account = ? AND ended_at_ms > ? AND started_at_ms < ?`,
        nowMs,
        fromMs,
        account,
        fromMs,
        nowMs,
      );
      const open = one(
        `SELECT sum(max(0, ? - max(started_at_ms, ?))) AS ms FROM ${OPEN_SESSIONS} AND account = ?`,
        nowMs,
        fromMs,
        account,
      );
      return Math.max(0, Number(ended?.["ms"] ?? 0) + Number(open?.["ms"] ?? 0));
    },

    shareOfUse(clientSessionId, { account, fromMs, toMs }) {
      const neighbours = all(
        `SELECT client_session_id AS id FROM sessions INDEXED BY sessions_by_end
         WHERE account = ? AND ended_at_ms > ?
         UNION SELECT client_session_id FROM ${OPEN_SESSIONS} AND account = ?`,
        account,
        fromMs,
        account,
      ).map((row) => `${row["id"]}.jsonl`);
      const used = all(
        `SELECT path, sum(${PRICED_TOKENS}) AS tokens
         FROM transcripts JOIN transcript_calls ON transcript_id = id
         WHERE updated_at_ms >= ? AND at_ms BETWEEN ? AND ? GROUP BY id`,
        fromMs,
        fromMs,
        toMs,
      );
      let [own, total] = [0, 0];
      for (const { path, tokens } of used) {
        const file = String(path).split("/").at(-1) ?? "";
        const isOwn = file === `${clientSessionId}.jsonl`;
        if (isOwn) own += Number(tokens);
        if (isOwn || neighbours.includes(file)) total += Number(tokens);
      }
      return own === 0 ? null : own / total;
    },

    attachProcess: (id, process) =>
      void change(
        "UPDATE sessions SET pid = ?, process_start = ? WHERE id = ?",
        process.pid,
        process.start,
        id,
      ),

    // Whoever finds a process gone closes its session as lost, perhaps just before its launcher says how it ended.
    endSession: (id, end) =>
      void change(
        `UPDATE sessions SET ended_at_ms = ifnull(ended_at_ms, ?1), ended_how = ?2, exit_code = ?3,
           signal = ?4, client_session_id = iif(?2 = 'failed', NULL, client_session_id)
         WHERE id = ?5 AND (ended_at_ms IS NULL OR ended_how = 'lost')`,
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

    isShared: ({ id, clientSessionId, startedAtMs }) =>
      one(
        `SELECT 1 FROM sessions WHERE client_session_id = ? AND id <> ?
         AND (ended_at_ms IS NULL OR ended_at_ms > ?)`,
        clientSessionId,
        id,
        startedAtMs,
      ) !== undefined,

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
  };
}
