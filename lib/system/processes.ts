// The Processes port: finds the client, starts it on this terminal, and looks at other processes.
import { kill } from "node:process";
import { UserError } from "../text/errors.ts";
import type { Child, Env, LaunchOptions, LaunchPlan, Outcome, Processes } from "../ports/mod.ts";
import { ask, feed } from "./asked.ts";
import { orNull } from "./lookups.ts";
import { facts, isBelow } from "./process_facts.ts";

/** Undoes the modes that a killed client leaves on the terminal: alternate screen, mouse, bracketed
 * paste, focus reports, keyboard protocol, hidden cursor, colours. */
const TERMINAL_RESET =
  "\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?2004l\x1b[?2031l\x1b[?1004l\x1b[<u\x1b[>4m\x1b[?25h\x1b[0m";
/**
 * Leaves the other screen, for a program that was killed. Many terminals then put the cursor where it once
 * was saved, even if they weren't on that screen, and what is written next covers what stands there: so
 * this goes on below everything.
 */
const SCREEN_RESET = "\x1b[?1049l\x1b[9999;1H\r\n";

/** A pipe whose writer has ended counts as empty if two looks in a row find nothing new; something
 * else may keep writing to it. */
const LOOK_MS = 50;
const QUIET_LOOKS = 2;
const MOST_LOOKS = 40;
/** Other processes on this machine. */
export function systemProcesses(env: Env): Processes {
  return {
    ownPid: Deno.pid,
    isRoot,
    system: Deno.build.os,
    cwd() {
      try {
        return Deno.cwd();
      } catch (cause) {
        throw new UserError("the current folder no longer exists", { hint: "cd", cause });
      }
    },
    executable: () => Deno.execPath(),
    find: (program, accept) => {
      for (const folder of (env.get("PATH") ?? "").split(":")) {
        const path = `${folder}/${program}`;
        if (folder.startsWith("/") && isExecutable(path) && accept(path)) return path;
      }
      return null;
    },
    isExecutable,
    facts,
    isBelow,
    launch,
    ask,
    guarded,
    // If this system doesn't have the signal, the caller exits with its number instead.
    dieBy: (signal) => void orNull(() => Deno.kill(Deno.pid, signal as Deno.Signal)),
    async background(program, args) {
      const child = new Deno.Command(program, {
        args: [...args],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      child.unref();
      return (await child.status).code;
    },
    capture(program, args) {
      const { code, stdout } = new Deno.Command(program, {
        args: [...args],
        stdin: "null",
        stderr: "null",
      }).outputSync();
      return { code, stdout: new TextDecoder().decode(stdout) };
    },
  };
}

function isExecutable(path: string): boolean {
  const info = orNull(() => Deno.statSync(path));
  return info !== null && info.isFile && ((info.mode ?? 0) & 0o111) !== 0;
}

/**
 * We have no permission to ask for the user. Almost only root may signal the first process; in a
 * container that may be ours, and then the owner of a new file tells.
 */
function isRoot(): boolean {
  try {
    kill(1, 0);
  } catch {
    return false;
  }
  return orNull(() => {
    const path = Deno.makeTempFileSync();
    const { uid } = Deno.statSync(path);
    Deno.removeSync(path);
    return uid === 0;
  }) ?? false;
}

function launch(plan: LaunchPlan, options: LaunchOptions | null = null): Child {
  const terminal = Deno.stdin.isTerminal() ? terminalState() : null;
  for (const name of plan.unset) Deno.env.delete(name);
  let child: Deno.ChildProcess | null = null;
  let early: Deno.Signal | null = null;
  let isStopped = false;
  const forward = (signal: Deno.Signal) => () => {
    isStopped = true;
    if (child === null) early = signal;
    else sendTo(child, signal);
  };
  // Ctrl-C and Ctrl-\ reach the whole foreground group: the child decides, and we outlive it. Without a
  // terminal, whoever sends the signal means the child.
  const isOnTerminal = [Deno.stdin, Deno.stdout, Deno.stderr].some((stream) => stream.isTerminal());
  const passed = (signal: Deno.Signal) => isOnTerminal ? () => {} : forward(signal);
  const listeners = [
    ["SIGTERM", forward("SIGTERM")],
    ["SIGHUP", forward("SIGHUP")],
    ["SIGINT", passed("SIGINT")],
    ["SIGQUIT", passed("SIGQUIT")],
  ] as const;
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  const release = () => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  };
  const holdsErrors = options !== null && Deno.stderr.isTerminal();
  try {
    child = new Deno.Command(plan.program, {
      args: plan.args,
      env: plan.set,
      cwd: plan.cwd,
      stdin: options?.hold.input ? "piped" : "inherit",
      stdout: options === null ? "inherit" : "piped",
      stderr: holdsErrors ? "piped" : "inherit",
    }).spawn();
  } catch (error) {
    release();
    throw error;
  }
  const started = child;
  if (options?.hold.input) void feed(started.stdin, options.hold.input);
  const heldOf = (stream: "stdout" | "stderr", isHeld: boolean) =>
    isHeld ? outputUntilEnd(started[stream], started.status) : new Uint8Array();
  const held = Promise.all([heldOf("stdout", options !== null), heldOf("stderr", holdsErrors)])
    .then(([stdout, stderr]) => ({ stdout, stderr }));
  if (early !== null) sendTo(started, early);
  const ended = started.status.then((status): Outcome => {
    release();
    const { code, signal } = status;
    if (terminal !== null && code >= 128) resetTerminal(terminal, { isKilled: signal !== null });
    return { code, signal, ...isStopped ? { isStopped } : {} };
  });
  return {
    pid: started.pid,
    start: () => facts([started.pid]).get(started.pid)?.start ?? null,
    end: () => sendTo(started, "SIGTERM"),
    held,
    ended,
  };
}

/**
 * Everything that a program wrote until it ended. Processes that it left running may keep the pipe
 * open: once the program has ended, only what is already in the pipe is read.
 */
async function outputUntilEnd(
  stream: ReadableStream<Uint8Array>,
  ended: Promise<unknown>,
): Promise<Uint8Array> {
  const reader = stream.getReader();
  const chunks: Array<Uint8Array<ArrayBuffer>> = [];
  const all = (async () => {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      chunks.push(new Uint8Array(next.value));
    }
  })();
  await Promise.race([all, ended]);
  let quiet = 0;
  for (let look = 0; quiet < QUIET_LOOKS && look < MOST_LOOKS; look++) {
    const before = chunks.length;
    await Promise.race([all, new Promise((resolve) => setTimeout(resolve, LOOK_MS))]);
    quiet = chunks.length === before ? quiet + 1 : 0;
  }
  await reader.cancel();
  return await new Blob(chunks).bytes();
}

