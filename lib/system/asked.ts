// A program that is asked something over its pipes, and ended once it has answered.
import { kill } from "node:process";
import type { Asked, LaunchPlan, Question } from "../ports/mod.ts";
import { orNull } from "./lookups.ts";

/** Longer complaints are cut off. */
const MOST_COMPLAINT_BYTES = 4096;
/** What a program wrote before it ended has arrived after this time; its children may keep the pipe open. */
const ARRIVED_MS = 200;

/** Becomes its argument. `env` would take a path with "=" for a variable. */
const BECOME = ["/bin/sh", "-c", 'exec "$0" "$@"'];

/** Starts a program in a process group of its own, and waits for the line that is the answer. */
export function ask(plan: LaunchPlan, { input, isAnswer, mostBytes }: Question): Asked {
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

/** Writes all of a program's input, and closes it. */
export async function feed(stdin: WritableStream<Uint8Array>, input: Uint8Array): Promise<void> {
  try {
    const writer = stdin.getWriter();
    await writer.write(input);
    await writer.close();
  } catch {
    // The program ended without reading everything.
  }
}
