// Builds dist/release: an archive for each target whose runtime stub is available, SHA256SUMS, install.sh.
// TARGETS="linux-x64" builds only these. With RELEASE=1, each must be built on the official stub.
import manifest from "../deno.json" with { type: "json" };
import { NoStubError, type StubSource } from "./compile.ts";
import { EXECUTABLES } from "./executables.ts";
import { installScript, releaseAddress } from "./packages/address.ts";
import { archive, archivesIn, RELEASE_FOLDER } from "./packages/archive.ts";
import { thirdPartyNotices } from "./packages/third_party.ts";
import { build } from "./programs.ts";
import { type Target, TARGETS } from "./targets.ts";
import { ROOT } from "./toolchain.ts";

/** How a target was built. */
export type Outcome = StubSource | "SKIPPED";

/** Why these outcomes aren't a release; empty if they are. */
export function faultsOf(outcomes: ReadonlyMap<string, Outcome>): string[] {
  return [...outcomes].filter(([, outcome]) => outcome !== "official").map(([target, outcome]) =>
    `${target}: ${outcome === "SKIPPED" ? "not built" : "not on the official runtime stub"}`
  );
}

/** The targets to build: all, or those in the words of TARGETS. @throws Error for an unknown one. */
export function wantedTargets(words: string | undefined): Target[] {
  const known = Object.keys(TARGETS) as Target[];
  const wanted = (words ?? "").split(/\s+/).filter((word) => word !== "");
  for (const word of wanted) {
    if (!(word in TARGETS)) throw new Error(`unknown target "${word}" (${known.join(", ")})`);
  }
  return wanted.length === 0 ? known : wanted as Target[];
}

async function release(
  target: Target,
  texts: { address: string; notices: string },
): Promise<StubSource> {
  const programs = `${RELEASE_FOLDER}/work`;
  const options = { folder: programs, target, preferCached: false, bytecode: true };
  const sources = new Set<StubSource>();
  for (const executable of Object.keys(EXECUTABLES)) {
    sources.add(await build(executable, options));
  }
  const { version } = manifest;
  await archive({ programs, folder: RELEASE_FOLDER, version, target, ...texts });
  return sources.has("npm-hosted") ? "npm-hosted" : "official";
}

async function releaseAll(targets: readonly Target[]): Promise<Map<string, Outcome>> {
  const texts = { address: releaseAddress(), notices: await thirdPartyNotices() };
  const outcomes = new Map<string, Outcome>();
  for (const target of targets) {
    console.log(`==> ${target}`);
    try {
      outcomes.set(target, await release(target, texts));
    } catch (error) {
      if (!(error instanceof NoStubError)) throw error;
      outcomes.set(target, "SKIPPED");
      console.log(`    ${error.message}`);
    }
  }
  return outcomes;
}

/** Writes what a release has besides its archives: their checksums, and install.sh with the address. */
export async function completeRelease(folder: string, address: string): Promise<void> {
  const sums = (await archivesIn(folder, manifest.version)).map(({ file, sha256 }) =>
    `${sha256}  ${file.slice(folder.length + 1)}\n`
  );
  Deno.writeTextFileSync(`${folder}/SHA256SUMS`, sums.join(""));
  const script = installScript(Deno.readTextFileSync(`${ROOT}/shell/install.sh`), address);
  Deno.writeTextFileSync(`${folder}/install.sh`, script);
  Deno.chmodSync(`${folder}/install.sh`, 0o755);
}

async function main(): Promise<number> {
  Deno.env.delete("DENORT_BIN");
  try {
    const targets = wantedTargets(Deno.env.get("TARGETS"));
    await Deno.remove(RELEASE_FOLDER, { recursive: true }).catch(() => {});
    Deno.mkdirSync(RELEASE_FOLDER, { recursive: true });
    const outcomes = await releaseAll(targets);
    for (const [target, outcome] of outcomes) {
      const text = outcome === "SKIPPED" ? outcome : `built on the ${outcome} runtime stub`;
      console.log(`${target.padEnd(12)} ${text}`);
    }
    const faults = faultsOf(outcomes);
    if (Deno.env.get("RELEASE") === "1" && faults.length > 0) {
      throw new Error(`this isn't a release:\n  ${faults.join("\n  ")}`);
    }
    if (faults.length > 0) console.log("for testing only; RELEASE=1 would reject it");
    await completeRelease(RELEASE_FOLDER, releaseAddress());
    return 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  } finally {
    await Deno.remove(`${RELEASE_FOLDER}/work`, { recursive: true }).catch(() => {});
  }
}

if (import.meta.main) Deno.exit(await main());