async function guarded<T>(
  action: () => Promise<T>,
  onEnd: () => Promise<unknown>,
): Promise<T> {
  let isEnding = false;
  const listeners = (["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP"] as const).map((signal) => {
    const listener = (): void => {
      isEnding = true;
      release();
      void onEnd().finally(() => Deno.kill(Deno.pid, signal));
    };
    Deno.addSignalListener(signal, listener);
    return [signal, listener] as const;
  });
  const release = (): void => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  };
  try {
    return await action();
  } finally {
    release();
    // The caller must not go on, for example with starting the client.
    if (isEnding) await new Promise<never>(() => {});
  }
}

/** Sends a signal, unless the child has just ended. */
function sendTo(child: Deno.ChildProcess, signal: Deno.Signal): void {
  orNull(() => child.kill(signal));
}

function stty(argument: string): Deno.CommandOutput {
  return new Deno.Command("/bin/stty", { args: [argument], stdin: "inherit", stderr: "null" })
    .outputSync();
}

/** The terminal's line settings as `stty -g` prints them, or null. */
function terminalState(): string | null {
  const found = orNull(() => stty("-g"));
  return found?.success ? new TextDecoder().decode(found.stdout).trim() : null;
}

/**
 * Restores the terminal's line settings and modes, unless the terminal is gone. A program that wasn't killed
 * has left the other screen by itself.
 */
function resetTerminal(state: string, { isKilled }: { isKilled: boolean }): void {
  orNull(() => {
    stty(state);
    const reset = isKilled ? `${SCREEN_RESET}${TERMINAL_RESET}` : TERMINAL_RESET;
    Deno.stderr.writeSync(new TextEncoder().encode(reset));
  });
}
