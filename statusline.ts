// The entry of claude-multi-statusline: reads a payload from stdin, prints a line, then records.
import manifest from "./deno.json" with { type: "json" };
import { statuslineState } from "./lib/ledger/statusline_state.ts";
import { transcriptFiles } from "./lib/system/transcript_files.ts";
import { layoutOf } from "./lib/config/paths.ts";
import { answer } from "./lib/statusline/flow.ts";

/** A payload has a few kB; no more than this is read. */
const LARGEST_PAYLOAD_BYTES = 8 * 1024 * 1024;
const LARGEST_SMALL_FILE_BYTES = 1024 * 1024;
/** How long to wait while another process locks the ledger: a late line is useless. */
const BUSY_MS = 40;
const BUSY_RECORDING_MS = 1000;

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--version")) return print(`claude-multi-statusline ${manifest.version}\n`);
  if (args.includes("--help") || args.includes("-h")) {
    return print((await import("./lib/statusline/lazy.ts")).renderUsage());
  }
  const recordOnly = args.includes("--record");
  const startedMs = performance.now();
  const env = (name: string): string | null => Deno.env.get(name) || null;
  const root = env("CLAUDE_MULTI_HOME");
  const layout = layoutOf({ home: env("HOME") ?? "/", root: root?.startsWith("/") ? root : null });
  const state = statuslineState(layout.ledger, {
    busyTimeoutMs: recordOnly ? BUSY_RECORDING_MS : BUSY_MS,
  });
  const wanted = recordOnly ? "record" : args.includes("--explain") ? "explanation" : "line";
  const { text, remember } = await answer(readPayload(), {
    wanted,
    world: {
      layout,
      env,
      nowMs: Date.now(),
      elapsedMs: () => performance.now() - startedMs,
      readSmall,
      readText,
      system: Deno.build.os,
      processes,
      ledger: state.ledger,
      files: transcriptFiles,
      progress: state.progress,
      readings: state.readings,
    },
  });
  if (wanted !== "record") print(`${text}\n`);
  remember();
  state.close();
}

function print(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
}

/** Standard input as text; empty when there is none. */
function readPayload(): string {
  if (Deno.stdin.isTerminal()) return "";
  let buffer = new Uint8Array(16 * 1024);
  let filled = 0;
  while (filled < LARGEST_PAYLOAD_BYTES) {
    const got = Deno.stdin.readSync(buffer.subarray(filled));
    if (got === null) break;
    filled += got;
    if (filled < buffer.length) continue;
    const larger = new Uint8Array(buffer.length * 4);
    larger.set(buffer);
    buffer = larger;
  }
  return new TextDecoder().decode(buffer.subarray(0, filled));
}

function readSmall(path: string): string | null {
  try {
    const info = Deno.statSync(path);
    if (!info.isFile || info.size > LARGEST_SMALL_FILE_BYTES) return null;
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  if (!isThere(path)) return null;
  if (!Deno.statSync(path).isFile) throw new Error(`"${path}" is not a regular file`);
  return Deno.readTextFileSync(path);
}

/** This program may see which processes are in /proc and no more; without /proc all count as live. */
function processes(pids: readonly number[]): Map<number, { start: null }> {
  const live = isThere("/proc/self") ? pids.filter((pid) => isThere(`/proc/${pid}`)) : pids;
  return new Map(live.map((pid) => [pid, { start: null }]));
}

/** Whether there is anything at a path; where that cannot be seen, reading it says so. */
function isThere(path: string): boolean {
  try {
    Deno.statSync(path);
    return true;
  } catch (error) {
    const { NotFound, NotADirectory } = Deno.errors;
    return !(error instanceof NotFound || error instanceof NotADirectory);
  }
}

async function run(): Promise<void> {
  try {
    await main(Deno.args);
  } catch (error) {
    // A line is printed whatever happens; only a developer wants to know.
    if (Deno.env.get("CLAUDE_MULTI_DEBUG") === "1") console.error(error);
    try {
      if (!Deno.args.includes("--record")) print("claude-multi\n");
    } catch {
      // Nobody reads any more.
    }
  }
  Deno.exit(0);
}

void run();
