// Golden files: compares what a test made with the stored text; UPDATE_GOLDEN=1 stores it.
import assert from "node:assert/strict";
import { repositoryPath } from "./paths.ts";

/** Compares a text with a file of the repository, or writes it if UPDATE_GOLDEN is 1. */
export function goldenFile(name: string, actual: string): void {
  const path = repositoryPath(name);
  // Escapes are spelled out, to make the files readable.
  const text = actual.replaceAll("\x1b", "\\e") + "\n";
  if (Deno.env.get("UPDATE_GOLDEN") === "1") {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    Deno.writeTextFileSync(path, text);
    return;
  }
  let expected: string;
  try {
    expected = Deno.readTextFileSync(path);
  } catch {
    throw new Error(`${path} is missing: run with UPDATE_GOLDEN=1, then look at it`);
  }
  assert.equal(text, expected, `differs from ${path}; UPDATE_GOLDEN=1 accepts it`);
}
