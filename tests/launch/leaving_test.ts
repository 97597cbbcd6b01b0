// Tests of conversations that are named while their own account can't take them: the question, the line, the ledger.
import assert from "node:assert/strict";
import { fakeIdentity } from "../helpers/identity.ts";
import type { Script } from "./stage.ts";
import { answers, hitsLimit, HOUR_MS, MINUTE_MS, PROJECTS, Stage } from "./stage.ts";

/** A stage where the conversation of "a" was refused, and the user said no to moving it. */
async function refusedToMove(
  { hits = hitsLimit, ...options }: ConstructorParameters<typeof Stage>[0] & { hits?: Script } = {},
): Promise<Stage> {
  const stage = new Stage({ ...options, clients: [hits, answers] });
  if (options.settings === undefined) stage.context.terminal.answers.push("n");
  await stage.run();
  return stage;
}

/** A client that hits such a limit and exits a minute later. */
const hits =
  (limit: Parameters<Parameters<Script>[0]["hitsLimit"]>[0]): Script => async (client) => {
    await client.starts();
    await client.hitsLimit(limit);
    await client.sits(MINUTE_MS);
    return client.leaves();
  };

/** What `cl --continue` prints after `answer`, and where clients ran. */
async function continued(
  stage: Stage,
  { answer = "n", words = ["--continue"] }: {
    answer?: string | (() => string);
    words?: readonly string[];
  } = {},
): Promise<{ code: number; said: string; accounts: string[] }> {
  stage.context.terminal.stderr = "";
  stage.context.terminal.answers.push(answer);
  const { code, stderr } = await stage.run(["--", ...words]);
  return { code, said: stderr, accounts: stage.accounts };
}

const QUESTION = /Continue this conversation on "b" \(20 % of 5h used\)\? \[Y\/n\] /;

Deno.test("after a no, cl --continue doesn't move the conversation without another question", async () => {
  const stage = await refusedToMove();
  stage.context.terminal.answers.push("what");
  const { code, said, accounts } = await continued(stage);
  assert.equal(code, 130);
  assert.match(
    said,
    new RegExp(
      `^"a" is limited until \\S+, in 1h59m\\.\\nAfter a move, claude has to read [^\\n]*\\n${QUESTION.source}  type y or n, or just Enter\\n${QUESTION.source}`,
    ),
  );
  assert.match(said, /: not continued; to continue it later: claude-multi resume [\w-]+\n$/);
  assert.deepEqual(accounts, ["a"]);
  assert.equal(stage.ledger.recentSessions(9).length, 1, "nothing is recorded");
});

Deno.test("a yes continues it there, and the ledger knows where it comes from", async () => {
  const stage = await refusedToMove();
  const { said, accounts } = await continued(stage, { answer: "" });
  assert.match(
    said,
    /\? \[Y\/n\] claude-multi: continuing on "b" instead of "a": "a" is limited until/,
  );
  const [newest, oldest] = stage.ledger.recentSessions(9);
  assert.deepEqual(accounts, ["a", "b"]);
  assert.equal(newest?.handedFrom, oldest?.id);
});

for (
  const [how, words, settings] of [
    ['with "handoff": "off"', ["-c"], { handoff: "off" }],
    ["with -p", ["-p", "-c", "go on"], undefined],
  ] as const
) {
  Deno.test(`${how}, a conversation leaves its limited account with one line that says so`, async () => {
    const stage = await refusedToMove({ ...settings && { settings } });
    const { said, accounts } = await continued(stage, { words });
    assert.match(
      said,
      /^claude-multi: continuing on "b" instead of "a": "a" is limited until \S+\n$/,
    );
    assert.deepEqual(accounts, ["a", "b"]);
  });
}

Deno.test("what was configured while the question was open counts", async () => {
  const accounts = [{ name: "a" }, { name: "b" }, { name: "c" }];
  const stage = await refusedToMove({ accounts });
  const answer = () => {
    stage.configure({ accounts, pins: [{ path: "/home/ann/project", account: "c" }] });
    return "y";
  };
  const { said, accounts: launched } = await continued(stage, { answer });
  assert.match(
    said,
    /\] "b" is no longer the best choice\nclaude-multi: continuing on "c" instead/,
  );
  assert.deepEqual(launched, ["a", "c"]);
});

