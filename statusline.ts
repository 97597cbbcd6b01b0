// The entry of claude-multi-statusline: reads a payload from stdin, prints one line, then records.
import manifest from "./deno.json" with { type: "json" };
import { statuslineState } from "./lib/ledger/statusline_state.ts";
import { systemEnv } from "./lib/system/env.ts";
import { orMissing, orNull, regular } from "./lib/system/lookups.ts";
import { readStdin } from "./lib/system/stdin.ts";
import { transcriptFiles } from "./lib/system/transcript_files.ts";
import { layoutOf } from "./lib/config/paths.ts";
import { answer } from "./lib/statusline/flow.ts";

/** The most that is read of a payload, which usually has a few kB. */
const LARGEST_PAYLOAD_BYTES = 8 * 1024 * 1024;
const LARGEST_SMALL_FILE_BYTES = 1024 * 1024;
/** How long to wait while another process has the ledger locked: a late line is useless. */
const BUSY_MS = 40;
const BUSY_RECORDING_MS = 1000;

async function main(args: readonly string[]): Promise<void> {
  if (args.includes("--version")) return print(`claude-multi-statusline ${manifest.version}\n`);
  const isTyped = Deno.stdin.isTerminal();
  // Typed without anything to read, it says what it is.
  if (args.includes("--help") || args.includes("-h") || (isTyped && args.length === 0)) {
    return print((await import("./lib/statusline/lazy.ts")).renderUsage());
  }
  const recordOnly = args.includes("--record");
  const startedMs = performance.now();
  const env = systemEnv.get;
  const root = env("CLAUDE_MULTI_HOME");
  const layout = layoutOf({ home: env("HOME") ?? "/", root: root?.startsWith("/") ? root : null });
  const state = statuslineState(layout.ledger, {
    busyTimeoutMs: recordOnly ? BUSY_RECORDING_MS : BUSY_MS,
  });
  const wanted = recordOnly ? "record" : args.includes("--explain") ? "explanation" : "line";
  const payload = isTyped ? "" : readStdin(LARGEST_PAYLOAD_BYTES);
  const { text, record } = await answer(payload, {
    wanted,
    world: {
      layout,
      env,
      nowMs: Date.now(),
      elapsedMs: () => performance.now() - startedMs,
      readSmall,
      readText: (path) => orMissing(() => Deno.readTextFileSync(regular(path))),
      system: Deno.build.os,
      processes,
      ledger: state.ledger,
      files: transcriptFiles,
      progress: state.progress,
      readings: state.readings,
    },
  });
  if (wanted !== "record") print(`${text}\n`);
  await record();
  state.close();
}

function print(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
}

function readSmall(path: string): string | null {
  return orNull(() => {
    const info = Deno.statSync(path);
    const isSmall = info.isFile && info.size <= LARGEST_SMALL_FILE_BYTES;
    return isSmall ? Deno.readTextFileSync(path) : null;
  });
}

/** This program sees which processes are in /proc and no more; without /proc all count as live. */
function processes(pids: readonly number[]): Map<number, { start: null }> {
  const live = exists("/proc/self") ? pids.filter((pid) => exists(`/proc/${pid}`)) : pids;
  return new Map(live.map((pid) => [pid, { start: null }]));
}

/** Whether a path exists; true if that can't be seen. */
function exists(path: string): boolean {
  try {
    return orMissing(() => Deno.statSync(path)) !== null;
  } catch {
    return true;
  }
}

async function run(): Promise<void> {
  try {
    await main(Deno.args);
  } catch (error) {
    // A line is printed whatever happens; only developers want to see the error.
    if (Deno.env.get("CLAUDE_MULTI_DEBUG") === "1") console.error(error);
    try {
      if (!Deno.args.includes("--record")) print("claude-multi\n");
    } catch {
      // Nobody is reading any more.
    }
  }
  Deno.exit(0);
}

void run();
