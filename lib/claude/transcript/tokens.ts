// The tokens of an API call and of a session, and how far the session's files were read.

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

/** An API call as it is saved: what its last line says, and where that line is. */
export interface Call {
  tokens: Tokens;
  sidechain: boolean;
  /** Number of its file within the session; 0 is the main file. */
  file: number;
  /** In the main file: the number of prompts before the line. */
  turn: number;
  /** The time of the line; null if it has none. */
  atMs: number | null;
}

/** Running sums of a session, saved from run to run. */
export interface Sums {
  /** Main and subagents together. */
  all: CallSums;
  subagents: CallSums;
  turn: {
    /** The number of prompts in the main file. */
    number: number;
    /** The time of the last prompt; null if there is none or it has no time. */
    startedAtMs: number | null;
    /** Sums over the main file's calls after that prompt. */
    input: number;
    output: number;
  };
}

/** What shows whether a file is still the one that was read. */
export interface FileFacts {
  /** 0 if the system has none. */
  inode: number;
  bytes: number;
  changedAtMs: number;
}

/** How far one file was read. */
export interface FileProgress {
  path: string;
  facts: FileFacts;
  /** The end of the last complete line that was counted. */
  offset: number;
  /** `offset` is inside a line that is too long to be read. */
  insideLongLine: boolean;
  /** Fingerprint of what is before `offset`. */
  guard: number;
  /** The file was read up to `facts.bytes`. */
  complete: boolean;
}

/** What is saved about a session's transcripts; the main file comes first. */
export interface SavedProgress {
  sums: Sums;
  files: FileProgress[];
}

/** The input tokens: fresh, written to the cache, and read from it. */
export function inputOf(tokens: Tokens): number {
  return tokens.freshInput + tokens.cacheWrite + tokens.cacheRead;
}
