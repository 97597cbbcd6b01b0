// The port to the ledger: sessions, readings, limits and choices.
import type { PolicyName } from "../balance/policy.ts";
import type { Ranked } from "../balance/ranking.ts";
import type { Session, SessionEnd } from "../balance/session.ts";
import type { Daily, Span } from "../history/daily.ts";
import type { Reading, WindowName } from "../balance/windows.ts";

/** A limit: an account can't be used until a time. */
export interface Limit {
  account: string;
  /** The window that is full, as the service names it; null if it is none or unknown. */
  window: string | null;
  /** The model that it holds back; null if it is the whole account. */
  model: string | null;
  untilMs: number;
  kind: "limit" | "cooldown" | "manual";
  recordedAtMs: number;
}

/** What the ledger knows about one account. */
export interface AccountFacts {
  /** The readings that can still matter, of all windows. */
  readings: Reading[];
  limits: Limit[];
  lastUsedAtMs: number | null;
  activeSessions: number;
}

/** A recorded choice: the ranking, with what was known at the time. */
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
  /** Sessions that ran at any time within a span, oldest first. */
  sessionsBetween(span: { fromMs: number; toMs: number }): Session[];
  /** Milliseconds of sessions in the trailing length of a window, overlapping ones added up. */
  sessionMs(account: string, options: { window: WindowName; nowMs: number }): number;
  /**
   * The share, 0–1, of one conversation in what all conversations of an account used in a span, by tokens
   * and what they cost; null if their tokens weren't counted.
   */
  shareOfUse(
    clientSessionId: string,
    options: { account: string; fromMs: number; toMs: number },
  ): number | null;
  /** Adds the client's process to a session. */
  attachProcess(id: number, process: { pid: number; start: string | null }): void;
  endSession(
    id: number,
    end: { atMs: number; how: SessionEnd; code: number | null; signal: string | null },
  ): void;
  /** Records the client's own id of a session; it changes with /clear and with a copy. */
  learnClientSession(id: number, clientSessionId: string): void;
  /** Records how many background tasks of a session are running. */
  noteBackgroundTasks(id: number, running: number): void;
  /** A session by its number, or null. */
  session(id: number): Session | null;
  /** The newest session of this conversation, or null. */
  sessionOfClient(clientSessionId: string): Session | null;
  /** Whether another session had the same conversation open at some time since this one began. */
  isShared(session: Session): boolean;
  /** The newest lost session in a folder whose conversation is known and wasn't offered yet. */
  lostConversation(cwd: string): Session | null;
  /** Records that a lost conversation was offered: once is enough. */
  markOffered(id: number): void;
  /** The newest session in a folder whose conversation is known, or null. */
  lastConversation(cwd: string): Session | null;
}

/** Rows of readings, and everything about one account. */
export interface ReadingRows {
  /** `identity` is the key of whose figures count; those of others are left out. */
  facts(account: string, options: { identity: string | null; nowMs: number }): AccountFacts;
  /**
   * The readings of an account's own window up to one reset, by the figures of an identity, newest first:
   * at most one in each `everyMs`, and at most 200.
   */
  readingsUntil(
    account: string,
    options: { window: WindowName; identity: string | null; resetsAtMs: number; everyMs: number },
  ): Reading[];
  /** Adds readings; one that repeats what is known only renews its time. */
  addReadings(readings: readonly Reading[]): void;
}

/** Rows of limits. */
export interface LimitRows {
  /** `identity` is the key of who met it; null or missing if it holds back whoever is logged in. */
  addLimit(limit: Limit & { session: number | null; identity?: string | null }): void;
  /** The newest limit that a session hit and that still applies, or null. */
  limitMetBy(session: number, nowMs: number): Limit | null;
  /**
   * Ends the limits that an account met, so that only the history has them, and deletes its others. Keeps
   * the time; returns how many still applied.
   */
  clearLimits(account: string, nowMs: number): number;
  /** When limits or figures of an account were last cleared; null if not within the last two weeks. */
  clearedAtMs(account: string): number | null;
  /** Whether a limit of an account has ended by {@link clearLimits}, not by itself. */
  wasCleared(limit: Pick<Limit, "account" | "untilMs">): boolean;
  /** Deletes the limits that were set by hand. */
  clearManualLimits(account: string): void;
}

/** Rows of choices. */
export interface ChoiceRows {
  /** Adds a session and its choice; returns the session's number. */
  startSession(
    session:
      & Pick<Session, "account" | "launcherPid" | "cwd" | "startedAtMs" | "handedFrom">
      & Partial<Pick<Session, "origin">>,
    choice: Omit<Choice, "id">,
  ): number;
  /** The choice behind a session, or the newest choice if `id` is null. */
  choice(id: number | null): (Choice & { session: Session }) | null;
}

/** Rows that say when the client was last asked for an account's figures. */
export interface RefreshRows {
  /**
   * Claims accounts for asking: those that nobody has claimed for `pauseMs`, which are claimed from now
   * on. Two processes never get the same account. Empty if the ledger isn't kept.
   */
  claimRefresh(accounts: readonly string[], options: { nowMs: number; pauseMs: number }): string[];
}

/** The SQLite ledger of sessions, readings, limits and choices. */
export interface Ledger extends SessionRows, ReadingRows, LimitRows, ChoiceRows, RefreshRows {
  /** False if nothing can be written: additions are lost when this process ends. */
  readonly isKept: boolean;
  /** Runs an action in one `BEGIN IMMEDIATE` transaction. */
  immediately<T>(action: () => T): T;
  /** Renames an account in every row. */
  renameAccount(from: string, to: string): void;
  /**
   * The names in the ledger that are this one or start with it and ` (`, with the persons whose figures each
   * has, as keys.
   */
  namesLike(name: string): Array<{ name: string; identities: string[] }>;
  /** Records the group that an account has when it is removed; null for none. */
  recordRemoved(account: string, group: string | null): void;
  /** The group that an account had when it was removed, null for none; undefined if it was never removed. */
  groupOfRemoved(account: string): string | null | undefined;
  /** Deletes the readings and limits of an account; its sessions and choices stay. */
  forgetAccount(account: string): void;
  /** Gives the readings and limits of an account that name nobody to a person: `identity` is the key. */
  signFigures(account: string, identity: string): void;
  /**
   * Deletes the readings and limits under a name that name nobody, and would count for whoever is logged
   * in. Those of a person stay: they count for that person only.
   */
  forgetUnsigned(account: string): void;
  /**
   * The daily rows of a span: those that are kept, and for the newest days those that their details give
   * now. What isn't kept yet is kept by this. Unless `foldersByDay`, all days of a folder may be one row.
   */
  daily(span: Span, options: { nowMs: number; foldersByDay?: boolean }): Promise<Daily>;
  /**
   * Keeps the daily rows of days that are over, then deletes old rows, a limited number of each per call.
   */
  ageOut(nowMs: number): Promise<void>;
  /** Closes it; if nothing was written, that is left to the end of the process, unless `always`. */
  close(options?: { always: boolean }): void;
}
