// The port to config.json.
import type { Config } from "../config/config.ts";

/** Values to set in config.json; undefined removes a key. */
export type ConfigChanges = ReadonlyArray<{ path: Array<string | number>; value: unknown }>;

/** config.json. */
export interface ConfigFile {
  /**
   * Loads what `edit` needs (the default). For `read` it loads the same only for a file that has
   * comments or faults, because that takes time at every start.
   */
  ready(use?: "read" | "edit"): Promise<void>;
  /** The settings; defaults when the file is missing or empty. @throws UserError (usage) with line and column. */
  read(): Config;
  /** The keys of the file itself, checked, without defaults; empty when it is missing. */
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
