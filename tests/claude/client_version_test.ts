// Tests of the client's version: whether it was tested, and what doctor says about it.
import assert from "node:assert/strict";
import { versionOf, versionText } from "../../lib/claude/client_version.ts";
import {
  NEWEST_SUPPORTED,
  OLDEST_SUPPORTED,
  TESTED_VERSIONS,
} from "../../lib/claude/tested_versions.ts";
import { fakeContext } from "../helpers/context.ts";

/** What a client prints for --version, and what is said about it. */
const PRINTED: ReadonlyArray<readonly [stdout: string, said: RegExp]> = [
  ...TESTED_VERSIONS.map((version) => [`${version} (Claude Code)\n`, /, tested$/] as const),
  ["2.1.261 (Claude Code)\n", /^version 2\.1\.261, not tested itself, but between supported ones$/],
  ["2.1.99 (Claude Code)\n", new RegExp(`older than .*${OLDEST_SUPPORTED}.*claude update$`)],
  ["2.10.0 (Claude Code)\n", new RegExp(`newer than .*${NEWEST_SUPPORTED}.*claudePath`)],
  ["", /^it doesn't say/],
  ["a wrapper of 2.1.300", /^it doesn't say/],
];
for (const [stdout, said] of PRINTED) {
  Deno.test(`claude --version prints ${JSON.stringify(stdout)}`, () => {
    const context = fakeContext();
    context.processes.capture = () => ({ code: 0, stdout });
    assert.match(versionText(versionOf(context, "/usr/bin/claude")), said);
  });
}

Deno.test("a client that can't be started has no version", () => {
  const context = fakeContext();
  context.processes.capture = () => {
    throw new Error("gone");
  };
  assert.deepEqual(versionOf(context, "/x"), { version: null, tested: null });
});
