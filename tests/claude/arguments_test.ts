// Tests of reading the client's arguments: kinds of launches, and going on with a conversation.
import assert from "node:assert/strict";
import { readClientArguments, resumeArguments } from "../../lib/claude/arguments.ts";

Deno.test("of several --settings the last counts, as for the client", () => {
  const read = readClientArguments(["--settings", "a.json", "-p", "x", "--settings=b.json"]);
  assert.equal(read.settings, "b.json");
  assert.deepEqual(read.rest, ["-p", "x"]);
});

Deno.test("kinds of launches: interactive, print, command, info", () => {
  assert.equal(readClientArguments([]).kind, "interactive");
  assert.equal(readClientArguments(["fix it"]).kind, "interactive");
  assert.equal(readClientArguments(["-p", "x"]).kind, "print");
  assert.equal(readClientArguments(["mcp", "list"]).kind, "command");
  assert.equal(readClientArguments(["config"]).kind, "interactive", "this word is a prompt");
  assert.equal(readClientArguments(["--version"]).kind, "info");
});

Deno.test("arguments of the client's commands keep their own --settings", () => {
  const args = ["mcp", "add", "x", "--settings", "y"];
  assert.deepEqual(readClientArguments(args).rest, args);
});

Deno.test("resume and continue are recognised", () => {
  assert.equal(readClientArguments(["--resume", "abc"]).resume, "abc");
  assert.equal(readClientArguments(["--resume=abc"]).resume, "abc");
  assert.equal(readClientArguments(["-r", "--debug"]).resume, "");
  assert.equal(readClientArguments(["-c"]).continues, true);
});

Deno.test("the value of a flag is neither a flag nor a command", () => {
  const read = readClientArguments(["--append-system-prompt", "-p", "--model", "mcp"]);
  assert.equal(read.kind, "interactive");
  assert.equal(readClientArguments(["--model", "opus", "mcp", "list"]).kind, "command");
  assert.equal(readClientArguments(["--", "-p"]).kind, "interactive");
});

Deno.test("joined short flags are read one by one and passed on as typed", () => {
  const read = readClientArguments(["-cp", "x"]);
  assert.deepEqual([read.kind, read.continues], ["print", true]);
  assert.deepEqual(read.rest, ["-cp", "x"]);
});

const CONTINUED: Array<[typed: string[], continued: string[]]> = [
  [["fix the test"], []],
  [["--model", "opus", "fix it"], ["--model", "opus"]],
  [["-c"], []],
  [["--resume", "old", "--verbose"], ["--verbose"]],
  [["-r", "--permission-mode", "plan"], ["--permission-mode", "plan"]],
  [["--session-id", "x", "--fork-session"], []],
  [["-w", "tree", "--add-dir", "a", "b", "--debug"], ["--add-dir", "a", "b", "--debug"]],
  [["--append-system-prompt", "-p", "--", "a prompt"], ["--append-system-prompt", "-p"]],
  [["-cn", "name", "prompt"], ["--name", "name"]],
  [["--model=opus", "-d", "api"], ["--model=opus", "--debug", "api"]],
];
for (const [typed, continued] of CONTINUED) {
  Deno.test(`going on after ${JSON.stringify(typed)} keeps the settings and drops the prompt`, () => {
    const { rest } = resumeArguments(readClientArguments(typed), "id");
    assert.deepEqual(rest, ["--resume", "id", ...continued]);
  });
}

Deno.test("a value that is attached to its short flag is its value: -rID is --resume ID", () => {
  const read = readClientArguments(["-rabc-1", "-p"]);
  assert.deepEqual([read.resume, read.kind], ["abc-1", "print"]);
  assert.deepEqual(read.rest, ["-rabc-1", "-p"]);
  assert.deepEqual(resumeArguments(readClientArguments(["-nname", "x"]), "id").rest, [
    "--resume",
    "id",
    "--name",
    "name",
  ]);
});
