// Tests that the commands which load alone are the ones that everything else knows too.
import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { QUICK_COMMANDS } from "../../lib/commands/quick.ts";

Deno.test("the entry's list of quick commands is the table's, and each is in the whole table", async () => {
  const entry = await Deno.readTextFile(new URL("../../cli.ts", import.meta.url));
  const listed = /const QUICK = (\[.*\]);/.exec(entry)?.[1] ?? "[]";
  assert.deepEqual(JSON.parse(listed), QUICK_COMMANDS.map((command) => command.name));
  for (const command of QUICK_COMMANDS) assert.ok(COMMANDS.includes(command), command.name);
});
