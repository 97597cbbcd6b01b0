// The type of a measurement: a program against one or more others, in pairs.
import { binary } from "../helpers/binaries.ts";
import type { TempHome } from "../helpers/temp_home.ts";

/** A program ready to run. */
export interface Runnable {
  path: string;
  args: readonly string[];
  env: Record<string, string>;
  stdin: string;
  /** Measures until it prints something, not until it ends. */
  untilFirstByte?: boolean;
}

/** What is measured, and against what: the times of several baselines are added. */
export interface Pair {
  subject: Runnable;
  baseline: readonly Runnable[];
  /** Stops what runs beside them. */
  close?(): Promise<void>;
}

/** One row of the table. */
export interface Case {
  name: string;
  /** The largest allowed ratio of its wall time to the baseline's. */
  goal: number;
  /** Fills the home, once, and returns what to run; `hello` is the compiled hello world. */
  prepare(home: TempHome, hello: string): Pair | Promise<Pair>;
}

/** A compiled binary of ours in a home. */
export function program(
  home: TempHome,
  options: {
    name: Parameters<typeof binary>[0];
    args: readonly string[];
    stdin?: string;
    env?: Record<string, string>;
  },
): Runnable {
  const { name, args, stdin = "", env } = options;
  return { path: binary(name), args, env: home.env(env), stdin };
}

/** The hello world with the same environment and input. */
export function helloLike(hello: string, subject: Runnable): Runnable {
  return { ...subject, path: hello, args: [] };
}
