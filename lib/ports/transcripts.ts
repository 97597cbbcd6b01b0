// The ports to transcripts on disk and to what is remembered of them.
import type { Call, FileFacts, SavedProgress } from "../claude/transcript/tokens.ts";

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
