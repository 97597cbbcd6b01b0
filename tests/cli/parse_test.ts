// Tests of parsing a command line: what it asks for, and the hint for a wrong one.
import assert from "node:assert/strict";
import type { Command } from "../../lib/cli/command.ts";
import type { Request } from "../../lib/cli/parse.ts";
import { inOurWords } from "../../lib/cli/other_words.ts";
import { parseRequest } from "../../lib/cli/parse.ts";
import { UserError } from "../../lib/text/errors.ts";
import { nearest } from "../../lib/text/nearest.ts";

const command = (name: string, more: Partial<Command>): Command => ({
  name,
  group: "more",
  summary: "",
  flags: [],
  examples: [],
  run: () => 0,
  ...more,
});
const word = (name: string, optional = false) => ({ name, summary: "", optional });

const COMMANDS: readonly Command[] = [
  command("run", {
    flags: [{ name: "account", value: "NAME", summary: "" }, { name: "wait", summary: "" }],
    rest: word("ARGS"),
  }),
  command("login", { positionals: [word("NAME")], rest: word("ARGS") }),
  command("rename", { positionals: [word("NAME"), word("NEW")] }),
  command("limit", {
    positionals: [word("NAME")],
    flags: [{ name: "for", value: "TIME", takesWords: true, summary: "" }, {
      name: "clear",
      summary: "",
    }],
  }),
  command("why", { positionals: [word("SESSION", true)], flags: [{ name: "json", summary: "" }] }),
];

/** The words of a line; none of them has a space. */
const wordsOf = (line: string) => line === "" ? [] : line.split(" ");

/** What a line asks for, in short. */
function asked(line: string): unknown[] {
  const guesses = { nearest, inOurWords, accounts: ["work"] };
  const request: Request = parseRequest(wordsOf(line), COMMANDS, guesses);
  if (request.kind === "version") return ["version"];
  if (request.kind === "help") return ["help", request.command?.name ?? null];
  const { values, switches, positionals, rest } = request.input;
  return [request.command.name, values, [...switches], positionals, rest];
}

const READ: ReadonlyArray<readonly [line: string, asked: unknown[]]> = [
  ["", ["help", null]],
  ["--help", ["help", null]],
  ["-h", ["help", null]],
  ["help", ["help", null]],
  ["help why", ["help", "why"]],
  ["why --help", ["help", "why"]],
  ["rename -h", ["help", "rename"]],
  ["run --nonsense --help", ["help", "run"]],
  ["run --help -- x", ["help", "run"]],
  ["--version", ["version"]],
  ["-v", ["version"]],
  ["-V", ["version"]],
  ["version", ["version"]],
  ["run", ["run", {}, [], [], []]],
  ["run --account work --wait", ["run", { account: "work" }, ["wait"], [], []]],
  ["run --account=a=b", ["run", { account: "a=b" }, [], [], []]],
  ["run --account --wait", ["run", { account: "--wait" }, [], [], []]],
  ["limit a --for 2 hours --clear", ["limit", { for: "2 hours" }, ["clear"], ["a"], []]],
  ["limit a --for=2 more hours", ["limit", { for: "2 more hours" }, [], ["a"], []]],
  ["limit --for 2h a", ["limit", { for: "2h" }, [], ["a"], []]],
  ["run -- --help", ["run", {}, [], [], ["--help"]]],
  ["run --wait -- -h -- x", ["run", {}, ["wait"], [], ["-h", "--", "x"]]],
  ["login work -- --sso", ["login", {}, [], ["work"], ["--sso"]]],
  ["rename a -", ["rename", {}, [], ["a", "-"], []]],
  ["why", ["why", {}, [], [], []]],
  ["why 12 --json", ["why", {}, ["json"], ["12"], []]],
  ["why --json 12", ["why", {}, ["json"], ["12"], []]],
  ["why 12 --", ["why", {}, [], ["12"], []]],
];

for (const [line, wanted] of READ) {
  Deno.test(`"${line}" is read as ${JSON.stringify(wanted)}`, () => {
    assert.deepEqual(asked(line), wanted);
  });
}

const WRONG: ReadonlyArray<readonly [line: string, message: RegExp, hint: string]> = [
  ["runn --wait", /unknown command "runn".*"run"/, "claude-multi run --wait"],
  ["help lgin", /unknown command "lgin".*"login"/, "claude-multi help login"],
  ["work", /^"work" is an account, not a command$/, "claude-multi run --account work"],
  ["work -p hi", /is an account/, "claude-multi run --account work -- -p hi"],
  ["work --wait -p hi", /is an account/, "claude-multi run --account work --wait -- -p hi"],
  ["work -- --wait", /is an account/, "claude-multi run --account work -- --wait"],
  ["run work", /unexpected argument "work"/, "claude-multi run --account work"],
  ["run work fix", /unexpected argument "work"/, "claude-multi run -- work fix"],
  ["xyzzy", /unknown command "xyzzy"$/, "claude-multi --help"],
  ["--xyzzy", /unknown option "--xyzzy"$/, "claude-multi --help"],
  [
    "run --acount work",
    /unknown option "--acount".*"--account"/,
    "claude-multi run --account work",
  ],
  ["run --wait=1", /"--wait" takes no value/, "claude-multi run --help"],
  ["run --account", /"--account" needs a value: NAME/, "claude-multi run --help"],
  ["run --account=", /"--account" needs a value: NAME/, "claude-multi run --help"],
  ["rename a", /missing argument NEW for "rename"/, "claude-multi rename --help"],
  ["why -- 12", /"why" takes no arguments after "--"/, "claude-multi why --help"],
  // What may be meant for claude goes behind --, the rest stays before it.
  ["run -p", /unknown option "-p" for "run"$/, "claude-multi run -- -p"],
  ["run --xyzzy=1", /unknown option "--xyzzy" for "run"$/, "claude-multi run -- --xyzzy=1"],
  ["run fix", /unexpected argument "fix" for "run"/, "claude-multi run -- fix"],
  [
    "run fix --account work --wait it",
    /unexpected argument "fix"/,
    "claude-multi run --account work --wait -- fix it",
  ],
  [
    "run --account=work fix -- it",
    /unexpected argument "fix"/,
    "claude-multi run --account=work -- fix it",
  ],
  ["login work -p hi", /unknown option "-p"/, "claude-multi login work -- -p hi"],
  ["login -p work", /unknown option "-p"/, "claude-multi login -- -p work"],
  ["login work fix", /unexpected argument "fix"/, "claude-multi login work -- fix"],
  ["rename a b c", /unexpected argument "c" for "rename"/, "claude-multi rename --help"],
  ["run a\u202eb", /unexpected argument /, "claude-multi run --help"],
];

for (const [line, message, hint] of WRONG) {
  Deno.test(`"${line}" is answered with: ${hint}`, () => {
    assert.throws(() => asked(line), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, message);
      assert.deepEqual([error.hint, error.exit], [hint, 2]);
      return true;
    });
  });
}

Deno.test("without a way to guess, an unknown command is sent to the help", () => {
  assert.throws(() => parseRequest(["runn"], COMMANDS), { hint: "claude-multi --help" });
});
