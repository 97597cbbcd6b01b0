// Tests of our own words after cl: the user is asked whether they are for claude.
import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { ownCommand } from "../../lib/launch/own_words.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext } from "../helpers/context.ts";

function terminal(...answers: string[]): FakeContext {
  const context = fakeContext({ interactive: true });
  context.terminal.answers.push(...answers);
  return context;
}

/** The command of ours that these words start; null if they go to claude. */
async function meant(context: FakeContext, words: string): Promise<string | null> {
  const request = await ownCommand(context, { words: words.split(" "), commands: COMMANDS });
  return request?.command.name ?? null;
}

Deno.test("cl status asks whether claude-multi status was meant; Enter means yes", async () => {
  const context = terminal("", "y");
  assert.equal(await meant(context, "status"), "status");
  assert.match(
    context.terminal.stderr,
    /Did you mean "claude-multi status"\? \(n sends it to claude\) \[Y\/n\]/,
  );
  assert.equal(await meant(context, "pick --policy paced"), "pick");
});

Deno.test("cl stauts asks whether claude-multi status was meant, and other words are no commands", async () => {
  const context = terminal("");
  assert.equal(await meant(context, "stauts"), "status");
  assert.match(
    context.terminal.stderr,
    /"stauts" is no command\. Did you mean "claude-multi status"\? /,
  );
  for (
    const prompt of ["hello", "test", "commit", "review", "continue", "lint", "plan", "rebase"]
  ) {
    assert.equal(await meant(terminal(), prompt), null, prompt);
  }
});

Deno.test("cl login asks, too, and the question and a yes say which word the command needs", async () => {
  const context = terminal("y", "y", "n");
  await assert.rejects(() => meant(context, "login"), /missing argument NAME for "login"/);
  assert.match(context.terminal.stderr, /Did you mean "claude-multi login NAME"\? /);
  await assert.rejects(() => meant(context, "lmit"), /missing argument NAME for "limit"/);
  assert.match(context.terminal.stderr, /Did you mean "claude-multi limit NAME"\? /);
  assert.equal(await meant(context, "add"), null);
});

Deno.test("a no sends the word to claude this time only, and the question says so", async () => {
  const context = terminal("n", "y");
  assert.equal(await meant(context, "status"), null);
  assert.equal(await meant(context, "status"), "status", "asked again");
});

for (
  const words of [
    "-- status",
    "status -p",
    "-p status",
    "why does this test fail",
    "list all open issues",
    "doctor",
    "hook Stop",
    "frobnicate",
  ]
) {
  Deno.test(`"cl ${words}" goes to claude without a question`, async () => {
    const context = terminal();
    assert.equal(await meant(context, words), null);
    assert.equal(context.terminal.stderr, "");
  });
}

Deno.test("cl work asks whether cl-work was meant, if work is an account", async () => {
  const context = fakeContext({ interactive: true, config: { accounts: [{ name: "work" }] } });
  context.terminal.answers.push("", "n");
  const request = await ownCommand(context, { words: ["work"], commands: COMMANDS });
  assert.deepEqual([request?.command.name, request?.input.values["account"]], ["run", "work"]);
  assert.match(
    context.terminal.stderr,
    /"work" is an account\. Did you mean "cl-work"\? \(n sends/,
  );
  assert.equal(await meant(context, "work on the tests"), null, "a prompt of several words");
  assert.equal(await meant(context, "work"), null);
});

Deno.test("cl --account work asks whether cl-work was meant", async () => {
  const context = fakeContext({ interactive: true, config: { accounts: [{ name: "work" }] } });
  const asked = async (line: string) => {
    context.terminal.stderr = "";
    const request = await ownCommand(context, { words: line.split(" "), commands: COMMANDS });
    const [, shown = null] = /Did you mean "(.*)"\?/.exec(context.terminal.stderr) ?? [];
    return [shown, request?.input.values["account"], request?.input.rest];
  };
  context.terminal.answers.push("", "", "");
  assert.deepEqual(await asked("--account work"), ["cl-work", "work", []]);
  assert.equal(
    context.terminal.stderr,
    '"--account" is an option of claude-multi run. Did you mean "cl-work"? (n sends it to claude) [Y/n] ',
  );
  assert.deepEqual(await asked("--account=work -c"), ["cl-work -c", "work", ["-c"]]);
  assert.deepEqual(await asked("--account work status"), ["cl-work status", "work", ["status"]]);
  context.terminal.answers.push("", "", "");
  assert.deepEqual(await asked("--account work --wait"), [
    "claude-multi run --account work --wait",
    "work",
    [],
  ]);
  assert.deepEqual(await asked("--account=work -c --across-groups --policy paced"), [
    "claude-multi run --account work --across-groups --policy paced -- -c",
    "work",
    ["-c"],
  ]);
  assert.deepEqual(await asked("--account work -- --wait"), ["cl-work -- --wait", "work", [
    "--",
    "--wait",
  ]]);
  context.terminal.answers.push("n");
  assert.deepEqual(await asked("--account work"), ["cl-work", undefined, undefined]);
  for (const line of ["--account nobody", "--account", "-- --account work"]) {
    assert.deepEqual(await asked(line), [null, undefined, undefined], line);
    assert.equal(context.terminal.stderr, "", line);
  }
});

Deno.test("with -p or without a terminal, cl --account work goes to claude, and a line says what to type", async () => {
  for (
    const [interactive, words, line] of [
      [true, ["--account", "work", "-p", "fix it"], "--account work -- -p 'fix it'"],
      [true, ["--account=work", "--wait", "-p", "x"], "--account work --wait -- -p x"],
      [false, ["--account", "work"], "--account work"],
    ] as const
  ) {
    const context = fakeContext({ interactive, config: { accounts: [{ name: "work" }] } });
    assert.equal(await ownCommand(context, { words, commands: COMMANDS }), null);
    assert.equal(
      context.terminal.stderr,
      `claude-multi: "--account" is an option of claude-multi run, not of claude\ntry: claude-multi run ${line}\n`,
    );
  }
});

Deno.test("without a terminal nothing is asked", async () => {
  const context = fakeContext({ config: { accounts: [{ name: "work" }] } });
  assert.equal(await meant(context, "status"), null);
  assert.equal(await meant(context, "work"), null);
  assert.equal(context.terminal.stderr, "");
});
