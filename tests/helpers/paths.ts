// Paths of the repository's own files, for tests.
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** Absolute path of a file of the repository. */
export function repositoryPath(relative: string): string {
  return ROOT + relative;
}

/** Absolute path of a fixture. */
export function fixturePath(name: string): string {
  return repositoryPath(`tests/fixtures/${name}`);
}

/** Text of a fixture. */
export function readFixture(name: string): string {
  return Deno.readTextFileSync(fixturePath(name));
}
