// The shape of a command's declaration, from which parsing, help, completion and pages are made.
import type { Context } from "../ports/context.ts";

/** A flag of a command. */
export interface Flag {
  name: string;
  /** Placeholder of its value, like `NAME`; a flag without one is a switch. */
  value?: string;
  summary: string;
}

/** A positional argument. */
export interface Positional {
  /** As shown in usage, like `NAME`. */
  name: string;
  summary: string;
  optional?: boolean;
  /** The words it may be, with what each means, when there is a fixed set. */
  choices?: ReadonlyArray<readonly [word: string, meaning: string]>;
}

/** Arguments as a value: what a command runs on. */
export interface Input {
  /** Values of flags that have one. */
  values: Readonly<Record<string, string>>;
  /** Names of the switches given. */
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
  /** Called by programs and not by people: completion leaves it out. */
  internal?: boolean;
  positionals?: readonly Positional[];
  flags: readonly Flag[];
  /** What `--` is followed by, when the command takes that. */
  rest?: Positional;
  /** Paragraphs of the command's help. */
  details?: readonly string[];
  examples: ReadonlyArray<readonly [line: string, meaning: string]>;
  /** Does it; resolves to the exit code. */
  run(context: Context, input: Input): number | Promise<number>;
}
