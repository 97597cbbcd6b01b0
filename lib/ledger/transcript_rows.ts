// Transcripts in the ledger: how far each was read, and the calls that were counted.
import type { DatabaseSync } from "node:sqlite";
import type { Call, SavedProgress } from "../claude/transcript/tokens.ts";
import type { KnownCalls, ProgressStore } from "../ports/mod.ts";
import type { Row } from "./rows.ts";

/** Sessions that nobody looked at for this long are forgotten; if one comes back, it is read again. */
const FORGOTTEN_AFTER_MS = 30 * 24 * 3_600_000;
/** How many calls of forgotten sessions one run deletes at most. */
const DELETED_AT_ONCE = 500;

/** The progress of the session with this main file, or null. */
export function loadProgress(
  db: DatabaseSync,
  mainPath: string,
): ReturnType<ProgressStore["load"]> {
  const row = db.prepare("SELECT id, revision, progress FROM transcripts WHERE path = ?")
    .get(mainPath);
  if (row === undefined) return null;
  const progress = JSON.parse(String(row["progress"])) as SavedProgress;
  return { progress, revision: Number(row["revision"]), known: knownCalls(db, Number(row["id"])) };
}

function knownCalls(db: DatabaseSync, id: number): KnownCalls {
  let byKey: ReturnType<DatabaseSync["prepare"]> | null = null;
  return {
    find(key) {
      byKey ??= db.prepare("SELECT * FROM transcript_calls WHERE transcript_id = ? AND key = ?");
      const row = byKey.get(id, hashOf(key));
      return row === undefined ? null : callOf(row);
    },
    subagentsSince(atMs) {
      const row = db.prepare(
        `SELECT sum(fresh_input + cache_write + cache_read) AS input, sum(output) AS output
         FROM transcript_calls WHERE transcript_id = ? AND at_ms >= ? AND file <> 0`,
      ).get(id, Number.isFinite(atMs) ? atMs : Number.MIN_SAFE_INTEGER);
      return { input: Number(row?.["input"] ?? 0), output: Number(row?.["output"] ?? 0) };
    },
  };
}

function callOf(row: Row): Call {
  return {
    tokens: {
      freshInput: Number(row["fresh_input"]),
      cacheWrite: Number(row["cache_write"]),
      cacheRead: Number(row["cache_read"]),
      output: Number(row["output"]),
    },
    sidechain: row["sidechain"] === 1,
    file: Number(row["file"]),
    turn: Number(row["turn"]),
    atMs: row["at_ms"] === null ? null : Number(row["at_ms"]),
  };
}

/** Records a session in the current transaction, unless another run was faster. */
export function saveProgress(
  db: DatabaseSync,
  mainPath: string,
  change: Parameters<ProgressStore["save"]>[1],
): void {
  const row = db.prepare("SELECT id, revision FROM transcripts WHERE path = ?").get(mainPath);
  const revision = row === undefined ? null : Number(row["revision"]);
  // Another run was faster: what it recorded is just as correct, and its calls match it.
  if (revision !== change.revision) return;
  if (row !== undefined && change.restart) {
    db.prepare("UPDATE transcripts SET path = path || '#' || id, updated_at_ms = 0 WHERE id = ?")
      .run(Number(row["id"]));
  }
  const text = JSON.stringify(change.progress);
  let id: number;
  if (row === undefined || change.restart) {
    id = Number(
      db.prepare(
        "INSERT INTO transcripts (path, revision, progress, updated_at_ms) VALUES (?, ?, ?, ?)",
      ).run(mainPath, (revision ?? 0) + 1, text, change.nowMs).lastInsertRowid,
    );
  } else {
    id = Number(row["id"]);
    db.prepare(
      "UPDATE transcripts SET revision = revision + 1, progress = ?, updated_at_ms = ? WHERE id = ?",
    ).run(text, change.nowMs, id);
  }
  const insert = db.prepare(
    "INSERT OR REPLACE INTO transcript_calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
  );
  for (const [key, { call }] of change.calls) {
    const { tokens } = call;
    insert.run(
      id,
      hashOf(key),
      call.file,
      call.turn,
      call.atMs,
      call.sidechain ? 1 : 0,
      tokens.freshInput,
      tokens.cacheWrite,
      tokens.cacheRead,
      tokens.output,
    );
  }
  forgetOld(db, change.nowMs);
}

function forgetOld(db: DatabaseSync, nowMs: number): void {
  const old = db.prepare(
    "SELECT id FROM transcripts WHERE updated_at_ms < ? ORDER BY updated_at_ms LIMIT 1",
  ).get(nowMs - FORGOTTEN_AFTER_MS);
  if (old === undefined) return;
  const id = Number(old["id"]);
  const { changes } = db.prepare(
    `DELETE FROM transcript_calls WHERE transcript_id = ? AND key IN
     (SELECT key FROM transcript_calls WHERE transcript_id = ? LIMIT ?)`,
  ).run(id, id, DELETED_AT_ONCE);
  if (Number(changes) < DELETED_AT_ONCE) db.prepare("DELETE FROM transcripts WHERE id = ?").run(id);
}

/** 53 bits of a key: enough that two calls of a session never collide. */
function hashOf(key: string): number {
  let low = 0xdeadbeef, high = 0x41c6ce57;
  for (let i = 0; i < key.length; i++) {
    const unit = key.charCodeAt(i);
    low = Math.imul(low ^ unit, 2654435761);
    high = Math.imul(high ^ unit, 1597334677);
  }
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  return 4294967296 * (2097151 & high) + (low >>> 0);
}
