// Tests that a launch reads each flag of the client as the table says.
import assert from "node:assert/strict";
import {
  namesConversation,
  readClientArguments,
  resumeArguments,
} from "../../lib/claude/arguments.ts";
import { CLIENT_FLAGS } from "../../lib/claude/flags.ts";

for (const [flag, { short, takes, effect, about, values = [] }] of Object.entries(CLIENT_FLAGS)) {
  Deno.test(`${flag} is read as the table says`, () => {
    // "mcp" alone is a command of the client; as the value of a flag it isn't.
    const isCommand = (...typed: string[]) => readClientArguments(typed).kind === "command";
    for (const typed of short === undefined ? [flag] : [flag, `-${short}`]) {
      assert.equal(isCommand(typed, "mcp"), takes === undefined);
      assert.equal(isCommand(typed, "x", "mcp"), takes === "one" || takes === "maybe");
      assert.equal(isCommand(typed, "-x", "mcp"), true);
      const read = readClientArguments([typed]);
      const kind = effect === "print" || effect === "info" ? effect : "interactive";
      assert.equal(read.kind, kind);
      assert.equal(namesConversation(read), effect === "conversation");
      const continued = resumeArguments(read, "id").rest;
      assert.deepEqual(continued, ["--resume", "id", ...effect === "conversation" ? [] : [flag]]);
    }
    assert.ok(takes !== undefined || values.length === 0);
    assert.ok(about !== undefined || (values.length === 0 && short === undefined));
  });
}

Deno.test("each letter stands for one flag", () => {
  const letters = Object.values(CLIENT_FLAGS).flatMap(({ short }) => short ?? []);
  assert.equal(new Set(letters).size, letters.length);
});
