// Tests that help first says what a command does and how to call it, and then explains.
import assert from "node:assert/strict";
import { renderCommandHelp, renderHelp } from "../../lib/cli/help.ts";
import type { Command } from "../../lib/cli/command.ts";
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

Deno.test("the help of the program lists the commands for users, and no others", () => {
  const help = renderHelp(COMMANDS, { version: "1.2.3" });
  assert.match(help, /^claude-multi 1\.2\.3: .*\n\nUsage:\n {2}claude-multi COMMAND /);
  for (const { name, internal } of COMMANDS) {
    assert.equal(new RegExp(`^  ${name} `, "m").test(help), internal !== true, name);
  }
});

const command = (name: string, more: Partial<Command> = {}): Command => ({
  name,
  group: "more",
  summary: `Does ${name}`,
  flags: [],
  examples: [],
  run: () => 0,
  ...more,
});

Deno.test("in the help of the program, each command is below the title of its group", () => {
  const help = renderHelp([
    command("a", { group: "accounts" }),
    command("b", { group: "everyday", positionals: [{ name: "X", summary: "", optional: true }] }),
    command("c", { group: "everyday" }),
    command("d", { group: "more", positionals: [{ name: "X", summary: "" }] }),
    command("e", { group: "more", internal: true }),
  ], { version: "1" });
  assert.match(
    help,
    /\n\nEveryday:\n {2}b \[X\] {2}Does b\n {2}c {6}Does c\n\nAccounts:\n {2}a {2}Does a\n\nMore:\n {2}d X {2}Does d\n\nVariables:/,
  );
});

Deno.test("help has no title without text below it", () => {
  assert.equal(
    renderCommandHelp(command("a")),
    "Does a\n\nUsage: claude-multi a\n\nOptions:\n  --help  show this help",
  );
});

Deno.test("lines of help have up to 80 characters, and continue below their start", () => {
  const [x, y] = ["x".repeat(39), "y".repeat(40)];
  const flag = (name: string) => ({ name: name.repeat(20), value: "N", summary: `${x} ${y} z` });
  const help = renderCommandHelp(command("a", {
    details: [`${x} ${y} z`, `${x}x ${y} z`],
    flags: ["b", "c", "d", "e"].map(flag),
  }));
  assert.deepEqual(help.split("\n").slice(2, 11), [
    `Usage: claude-multi a [--${"b".repeat(20)} N] [--${"c".repeat(20)} N]`,
    `    [--${"d".repeat(20)} N] [--${"e".repeat(20)} N]`,
    "",
    `${x} ${y}`,
    "z",
    "",
    `${x}x`,
    `${y} z`,
    "",
  ]);
  assert.deepEqual(help.split("\n").slice(12, 15), [
    `  --${"b".repeat(20)} N  ${x}`,
    `  ${" ".repeat(24)}  ${y} z`,
    `  --${"c".repeat(20)} N  ${x}`,
  ]);
});

Deno.test("in a narrow terminal, help is as narrow, with texts below what they explain", () => {
  const helps = COMMANDS.map((command) => renderCommandHelp(command, 40));
  for (const help of [renderHelp(COMMANDS, { version: "1.2.3", cells: 40 }), ...helps]) {
    // What is to be typed stays in one piece.
    const lines = help.split("\n").filter((line) => !/^ {2}\S|^ *\S+$/.test(line));
    for (const line of lines) assert.ok(line.length <= 40, line);
  }
  assert.match(helps.join("\n"), /^ {2}--help\n {6}show this help$/m);
});

Deno.test("an example of more than 40 characters has its meaning on the next line", () => {
  const help = (length: number) =>
    renderCommandHelp(command("a", { examples: [["x".repeat(length), "why"]] })).split("\n");
  assert.deepEqual(help(40).slice(5, 6), [`  ${"x".repeat(40)}  why`]);
  assert.deepEqual(help(41).slice(5, 7), [`  ${"x".repeat(41)}`, "      why"]);
});
