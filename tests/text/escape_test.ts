// Tests that untrusted text is safe to show in a terminal.
import assert from "node:assert/strict";
import fc from "fast-check";
import { harmless, nameInLine, quoted } from "../../lib/text/escape.ts";

// deno-lint-ignore no-control-regex
const COLORS = /\x1b\[[\d;]*m/g;
// deno-lint-ignore no-control-regex
const HARMFUL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

Deno.test("a name can't start a colour, another line or another direction", () => {
  assert.equal(nameInLine("a\x1b[31mb\nc\u2028d\u202ee\u200df"), "a�[31mb�c�d�e�f");
  assert.equal(nameInLine("Été 日本 👩 x-1"), "Été 日本 👩 x-1");
});

Deno.test("harmless text keeps only colours, line ends and tabs", () => {
  assert.equal(harmless("\x1b[1;31mred\x1b[0m\tand\nblue"), "\x1b[1;31mred\x1b[0m\tand\nblue");
  assert.equal(
    harmless("\x1b]0;title\x07 \x1b[2J \r \x9b31m"),
    "\\u001b]0;title\\u0007 \\u001b[2J \\u000d \\u009b31m",
  );
  assert.equal(harmless("a\u202eb\u200ec\u2069"), "a\\u202eb\\u200ec\\u2069");
});

Deno.test("property: harmful characters in JSON are escaped, and the JSON means the same", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => {
    const shown = harmless(JSON.stringify({ text }));
    assert.deepEqual(JSON.parse(shown), { text });
    assert.doesNotMatch(shown.replace(COLORS, ""), HARMFUL);
    assert.equal(harmless(shown), shown);
  }));
});

Deno.test("a quoted text has at most 60 characters, none of them invisible", () => {
  assert.equal(quoted('say "hi"\n'), '"say \\"hi\\"\\n"');
  assert.equal(
    quoted("\x1b[31m\x7f\x9b\u200b\u2028\u202e\u2069\ufeff"),
    '"\\u001b[31m\\u007f\\u009b\\u200b\\u2028\\u202e\\u2069\\ufeff"',
  );
  assert.equal(quoted("x".repeat(60)), `"${"x".repeat(60)}"`);
  assert.equal(quoted("x".repeat(61)), `"${"x".repeat(57)}…"`);
  assert.equal(quoted("Été 日本"), '"Été 日本"');
});
