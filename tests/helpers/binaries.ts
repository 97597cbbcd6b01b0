// Runs the compiled binaries in an environment that inherits nothing.
import { repositoryPath } from "./paths.ts";
import type { TempHome } from "./temp_home.ts";

/** How a binary is run. */
export interface RunOptions {
  /** Gives the environment and the folder. */
  home: TempHome;
  /** More variables. */
  env?: Record<string, string>;
  /** Replaces the whole environment. */
  onlyEnv?: Record<string, string>;
  stdin?: string;
  /** Default: the project folder of the home. */
  cwd?: string;
  /** After this time the program is killed and the run fails (default: 180 s). */
  timeoutMs?: number;
}

/** How a run ended. */
export interface RunResult {
  code: number;
  signal: string | null;
  stdout: string;
  stderr: string;
}

/** A running binary. */
export interface Running {
  pid: number;
  kill(signal: Deno.Signal): void;
  ended: Promise<RunResult>;
}

/** Runs `dist/claude-multi` to its end. */
export function runMulti(args: readonly string[], options: RunOptions): Promise<RunResult> {
  return startMulti(args, options).ended;
}

/** Runs `dist/claude-multi-statusline` to its end. */
export function runStatusline(args: readonly string[], options: RunOptions): Promise<RunResult> {
  return startProgram(binary("claude-multi-statusline"), args, options).ended;
}

/** Starts `dist/claude-multi` and returns while it runs. */
export function startMulti(args: readonly string[], options: RunOptions): Running {
  return startProgram(binary("claude-multi"), args, options);
}

/**
 * Absolute path of a compiled binary.
 * @throws Error with the command that builds it, if it is missing.
 */
export function binary(name: "claude-multi" | "claude-multi-statusline"): string {
  const path = repositoryPath(`dist/${name}`);
  try {
    if (Deno.statSync(path).isFile) return path;
  } catch {
    // Falls through to the one message.
  }
  throw new Error(`dist/${name} is missing: run "make build" first`);
}

/** Puts claude-multi-ide next to the built programs, as an installation does; returns its path. */
export function installIde(home: TempHome): string {
  const bin = `${home.multi}/bin`;
  const ide = `${bin}/claude-multi-ide`;
  Deno.mkdirSync(bin, { recursive: true });
  if ([...Deno.readDirSync(bin)].length > 0) return ide;
  for (const name of ["claude-multi", "claude-multi-statusline"] as const) {
    Deno.symlinkSync(binary(name), `${bin}/${name}`);
  }
  Deno.copyFileSync(repositoryPath("shell/cl"), ide);
  Deno.chmodSync(ide, 0o755);
  return ide;
}

/** Starts any program in the same way: empty environment, all streams piped. */
export function startProgram(
  program: string,
  args: readonly string[],
  options: RunOptions,
): Running {
  const child = new Deno.Command(program, {
    args: [...args],
    clearEnv: true,
    env: options.onlyEnv ?? options.home.env(options.env),
    cwd: options.cwd ?? options.home.project,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return { pid: child.pid, kill: (signal) => child.kill(signal), ended: collect() };

  async function collect(): Promise<RunResult> {
    const timeoutMs = options.timeoutMs ?? 180_000;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      child.kill("SIGKILL");
    }, timeoutMs);
    const [output] = await Promise.all([child.output(), feed()]);
    clearTimeout(timer);
    const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
    const result: RunResult = {
      code: output.code,
      signal: output.signal,
      stdout: decode(output.stdout),
      stderr: decode(output.stderr),
    };
    if (timedOut) {
      const command = [program, ...args].join(" ");
      throw new Error(`"${command}" still ran after ${timeoutMs} ms\n${JSON.stringify(result)}`);
    }
    return result;
  }

  async function feed(): Promise<void> {
    const writer = child.stdin.getWriter();
    try {
      if (options.stdin) await writer.write(new TextEncoder().encode(options.stdin));
      await writer.close();
    } catch {
      // The program ended without reading everything.
    }
  }
}