Deno.test("what --resume names by its file or title stays on its account, or asks, as by its id", async () => {
  for (const name of ["hello", "HELLO", "file"]) {
    const stage = await refusedToMove({ clients: [answers] });
    const id = stage.ledger.session(1)?.clientSessionId ?? "";
    const words = [
      "--resume",
      name === "file" ? `${PROJECTS}/-home-ann-project/${id}.jsonl` : name,
    ];
    const { said, accounts } = await continued(stage, { words });
    assert.match(said, QUESTION, name);
    assert.deepEqual(accounts, ["a"]);
    stage.context.clock.advance(3 * HOUR_MS);
    const used = { percentUsed: 50, resetsAtMs: stage.context.clock.nowMs() + HOUR_MS };
    stage.ledger.addReadings([{
      ...{ account: "a", window: "five_hour", model: null, identity: null, ...used },
      ...{ measuredAtMs: stage.context.clock.nowMs(), source: "statusline" },
    }]);
    assert.deepEqual((await continued(stage, { words })).accounts, ["a", "a"], "b is used less");
  }
});

Deno.test("--continue asks about the newest conversation of the folder, also if plain claude has it", async () => {
  const stage = await refusedToMove();
  const { files, clock } = stage.context;
  clock.advance(MINUTE_MS);
  const line = { type: "user", message: { content: "plain" }, cwd: "/home/ann/project" };
  const id = "00000000-0000-4000-8000-00000000abcd";
  files.put(`${PROJECTS}/-home-ann-project/${id}.jsonl`, `${JSON.stringify(line)}\n`);
  const { said, accounts } = await continued(stage);
  assert.equal(said, "");
  assert.deepEqual(accounts, ["a", "b"]);
  assert.equal(stage.ledger.recentSessions(9)[0]?.handedFrom, null);
});

Deno.test("what the question was about is continued, even if another conversation is the newest by then", async () => {
  const stage = await refusedToMove();
  const id = stage.ledger.session(1)?.clientSessionId ?? "";
  const answer = () => {
    stage.context.clock.advance(MINUTE_MS);
    const line = { type: "user", message: { content: "other" }, cwd: "/home/ann/project" };
    const path = `${PROJECTS}/-home-ann-project/00000000-0000-4000-8000-00000000abcd.jsonl`;
    stage.context.files.put(path, `${JSON.stringify(line)}\n`);
    return "y";
  };
  const { accounts } = await continued(stage, { answer });
  assert.deepEqual(accounts, ["a", "b"]);
  const { args = [] } = stage.plans.at(-1) ?? {};
  assert.equal(args[args.indexOf("--resume") + 1], id);
  assert.ok(!args.includes("--continue"));
});

Deno.test("an account that only its reserve holds back isn't said to be limited", async () => {
  const stage = new Stage({
    accounts: [{ name: "a", reserve: { five_hour: 50 } }, { name: "b" }],
    used: { a: 60, b: 20 },
    clients: [answers, answers],
  });
  const named = await stage.run(["--account", "a"]);
  assert.match(named.stderr, /account "a" is at its reserve; used because you named it/);
  const { said } = await continued(stage);
  assert.match(said, /^"a" is at its reserve until \S+, in 2h\.\n/);
});

Deno.test("only a limit has an end that is worth waiting for", async () => {
  const stage = await refusedToMove({ hits: hits({ inMs: 5 * MINUTE_MS }) });
  const near = await continued(stage);
  assert.match(near.said, /^"a" is limited until \S+, in 4m\.\nWaiting is cheaper: .*\n.*\[y\/N\]/);
  stage.context.files.remove(`${stage.context.layout.accounts}/a/.credentials.json`);
  const out = await continued(stage);
  assert.match(out.said, /^"a" is not logged in\.\nAfter a move, .*\n.*\[Y\/n\]/);
});

Deno.test("at the limit of a model, the line that stays there with another model comes with the question", async () => {
  const stage = await refusedToMove({
    hits: hits({ type: "seven_day_opus", model: "claude-opus-5-5" }),
  });
  const { said } = await continued(stage, { words: ["--model", "opus", "--continue"] });
  assert.match(
    said,
    /^"a" is limited for opus until \S+( \S+)?, in \w+\.\nTo stay on "a" with sonnet: claude-multi run --account a -- .*--continue.*\n/,
  );
  assert.match(said, /--model sonnet/);
});

