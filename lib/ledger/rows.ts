// Rows of the ledger, turned into sessions, readings, limits and rankings.
import type { SQLOutputValue } from "node:sqlite";
import type { Origin, Session, SessionEnd } from "../balance/session.ts";
import type { Ranked } from "../balance/ranking.ts";
import { storedReason } from "../balance/reasons.ts";
import type { Reading, ReadingSource } from "../balance/windows.ts";
import type { Limit } from "../ports/mod.ts";

/** A row as SQLite returns it. */
export type Row = Record<string, SQLOutputValue>;

/** A row of `sessions`. */
export function sessionOf(row: Row): Session {
  return {
    id: numberOf(row["id"]),
    account: String(row["account"]),
    launcherPid: numberOf(row["launcher_pid"]),
    pid: numberOrNull(row["pid"]),
    processStart: textOrNull(row["process_start"]),
    clientSessionId: textOrNull(row["client_session_id"]),
    backgroundTasks: numberOf(row["background_tasks"]),
    cwd: String(row["cwd"]),
    startedAtMs: numberOf(row["started_at_ms"]),
    endedAtMs: numberOrNull(row["ended_at_ms"]),
    endedHow: textOrNull(row["ended_how"]) as SessionEnd | null,
    exitCode: numberOrNull(row["exit_code"]),
    signal: textOrNull(row["signal"]),
    handedFrom: numberOrNull(row["handed_from"]),
    origin: textOrNull(row["origin"]) as Origin | null,
  };
}

/** A row of `sessions`; null for a missing one. */
export function firstSession(row: Row | undefined): Session | null {
  return row === undefined ? null : sessionOf(row);
}

/** A row of `readings`. */
export function readingOf(row: Row): Reading {
  const source = row["source"] as ReadingSource;
  const hasPercent = source !== "absent" && source !== "cleared";
  return {
    account: String(row["account"]),
    window: String(row["window"]),
    model: textOrNull(row["model"]),
    identity: textOrNull(row["identity"]),
    percentUsed: hasPercent ? numberOf(row["percent_used"]) : null,
    resetsAtMs: numberOrNull(row["resets_at_ms"]),
    measuredAtMs: numberOf(row["measured_at_ms"]),
    source,
  };
}

/** A row of `limits`. */
export function limitOf(row: Row): Limit {
  return {
    account: String(row["account"]),
    window: textOrNull(row["window"]),
    model: textOrNull(row["model"]),
    untilMs: numberOf(row["until_ms"]),
    kind: row["kind"] as Limit["kind"],
    recordedAtMs: numberOf(row["recorded_at_ms"]),
  };
}

/** The ranking in a row of `choices`. */
export function rankedOf(json: string): Ranked[] {
  const rows = JSON.parse(json) as Ranked[];
  return rows.map((row) => ({ ...row, reasons: row.reasons.map(storedReason) }));
}

/** A number; null for NULL or a missing value. */
export function numberOrNull(value: SQLOutputValue | undefined): number | null {
  return value === null || value === undefined ? null : numberOf(value);
}

/** The largest time that a Date can have, in milliseconds: damaged rows may have larger ones. */
const LARGEST = 8.64e15;

/** A number from an integer of any size. */
export function numberOf(value: SQLOutputValue | undefined): number {
  return Math.max(-LARGEST, Math.min(LARGEST, Number(value)));
}

/** A text; null for NULL or a missing value. */
export function textOrNull(value: SQLOutputValue | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}
