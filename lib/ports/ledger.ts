// The port to the ledger: sessions, readings, limits and choices.
import type { PolicyName, Ranked } from "../balance/policy.ts";
import type { Session, SessionEnd } from "../balance/session.ts";
import type { Reading, WindowName } from "../balance/windows.ts";

/** A limit: an account may not be used until a time. */
export interface Limit {
  account: string;
  /** null when the whole account is meant. */
  window: WindowName | null;
  untilMs: number;
  kind: "limit" | "cooldown" | "manual";
}

/** The facts about one account in the ledger. */
export interface AccountFacts {
  /** Readings that can still matter, of both windows. */
  readings: Reading[];
  limits: Limit[];
  lastUsedAtMs: number | null;
  activeSessions: number;
}

/** A recorded choice: the ranked accounts, with what was known when it was made. */
export interface Choice {
  id: number;
  chosenAtMs: number;
  policy: PolicyName;
  account: string | null;
  /** The user named the account; the ranking didn't choose it. */
  forced: boolean;
  ranked: Ranked[];
}

/** Rows of sessions. */
export interface SessionRows {
  /** Sessions without an end, oldest first. */
  openSessions(): Session[];
  /** The newest sessions, newest first. */
  recentSessions(limit: number): Session[];
  /** Sessions that ran at any time of a span, oldest first. */
  sessionsBetween(span: { fromMs: number; toMs: number }): Session[];
  /** Milliseconds of sessions in the trailing length of a window, overlaps counted per session. */
  sessionMs(account: string, options: { window: WindowName; nowMs: number }): number;
  /** Adds the client's process to a session. */
  attachProcess(id: number, process: { pid: number; start: string | null }): void;
  endSession(
    id: number,
    end: { atMs: number; how: SessionEnd; code: number | null; signal: string | null },
  ): void;
  /** Remembers the client's own id of a session; it changes with /clear and with a copy. */
  learnClientSession(id: number, clientSessionId: string): void;
  /** Remembers how many background tasks of a session run. */
  noteBackgroundTasks(id: number, running: number): void;
  /** A session by its number, or null. */
  session(id: number): Session | null;
  /** The newest session that carried this conversation, or null. */
  sessionOfClient(clientSessionId: string): Session | null;
  /** The newest lost session with a known conversation in a folder that was not offered yet. */
  lostConversation(cwd: string): Session | null;
  /** Remembers that a lost conversation was offered: once is enough. */
  markOffered(id: number): void;
  /** The newest session with a known conversation in a folder, or null. */
  lastConversation(cwd: string): Session | null;
}

/** Rows of readings, and what the ledger says of an account. */
export interface ReadingRows {
  facts(account: string, nowMs: number): AccountFacts;
  addReadings(readings: readonly Reading[]): void;
}

/** Rows of limits. */
export interface LimitRows {
  addLimit(limit: Limit & { recordedAtMs: number; session: number | null }): void;
  /** The newest limit that a session met and that still applies, or null. */
  limitMetBy(session: number, nowMs: number): (Limit & { recordedAtMs: number }) | null;
  /** Forgets the limits of an account; returns how many still applied. */
  clearLimits(account: string, nowMs: number): number;
  /** Forgets the limits that were set by hand. */
  clearManualLimits(account: string): void;
}

/** Rows of choices. */
export interface ChoiceRows {
  /** Writes a session row, and its choice; returns the session's number. */
  startSession(
    session: Pick<Session, "account" | "launcherPid" | "cwd" | "startedAtMs" | "handedFrom">,
    choice: Omit<Choice, "id">,
  ): number;
  /** The choice behind a session, or the newest choice when `id` is null. */
  choice(id: number | null): (Choice & { session: Session }) | null;
}

/** The SQLite ledger of sessions, readings, limits and choices. */
export interface Ledger extends SessionRows, ReadingRows, LimitRows, ChoiceRows {
  /** False when nothing can be written: what is added is forgotten with this process. */
  readonly isKept: boolean;
  /** Runs an action in one `BEGIN IMMEDIATE` transaction. */
  immediately<T>(action: () => T): T;
  /** Gives every row of an account another name. */
  renameAccount(from: string, to: string): void;
  /** Forgets readings and limits of an account; its sessions and choices stay. */
  forgetAccount(account: string): void;
  /** Ages out old rows, a bounded number of them at a call. */
  ageOut(nowMs: number): void;
  /** Ends its use; what only read may leave that to the end of the process, unless `always`. */
  close(options?: { always: boolean }): void;
}
