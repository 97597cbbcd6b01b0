// The notes of a release: its part of CHANGELOG.md.
// usage: build/deno run -A build/packages/notes.ts   prints those of the version in deno.json
import manifest from "../../deno.json" with { type: "json" };
import { ROOT } from "../toolchain.ts";

/** The lines below the heading of a version. @throws Error if there is no such heading, or nothing below. */
export function notesOf(changelog: string, version: string): string {
  const [, ...parts] = changelog.split(/^## /m);
  const part = parts.find((text) => text.split(/[\s(]/, 1)[0] === version);
  const notes = part?.slice(part.indexOf("\n")).trim() ?? "";
  if (notes === "") throw new Error(`CHANGELOG.md says nothing about ${version}`);
  return `${notes}\n`;
}

if (import.meta.main) {
  const changelog = Deno.readTextFileSync(`${ROOT}/CHANGELOG.md`);
  await Deno.stdout.write(new TextEncoder().encode(notesOf(changelog, manifest.version)));
}
