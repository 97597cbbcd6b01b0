// Measures time and memory of the status line on transcripts of 1 MB to 1 GB, against hello world.
// usage: build/deno run -A tests/bench/statusline_sizes.ts [PAIRS [LARGEST_MB [factor of all goals]]]
// Ends with 1 when a row is over its goal.
import { compile } from "../../build/compile.ts";
import { EXECUTABLES, permissionFlags } from "../../build/executables.ts";
import { hostTarget } from "../../build/targets.ts";
import { binary } from "../helpers/binaries.ts";
import { readFixture } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import {
  appendTurns,
  type KnownTotals,
  type TranscriptWriter,
  writeTranscript,
} from "./transcripts.ts";
import { Verdicts } from "./verdicts.ts";

const SIZES_MB = [1, 10, 100, 1000] as const;
const APPENDED_BYTES = 50_000;
/** The most calls that reading a transcript for the first time may take. */
const MOST_COLD_CALLS = 200;
const GOALS = { nothingNew: 1.2, appended: 1.35, largeToSmall: 1.15, coldMs: 250, memory: 1.5 };

/** One transcript in its own home. */
interface Subject {
  megabytes: number;
  home: TempHome;
  transcript: string;
  writer: TranscriptWriter;
  /** Path of the payload that the client would pipe in. */
  payload: string;
}

/** GNU time, which reports the peak memory of a program. */
const HAS_TIME = isFile("/usr/bin/time");
const statusline = binary("claude-multi-statusline");

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function makeSubject(megabytes: number): Promise<Subject> {
  const home = await TempHome.create(`claude-multi-bench-${megabytes}mb-`);
  home.writeConfig({ accounts: [{ name: "work" }] });
  const folder = `${home.accountDir("work")}/projects/p`;
  Deno.mkdirSync(folder, { recursive: true });
  const transcript = `${folder}/session.jsonl`;
  const { writer } = writeTranscript(transcript, { bytes: megabytes * 1e6, seed: megabytes });
  const soon = Math.floor(Date.now() / 1000) + 7200;
  const payload = `${home.project}/payload.json`;
  const text = JSON.stringify({
    ...JSON.parse(readFixture("statusline-05-after-turn-with-ratelimits.json")),
    transcript_path: transcript,
    rate_limits: { five_hour: { used_percentage: 42, resets_at: soon } },
  });
  Deno.writeTextFileSync(payload, text);
  return { megabytes, home, transcript, writer, payload };
}

/**
 * Runs a program through a shell, as the client does, with the payload as a file: a pipe would
 * measure how fast this process fills it. Returns its wall time and what it printed.
 */
