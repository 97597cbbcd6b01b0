// Tests that the commands which load alone are the ones that everything else knows too.
import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { QUICK_COMMANDS } from "../../lib/commands/quick.ts";

Deno.test("each quick command is in the whole table too", () => {
  for (const command of QUICK_COMMANDS) assert.ok(COMMANDS.includes(command), command.name);
});
