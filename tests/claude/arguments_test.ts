// Tests of the client's arguments: kinds of launches, and continuing a conversation.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  isStreaming,
  namesConversation,
  readClientArguments,
  resumeArguments,
  retryArguments,
} from "../../lib/claude/arguments.ts";
import { CLIENT_FLAGS } from "../../lib/claude/flags.ts";

Deno.test("of several --settings flags the last counts, as for the client", () => {
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

Deno.test("combined short flags are read one by one and passed on as typed", () => {
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
  Deno.test(`continuing ${JSON.stringify(typed)} keeps the settings and drops the prompt`, () => {
    const { rest } = resumeArguments(readClientArguments(typed), "id");
    assert.deepEqual(rest, ["--resume", "id", ...continued]);
  });
}

Deno.test("a short flag may have its value attached: -rID is --resume ID", () => {
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

Deno.test("a flag takes one word, an optional one, or all up to the next flag, as in the client", () => {
  const settings = (...typed: string[]) => readClientArguments(typed).settings;
  assert.equal(settings("--model", "--settings", "x"), null, "one word, whatever it is");
  assert.equal(settings("--debug", "--settings", "x"), "x");
  assert.equal(settings("--add-dir", "a", "b", "--settings", "x"), "x");
  assert.equal(settings("--add-dir", "a", "b", "--", "--settings", "x"), null);
  assert.equal(settings("--settings"), null);
  assert.deepEqual(readClientArguments(["-p", "--settings"]).rest, ["-p", "--settings"]);
  assert.equal(settings("--settings", ""), "");
  assert.equal(settings("--settings="), "");
  assert.equal(settings("--unknown", "--settings", "x"), "x");
});

Deno.test("of several --resume flags the last counts; without a value it is empty", () => {
  assert.equal(readClientArguments(["--resume", "a", "--resume", "b"]).resume, "b");
  assert.equal(readClientArguments(["--resume"]).resume, "");
  assert.equal(readClientArguments(["x"]).resume, null);
  assert.equal(readClientArguments(["x"]).continues, false);
  assert.equal(readClientArguments(["mcp", "-c"]).continues, false);
});

Deno.test("help and version win over print, and a word after -- is a prompt", () => {
  assert.equal(readClientArguments(["-p", "-h"]).kind, "info");
  assert.equal(readClientArguments(["-v"]).kind, "info");
  assert.equal(readClientArguments(["-", "-p"]).kind, "print", "- is a word");
  assert.equal(
    readClientArguments(["fix", "mcp"]).kind,
    "interactive",
    "only the first word counts",
  );
});

Deno.test("unknown short flags are passed on as typed", () => {
  for (const word of ["-x", "-cx", "-xc", "-pé", "---", "-"]) {
    const read = readClientArguments([word, "--verbose"]);
    assert.deepEqual([read.kind, read.continues], ["interactive", false], word);
    assert.deepEqual(read.rest, [word, "--verbose"]);
  }
  const letters = (...typed: string[]) => resumeArguments(readClientArguments(typed), "id").rest;
  assert.deepEqual(letters("-pdapi", "x"), ["--resume", "id", "--print", "--debug", "api"]);
  assert.deepEqual(letters("-x", "prompt"), ["--resume", "id", "-x"]);
  assert.deepEqual(letters("-n", ""), ["--resume", "id", "--name", ""]);
  assert.deepEqual(letters("-n"), ["--resume", "id", "--name"]);
});

Deno.test("only a prompt, or a flag that selects one, names a conversation", () => {
  const names = (...typed: string[]) => namesConversation(readClientArguments(typed));
  assert.equal(names(), false);
  assert.equal(names("--model", "opus", "-d"), false);
  assert.equal(names("--model", "opus", "fix it"), true);
  assert.equal(names("-c"), true);
  assert.equal(names("--session-id=x"), true);
});

Deno.test("a retry keeps everything but the session id, and streams are recognised", () => {
  const read = readClientArguments([
    "-p",
    "x",
    "--session-id",
    "y",
    "--output-format",
    "stream-json",
  ]);
  assert.deepEqual(retryArguments(read).rest, ["-p", "x", "--output-format", "stream-json"]);
  assert.equal(isStreaming(read), true);
  assert.equal(isStreaming(readClientArguments(["-p", "--output-format=json"])), false);
  assert.equal(
    isStreaming(readClientArguments(["-p", "stream-json", "--model", "stream-json"])),
    false,
  );
});

const word = fc.oneof(
  fc.constantFrom(...Object.keys(CLIENT_FLAGS).filter((flag) => flag !== "--settings")),
  fc.constantFrom("-p", "-cp", "-rID", "-x", "--", "-", "mcp", "--model=opus"),
  fc.string(),
);
const words = fc.array(word, { maxLength: 8 }).filter((all) =>
  !all.some((text) => text.startsWith("--settings="))
);

Deno.test("property: the client gets its arguments exactly as typed, except --settings", () => {
  fc.assert(fc.property(words, (typed) => {
    assert.deepEqual(readClientArguments(typed).rest, typed);
  }));
});

Deno.test("property: continuing twice is the same as once, and keeps no prompt", () => {
  fc.assert(fc.property(words, (typed) => {
    const read = readClientArguments(typed);
    fc.pre(read.kind !== "command");
    const once = resumeArguments(read, "id");
    const again = resumeArguments(readClientArguments(once.rest), "id");
    assert.deepEqual(again.rest, once.rest);
    assert.deepEqual([once.resume, once.continues], ["id", false]);
    assert.equal(namesConversation({ ...once, rest: once.rest.slice(2) }), false);
  }));
});
