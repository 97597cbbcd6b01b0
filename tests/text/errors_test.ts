// Tests of errors: one line without the text of a file, and documented exit codes.
import assert from "node:assert/strict";
import { EXIT, EXIT_MEANINGS, messageOf, UserError } from "../../lib/text/errors.ts";

Deno.test("every exit code has one meaning", () => {
  assert.deepEqual(EXIT_MEANINGS.map(([code]) => code), Object.values(EXIT));
});

Deno.test("a user error has a hint, an exit code and a cause only if they are given", () => {
  const bare = new UserError("Cannot do it");
  assert.deepEqual([bare.name, bare.message], ["UserError", "Cannot do it"]);
  assert.deepEqual([bare.hint, bare.exit], [null, EXIT.failed]);
  assert.ok(!Object.hasOwn(bare, "cause"));
  const cause = new Error("why");
  const full = new UserError("Cannot do it", { hint: "do that", exit: EXIT.usage, cause });
  assert.deepEqual([full.hint, full.exit, full.cause], ["do that", EXIT.usage, cause]);
});

Deno.test("everything that is thrown has a message of one line", () => {
  assert.equal(messageOf(new Error("first  \n  second\n\nthird")), "first second third");
  assert.equal(messageOf("text"), "text");
  assert.equal(messageOf(null), "null");
});

Deno.test("for invalid JSON, only the position is reported: the text may contain a secret", () => {
  const fault = (text: string) => {
    try {
      return JSON.parse(text);
    } catch (error) {
      return messageOf(error);
    }
  };
  assert.equal(fault('{"token": secret}'), "invalid JSON");
  assert.equal(fault('{"token": "sec'), "invalid JSON at character 15");
  assert.equal(fault('{"token" "secret"}'), "invalid JSON at character 10");
});
