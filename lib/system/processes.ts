// The Processes port: finds the client, starts it on this terminal, and looks at other processes.
import { kill } from "node:process";
import { UserError } from "../text/errors.ts";
import type { ProcessFacts } from "../balance/session.ts";
import type {
  Asked,
  Child,
  Env,
  LaunchOptions,
  LaunchPlan,
  Outcome,
  Processes,
  Question,
} from "../ports/mod.ts";
import { codeOf, orNull } from "./lookups.ts";

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
/** How many ancestors of this process are checked at most. */
const MOST_ABOVE = 100;

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

function isAlive(pid: number): boolean {
  try {
    kill(pid, 0);
    return true;
  } catch (error) {
    // If signalling it isn't permitted, it is running, as another user.
    return codeOf(error) === "EPERM";
  }
}

/**
 * The live ones among `pids`. Start times come from a subprocess: the runtime keeps /proc closed
 * to programs without every permission.
 */
function facts(pids: readonly number[]): Map<number, ProcessFacts> {
  const alive = [...new Set(pids)].filter((pid) => pid > 0 && isAlive(pid));
  const found = new Map<number, ProcessFacts>();
  if (alive.length === 0) return found;
  const starts = Deno.build.os === "darwin" ? startsFromPs(alive) : startsFromProc(alive);
  for (const pid of alive) {
    const start = starts?.get(pid);
    if (start === undefined) {
      if (starts === null) found.set(pid, { start: null });
    } else if (start !== "gone") found.set(pid, { start });
  }
  return found;
}

/** Whether a process is an ancestor of this one; true if that can't be found out. */
function isBelow(pid: number): boolean {
  for (let at = Deno.ppid, step = 0; at > 1 && step < MOST_ABOVE; step++) {
    if (at === pid) return true;
    const parent = parentOf(at);
    if (parent === null) return true;
    at = parent;
  }
  return false;
}

/** The parent of a process; null if unreadable. */
function parentOf(pid: number): number | null {
  const found = Deno.build.os === "darwin"
    ? /^\s*(\d+)/.exec(output("/bin/ps", ["-o", "ppid=", "-p", String(pid)]) ?? "")
    : /^\d+ \([\s\S]*\) \S (\d+)/.exec(output("/bin/cat", [`/proc/${pid}/stat`]) ?? "");
  return found === null ? null : Number(found[1]);
}

/** Field 22 of /proc/PID/stat, in clock ticks since boot; "gone" for a zombie; null if unreadable. */
function startsFromProc(pids: readonly number[]): Map<number, string> | null {
  const text = output("/bin/cat", pids.map((pid) => `/proc/${pid}/stat`));
  if (text === null) return null;
  const starts = new Map<number, string>();
  for (const match of text.matchAll(/^(\d+) \([\s\S]*?\) (\S)(?: -?\d+){18} (\d+)/gm)) {
    const [, pid, state, ticks] = match;
    starts.set(Number(pid), state === "Z" || state === "X" ? "gone" : String(ticks));
  }
  return starts.size === 0 ? null : starts;
}

/** `ps` prints each start as a date; it is only compared for equality. */
function startsFromPs(pids: readonly number[]): Map<number, string> | null {
  const text = output("/bin/ps", ["-o", "pid=,stat=,lstart=", "-p", pids.join(",")]);
  if (text === null) return null;
  const starts = new Map<number, string>();
  for (const line of text.split("\n")) {
    const match = /^\s*(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    if (match) starts.set(Number(match[1]), match[2]?.startsWith("Z") ? "gone" : String(match[3]));
  }
  return starts.size === 0 ? null : starts;
}

/** What a program prints; null if it can't be started. */
function output(program: string, args: string[]): string | null {
  const options = { args, stdin: "null", stderr: "null", env: { LC_ALL: "C" } } as const;
  return orNull(() =>
    new TextDecoder().decode(new Deno.Command(program, options).outputSync().stdout)
  );
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
  try {
    child = new Deno.Command(plan.program, {
      args: plan.args,
      env: plan.set,
      cwd: plan.cwd,
      stdin: options?.hold.input ? "piped" : "inherit",
      stdout: options === null ? "inherit" : "piped",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    release();
    throw error;
  }
  const started = child;
  if (options?.hold.input) void feed(started.stdin, options.hold.input);
  const held = options === null
    ? Promise.resolve(new Uint8Array())
    : outputUntilEnd(started.stdout, started.status);
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
  stdout: ReadableStream<Uint8Array>,
  ended: Promise<unknown>,
): Promise<Uint8Array> {
  const reader = stdout.getReader();
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

/** Longer complaints are cut off. */
const MOST_COMPLAINT_BYTES = 4096;
/** What a program wrote before it ended has arrived after this time; its children may keep the pipe open. */
const ARRIVED_MS = 200;

/** Becomes its argument. `env` would take a path with "=" for a variable. */
const BECOME = ["/bin/sh", "-c", 'exec "$0" "$@"'];

function ask(plan: LaunchPlan, { input, isAnswer, mostBytes }: Question): Asked {
  // `env` removes variables for the child only, and then becomes the program.
  const child = new Deno.Command("/usr/bin/env", {
    args: [
      ...plan.unset.flatMap((name) => ["-u", name]),
      ...plan.program.includes("=") ? BECOME : [],
      ...[plan.program, ...plan.args],
    ],
    env: plan.set,
    cwd: plan.cwd,
    detached: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const signal = (name: Deno.Signal): void => void orNull(() => kill(-child.pid, name));
  void feed(child.stdin, new TextEncoder().encode(input));
  const { promise: answer, resolve } = Promise.withResolvers<string | null>();
  let [text, bytes, complaint] = ["", 0, ""];
  const take = (line: string): void => {
    if (isAnswer(line)) resolve(line);
  };
  // Everything is read, whether it is used or not, since a full pipe blocks its writer.
  const read = eachText(child.stdout, (part) => {
    bytes += part.length;
    if (bytes > mostBytes) return;
    const lines = (text + part).split("\n");
    text = lines.pop() ?? "";
    lines.forEach(take);
  }).then(() => take(text));
  const complained = eachText(child.stderr, (part) => {
    if (complaint.length < MOST_COMPLAINT_BYTES) complaint += part;
  });
  const ended = child.status.then(async ({ code }) => {
    // What it has left running goes with it.
    signal("SIGTERM");
    const { promise: late, resolve: giveUp } = Promise.withResolvers<void>();
    const timer = setTimeout(giveUp, ARRIVED_MS);
    await Promise.race([Promise.all([read, complained]), late]);
    clearTimeout(timer);
    resolve(null);
    return { code, complaint: complaint.slice(0, MOST_COMPLAINT_BYTES) };
  });
  return { answer, ended, signal };
}

/** Calls `take` with each piece of a stream as text; resolves at its end. */
async function eachText(
  stream: ReadableStream<Uint8Array>,
  take: (text: string) => void,
): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for await (const chunk of stream) take(decoder.decode(chunk, { stream: true }));
  } catch {
    // The pipe broke; what has arrived counts.
  }
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

async function feed(stdin: WritableStream<Uint8Array>, input: Uint8Array): Promise<void> {
  try {
    const writer = stdin.getWriter();
    await writer.write(input);
    await writer.close();
  } catch {
    // The program ended without reading everything.
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
