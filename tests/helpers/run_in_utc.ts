// Runs a command line in this process, with days that are those of UTC.
import assert from "node:assert/strict";
import { parseRequest } from "../../lib/cli/parse.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { setZone } from "../../lib/text/local_time.ts";
import type { FakeContext } from "./context.ts";

/** Runs `claude-multi WORDS`, which must succeed, and returns the context's terminal. */
export async function runInUtc(
  context: FakeContext,
  words: readonly string[],
): Promise<FakeContext["terminal"]> {
  const request = parseRequest(words, COMMANDS);
  assert.ok(request.kind === "run");
  setZone(() => 0);
  try {
    assert.equal(await request.command.run(context, request.input), 0);
  } finally {
    setZone(null);
  }
  return context.terminal;
}