function run(
  program: readonly string[],
  subject: Subject,
): { ms: number; stdout: string; stderr: string } {
  const startMs = performance.now();
  const command = new Deno.Command("/bin/sh", {
    args: ["-c", 'exec "$@" < "$0"', subject.payload, ...program],
    clearEnv: true,
    env: subject.home.env({
      CLAUDE_CONFIG_DIR: subject.home.accountDir("work"),
      COLORTERM: "truecolor",
      COLUMNS: "120",
    }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { code, stdout, stderr } = command.outputSync();
  const ms = performance.now() - startMs;
  if (code !== 0) throw new Error(`Cannot measure ${program.join(" ")}: exit code ${code}`);
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { ms, stdout: text(stdout), stderr: text(stderr) };
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

/** Median of the ratios of pairs A B A B. */
function ratio(
  pairs: number,
  measure: { baseline: () => number; subject: () => number },
): number {
  const ratios: number[] = [];
  for (let pair = -1; pair < pairs; pair++) {
    const [a, b] = [measure.baseline(), measure.subject()];
    if (pair >= 0) ratios.push(b / a); // The first pair warms the page cache.
  }
  return median(ratios);
}

function afterAppend(subject: Subject): number {
  appendTurns(subject.transcript, subject.writer, APPENDED_BYTES);
  return run([statusline], subject).ms;
}

/** Peak memory in MiB as GNU time reports it, or null if that isn't installed. */
function peakMiB(program: readonly string[], subject: Subject): number | null {
  if (!HAS_TIME) return null;
  const { stderr } = run(["/usr/bin/time", "-f", "%M", ...program], subject);
  return Number(stderr.trim().split("\n").at(-1)) / 1024;
}

interface Explained {
  tokens: KnownTotals & { complete: boolean };
}

function explained(subject: Subject): Explained["tokens"] {
  const { stdout } = run([statusline, "--explain"], subject);
  return (JSON.parse(stdout) as Explained).tokens;
}

function row(name: string, value: number | null, options: { goal: number; unit?: string }): void {
  const { goal, unit = "" } = options;
  const shown = value === null ? "not measured: needs /usr/bin/time" : value.toFixed(2) + unit;
  const verdict = value === null ? "" : verdicts.of(value, goal);
  console.log(
    `${name.padEnd(44)}${shown.padStart(12)}${`${goal}${unit}`.padStart(12)}  ${verdict}`,
  );
}

/** The first calls on an unread transcript: the longest time, and the memory. */
function cold(subject: Subject): void {
  let longest = 0;
  const peak = peakMiB([statusline], subject);
  const small = peakMiB([hello], subject);
  for (let call = 1; call <= MOST_COLD_CALLS; call++) {
    longest = Math.max(longest, run([statusline], subject).ms);
    const tokens = explained(subject);
    if (!tokens.complete) continue;
    const known = subject.writer.totals;
    for (const name of Object.keys(known) as Array<keyof KnownTotals>) {
      if (tokens[name] !== known[name]) {
        throw new Error(`${subject.megabytes} MB: ${name} ${tokens[name]}, not ${known[name]}`);
      }
    }
    row(`${subject.megabytes} MB: longest of the first calls`, longest, {
      goal: GOALS.coldMs,
      unit: " ms",
    });
    row(`${subject.megabytes} MB: peak memory of the first call`, overHello(peak, small), {
      goal: GOALS.memory,
    });
    return;
  }
  throw new Error(`${subject.megabytes} MB: not read after ${MOST_COLD_CALLS} calls`);
}

function overHello(peak: number | null, hello: number | null): number | null {
  return peak === null || hello === null ? null : peak / hello;
}

const [pairs = 20, largestMb = 1000, factor = 1] = Deno.args.map(Number);
const verdicts = new Verdicts(factor);
await using folder = await TempHome.create("claude-multi-bench-");
const hello = `${folder.path}/hello`;
Deno.writeTextFileSync(`${hello}.js`, `console.log("hello");\n`);
await compile(`${hello}.js`, {
  flags: permissionFlags(
    EXECUTABLES["claude-multi-statusline"] ?? { entry: "", allow: [], env: [] },
  ),
  output: hello,
  target: hostTarget(),
  preferCached: true,
});
console.log(`==> medians of ${pairs} pairs with a compiled hello world`);
console.log(`${"".padEnd(44)}${"measured".padStart(12)}${"goal".padStart(12)}`);
const subjects: Subject[] = [];
try {
  for (const megabytes of SIZES_MB.filter((size) => size <= largestMb)) {
    const subject = await makeSubject(megabytes);
    subjects.push(subject);
    const name = `${megabytes} MB`;
    cold(subject);
    const baseline = (): number => run([hello], subject).ms;
    row(
      `${name}: nothing new, against hello`,
      ratio(pairs, { baseline, subject: () => run([statusline], subject).ms }),
      { goal: GOALS.nothingNew },
    );
    row(
      `${name}: 50 kB appended, against hello`,
      ratio(pairs, { baseline, subject: () => afterAppend(subject) }),
      { goal: GOALS.appended },
    );
    appendTurns(subject.transcript, subject.writer, APPENDED_BYTES);
    row(
      `${name}: peak memory after an append, against hello`,
      overHello(peakMiB([statusline], subject), peakMiB([hello], subject)),
      { goal: GOALS.memory },
    );
  }
  const [small, large] = [subjects[0], subjects.at(-1)];
  if (small !== undefined && large !== undefined && small !== large) {
    row(
      `50 kB appended, ${large.megabytes} MB against ${small.megabytes} MB`,
      ratio(pairs, {
        baseline: () => afterAppend(small),
        subject: () => afterAppend(large),
      }),
      { goal: GOALS.largeToSmall },
    );
  }
} finally {
  for (const subject of subjects) await subject.home[Symbol.asyncDispose]();
}
Deno.exitCode = verdicts.exitCode;
