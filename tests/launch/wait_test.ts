// Tests of run --wait and of the hint at it: changes from another terminal let it start early.
import assert from "node:assert/strict";
import { runMulti, startMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { answers, HOUR_MS, Stage } from "./stage.ts";

const WORDS = ["--wait", "--", "-p", "x"];
const A_AND_B = [{ name: "a" }, { name: "b", disabled: true }];

/** What is done in another terminal 20 s after the wait began, and where the client starts then. */
const MEANWHILE: Readonly<Record<string, { happens: (stage: Stage) => void; account: string }>> = {
  "a limit that is cleared": {
    happens: ({ ledger, context }) => void ledger.clearLimits("a", context.clock.nowMs()),
    account: "a",
  },
  "an account that is enabled": {
    happens: (stage) => stage.configure({ accounts: [{ name: "a" }, { name: "b" }] }),
    account: "b",
  },
};
for (const [name, { happens, account }] of Object.entries(MEANWHILE)) {
  Deno.test(`run --wait: ${name} in another terminal lets it start within seconds`, async () => {
    const stage = new Stage({ interactive: false, accounts: A_AND_B, clients: [answers] });
    stage.limit("a");
    const { clock } = stage.context;
    const startMs = clock.nowMs();
    const ending = stage.run(WORDS);
    await clock.sleep(20_500);
    assert.deepEqual(stage.plans, []);
    happens(stage);
    const ended = await ending;
    assert.equal(ended.code, 0);
    assert.match(ended.stderr, /^[^]*\nclaude-multi: waiting for "a" until \S+\n$/);
    assert.deepEqual(stage.accounts, [account]);
    const startedAtMs = stage.ledger.session(1)?.startedAtMs ?? 0;
    assert.ok(startedAtMs - startMs > 20_500 && startedAtMs - startMs <= 31_000);
  });
}

Deno.test("run --wait: it starts two seconds after the first reset, counting down on a terminal", async () => {
  const stage = new Stage({ clients: [answers] });
  stage.limit("a", HOUR_MS);
  stage.limit("b", 65_000);
  const startMs = stage.context.clock.nowMs();
  const ended = await stage.run(WORDS);
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
  assert.deepEqual(stage.accounts, ["b"]);
  const waitedMs = (stage.ledger.session(1)?.startedAtMs ?? 0) - startMs;
  assert.equal(waitedMs, 67_000);
  const { rewritten } = stage.context.terminal;
  assert.equal(rewritten[0], '"b" opens in 1m; claude then starts by itself (Ctrl-C to cancel)');
  assert.equal(rewritten.at(-1), "");
});

Deno.test("run --wait says in a narrow terminal, too, that Ctrl-C cancels", async () => {
  const name = "a-long-name-of-an-account";
  const lines = {
    66: `"${name}" opens in 1m (Ctrl-C to cancel)`,
    60: `"${name}" opens in 1m (Ctrl-C to cancel)`,
    40: "opens in 1m (Ctrl-C to cancel)",
  };
  for (const [columns, line] of Object.entries(lines)) {
    const stage = new Stage({
      columns: Number(columns),
      accounts: [{ name }],
      clients: [answers],
    });
    stage.limit(name, 65_000);
    await stage.run(WORDS);
    assert.equal(stage.context.terminal.rewritten[0], line);
  }
});

Deno.test("run --wait of a named account waits for that one, though others have room", async () => {
  const stage = new Stage({ interactive: false, clients: [answers] });
  stage.limit("b", 65_000);
  const startMs = stage.context.clock.nowMs();
  const ended = await stage.run(["--account", "b", ...WORDS]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(
    ended.stderr,
    /^b is limited; it opens in 1m \(\S+\)\nclaude-multi: waiting for "b" until \S+\n$/m,
  );
  assert.doesNotMatch(ended.stderr, /every account|used because you named it/);
  assert.deepEqual(stage.accounts, ["b"]);
  assert.equal((stage.ledger.session(1)?.startedAtMs ?? 0) - startMs, 67_000);
});

Deno.test("run --wait of a named account still means that one after a rename", async () => {
  const stage = new Stage({ interactive: false, clients: [answers] });
  stage.limit("b", 65_000);
  const ending = stage.run(["--account", "b", ...WORDS]);
  await stage.context.clock.sleep(20_500);
  stage.configure({ accounts: [{ name: "a" }, { name: "bee", folder: "b" }] });
  const ended = await ending;
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(stage.ledger.session(1)?.account, "bee");
});

Deno.test("run --wait: if no reset is known, it checks again until there is one", async () => {
  const stage = new Stage({ accounts: [{ name: "a" }], used: { a: 0 }, clients: [answers] });
  const { clock, terminal } = stage.context;
  const reading = {
    account: "a",
    window: "five_hour",
    model: null,
    identity: null,
    source: "statusline",
  } as const;
  const measuredAtMs = clock.nowMs() + 1;
  stage.context.files.remove(`${stage.context.layout.accounts}/a/.claude.json`);
  stage.ledger.addReadings([{ ...reading, percentUsed: 100, resetsAtMs: null, measuredAtMs }]);
  const ending = stage.run(WORDS);
  await clock.sleep(15_000);
  assert.equal(
    terminal.rewritten[0],
    "every account is limited; reset time unknown (Ctrl-C to cancel)",
  );
  stage.ledger.forgetAccount("a");
  assert.equal((await ending).code, 0);
});

Deno.test("every account limited: the hint waits with the same arguments; a dry run doesn't hint at waiting", async () => {
  const stage = new Stage({ accounts: [{ name: "a" }] });
  stage.limit("a");
  const refused = await stage.run(["--", "-p", "fix it"]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /^a .*limited until/m);
  assert.match(refused.stderr, /claude-multi: every account is limited\n/);
  assert.match(refused.stderr, /^try: claude-multi run --wait -- -p 'fix it'$/m);
  const flags = ["--policy", "drain", "--failover", "--", "-p", "hi"];
  assert.match(
    (await stage.run(flags)).stderr,
    /^try: claude-multi run --wait --policy drain --failover -- -p hi$/m,
  );
  const long = await stage.run(["--", "-p", "x".repeat(500)]);
  assert.match(long.stderr, /^try: claude-multi run --wait, with the same arguments$/m);
  const dry = await stage.run(["--wait", "--dry-run"]);
  assert.equal(dry.code, 3);
  assert.match(dry.stderr, /^try: claude-multi status$/m);
  assert.deepEqual(stage.plans, []);
});

/** Marks models of accounts as limited, as sessions do that meet the limit of a model. */
function limitModels(stage: Stage, models: Readonly<Record<string, readonly string[]>>): void {
  const nowMs = stage.context.clock.nowMs();
  for (const [account, names] of Object.entries(models)) {
    for (const model of names) {
      const limit = { account, window: `seven_day_${model}`, model, untilMs: nowMs + 9 * HOUR_MS };
      stage.ledger.addLimit({ ...limit, kind: "limit", recordedAtMs: nowMs, session: null });
    }
  }
}

Deno.test("if only the limit of a model holds accounts back, the refusal names it, and a model that would do", async () => {
  const refusal = async (
    models: Readonly<Record<string, readonly string[]>>,
    { words = ["-p", "fix it"], manual = [], settings = {} }: {
      words?: string[];
      manual?: string[];
      settings?: Record<string, unknown>;
    } = {},
  ) => {
    const stage = new Stage({ accounts: [{ name: "a" }, { name: "b" }], settings });
    limitModels(stage, models);
    for (const name of manual) stage.limit(name);
    const ended = await stage.run(["--", "--model", "opus", ...words]);
    assert.equal(ended.code, 3, ended.stderr);
    const [message = "", hint = ""] = ended.stderr.trimEnd().split("\n").slice(-2);
    return [message.replace("claude-multi: ", ""), hint.replace("try: ", ""), ended.stderr];
  };
  const both = { a: ["opus"], b: ["opus"] };
  const [message, hint, all] = await refusal(both);
  assert.equal(message, "every account is limited for opus; another model would do");
  assert.equal(hint, "claude-multi run -- --model sonnet -p 'fix it'");
  assert.match(all ?? "", /^every account is limited for opus; a opens first, in 9h/m);
  assert.equal(
    (await refusal({ ...both, a: ["opus", "sonnet"], b: ["opus", "sonnet"] }))[1],
    "claude-multi run -- --model haiku -p 'fix it'",
  );
  assert.deepEqual((await refusal(both, { manual: ["a"] })).slice(0, 2), [
    'every account is limited, "b" only for opus: another model would do there',
    "claude-multi run --account b -- --model sonnet -p 'fix it'",
  ]);
  const none = { a: ["opus", "sonnet", "haiku"], b: ["opus", "sonnet", "haiku"] };
  for (const [models, manual] of [[none, []], [both, ["a", "b"]]] as const) {
    assert.deepEqual((await refusal(models, { manual: [...manual] })).slice(0, 2), [
      "every account is limited",
      "claude-multi run --wait -- --model opus -p 'fix it'",
    ]);
  }
  assert.equal(
    (await refusal(both, { words: ["-p", "x".repeat(500)] }))[1],
    "claude-multi run -- --model sonnet, with the same arguments",
  );
  const pins = [{ path: "/home/ann/project", account: "a" }];
  assert.match(
    (await refusal(both, { settings: { pins } }))[0] ?? "",
    /and "a" is limited for opus until .* \(in 9h\); another model would do$/,
  );
});

Deno.test("the refusal names a pin to a limited account if other accounts are open", async () => {
  const stage = new Stage({
    accounts: [{ name: "work" }, { name: "other" }],
    settings: { pins: [{ path: "/home/ann/project", account: "work" }] },
    clients: [answers],
  });
  stage.limit("work", 3 * HOUR_MS);
  const refused = await stage.run(["--", "-p", "fix it"]);
  assert.equal(refused.code, 3, refused.stderr);
  assert.match(
    refused.stderr,
    /pinned to the account "work", and "work" is limited until .*\d\d:\d\d \(in 3h\)\ntry: claude-multi run --account other -- -p 'fix it'\n/,
  );
  assert.doesNotMatch(refused.stderr, /every account is limited\n/);
  await stage.run(["--account", "other", "--", "-p", "fix it"]);
  assert.deepEqual(stage.accounts, ["other"]);
});

for (
  const [what, pin] of [
    ["a group", { group: "office" }],
    ["an account", { account: "work" }],
  ] as const
) {
  Deno.test(`at a limit, a folder pinned to ${what} is not sent to an account of another group`, async () => {
    const stage = new Stage({
      accounts: [{ name: "work", group: "office" }, { name: "home" }],
      settings: { pins: [{ path: "/home/ann/project", ...pin }] },
    });
    stage.limit("work", 3 * HOUR_MS);
    const { code, stderr } = await stage.run(["--", "-p", "x"]);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /\ntry: claude-multi run --wait -- -p x\n/);
  });
  Deno.test(`every account limited: that a folder is pinned to ${what} is said once`, async () => {
    for (const wait of [false, true]) {
      const stage = new Stage({
        accounts: [{ name: "work", group: "office" }, { name: "home" }],
        settings: { pins: [{ path: "/home/ann/project", ...pin }] },
        interactive: false,
        clients: [answers],
      });
      stage.limit("work", HOUR_MS);
      const { stderr } = await stage.run([...wait ? ["--wait"] : [], "--", "-p", "x"]);
      assert.equal(stderr.match(/"~\/project" is pinned to the /g)?.length, 1, stderr);
      assert.match(stderr, /work opens first, in /);
    }
  });
}

Deno.test("run --wait of the program: a limit that another process clears lets it start", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "a" }] });
  home.seedAccount("a");
  const claude = installFakeClaude(home);
  assert.equal((await runMulti(["limit", "a"], { home })).code, 0);
  const run = startMulti(["run", ...WORDS], { home });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(claude.launches().length, 0);
  assert.equal((await runMulti(["limit", "a", "--clear"], { home })).code, 0);
  const { code, stderr } = await run.ended;
  assert.equal(code, 0, stderr);
  assert.deepEqual(claude.launches().map((launch) => launch.login), ["a"]);
});
