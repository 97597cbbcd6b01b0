// Tests of what another terminal changes while a launch asks or waits.
import assert from "node:assert/strict";
import { removeAccount } from "../../lib/accounts/removal.ts";
import { renameAccount } from "../../lib/accounts/entry_changes.ts";
import { findAccount } from "../../lib/config/account.ts";
import type { Script } from "./stage.ts";
import { answers, hitsLimit, HOUR_MS, MINUTE_MS, Stage } from "./stage.ts";

const PRIVATE = "private";
/** Of another group than "a", and the first choice without one. */
const ACCOUNTS = [
  { name: "a", group: PRIVATE },
  { name: "c", group: PRIVATE },
  { name: "b", group: "office" },
];
const USED = { a: 10, c: 50, b: 0 };

/** Ends without another account at the limit of "a". */
const leavesLimited: Script = async (client) => {
  await client.starts();
  await client.hitsLimit();
  await client.sits(MINUTE_MS);
  return client.leaves();
};

const CHANGES: Readonly<Record<string, (stage: Stage) => void>> = {
  renamed: ({ context }) => {
    const account = findAccount(context.configFile.read().accounts, "a");
    renameAccount(context, { account, to: "z" });
  },
  removed: ({ context }) => {
    const account = findAccount(context.configFile.read().accounts, "a");
    removeAccount(context, { account, purge: false });
  },
  "removed, and its name taken by one of another group,": ({ context }) => {
    const named = (name: string) => findAccount(context.configFile.read().accounts, name);
    removeAccount(context, { account: named("a"), purge: false });
    renameAccount(context, { account: named("b"), to: "a" });
  },
};

for (const [what, change] of Object.entries(CHANGES)) {
  Deno.test(`a conversation keeps to its group if its account is ${what} during the question of cl -c`, async () => {
    const stage = new Stage({
      accounts: ACCOUNTS,
      used: USED,
      clients: [leavesLimited, answers],
    });
    stage.context.terminal.answers.push("n", () => {
      change(stage);
      return "y";
    });
    await stage.run(["--account", "a"]);
    const { stderr } = await stage.run(["--", "-c"]);
    assert.match(stderr, /Continue this conversation on "c"/);
    assert.deepEqual(stage.accounts, ["a", "c"]);
  });

  Deno.test(`a conversation keeps to its group if its account is ${what} during the question at a limit`, async () => {
    const stage = new Stage({ accounts: ACCOUNTS, used: USED, clients: [hitsLimit, answers] });
    stage.context.terminal.answers.push(() => {
      change(stage);
      return "y";
    });
    const { stderr } = await stage.run(["--account", "a"]);
    assert.match(stderr, /Continue this conversation on "c"/);
    assert.deepEqual(stage.accounts, ["a", "c"]);
  });

  Deno.test(`a conversation keeps to its group if its account is ${what} during a wait`, async () => {
    const stage = new Stage({
      accounts: ACCOUNTS,
      used: USED,
      clients: [leavesLimited, answers],
    });
    stage.context.terminal.answers.push("n");
    await stage.run(["--account", "a"]);
    stage.limit("c", HOUR_MS);
    void stage.context.clock.sleep(30 * MINUTE_MS).then(() => change(stage));
    await stage.run(["--wait", "--", "-c"]);
    assert.deepEqual(stage.accounts, ["a", "c"]);
  });
}

/** Another process that has the conversation of the first session open. */
function opens(stage: Stage): void {
  const { files, layout, processes } = stage.context;
  const sessionId = stage.ledger.session(1)?.clientSessionId ?? "";
  processes.alive.set(4321, { start: null });
  const record = { pid: 4321, sessionId, startedAt: stage.context.clock.nowMs() };
  files.put(`${layout.accounts}/b/sessions/4321.json`, JSON.stringify(record));
}

/** A conversation of "a", on which everything is limited. */
async function limited(client: Script = answers): Promise<Stage> {
  const stage = new Stage({ clients: [leavesLimited, client, client] });
  stage.context.terminal.answers.push("n");
  await stage.run();
  stage.limit("b", HOUR_MS);
  stage.context.terminal.stderr = "";
  return stage;
}

Deno.test("--wait asks before it opens what was opened elsewhere during the wait", async () => {
  for (const answer of ["n", "y"]) {
    const stage = await limited();
    stage.context.terminal.answers.push(answer);
    void stage.context.clock.sleep(30 * MINUTE_MS).then(() => opens(stage));
    const { code, stderr } = await stage.run(["--wait", "--", "-c"]);
    assert.match(stderr, /This conversation is open on b for 3\dm\..*\n.*all the same\? \[y\/N\]/);
    assert.equal(code, answer === "n" ? 130 : 0);
    assert.deepEqual(stage.accounts, answer === "n" ? ["a"] : ["a", "b"]);
  }
});

Deno.test("two terminals wait for one conversation: only one of them opens it", async () => {
  // It takes a while until a client records what it has open.
  const stage = await limited((client) => client.sits(HOUR_MS));
  const ended = await Promise.all([
    stage.run(["--wait", "--", "-c"]),
    stage.run(["--wait", "--", "-c"]),
  ]);
  assert.deepEqual(ended.map(({ code }) => code).sort(), [0, 5]);
  assert.match(
    ended.map(({ stderr }) => stderr).join(""),
    /cannot resume "[\w-]+": process \d+ already continues it\ntry: claude-multi resume [\w-]+ -- --fork-session\n/,
  );
  assert.deepEqual(stage.accounts, ["a", "b"]);
});

Deno.test("two terminals continue one conversation in the same second: only one of them opens it", async () => {
  // It takes a while until a client records what it has open.
  const slow: Script = (client) => client.sits(5 * HOUR_MS);
  for (
    const words of [["run", "--", "-c"], ["resume", "--last"], [
      "run",
      "--account",
      "a",
      "--",
      "-c",
    ]]
  ) {
    const stage = new Stage({ clients: [answers, slow, slow] });
    stage.context.files.put("/home/ann/project/.keep", "");
    await stage.run(["--account", "a"]);
    const later = async () => {
      await stage.context.clock.sleep(300);
      return await stage.command(words);
    };
    const ended = await Promise.all([stage.command(words), later()]);
    assert.deepEqual(ended.map(({ code }) => code), [0, 5], words.join(" "));
    assert.match(ended[1].stderr, /process \d+ already continues it\ntry: .* -- --fork-session\n/);
    assert.deepEqual(stage.accounts, ["a", "a"]);
  }
});

Deno.test("a launch that never started has no conversation", async () => {
  const stage = new Stage({ clients: [answers] });
  await stage.run(["--account", "a"]);
  const id = stage.ledger.session(1)?.clientSessionId ?? "";
  stage.context.processes.launch = () => {
    throw new Error("no");
  };
  await stage.run(["--account", "b", "--", "-c"]);
  assert.equal(stage.ledger.session(2)?.endedHow, "failed");
  assert.equal(stage.ledger.sessionOfClient(id)?.account, "a");
});
