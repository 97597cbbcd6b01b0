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
