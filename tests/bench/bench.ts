// Measures whole processes in pairs A B A B, mostly against a compiled hello world.
// usage: build/deno run -A tests/bench/bench.ts [PAIRS [part of a case's name [factor for all goals]]]
// Ends with 1 when a row is over its goal.
import { compile } from "../../build/compile.ts";
import { EXECUTABLES, permissionFlags } from "../../build/executables.ts";
import { hostTarget } from "../../build/targets.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { shellRows } from "./shells.ts";
import type { Case, Runnable } from "./case.ts";
import { EDITOR_CASES } from "./editor_cases.ts";
import { LAUNCHER_CASES } from "./launcher_cases.ts";
import { STATUSLINE_CASES } from "./statusline_cases.ts";
import { Verdicts } from "./verdicts.ts";

/** Every row of the table. */
const CASES: readonly Case[] = [...LAUNCHER_CASES, ...EDITOR_CASES, ...STATUSLINE_CASES];

/**
 * Milliseconds from the start of a process to its reaped exit, or to its first byte.
 * @throws Error when it fails.
 */
async function wallMs({ path, args, env, stdin, untilFirstByte }: Runnable): Promise<number> {
  const startMs = performance.now();
  const child = new Deno.Command(path, {
    args: [...args],
    env,
    clearEnv: true,
    stdin: "piped",
    stdout: untilFirstByte ? "piped" : "null",
    stderr: "null",
  }).spawn();
  const fed = ReadableStream.from([new TextEncoder().encode(stdin)]).pipeTo(child.stdin);
  let firstByteMs = NaN;
  if (untilFirstByte) {
    const output = child.stdout.getReader();
    await output.read();
    firstByteMs = performance.now() - startMs;
    while (!(await output.read()).done);
  }
  const { code } = await child.status;
  const elapsedMs = performance.now() - startMs;
  await fed.catch(() => {}); // A program that reads nothing closes its end first.
  if (code !== 0) throw new Error(`Cannot measure ${path} ${args.join(" ")}: exit code ${code}`);
  return untilFirstByte ? firstByteMs : elapsedMs;
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

/** A program's place in the page cache changes its start-up time by 8 %: both are copied alike. */
function copied(runnable: Runnable, folder: string): Runnable {
  const path = `${folder}/${runnable.path.split("/").at(-1)}`;
  Deno.copyFileSync(runnable.path, path);
  return { ...runnable, path };
}

async function measure(
  it: Case,
  options: { hello: string; pairs: number; verdicts: Verdicts },
): Promise<string> {
  await using home = await TempHome.create();
  const prepared = await it.prepare(home, options.hello);
  const copies = `${home.path}/copies`;
  Deno.mkdirSync(copies);
  const subject = copied(prepared.subject, copies);
  const baseline = prepared.baseline.map((runnable) => copied(runnable, copies));
  const [baselineMs, subjectMs, ratios]: [number[], number[], number[]] = [[], [], []];
  for (let pair = -1; pair < options.pairs; pair++) {
    let a = 0;
    for (const runnable of baseline) a += await wallMs(runnable);
    const b = await wallMs(subject);
    if (pair < 0) continue; // The first pair warms the page cache and makes the ledger.
    baselineMs.push(a);
    subjectMs.push(b);
    ratios.push(b / a);
  }
  await prepared.close?.();
  const ratio = median(ratios);
  const verdict = options.verdicts.of(ratio, it.goal);
  const numbers = `${spread(baselineMs)}  ${spread(subjectMs)}  ${ratio.toFixed(2)}`;
  return `${it.name.padEnd(56)}${numbers}  ${it.goal.toFixed(2)}  ${verdict}`;
}

const [pairsText = "20", part = "", factor = "1"] = Deno.args;
const verdicts = new Verdicts(Number(factor));
const pairs = Number(pairsText);
if (!Number.isInteger(pairs) || pairs < 1) {
  throw new Error(`"${pairsText}" is not a number of pairs`);
}
await using folder = await TempHome.create("claude-multi-bench-");
const hello = await compileHello(folder.path);
console.log(`==> ${pairs} pairs each; ms as min median max; ratio is the median of the pairs'`);
console.log(`${"".padEnd(56)}${"baseline".padStart(20)}  ${"case".padStart(20)}  ratio goal`);
for (const it of CASES) {
  if (it.name.includes(part)) console.log(await measure(it, { hello, pairs, verdicts }));
}
for (const row of await shellRows({ pairs, part, verdicts })) console.log(row);
Deno.exitCode = verdicts.exitCode;
