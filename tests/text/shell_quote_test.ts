// Tests that quoted words reach a shell unchanged.
import assert from "node:assert/strict";
import fc from "fast-check";
import { fishQuoted, pasteable, shellQuoted, shellWord } from "../../lib/text/shell_quote.ts";

Deno.test("a word is quoted only if it must be", () => {
  assert.equal(shellWord("--model=opus"), "--model=opus");
  assert.equal(shellWord("~/x"), "'~/x'");
  assert.equal(shellWord(""), "''");
  assert.equal(shellWord("it's $HOME"), "'it'\\''s $HOME'");
  assert.equal(shellQuoted("plain"), "'plain'");
  assert.equal(fishQuoted("it's a \\"), "'it\\'s a \\\\'");
});

Deno.test("property: sh reads quoted words back unchanged", () => {
  const word = fc.string({ unit: "grapheme" }).filter((text) => !/[\0\n]/.test(text));
  fc.assert(
    fc.property(fc.array(word, { maxLength: 20 }), (words) => {
      for (const quoted of [shellQuoted, shellWord]) {
        const script = `printf '%s\\n' ${words.map(quoted).join(" ")}`;
        const { stdout } = new Deno.Command("/bin/sh", { args: ["-c", script] }).outputSync();
        const lines = new TextDecoder().decode(stdout).split("\n").slice(0, -1);
        assert.deepEqual(lines, words.length > 0 ? words : [""]);
      }
    }),
    { numRuns: 10 },
  );
});

Deno.test("a line to paste has no long words and no invisible characters", () => {
  assert.equal(pasteable(["cl", "-p", "it is"]), "cl -p 'it is'");
  assert.equal(pasteable(["cl", "x".repeat(200)]), `cl ${"x".repeat(200)}`);
  assert.equal(pasteable(["cl", "x".repeat(201)]), null);
  assert.equal(pasteable(["cl", "a\nb"]), null);
  assert.equal(pasteable(["cl", "a\u202eb"]), null);
  assert.equal(pasteable([]), "");
});
