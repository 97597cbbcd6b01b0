// What the system knows about other processes: which are alive, since when, and below which others.
import { kill } from "node:process";
import type { ProcessFacts } from "../balance/session.ts";
import { codeOf, orNull } from "./lookups.ts";

/** How many ancestors of this process are checked at most. */
const MOST_ABOVE = 100;

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
export function facts(pids: readonly number[]): Map<number, ProcessFacts> {
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
export function isBelow(pid: number): boolean {
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
