// Tests that help answers first what a command does and how to call it, and explains afterwards.
import assert from "node:assert/strict";
import { renderCommandHelp, renderHelp } from "../../lib/cli/help.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";

for (const command of COMMANDS) {
  Deno.test(`help of ${command.name}: one line, usage, examples, then details and options`, () => {
    const help = renderCommandHelp(command);
    const [first, blank, usage = ""] = help.split("\n");
    assert.equal(first, command.summary);
    assert.equal(blank, "");
    assert.ok(usage.startsWith(`Usage: claude-multi ${command.name}`), usage);
    const words = command.details?.[0]?.split(" ").slice(0, 3).join(" ");
    const order = [
      "Usage:",
      ...command.examples.length === 0 ? [] : ["\nExamples:"],
      ...words === undefined ? [] : [`\n\n${words}`],
      "\nOptions:",
    ];
    const places = order.map((text) => help.indexOf(text));
    assert.ok(places.every((at) => at >= 0), `${order} in ${help}`);
    assert.deepEqual(places, places.toSorted((a, b) => a - b), help);
    for (const { name } of command.flags) assert.ok(help.includes(`  --${name}`), name);
    assert.ok(help.split("\n").every((line) => line.length <= 82), help);
  });
}

Deno.test("the help of the program lists the commands that people use, and no others", () => {
  const help = renderHelp(COMMANDS, "1.2.3");
  assert.match(help, /^claude-multi 1\.2\.3: .*\n\nUsage: claude-multi COMMAND /);
  for (const { name, internal } of COMMANDS) {
    assert.equal(new RegExp(`^  ${name} `, "m").test(help), internal !== true, name);
  }
});
