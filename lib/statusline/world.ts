// The one place for what one call of the status line sees of the world.
import type { Layout } from "../config/paths.ts";
import type { ProgressStore, ReadingLog, TranscriptFiles } from "../ports/mod.ts";

/** The world of one call. */
export interface World {
  layout: Layout;
  env: (name: string) => string | null;
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** Milliseconds since this process began its work. */
  elapsedMs: () => number;
  /** Text of a small file, null when it cannot be read. */
  readSmall: (path: string) => string | null;
  files: TranscriptFiles;
  progress: ProgressStore;
  readings: ReadingLog;
}
