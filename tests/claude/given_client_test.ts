// Tests of the client that an editor names: native or a script, or none at all.
import assert from "node:assert/strict";
import { givenClient } from "../../lib/claude/given_client.ts";
import { fakeContext } from "../helpers/context.ts";

const context = fakeContext({
  programs: ["/ext/native/claude", "/ext/new\nline/claude", "/usr/bin/node", "/opt/code/electron"],
});

const CASES: ReadonlyArray<readonly [words: string[], program: string | null, before: string[]]> = [
  [["/ext/native/claude", "-p", "hi"], "/ext/native/claude", []],
  [["/usr/bin/node", "/ext/cli.js", "-p", "hi"], "/usr/bin/node", ["/ext/cli.js"]],
  [["/opt/code/electron", "/ext/cli.mjs", "-p", "hi"], "/opt/code/electron", ["/ext/cli.mjs"]],
  [["node", "/ext/cli.cjs", "-p", "hi"], "/usr/bin/node", ["/ext/cli.cjs"]],
  [["/ext/new\nline/claude", "/ext/a\nb.js", "-p", "hi"], "/ext/new\nline/claude", [
    "/ext/a\nb.js",
  ]],
  [["/claude", "is", "this"], null, []],
  [["/see /ext/gone/claude.md"], null, []],
  [["-p", "hi"], null, []],
  [["/init"], null, []],
  [["--add-dir", "/src/main.js"], null, []],
  [["bun", "/ext/cli.js"], null, []],
  [[], null, []],
];

for (const [words, program, before] of CASES) {
  Deno.test(`the client in "${words.join(" ")}" is ${program ?? "not named"}`, () => {
    const { client, args } = givenClient(context, words);
    assert.deepEqual(client, program === null ? null : { program, before });
    assert.deepEqual(args, program === null ? words : ["-p", "hi"]);
  });
}

Deno.test("the path of a client that an update removed is no prompt for another client", () => {
  assert.throws(
    () => givenClient(context, ["/ext/gone/claude", "-p", "hi"]),
    /^UserError: cannot start "\/ext\/gone\/claude": there is no such program;/,
  );
});
