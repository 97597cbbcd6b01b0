// The port to config.json.
import type { Config } from "../config/config.ts";

/** Values to set in config.json; undefined removes a key. */
export type ConfigChanges = ReadonlyArray<{ path: Array<string | number>; value: unknown }>;

/** A key in config.json that isn't a setting, which does no harm. */
export interface ConfigNotice {
  /** As the user writes it: `limits.burstHour`. */
  key: string;
  path: Array<string | number>;
  /** Whether an earlier version had it. */
  isRemoved: boolean;
  /** One line with file, line and column. */
  message: string;
  /** The command that removes it or sets the one that was probably meant. */
  fix: string;
}

/** config.json. */
export interface ConfigFile {
  /**
   * Loads the code that `edit` needs (the default). For `read` it loads it only if the file has
   * comments or errors, because that takes time at every start.
   */
  ready(use?: "read" | "edit"): Promise<void>;
  /** The settings; defaults if the file is missing or empty. @throws UserError (usage) with line and column. */
  read(): Config;
  /** The keys of the file itself, checked, without defaults; empty if it is missing. */
  values(): Record<string, unknown>;
  /** The keys of the last read that aren't settings: mistyped, of another version, or removed. */
  notices(): readonly ConfigNotice[];
  /**
   * Sets values at key paths, keeping layout, comments and unknown keys; checked before writing.
   * Changes that depend on the current contents are a function, which is called with the
   * configuration while the file is locked.
   */
  edit(changes: ConfigChanges | ((config: Config) => ConfigChanges)): void;
  /** The text of the file; that of an empty configuration if it is missing. */
  text(): string;
  /**
   * Replaces the text of the file by one that was made from `before` and is in the file `from`; checked
   * before writing. Returns false, and changes nothing, if the file no longer has the text `before`.
   * @throws UserError (usage) with line and column in `from`.
   */
  replace(text: string, options: { before: string; from: string }): boolean;
}
