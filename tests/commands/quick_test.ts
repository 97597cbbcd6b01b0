// Tests that the commands which load alone are the ones that everything else knows too.
import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { quickCommand } from "../../lib/commands/quick.ts";

Deno.test("each quick command is the one of the whole table", async () => {
  for (const name of ["run", "pick", "hook"]) {
    const quick = await quickCommand(name);
    assert.equal(quick?.name, name);
    assert.ok(COMMANDS.includes(quick), name);
  }
  assert.equal(await quickCommand("status"), null);
  assert.equal(await quickCommand(undefined), null);
});
