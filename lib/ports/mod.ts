// The doors to the world: interfaces only, implemented by adapters and by the fakes of tests.
import type { Account, Identity } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import type { PolicyName, Ranked } from "../balance/policy.ts";
import type { ProcessFacts, Session, SessionEnd } from "../balance/session.ts";
import type { Call, FileFacts, SavedProgress } from "../claude/transcript/tokens.ts";
import type { Reading, WindowName } from "../balance/windows.ts";

/** Time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  nowMs(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
}

/** Environment variables. */
export interface Env {
  /** The value, or null when unset. */
  get(name: string): string | null;
}

/** What a path is; `missing` also when a parent is missing. */
export type PathKind = "file" | "directory" | "link" | "other" | "missing";

/** Files, all paths absolute. Every write is atomic: temp file, fsync, rename. */
export interface Files {
  /** Kind of the path itself; links are not followed. */
  kind(path: string): PathKind;
  /** Text of a regular file, or null when it is missing. Throws on any other fault. */
  readText(path: string): string | null;
  /** The same of whatever a person named, which may be a pipe: it may wait for its writer. */
  readGiven(path: string): string | null;
  /** The bytes of a regular file, one character (U+0000 to U+00FF) each, or null when it is missing. */
  readBytes(path: string): string | null;
  /** The first characters of a regular file, "" when it cannot be read. */
  readHead(path: string, characters: number): string;
  /** The last bytes of a regular file as text, "" when it cannot be read. */
  readTail(path: string, bytes: number): string;
  /** Writes a file with mode 0600 unless given, keeping the mode of an existing one. */
  writeText(path: string, text: string, mode?: number): void;
  /** The same of what {@link Files.readBytes} gives. */
  writeBytes(path: string, bytes: string, mode?: number): void;
  /** Makes a directory and its parents with mode 0700 and enforces 0700 on the last. */
  makePrivateDirectory(path: string): void;
  /** Names in a directory; empty when it is missing. */
  list(path: string): string[];
  /** Target of a link as written, or null when the path is no link. */
  readLink(path: string): string | null;
  /** Makes a link at `path` that points to `target`. */
  makeLink(path: string, target: string): void;
  /** Renames within one file system. */
  rename(from: string, to: string): void;
  /** The path with all links resolved, or null when it does not exist. */
  resolve(path: string): string | null;
  /** Runs an action while this process alone holds the lock file `path`. */
  locked<T>(path: string, action: () => T): T;
  /** Keeps a copy of a file in `backups/`, newest 20 of each name; returns the copy's path. */
  backUp(path: string): string;
  /** Permission bits of a path, or null when it is missing. */
  mode(path: string): number | null;
  /** Sets permission bits. */
  setMode(path: string, mode: number): void;
  /** Makes one directory (0700) and returns true; false when something of that name exists. */
  makeDirectory(path: string): boolean;
  /** Removes a file, a link or an empty directory; a missing one is fine. */
  remove(path: string): void;
  /** Removes a directory with everything in it; links in it are not followed. */
  removeTree(path: string): void;
  /** Copies a file, complete or not at all, with its mode and its time of change. */
  copy(from: string, to: string): void;
  /** Whether two files hold the same bytes. */
  sameContent(a: string, b: string): boolean;
  /** Bytes of a file, or null when it is missing. */
  size(path: string): number | null;
  /** When the path itself was last changed, or null when it is missing. */
  modifiedAtMs(path: string): number | null;
  /** A number that two paths share when one can be renamed to the other; null when missing. */
  device(path: string): number | null;
  /** A free path in `backups/` for something called `name` that is moved there. */
  backupPath(name: string): string;
}

/** A launch as a value: printed by `--dry-run`, carried out by the Processes port. */
export interface LaunchPlan {
  program: string;
  args: string[];
  /** Variables to set. */
  set: Record<string, string>;
  /** Variables to remove. */
  unset: string[];
  cwd: string;
}

/** How a launched program ended. */
export interface Outcome {
  /** Exit code; 128 + n after signal n. */
  code: number;
  /** Name of the signal it died of, or null. */
  signal: string | null;
}

/** A launched program. */
export interface Child {
  pid: number;
  /** Start time in the spelling of {@link Processes.facts}; null when unreadable. */
  start(): string | null;
  /** Asks it to end, with SIGTERM. */
  end(): void;
  /** What it wrote to stdout when its output is held; empty otherwise. Complete once it has ended. */
  held: Promise<Uint8Array>;
  ended: Promise<Outcome>;
}

/** How a program is launched other than on the terminal alone. */
export interface LaunchOptions {
  /** Keeps what it writes to stdout back, and gives it these bytes as stdin; null: our own stdin. */
  hold: { input: Uint8Array | null };
}

