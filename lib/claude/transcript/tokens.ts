// Token counts of an API call and of a session, and how far the session's files were read.

/** Tokens of one API call, or sums of many. */
export interface Tokens {
  freshInput: number;
  cacheWrite: number;
  cacheRead: number;
  output: number;
}

/** Sums over API calls. */
export interface CallSums extends Tokens {
  apiCalls: number;
}

/** One API call as it is saved: what its last line said, and where that line is. */
export interface Call {
  tokens: Tokens;
  sidechain: boolean;
  /** Number of its file within the session; 0 is the main file. */
  file: number;
  /** For the main file: how many human prompts came before the line. */
  turn: number;
  /** For subagents' files, which have no prompts: the time of the line; null when it has none. */
  atMs: number | null;
}

/** Running sums of a session, saved from run to run. */
export interface Sums {
  /** Main and subagents together. */
  all: CallSums;
  subagents: CallSums;
  turn: {
    /** How many human prompts the main file has. */
    number: number;
    /** Time of the last one; null when there is none, or when it has no time. */
    startedAtMs: number | null;
    /** Sums over the main file's calls after it. */
    input: number;
    output: number;
  };
}

/** Facts that show whether a file is the one that was read before. */
export interface FileFacts {
  /** 0 where the system has none. */
  inode: number;
  bytes: number;
  changedAtMs: number;
}

/** How far one file was read. */
export interface FileProgress {
  path: string;
  facts: FileFacts;
  /** Behind the last complete line that was counted. */
  offset: number;
  /** `offset` is inside a line that is too long to be read. */
  insideLongLine: boolean;
  /** Fingerprint of what lies before `offset`. */
  guard: number;
  /** The file was read up to `facts.bytes`. */
  complete: boolean;
}

/** What is saved of a session's transcripts; the main file comes first. */
export interface SavedProgress {
  sums: Sums;
  files: FileProgress[];
}

/** Tokens that went in: fresh, written to the cache, read from it. */
export function inputOf(tokens: Tokens): number {
  return tokens.freshInput + tokens.cacheWrite + tokens.cacheRead;
}
