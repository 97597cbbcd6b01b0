// Completes a release from the archives of every target, built on several machines: checks them against
// the version, and writes checksums, install.sh, packages and notes beside them.
// usage: build/deno run -A build/packages/assemble.ts TAG   with RELEASE=1, no target may be missing
import manifest from "../../deno.json" with { type: "json" };
import { completeRelease } from "../release.ts";
import { ROOT } from "../toolchain.ts";
import { releaseAddress } from "./address.ts";
import { archivesIn, missingTargets, RELEASE_FOLDER } from "./archive.ts";
import { notesOf } from "./notes.ts";

/** @throws Error if the tag isn't that of this version. */
export function checkTag(tag: string, version: string) {
  if (tag !== `v${version}`) {
    throw new Error(`the tag "${tag}" isn't v${version}, the version in deno.json`);
  }
}

if (import.meta.main) {
  try {
    checkTag(Deno.args[0] ?? "", manifest.version);
    const address = releaseAddress();
    if (address === "") throw new Error("a release needs its address: set RELEASES");
    const missing = missingTargets(await archivesIn(RELEASE_FOLDER, manifest.version));
    if (Deno.env.get("RELEASE") === "1" && missing.length > 0) {
      throw new Error(`this isn't a release: there is no archive for ${missing.join(", ")}`);
    }
    await completeRelease(RELEASE_FOLDER, address);
    const changelog = Deno.readTextFileSync(`${ROOT}/CHANGELOG.md`);
    Deno.writeTextFileSync(`${RELEASE_FOLDER}/NOTES.md`, notesOf(changelog, manifest.version));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    Deno.exit(1);
  }
}