/** Other processes. */
export interface Processes {
  /** This process. */
  readonly ownPid: number;
  /** The operating system: `linux`, `darwin` … */
  readonly system: string;
  /** Where the shell stands. */
  cwd(): string;
  /** Absolute path of this executable. */
  executable(): string;
  /** First executable file of that name on PATH that `accept` agrees to, or null. */
  find(program: string, accept: (path: string) => boolean): string | null;
  /** Whether the path is a file that may be executed. */
  isExecutable(path: string): boolean;
  /** The live ones among `pids`. */
  facts(pids: readonly number[]): Map<number, ProcessFacts>;
  /** Whether that process started this one, or what started this one, and so on; true when nobody can tell. */
  isBelow(pid: number): boolean;
  /**
   * Starts a program on this terminal. The launcher stays its parent: it leaves Ctrl-C and
   * Ctrl-\ to the child, forwards TERM and HUP, and mends the terminal when the child dies
   * uncleanly.
   */
  launch(plan: LaunchPlan, options?: LaunchOptions): Child;
  /** Ends this process by a signal, so that the caller sees what the child died of. */
  dieBy(signal: string): void;
  /** Runs a program to its end without a terminal and returns what it printed. */
  capture(program: string, args: readonly string[]): { code: number; stdout: string };
}

/** What text is shown on. */
export interface Surface {
  /** Whether it is a terminal that wants colour. */
  readonly color: boolean;
  /** Its width in cells; without a terminal that of COLUMNS, else Infinity. */
  readonly columns: number;
}

/** The terminal, or what stands in for it. */
export interface Terminal extends Surface {
  /** Whether a person can be asked: stdin and stderr are terminals. */
  readonly interactive: boolean;
  /** stderr, where messages go; the terminal itself is stdout. */
  readonly messages: Surface;
  /** All of stdin up to a number of bytes, as text. */
  readInput(bytes: number): string;
  /** All of stdin, or null when it is a terminal. */
  takeInput(): Promise<Uint8Array | null>;
  /** Writes bytes to stdout as they are. */
  pass(bytes: Uint8Array): void;
  /** Asks on stderr and returns the line typed, without its end; null at the end of input. */
  ask(question: string): string | null;
  /** Rewrites the current line of stderr, for countdowns, cut to its width; only on a terminal. */
  rewrite(text: string): void;
  /** Sets the terminal's title without control characters; "" clears it. Does nothing elsewhere. */
  title(text: string): void;
  /** Writes text to stdout; a newline is added. */
  print(text: string): void;
  /** Writes a line to stderr, with our name before it. */
  warn(text: string): void;
  /** Writes a line to stderr as it is. */
  note(text: string): void;
}

/** A limit: an account may not be used until a time. */
export interface Limit {
  account: string;
  /** null when the whole account is meant. */
  window: WindowName | null;
  untilMs: number;
  kind: "limit" | "cooldown" | "manual";
}

/** What the ledger knows of one account. */
export interface AccountFacts {
  /** Readings that can still matter, of both windows. */
  readings: Reading[];
  limits: Limit[];
  lastUsedAtMs: number | null;
  activeSessions: number;
}

/** A choice as it is kept: the ranked table with what was known when it was made. */
export interface Choice {
  id: number;
  chosenAtMs: number;
  policy: PolicyName;
  account: string | null;
  /** Named by the user instead of ranked. */
  forced: boolean;
  ranked: Ranked[];
}

/** The SQLite ledger of sessions, readings, limits and choices. */
export interface Ledger {
  /** False when nothing can be written: what it holds is forgotten with this process. */
  readonly isKept: boolean;
  /** Runs an action in one `BEGIN IMMEDIATE` transaction. */
  immediately<T>(action: () => T): T;
  /** Sessions without an end, oldest first. */
  openSessions(): Session[];
  /** The newest sessions, newest first. */
  recentSessions(limit: number): Session[];
  /** Sessions that ran at any time of a span, oldest first. */
  sessionsBetween(span: { fromMs: number; toMs: number }): Session[];
  facts(account: string, nowMs: number): AccountFacts;
  /** Milliseconds of sessions in the trailing length of a window, overlaps counted per session. */
  sessionMs(account: string, options: { window: WindowName; nowMs: number }): number;
  /** Writes a session row, and its choice; returns the session's number. */
  startSession(
    session: Pick<Session, "account" | "launcherPid" | "cwd" | "startedAtMs" | "handedFrom">,
    choice: Omit<Choice, "id">,
  ): number;
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
  /** The choice behind a session, or the newest choice when `id` is null. */
  choice(id: number | null): (Choice & { session: Session }) | null;
  addReadings(readings: readonly Reading[]): void;
  /** Gives every row of an account another name. */
  renameAccount(from: string, to: string): void;
  addLimit(limit: Limit & { recordedAtMs: number; session: number | null }): void;
  /** The newest limit that a session met and that still holds, or null. */
  limitMetBy(session: number, nowMs: number): (Limit & { recordedAtMs: number }) | null;
  /** Forgets the limits of an account; returns how many still held. */
  clearLimits(account: string, nowMs: number): number;
  /** Forgets the limits that were set by hand. */
  clearManualLimits(account: string): void;
  /** Forgets readings and limits of an account; its sessions and choices stay. */
  forgetAccount(account: string): void;
  /** Ages out old rows, a bounded number of them at a call. */
  ageOut(nowMs: number): void;
  /** Ends its use; what only read may leave that to the end of the process, unless `always`. */
  close(options?: { always: boolean }): void;
}

