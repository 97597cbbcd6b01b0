// The doors that the status line needs beyond lib/ports.ts: interfaces only.
import type { Reading, WindowName } from "../core/usage.ts";
import type { AccountFacts } from "../ports.ts";
import type { Call, KnownCalls, Sums } from "./transcript/totals.ts";
import type { ReadAt } from "./transcript/scan.ts";

/** What tells whether a file is the one that was read before. */
export interface FileFacts {
  /** 0 where the system has none. */
  inode: number;
  bytes: number;
  changedAtMs: number;
}

/** A transcript file that is being read. */
export interface OpenTranscript {
  facts: FileFacts;
  readAt: ReadAt;
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
  /** Names of the regular files in a folder; empty when it cannot be read. */
  list(directory: string): string[];
}

/** How far one file was read. */
export interface FileProgress {
  path: string;
  facts: FileFacts;
  /** Behind the last complete line that was counted. */
  offset: number;
  /** `offset` is inside a line that is too long to matter. */
  insideLongLine: boolean;
  /** Fingerprint of what lies before `offset`. */
  guard: number;
  /** The file was read up to `facts.bytes`. */
  complete: boolean;
}

/** What is remembered of a session's transcripts; the main file comes first. */
export interface SavedProgress {
  sums: Sums;
  files: FileProgress[];
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

/** Readings of windows in the ledger. Nothing here throws. */
export interface ReadingLog {
  /** What is known of an account; null when the ledger cannot be read. */
  facts(account: string, nowMs: number): AccountFacts | null;
  /** Readings of one window up to one reset, newest first. */
  recent(
    account: string,
    options: { window: WindowName; resetsAtMs: number; toleranceMs: number },
  ): Array<{ percentUsed: number; observedAtMs: number }>;
  /** Writes readings; one that only says again what is known renews its time. */
  add(readings: readonly Reading[]): void;
}
