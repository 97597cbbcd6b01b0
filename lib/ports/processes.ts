// The port to other processes, and how a program is launched.
import type { ProcessFacts } from "../balance/session.ts";

/** A launch as a value: `--dry-run` prints it, the Processes port runs it. */
export interface LaunchPlan {
  program: string;
  args: string[];
  /** Variables to set. */
  set: Record<string, string>;
  /** Variables to remove. */
  unset: string[];
  cwd: string;
}

/** How a launched program ended. */
export interface Outcome {
  /** Exit code; 128 + n after signal n. */
  code: number;
  /** Name of the signal that killed it, or null. */
  signal: string | null;
  /** Whether this process was told to end, and has passed that on to it. */
  isStopped?: true;
}

/** A launched program. */
export interface Child {
  pid: number;
  /** Start time as {@link Processes.facts} spells it; null if unreadable. */
  start(): string | null;
  /** Asks it to end, with SIGTERM. */
  end(): void;
  /** What it wrote, as far as that is held back; resolves once it has ended. */
  held: Promise<Held>;
  ended: Promise<Outcome>;
}

/** What a program wrote. */
export interface Held {
  stdout: Uint8Array;
  stderr: Uint8Array;
}

/** How a program is launched, if not simply on the terminal. */
export interface LaunchOptions {
  /**
   * Holds its stdout back, and its stderr if that is a terminal: the client says a refusal on both if stdout is
   * a pipe (run on 2.1.332). It gets these bytes as stdin; null: our own stdin.
   */
  hold: { input: Uint8Array | null };
}

/** A question to a program that runs without a terminal. */
export interface Question {
  /** Its whole stdin. */
  input: string;
  /** Recognises the line of stdout that answers. */
  isAnswer(line: string): boolean;
  /** How many bytes of stdout are searched at most. */
  mostBytes: number;
}

/** A program that is being asked. */
export interface Asked {
  /** The line that answers; null if the program ended without one. */
  answer: Promise<string | null>;
  /**
   * Resolves once the program has ended, with the beginning of what it wrote to stderr. What it has left
   * running is told to end too.
   */
  ended: Promise<{ code: number; complaint: string }>;
  /** Sends a signal to the program and to everything that it started; does nothing if all have ended. */
  signal(name: "SIGTERM" | "SIGKILL"): void;
}

/** Other processes. */
export interface Processes {
  /** This process. */
  readonly ownPid: number;
  /** Whether this process is root. */
  isRoot(): boolean;
  /** The operating system: `linux`, `darwin` … */
  readonly system: string;
  /** The current folder. */
  cwd(): string;
  /** Absolute path of this executable. */
  executable(): string;
  /** First executable file of that name on PATH that `accept` accepts, or null. */
  find(program: string, accept: (path: string) => boolean): string | null;
  /** Whether the path is an executable file. */
  isExecutable(path: string): boolean;
  /** The live ones among `pids`. */
  facts(pids: readonly number[]): Map<number, ProcessFacts>;
  /** Whether that process is an ancestor of this one; true if that can't be found out. */
  isBelow(pid: number): boolean;
  /**
   * Starts a program on this terminal. The launcher stays its parent: it leaves Ctrl-C and
   * Ctrl-\ to the child, forwards TERM and HUP, and resets the terminal when the child dies of a
   * signal.
   */
  launch(plan: LaunchPlan, options?: LaunchOptions): Child;
  /**
   * Starts a program in a process group of its own, apart from the terminal and so from Ctrl-C, and
   * asks it something. The environment of this process isn't changed.
   */
  ask(plan: LaunchPlan, question: Question): Asked;
  /**
   * Runs `action`; if this process is asked to end meanwhile (INT, QUIT, TERM, HUP), it waits for `onEnd` and
   * ends, whatever `action` returns. A second request ends it at once.
   */
  guarded<T>(action: () => Promise<T>, onEnd: () => Promise<unknown>): Promise<T>;
  /** Ends this process with a signal, so that the caller sees how the child died. */
  dieBy(signal: string): void;
  /** Runs a program in the background, without a terminal; resolves to its exit code. */
  background(program: string, args: readonly string[]): Promise<number>;
  /** Runs a program to its end without a terminal and returns what it printed. */
  capture(program: string, args: readonly string[]): { code: number; stdout: string };
}