/** Values to set in config.json; undefined removes a key. */
export type ConfigChanges = ReadonlyArray<{ path: Array<string | number>; value: unknown }>;

/** config.json. */
export interface ConfigFile {
  /** Loads what `edit` needs, and what a file with comments or faults needs to be read. */
  ready(): Promise<void>;
  /** The settings; defaults when the file is missing or empty. @throws UserError (usage) with line and column. */
  read(): Config;
  /** What the file itself holds, checked, without defaults; empty when it is missing. */
  values(): Record<string, unknown>;
  /** Unknown keys of the last read, as `polcy` or `limits.burstHour`. */
  unknownKeys(): string[];
  /**
   * Sets values at key paths, keeping layout, comments and unknown keys; checked before writing.
   * Changes that depend on what is there are given as a function, which sees the configuration
   * under the lock that keeps other processes out.
   */
  edit(changes: ConfigChanges | ((config: Config) => ConfigChanges)): void;
}

/** What a credentials file says without its secrets. */
export type LoginState = "present" | "blank" | "missing" | "unreadable";

/** A credentials file without its secrets. */
export interface LoginFacts {
  state: LoginState;
  /** Whose login it is; null where the client did not write it (CONTRACT §4). */
  accountUuid: string | null;
  organizationUuid: string | null;
  /** A salted hash of the refresh token: equal for two copies of one login. */
  fingerprint: string | null;
}

/** What the client keeps in an account's config dir. */
export interface ClaudeHome {
  login(account: Account): LoginState;
  /** Reads the credentials file afresh. */
  loginFacts(account: Account): LoginFacts;
  /** Forgets what was read, so that the next question looks again. */
  forget(): void;
  /** The account's `.claude.json` as first read since {@link forget}; null when missing or broken. */
  globalConfig(account: Account): Readonly<Record<string, unknown>> | null;
  /** Who is logged in, from `.claude.json`; null when nobody. */
  identity(account: Account): Identity | null;
  /** Readings of the usage answer that the client cached. */
  cachedUsage(account: Account): Reading[];
  /** The settings.json that all accounts share; null when missing or broken. */
  sharedSettings(): Record<string, unknown> | null;
}

/** A transcript file that is being read. */
export interface OpenTranscript {
  facts: FileFacts;
  /** Fills `buffer` from an offset of the file; returns how many bytes it got, 0 at the end. */
  readAt(buffer: Uint8Array, at: number): number;
  close(): void;
}

/** Transcripts on disk. Nothing here throws. */
export interface TranscriptFiles {
  /** The path with all links resolved; itself when that fails. */
  resolve(path: string): string;
  /** Facts of a regular file; null for anything else. */
  look(path: string): FileFacts | null;
  /** Opens a regular file; null when it cannot be read. */
  open(path: string): OpenTranscript | null;
  /**
   * Paths, from a folder on, of what is no folder in it and in the folders in it, at most three
   * deep; links are not gone into. Empty when it cannot be read.
   */
  list(directory: string): string[];
}

/** The API calls that earlier runs counted. Both throw when the store fails in the middle. */
export interface KnownCalls {
  /** The call with this key, or null. */
  find(key: string): Call | null;
  /** Sums over calls of subagents' files at or after a time. */
  subagentsSince(atMs: number): { input: number; output: number };
}

/** What earlier runs remember. Nothing here throws. */
export interface ProgressStore {
  /** What is remembered of the session with this main file; null when nothing is, or nothing can be. */
  load(mainPath: string): { progress: SavedProgress; revision: number; known: KnownCalls } | null;
  /**
   * Remembers, in one step, unless another run was faster. `revision` is that of `load`, null for a
   * session not loaded; with `restart` the calls counted before are forgotten.
   */
  save(mainPath: string, change: {
    progress: SavedProgress;
    revision: number | null;
    restart: boolean;
    calls: ReadonlyMap<string, { readonly call: Call }>;
    nowMs: number;
  }): void;
}

/** What the ledger knows of an account's windows and limits. */
export interface Standing {
  readings: Reading[];
  /** End of the latest limit that the service or the user named; null without one. */
  limitedUntilMs: number | null;
}

/** Readings of windows in the ledger. Nothing here throws. */
export interface ReadingLog {
  /** How an account stands; null when the ledger cannot be read. */
  standing(account: string, nowMs: number): Standing | null;
  /** The same with what is going on on the account. */
  facts(
    account: string,
    nowMs: number,
  ): Standing & { activeSessions: number; lastUsedAtMs: number | null } | null;
  /** Readings of one window up to one reset, newest first. */
  recent(
    account: string,
    options: { window: WindowName; resetsAtMs: number; toleranceMs: number },
  ): Array<{ percentUsed: number; observedAtMs: number }>;
  /** Writes readings; one that only says again what is known renews its time. */
  add(readings: readonly Reading[]): void;
}
