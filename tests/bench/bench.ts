// Start-up against a compiled hello world on the same Deno and stub: pairs A B A B of whole processes.
// usage: .ci/deno run -A tests/bench/bench.ts [PAIRS [part of a case's name]]
import { compile } from "../../.ci/build.ts";
import { EXECUTABLES, permissionFlags } from "../../.ci/executables.ts";
import { hostTarget } from "../../.ci/targets.ts";
import { binary } from "../helpers/binaries.ts";
import { readFixture } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";

/** One program to measure. */
interface Case {
  name: string;
  program: Parameters<typeof binary>[0];
  args: readonly string[];
  /** Wall time as a ratio to hello that it should not exceed. */
  goal: number;
  stdin?: string;
  /** Fills the home once, before the first run. */
  setUp?: (home: TempHome) => void;
}

/** Add a row to measure more. */
const CASES: readonly Case[] = [
  { name: "claude-multi --version", program: "claude-multi", args: ["--version"], goal: 1.25 },
  {
    name: "claude-multi pick --json, 3 accounts",
    program: "claude-multi",
    args: ["pick", "--json"],
    goal: 1.25,
    setUp: threeAccounts,
  },
  {
    name: "claude-multi-statusline",
    program: "claude-multi-statusline",
    args: [],
    goal: 1.25,
    stdin: readFixture("statusline-05-after-turn-with-ratelimits.json"),
    setUp: threeAccounts,
  },
];

function threeAccounts(home: TempHome): void {
  const names = ["personal", "work", "spare"];
  home.writeConfig({ accounts: names.map((name) => ({ name })) });
  for (const [index, name] of names.entries()) {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 20 * index, sevenDay: 10 * index });
  }
}

/** A program ready to run. */
interface Runnable {
  path: string;
  args: readonly string[];
  env: Record<string, string>;
  stdin: string;
}

/**
 * Milliseconds from the start of a process to its reaped exit.
 * @throws Error when it fails.
 */
async function wallMs({ path, args, env, stdin }: Runnable): Promise<number> {
  const startMs = performance.now();
  const child = new Deno.Command(path, {
    args: [...args],
    env,
    clearEnv: true,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const fed = ReadableStream.from([new TextEncoder().encode(stdin)]).pipeTo(child.stdin);
  const { code } = await child.status;
  const elapsedMs = performance.now() - startMs;
  await fed.catch(() => {}); // A program that reads nothing closes its end first.
  if (code !== 0) throw new Error(`Cannot measure ${path} ${args.join(" ")}: exit code ${code}`);
  return elapsedMs;
}

async function compileHello(folder: string): Promise<string> {
  const [script, output] = [`${folder}/hello.js`, `${folder}/hello`];
  Deno.writeTextFileSync(script, `console.log("hello");\n`);
  const executable = EXECUTABLES["claude-multi"];
  const flags = executable ? permissionFlags(executable) : [];
  const options = { flags, output, target: hostTarget(), preferCached: true };
  console.log(`==> hello on the ${await compile(script, options)} runtime stub`);
  return output;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? NaN)) / 2;
}

function spread(values: readonly number[]): string {
  return [Math.min(...values), median(values), Math.max(...values)]
    .map((value) => value.toFixed(1).padStart(6)).join(" ");
}

async function measure(it: Case, options: { hello: string; pairs: number }): Promise<string> {
  await using home = await TempHome.create();
  it.setUp?.(home);
  const stdin = it.stdin ?? "";
  const hello = { path: options.hello, args: [], env: home.env(), stdin };
  const subject = { path: binary(it.program), args: it.args, env: home.env(), stdin };
  const [helloMs, subjectMs, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let pair = -1; pair < options.pairs; pair++) {
    const [a, b] = [await wallMs(hello), await wallMs(subject)];
    if (pair < 0) continue; // The first pair warms the page cache and makes the ledger.
    helloMs.push(a);
    subjectMs.push(b);
    ratios.push(b / a);
  }
  const ratio = median(ratios);
  const verdict = ratio <= it.goal ? "ok" : "OVER";
  const numbers = `${spread(helloMs)}  ${spread(subjectMs)}  ${ratio.toFixed(2)}`;
  return `${it.name.padEnd(40)}${numbers}  ${it.goal.toFixed(2)}  ${verdict}`;
}

const [pairsText = "20", part = ""] = Deno.args;
const pairs = Number(pairsText);
if (!Number.isInteger(pairs) || pairs < 1) throw new Error(`"${pairsText}" is no number of pairs`);
await using folder = await TempHome.create("claude-multi-bench-");
const hello = await compileHello(folder.path);
console.log(`==> ${pairs} pairs each; ms as min median max; ratio is the median of the pairs'`);
console.log(`${"".padEnd(40)}${"hello".padStart(20)}  ${"case".padStart(20)}  ratio goal`);
for (const it of CASES) {
  if (it.name.includes(part)) console.log(await measure(it, { hello, pairs }));
}
