// The context of a command: every port it may use, each opened at its first use.
import type { Layout } from "../config/paths.ts";
import type {
  ClaudeHome,
  Clock,
  ConfigFile,
  Env,
  Files,
  Ledger,
  Processes,
  Terminal,
} from "./mod.ts";

/** Everything a command may use. */
export interface Context {
  readonly version: string;
  readonly layout: Layout;
  readonly clock: Clock;
  readonly env: Env;
  readonly files: Files;
  readonly processes: Processes;
  readonly terminal: Terminal;
  readonly configFile: ConfigFile;
  readonly claudeHome: ClaudeHome;
  /**
   * Opens the ledger at the first call. With `tolerant` it never fails, whatever is in the file; with
   * `kept` it throws a UserError if nothing can be written.
   */
  ledger(options?: { tolerant?: boolean; kept?: boolean }): Ledger;
  /**
   * Gives up a ledger that was opened and now fails with `cause`: it is replaced if it is damaged;
   * otherwise the rest of this run isn't recorded.
   */
  abandonLedger(cause: unknown): Ledger;
  /** The state of each runtime permission: granted, named (for some names only), denied or prompt. */
  permissions(): Record<string, string>;
}
