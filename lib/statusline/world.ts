// What one call of the status line sees of the world.
import type { ProcessFacts } from "../balance/session.ts";
import type { Layout } from "../config/paths.ts";
import type { Ledger, ProgressStore, ReadingLog, TranscriptFiles } from "../ports/mod.ts";

/** The world of one call. */
export interface World {
  layout: Layout;
  env: (name: string) => string | null;
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** Milliseconds since this process started its work. */
  elapsedMs: () => number;
  /** Text of a small file; null if it can't be read. */
  readSmall: (path: string) => string | null;
  /** Text of a regular file of any size; null if it is missing. Throws on any other error. */
  readText: (path: string) => string | null;
  /** The operating system: `linux`, `darwin` … */
  system: string;
  /** The live ones among these processes; all of them if that can't be found out. */
  processes: (pids: readonly number[]) => Map<number, ProcessFacts>;
  /** The ledger, read-only, as the launcher reads it; null if there is none. */
  ledger: () => Ledger | null;
  files: TranscriptFiles;
  progress: ProgressStore;
  readings: ReadingLog;
}
