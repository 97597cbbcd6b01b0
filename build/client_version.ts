// The version of the client that `make e2e CLAUDE=…` means: a version, oldest, newest or latest.
import { NEWEST_SUPPORTED, OLDEST_SUPPORTED } from "../lib/claude/tested_versions.ts";

/**
 * The version that a word means; `latest` asks npm.
 * @throws Error if it is no version, or npm doesn't say.
 */
export async function resolvedVersion(word: string): Promise<string> {
  if (word === "oldest") return OLDEST_SUPPORTED;
  if (word === "newest") return NEWEST_SUPPORTED;
  const version = word === "latest" ? await latest() : word;
  if (/^\d+\.\d+\.\d+$/.test(version)) return version;
  throw new Error(`"${word}" is not a version: use 2.1.300, oldest, newest or latest`);
}

async function latest(): Promise<string> {
  const { success, stdout } = await new Deno.Command("npm", {
    args: ["view", "@anthropic-ai/claude-code", "version"],
    stdin: "null",
    stderr: "inherit",
  }).output();
  if (!success) throw new Error("npm does not say which version is the latest");
  return new TextDecoder().decode(stdout).trim();
}