Deno.test("an account that may not open the conversation isn't offered", async () => {
  const { accountUuid, organizationUuid } = fakeIdentity("a");
  const stage = await refusedToMove({
    hits: async (client) => {
      await client.starts();
      client.write({ type: "session-owner", accountUuid, organizationUuid, restricted: ["ldr"] });
      await client.hitsLimit();
      await client.sits(MINUTE_MS);
      return client.leaves();
    },
  });
  const { code, said, accounts } = await continued(stage, { answer: "" });
  assert.equal(code, 3);
  assert.doesNotMatch(said, QUESTION);
  assert.match(said, /no other account may continue it, and "a" is limited until/);
  assert.deepEqual(accounts, ["a"]);
});

Deno.test("a conversation that another terminal has open isn't continued a second time elsewhere", async () => {
  const stage = await refusedToMove();
  const { files, layout, processes } = stage.context;
  const record = { pid: 4321, sessionId: stage.ledger.session(1)?.clientSessionId };
  processes.alive.set(4321, { start: null });
  files.put(`${layout.accounts}/a/sessions/4321.json`, JSON.stringify(record));
  const { code, said, accounts } = await continued(stage, { answer: "" });
  assert.equal(code, 5);
  assert.match(said, /in process 4321; leave claude there first, or continue a copy of it\n/);
  assert.deepEqual(accounts, ["a"]);
});

/** Lets another terminal have the conversation of the first session open for two hours; its id. */
function openElsewhere(stage: Stage): string {
  const { clock, files, layout, processes } = stage.context;
  const sessionId = stage.ledger.session(1)?.clientSessionId ?? "";
  const startedAt = clock.nowMs() - 2 * HOUR_MS;
  processes.alive.set(4321, { start: null });
  files.put(
    `${layout.accounts}/a/sessions/4321.json`,
    JSON.stringify({ pid: 4321, sessionId, startedAt }),
  );
  return sessionId;
}

Deno.test("cl --continue asks before it opens a conversation that another terminal has open", async () => {
  const stage = new Stage({ clients: [answers, answers, answers] });
  await stage.run();
  const id = openElsewhere(stage);
  const { code, said } = await continued(stage, { answer: "" });
  assert.equal(code, 130);
  assert.match(
    said,
    /^This conversation is open on a for 2h\. What you say here, claude doesn't see/,
  );
  assert.match(said, /Continue it here all the same\? \[y\/N\] /);
  assert.ok(said.includes(`copy of it: claude-multi resume ${id} -- --fork-session\n`), said);
  assert.deepEqual(stage.accounts, ["a"]);
  await continued(stage, { answer: "y" });
  assert.deepEqual(stage.accounts, ["a", "a"]);
  const copy = await continued(stage, { words: ["--continue", "--fork-session"] });
  assert.doesNotMatch(copy.said, /open on/);
  assert.deepEqual(stage.accounts, ["a", "a", "a"]);
});

Deno.test("nobody is asked whether to share an open conversation that no account may take", async () => {
  const stage = new Stage({ clients: [answers] });
  await stage.run();
  const id = openElsewhere(stage);
  const accounts = [{ name: "a", group: "private" }, { name: "b", group: "work" }];
  stage.configure({ accounts, pins: [{ path: "/home/ann/project", group: "work" }] });
  const pinned = await continued(stage, { answer: "y" });
  assert.equal(pinned.code, 3);
  assert.doesNotMatch(pinned.said, /all the same\? \[/);
  stage.context.terminal.stderr = "";
  const walled = await stage.run(["--account", "b", "--", "--continue"]);
  assert.equal(walled.code, 5);
  assert.doesNotMatch(walled.stderr, /all the same\? \[/);
  stage.context.terminal.stderr = "";
  stage.context.terminal.answers.splice(0, 9, "n");
  const named = await stage.run(["--account", "a", "--", "--continue"]);
  const copy = `claude-multi resume ${id} --account a -- --fork-session`;
  assert.ok(named.stderr.endsWith(`to continue a copy of it: ${copy}\n`), named.stderr);
  assert.deepEqual(stage.accounts, ["a"]);
});

Deno.test("a copy of a conversation on another account isn't a move", async () => {
  const stage = new Stage({ clients: [answers, answers] });
  await stage.run(["--account", "a", "--", "-p", "hello"]);
  await stage.run(["--account", "b", "--", "-p", "-c", "--fork-session", "more"]);
  assert.deepEqual(stage.ledger.recentSessions(9).map(({ handedFrom }) => handedFrom), [
    null,
    null,
  ]);
});
