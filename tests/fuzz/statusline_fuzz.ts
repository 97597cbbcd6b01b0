// Feeds the status line mutated payloads and transcripts, seeded: it must print a line every time.
// usage: build/deno run -A tests/fuzz/statusline_fuzz.ts [PAYLOADS [TRANSCRIPTS [SEED]]]
import assert from "node:assert/strict";
import { layoutOf } from "../../lib/config/paths.ts";
import { cellWidth, loadWidths } from "../../lib/text/cells.ts";
import type { World } from "../../lib/statusline/world.ts";
import { answer } from "../../lib/statusline/flow.ts";
import { SEGMENTS } from "../../lib/statusline/segments/mod.ts";
import { LineScanner } from "../../lib/claude/transcript/scan.ts";
import { seededRandom, TranscriptWriter } from "../bench/transcripts.ts";
import { binary } from "../helpers/binaries.ts";
import { fixturePath, readFixture } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import {
  MAIN,
  MemoryFiles,
  MemoryProgress,
  refreshOnce,
  subagentPath,
} from "../statusline/memory_transcripts.ts";
import { oracleTotals } from "../statusline/oracle.ts";

// deno-lint-ignore no-control-regex
const OWN_SGR = /\x1b\[(?:0|1;38;2;\d{1,3};\d{1,3};\d{1,3}|1;38;5;\d{1,3}|1;[39][0-7])m/g;
const FORBIDDEN =
  // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\u2028\u2029\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\ufeff]/;
/** One case out of this many also goes through the built program. */
const BUILT_EVERY = 1000;
const NOW_MS = Date.UTC(2026, 10, 23, 6, 0, 0);

const [payloads = 100_000, transcripts = 10_000, seed = 1] = Deno.args.map(Number);
const random = seededRandom(seed);
const below = (n: number): number => Math.floor(random() * n);
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;

const FIXTURES = [...Deno.readDirSync(fixturePath("."))]
  .filter((entry) => /^statusline-.*\.json$/.test(entry.name))
  .map((entry) => readFixture(entry.name))
  .sort();
const STRANGE: readonly unknown[] = [
  null,
  -1,
  0,
  1e308,
  -1e308,
  5e-324,
  1.5,
  true,
  "",
  [],
  {},
  "\u001b[31m",
  "\u001b]0;x\u0007",
  "\u202e\u2066x",
  "a\nb\r\nc\u2028",
  "日本語".repeat(90),
  "👩‍💻".repeat(50),
  "\ud800",
  "\u0000",
  "x".repeat(100_000),
  { a: { b: [] } },
  "NaN",
  MAIN,
];
const COLUMNS = ["200", "120", "80", "60", "40", "5", "1", "0", "-3", "x", "", "99999"];

/** Changes one value somewhere in a JSON tree. */
function mutateTree(value: unknown): unknown {
  if (random() < 0.15) return pick(STRANGE);
  if (Array.isArray(value)) return value.length === 0 ? [pick(STRANGE)] : value.map(mutateTree);
  if (typeof value !== "object" || value === null) return random() < 0.4 ? pick(STRANGE) : value;
  const entries = Object.entries(value);
  const chosen = below(entries.length + 1);
  const changed = entries.flatMap(([key, inner], index): [string, unknown][] => {
    if (index !== chosen) return [[key, inner]];
    const dice = random();
    if (dice < 0.1) return [];
    if (dice < 0.15) return [[String(pick(STRANGE)), inner]];
    return [[key, mutateTree(inner)]];
  });
  return Object.fromEntries(changed);
}

/** Damages bytes: flips, cuts, doubles, swaps, inserts. */
function mutateBytes(bytes: Uint8Array): Uint8Array {
  let result = Uint8Array.from(bytes);
  for (let i = 1 + below(4); i > 0 && result.length > 0; i--) {
    const at = below(result.length);
    const length = below(Math.min(400, result.length - at) + 1);
    const [head, middle, tail] = [
      result.subarray(0, at),
      result.subarray(at, at + length),
      result.subarray(at + length),
    ];
    const noise = Uint8Array.from({ length: below(30) }, () => below(256));
    switch (below(6)) {
      case 0:
        result = Uint8Array.from(result);
        result[at] = below(256);
        break;
      case 1:
        result = joined(head, tail);
        break;
      case 2:
        result = joined(head, middle, middle, tail);
        break;
      case 3:
        result = joined(head, noise, tail);
        break;
      case 4:
        result = joined(
          head,
          new TextEncoder().encode(pick(['"', "\\", "\n", "{", "}", "\r\n"])),
          tail,
        );
        break;
      default:
        result = joined(tail, head);
    }
  }
  return result;
}

function joined(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

function worldOf(
  options: { files: MemoryFiles; progress: MemoryProgress; columns: string },
): World {
  const config = JSON.stringify({
    accounts: [{ name: "work" }, { name: "personal" }],
    statusline: { segments: SEGMENTS.map((segment) => segment.name) },
  });
  const env: Record<string, string> = {
    COLUMNS: options.columns,
    COLORTERM: pick(["truecolor", ""]),
    TERM: pick(["xterm-256color", "xterm", "dumb"]),
    CLAUDE_CONFIG_DIR: "/h/.claude-multi/config/work",
  };
  return {
    layout: layoutOf({ home: "/h", root: null }),
    env: (name) => env[name] || null,
    nowMs: NOW_MS,
    elapsedMs: () => 0,
    readSmall: (path) =>
      path.endsWith("config.json") ? config : path.endsWith("HEAD") ? String(pick(STRANGE)) : null,
    files: options.files,
    progress: options.progress,
    readText: () => String(pick(STRANGE)),
    system: pick(["linux", "darwin"]),
    processes: () => new Map(),
    ledger: () => null,
    readings: { heard: () => null, knownAtMs: () => null, readingsUntil: () => [], add() {} },
  };
}

function checkLine(line: string, columns: string): void {
  const bare = line.replace(OWN_SGR, "");
  assert.notEqual(bare, "");
  assert.doesNotMatch(bare, FORBIDDEN);
  const number = Number(columns);
  const width = /^\d{1,6}$/.test(columns) && number > 0 ? Math.max(1, number - 4) : 76;
  assert.ok(cellWidth(bare) <= width, `${cellWidth(bare)} cells in ${width}: ${bare}`);
}

async function checkBuilt(stdin: Uint8Array, home: TempHome): Promise<void> {
  const child = new Deno.Command(binary("claude-multi-statusline"), {
    clearEnv: true,
    env: home.env({ COLUMNS: "120" }),
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(stdin).then(() => writer.close()).catch(() => {});
  const { code, stdout } = await child.output();
  assert.equal(code, 0);
  const text = new TextDecoder().decode(stdout);
  assert.match(text, /^[^\n]+\n$/);
  checkLine(text.slice(0, -1), "120");
}

async function fuzzPayloads(home: TempHome): Promise<void> {
  for (let i = 0; i < payloads; i++) {
    let tree: unknown = JSON.parse(pick(FIXTURES));
    for (let n = 1 + below(4); n > 0; n--) tree = mutateTree(tree);
    const mutated = JSON.stringify(tree) ?? "";
    const stdin = random() < 0.3
      ? mutateBytes(new TextEncoder().encode(mutated))
      : new TextEncoder().encode(mutated);
    const columns = pick(COLUMNS);
    const world = worldOf({ files: new MemoryFiles(), progress: new MemoryProgress(), columns });
    const text = new TextDecoder().decode(stdin);
    const drawn = await answer(text, { wanted: "line", world });
    checkLine(drawn.text, columns);
    await drawn.record();
    if (i % 10 === 0) JSON.parse((await answer(text, { wanted: "explanation", world })).text);
    if (i % BUILT_EVERY === 0) await checkBuilt(stdin, home);
  }
}

/**
 * Damage, but without lines in which an object repeats a key: no program writes such JSON, and it
 * isn't promised which of the values counts (lib/claude/transcript/line.ts).
 */
function damaged(bytes: Uint8Array): Uint8Array {
  const lines = splitLines(mutateBytes(bytes));
  return joined(...lines.filter((line) => !repeatsKey(new TextDecoder().decode(line))));
}

/** The lines of a file with their newlines; the last may have none. */
function splitLines(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const newline = bytes.indexOf(10, start);
    const end = newline === -1 ? bytes.length : newline + 1;
    lines.push(bytes.subarray(start, end));
    start = end;
  }
  return lines;
}

/** Whether an object in a line of JSON has a key twice; either answer will do for other lines. */
function repeatsKey(line: string): boolean {
  const open: Set<string>[] = [new Set()];
  for (const [token, string, colon] of line.matchAll(/("(?:[^"\\]|\\.)*")\s*(:?)|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (string !== undefined && colon === ":") {
      if (open.at(-1)?.has(string)) return true;
      open.at(-1)?.add(string);
    }
  }
  return false;
}

/** The same files, read in small pieces, with lines that are skipped because of their length. */
function checkSmallPieces(files: MemoryFiles): void {
  const longestLineBytes = 2000 + below(8000);
  const scanner = new LineScanner({ pieceBytes: 1 + below(500), longestLineBytes });
  const totals = refreshOnce(files, new MemoryProgress(), { scanner });
  const expected = oracleTotals(files.bytes(MAIN), files.subagents(), { longestLineBytes });
  assert.deepEqual(totals, { ...expected, complete: true });
}

async function fuzzTranscripts(home: TempHome): Promise<void> {
  const writer = new TranscriptWriter({ seed, session: "00000000-0000-4000-8000-000000000000" });
  const turns = Array.from({ length: 12 }, () => new TextEncoder().encode(writer.turn()));
  const captured = [...Deno.readDirSync(fixturePath("transcripts"))]
    .filter((entry) => entry.name.endsWith(".jsonl"))
    .map((entry) => Deno.readFileSync(fixturePath(`transcripts/${entry.name}`)));
  for (let i = 0; i < transcripts; i++) {
    const files = new MemoryFiles();
    const progress = new MemoryProgress();
    const content = damaged(pick([...captured, pick(turns)]));
    const subagent = random() < 0.3 ? damaged(pick(captured)) : null;
    files.append(MAIN, content.subarray(0, below(content.length + 1)));
    const world = worldOf({ files, progress, columns: "120" });
    const stdin = JSON.stringify({ ...JSON.parse(pick(FIXTURES)), transcript_path: MAIN });
    const early = await answer(stdin, { wanted: "line", world });
    checkLine(early.text, "120");
    await early.record();
    files.append(MAIN, content.subarray(files.bytes(MAIN).length));
    if (subagent !== null) files.append(subagentPath("a1"), subagent);
    checkLine((await answer(stdin, { wanted: "line", world })).text, "120");
    const call = await answer(stdin, { wanted: "explanation", world });
    const explained = JSON.parse(call.text);
    const expected = oracleTotals(files.bytes(MAIN), files.subagents());
    assert.deepEqual(explained.tokens, {
      ...expected.all,
      complete: true,
      subagents: expected.subagents,
    });
    assert.deepEqual(explained.turn, expected.turn);
    await call.record();
    checkSmallPieces(files);
    if (i % BUILT_EVERY === 0) {
      const path = `${home.project}/fuzz.jsonl`;
      Deno.writeFileSync(path, content);
      await checkBuilt(
        new TextEncoder().encode(JSON.stringify({ transcript_path: path })),
        home,
      );
    }
  }
}

await loadWidths("é");
await using home = await TempHome.create();
const startedMs = performance.now();
console.log(`==> status line: ${payloads} payloads, ${transcripts} transcripts, seed ${seed}`);
await fuzzPayloads(home);
await fuzzTranscripts(home);
console.log(`    no failure in ${Math.round((performance.now() - startedMs) / 1000)} s`);
