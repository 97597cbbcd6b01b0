// Builds dist/release: an archive for each target whose runtime stub is available, and SHA256SUMS.
// With RELEASE=1, every target must be built on the official stub.
import manifest from "../deno.json" with { type: "json" };
import { type Entry, writeArchive } from "./archives.ts";
import { NoStubError, type StubSource } from "./compile.ts";
import { EXECUTABLES } from "./executables.ts";
import { build } from "./programs.ts";
import { type Target, TARGETS } from "./targets.ts";
import { ROOT, sha256 } from "./toolchain.ts";

const FOLDER = `${ROOT}/dist/release`;

/** How a target was built. */
export type Outcome = StubSource | "SKIPPED";

/** Why these outcomes aren't a release; empty if they are. */
export function faultsOf(outcomes: ReadonlyMap<string, Outcome>): string[] {
  return [...outcomes].filter(([, outcome]) => outcome !== "official").map(([target, outcome]) =>
    `${target}: ${outcome === "SKIPPED" ? "not built" : "not on the official runtime stub"}`
  );
}

function entry(path: string, name: string): Entry {
  const isProgram = (Deno.statSync(path).mode ?? 0) & 0o100;
  return { name, mode: isProgram ? 0o755 : 0o644, bytes: Deno.readFileSync(path) };
}

function filesIn(folder: string, inside: string): Entry[] {
  return Array.from(
    Deno.readDirSync(`${ROOT}/${folder}`),
    ({ name }) => entry(`${ROOT}/${folder}/${name}`, `${inside}/${name}`),
  );
}

async function release(target: Target): Promise<{ outcome: Outcome; file: string }> {
  const name = `claude-multi-${manifest.version}-${target}`;
  const work = `${FOLDER}/work`;
  const options = { folder: work, target, preferCached: false, bytecode: true };
  const sources = new Set<StubSource>();
  for (const executable of Object.keys(EXECUTABLES)) {
    sources.add(await build(executable, options));
  }
  const entries = [
    ...Object.keys(EXECUTABLES).map((program) => entry(`${work}/${program}`, `${name}/${program}`)),
    // Installed as a program, like the executables.
    entry(`${ROOT}/shell/cl`, `${name}/cl`),
    ...filesIn("shell", `${name}/shell`),
    ...filesIn("docs/man", `${name}/man`),
    entry(`${ROOT}/README.md`, `${name}/README.md`),
    entry(`${ROOT}/LICENSE`, `${name}/LICENSE`),
  ];
  const file = `${FOLDER}/${name}.tar.gz`;
  await writeArchive(file, entries);
  return { outcome: sources.has("npm-hosted") ? "npm-hosted" : "official", file };
}

/** Builds every target that can be built; returns the outcomes, and the text of SHA256SUMS. */
async function releaseAll(): Promise<{ outcomes: Map<string, Outcome>; sums: string }> {
  const outcomes = new Map<string, Outcome>();
  let sums = "";
  for (const target of Object.keys(TARGETS) as Target[]) {
    console.log(`==> ${target}`);
    try {
      const { outcome, file } = await release(target);
      outcomes.set(target, outcome);
      sums += `${await sha256(Deno.readFileSync(file))}  ${file.slice(FOLDER.length + 1)}\n`;
    } catch (error) {
      if (!(error instanceof NoStubError)) throw error;
      outcomes.set(target, "SKIPPED");
      console.log(`    ${error.message}`);
    }
  }
  return { outcomes, sums };
}

async function main(): Promise<number> {
  Deno.env.delete("DENORT_BIN");
  await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
  Deno.mkdirSync(FOLDER, { recursive: true });
  try {
    const { outcomes, sums } = await releaseAll();
    for (const [target, outcome] of outcomes) {
      const text = outcome === "SKIPPED" ? outcome : `built on the ${outcome} runtime stub`;
      console.log(`${target.padEnd(12)} ${text}`);
    }
    const faults = faultsOf(outcomes);
    if (Deno.env.get("RELEASE") === "1" && faults.length > 0) {
      throw new Error(`this isn't a release:\n  ${faults.join("\n  ")}`);
    }
    if (faults.length > 0) console.log("for testing only; RELEASE=1 would reject it");
    Deno.writeTextFileSync(`${FOLDER}/SHA256SUMS`, sums);
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await Deno.remove(`${FOLDER}/work`, { recursive: true }).catch(() => {});
  }
}

if (import.meta.main) Deno.exit(await main());
