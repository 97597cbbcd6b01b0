// The ports to transcripts on disk and to the progress of reading them.
import type { Call, FileFacts, SavedProgress } from "../claude/transcript/tokens.ts";

/** A transcript file that is being read. */
export interface OpenTranscript {
  facts: FileFacts;
  /** Fills `buffer` from an offset of the file; returns the number of bytes, 0 at the end. */
  readAt(buffer: Uint8Array, at: number): number;
  close(): void;
}

/** Transcripts on disk. Nothing here throws. */
export interface TranscriptFiles {
  /** The path with all links resolved; unchanged if that fails. */
  resolve(path: string): string;
  /** Facts of a regular file; null for anything else. */
  look(path: string): FileFacts | null;
  /** Opens a regular file; null if it can't be read. */
  open(path: string): OpenTranscript | null;
  /**
   * Paths of everything but folders in a folder and up to three levels of folders below it, relative
   * to it; links aren't followed. Empty if it can't be read.
   */
  list(directory: string): string[];
}

/** The API calls that earlier runs counted. Both methods throw if the store fails midway. */
export interface KnownCalls {
  /** The call with this key, or null. */
  find(key: string): Call | null;
  /** Totals of the subagents' calls at or after a time. */
  subagentsSince(atMs: number): { input: number; output: number };
}

/** The progress of earlier runs. Nothing here throws. */
export interface ProgressStore {
  /** The progress of the session with this main file; null if there is none or it can't be read. */
  load(mainPath: string): { progress: SavedProgress; revision: number; known: KnownCalls } | null;
  /**
   * Records it in one step, unless another run was faster. `revision` is that of `load`, null for a
   * session that wasn't loaded; `restart` deletes the calls counted before.
   */
  save(mainPath: string, change: {
    progress: SavedProgress;
    revision: number | null;
    restart: boolean;
    calls: ReadonlyMap<string, { readonly call: Call }>;
    nowMs: number;
  }): void;
}
