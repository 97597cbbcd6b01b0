// The declaration of a command, from which parsing, help, completion and man pages are made.
import type { Context } from "../ports/context.ts";

/** A flag of a command. */
export interface Flag {
  name: string;
  /** Placeholder of its value, such as `NAME`; a flag without one is a switch. */
  value?: string;
  /** Whether the words after its value belong to it, once the command has its arguments. */
  takesWords?: boolean;
  summary: string;
}

/** A positional argument. */
interface Positional {
  /** As shown in the usage line, such as `NAME`. */
  name: string;
  summary: string;
  optional?: boolean;
  /** Whether more than one may be given; only for the last. */
  repeats?: boolean;
  /** The allowed words and their meanings, if they are a fixed set. */
  choices?: ReadonlyArray<readonly [word: string, meaning: string]>;
}

/** The parsed arguments of a command. */
export interface Input {
  /** Values of flags that take one, by name. */
  values: Readonly<Record<string, string>>;
  /** Names of the switches that were given. */
  switches: ReadonlySet<string>;
  positionals: readonly string[];
  /** Everything after `--`. */
  rest: readonly string[];
}

/** One verb of `claude-multi`. */
export interface Command {
  name: string;
  group: "everyday" | "accounts" | "more";
  summary: string;
  /** Called by programs, not by users: help and completion leave it out. */
  internal?: boolean;
  /** May start over when the ledger fails halfway: it starts no client and asks nothing. */
  repeatable?: boolean;
  positionals?: readonly Positional[];
  flags: readonly Flag[];
  /** What may follow `--`. */
  rest?: Positional;
  /** Paragraphs of the command's help. */
  details?: readonly string[];
  examples: ReadonlyArray<readonly [line: string, meaning: string]>;
  /** Runs it; resolves to the exit code. */
  run(context: Context, input: Input): number | Promise<number>;
}
