// The port to config.json.
import type { Config } from "../config/config.ts";

/** Values to set in config.json; undefined removes a key. */
export type ConfigChanges = ReadonlyArray<{ path: Array<string | number>; value: unknown }>;

/** A key in config.json that is not a setting, and does no harm. */
export interface ConfigNotice {
  /** As a person writes it: `limits.burstHour`. */
  key: string;
  path: Array<string | number>;
  /** Whether an earlier version had it. */
  isRemoved: boolean;
  /** One line that names file, line and column. */
  message: string;
  /** What to type. */
  fix: string;
}

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
  /** The keys of the last read that are not settings: mistyped, of another version, or removed. */
  notices(): readonly ConfigNotice[];
  /**
   * Sets values at key paths, keeping layout, comments and unknown keys; checked before writing.
   * Changes that depend on what is there are given as a function, which sees the configuration
   * under the lock that keeps other processes out.
   */
  edit(changes: ConfigChanges | ((config: Config) => ConfigChanges)): void;
}
