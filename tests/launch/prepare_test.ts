// Tests of a launch in this process: which account, which arguments and settings, what is recorded and refused.
import assert from "node:assert/strict";
import { credentialsOf, fakeIdentity, oauthAccountOf } from "../helpers/identity.ts";
import type { Script } from "./stage.ts";
import { answers, HOUR_MS, Stage } from "./stage.ts";

const ONE = [{ name: "one" }];

/** The `--settings` that a client was given. */
function settingsOf(stage: Stage, at = 0): Record<string, unknown> {
  const args = stage.plans[at]?.args ?? [];
  return JSON.parse(args[args.indexOf("--settings") + 1] ?? "{}");
}

/** A launch with the caller's `--settings`, and the arguments that claude got. */
async function foldedFor(value: string, files: Record<string, string> = {}) {
  const stage = new Stage({ accounts: ONE, files });
  const ended = await stage.run(["--", "--settings", value, "-p", "x"]);
  return { stage, ended, args: stage.plans[0]?.args ?? [] };
}

Deno.test("run takes the account with the most quota left, in its own config dir", async () => {
  const stage = new Stage({
    accounts: ["full", "roomy", "half"].map((name) => ({ name })),
    used: { full: 90, roomy: 20, half: 50 },
  });
  const ended = await stage.run(["--", "-p", "hello"]);
  assert.equal(ended.code, 0);
  const [plan] = stage.plans;
  assert.equal(plan?.set["CLAUDE_CONFIG_DIR"], "/home/ann/.claude-multi/config/roomy");
  assert.equal(plan?.cwd, "/home/ann/project");
  assert.deepEqual(plan?.args.slice(2), ["-p", "hello"]);
});

Deno.test("a second session at the same time goes to another account", async () => {
  const long: Script = async (client) => {
    await client.starts();
    await client.sits(HOUR_MS);
  };
  const stage = new Stage({ used: { a: 20, b: 21 }, clients: [long, answers] });
  await Promise.all([stage.run(["--", "-p", "long"]), stage.run(["--", "-p", "short"])]);
  assert.deepEqual(stage.accounts, ["a", "b"]);
});

Deno.test("the in-place account runs with CLAUDE_CONFIG_DIR unset, whatever it was", async () => {
  const identity = fakeIdentity("here");
  const expiresAtMs = Date.UTC(2027, 0, 1);
  const stage = new Stage({
    accounts: [{ name: "here", inPlace: true }],
    env: { CLAUDE_CONFIG_DIR: "/somewhere/else" },
    files: {
      "/home/ann/.claude/.credentials.json": JSON.stringify(
        credentialsOf(identity, { expiresAtMs }),
      ),
      "/home/ann/.claude.json": JSON.stringify({ oauthAccount: oauthAccountOf(identity) }),
    },
  });
  const ended = await stage.run(["--", "-p", "x"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(stage.plans[0]?.set["CLAUDE_CONFIG_DIR"], undefined);
  assert.ok(stage.plans[0]?.unset.includes("CLAUDE_CONFIG_DIR"));
});

Deno.test("exit code, end and process of a client are recorded", async () => {
  const stage = new Stage({ clients: [(client) => client.leaves(37)] });
  assert.equal((await stage.run(["--", "-p", "x"])).code, 37);
  const session = stage.ledger.session(1);
  assert.deepEqual(
    [session?.endedHow, session?.exitCode, session?.pid, session?.processStart],
    ["exit", 37, 2000, "20000"],
  );
});

Deno.test("commands of claude run on the account and leave no session", async () => {
  const stage = new Stage();
  assert.equal((await stage.run(["--", "auth", "status"])).code, 0);
  assert.deepEqual(stage.plans[0]?.args, ["auth", "status"]);
  assert.deepEqual(stage.ledger.recentSessions(9), []);
  assert.ok(stage.plans[0]?.unset.includes("CLAUDE_MULTI_SESSION"));
});

for (
  const [words, hint] of [
    [["auth", "login"], "claude-multi login b"],
    [["auth", "login", "--console"], "claude-multi login b"],
    [["--verbose", "auth", "login"], "claude-multi login b"],
    [["auth", "logout"], "claude-multi run --account a -- auth logout"],
    [["setup-token"], "claude-multi run --account a -- setup-token"],
  ] as const
) {
  Deno.test(`cl ${words.join(" ")} asks for the name of one of several accounts`, async () => {
    const stage = new Stage();
    stage.context.files.remove(`${stage.context.layout.accounts}/b/.credentials.json`);
    for (
      const ended of [
        await stage.run(["--", ...words]),
        await stage.ide(["/usr/bin/claude", ...words]),
      ]
    ) {
      assert.equal(ended.code, 2);
      const command = words.filter((word) => !word.startsWith("--")).join(" ");
      const why = `cannot tell which account "${command}" is for: "a" or "b"`;
      assert.equal(ended.stderr, `claude-multi: ${why}\ntry: ${hint}\n`);
    }
    assert.deepEqual(stage.plans, []);
    // Named, or the only one that cl may choose, it is clear.
    assert.equal((await stage.run(["--account", "a", "--", ...words])).code, 0);
    const alone = new Stage({ accounts: [{ name: "a" }, { name: "b", disabled: true }] });
    assert.equal((await alone.run(["--", ...words])).code, 0);
    assert.deepEqual(alone.plans[0]?.args, words);
  });
}

Deno.test("the help of auth login and a prompt about it need no account", async () => {
  const stage = new Stage();
  for (const words of [["auth", "login", "--help"], ["-p", "auth login"]]) {
    assert.equal((await stage.run(["--", ...words])).code, 0, words.join(" "));
  }
});

Deno.test("our own wrapper called claude is skipped on PATH, and so is a copy of ourselves", async () => {
  const wrapper = '#!/bin/sh\nexec claude-multi run -- "$@"\n';
  const programs = ["/usr/local/bin/claude", "/usr/bin/claude", "/bin/claude"];
  const files = {
    "/usr/local/bin/claude": wrapper,
    "/usr/bin/claude": "the program itself",
    "/opt/claude-multi/claude-multi": "the program itself",
    "/bin/claude": "the official client",
  };
  const stage = new Stage({ programs, files });
  assert.equal((await stage.run(["--", "-p", "x"])).code, 0);
  assert.equal(stage.plans[0]?.program, "/bin/claude");
});

Deno.test("the caller's --settings, file or inline, is merged into the one that claude reads", async () => {
  const mine = { env: { MINE: "1" }, hooks: { SessionStart: [{ hooks: [] }] } };
  const file = "/home/ann/project/mine.json";
  for (const value of ["mine.json", file, JSON.stringify(mine)]) {
    const { ended, stage, args } = await foldedFor(value, { [file]: JSON.stringify(mine) });
    assert.equal(ended.code, 0, ended.stderr);
    assert.equal(args.filter((arg) => arg === "--settings").length, 1);
    const passed = settingsOf(stage) as typeof mine;
    assert.equal(passed.env.MINE, "1");
    assert.equal(passed.hooks.SessionStart.length, 2, "the user's hook and ours");
  }
  const missing = await foldedFor("none.json");
  assert.equal(missing.ended.code, 2);
  assert.match(missing.ended.stderr, /"none\.json"/);
});

Deno.test("a --settings without a value is passed on, and an empty one is refused in one line", async () => {
  const stage = new Stage({ accounts: ONE });
  await stage.run(["--", "-p", "hi", "--settings"]);
  assert.deepEqual(stage.plans[0]?.args.slice(-3), ["-p", "hi", "--settings"]);
  await stage.run(["--", "--settings", '{"x":1}', "-p", "hi", "--settings"]);
  assert.deepEqual(stage.plans[1]?.args.slice(-3), ["-p", "hi", "--settings"]);
  assert.equal(settingsOf(stage, 1)["x"], 1);
  for (const empty of [["--settings", ""], ["--settings="], ["--settings", " "]]) {
    const ended = await stage.run(["--", ...empty, "-p", "hi"]);
    assert.equal(ended.code, 2);
    assert.match(
      ended.stderr,
      /^claude-multi: cannot use --settings " ?": no file is named\ntry: claude --help\n$/,
    );
  }
  assert.equal(stage.plans.length, 2);
  assert.equal(stage.ledger.recentSessions(9).length, 2, "what is refused leaves no row");
});

Deno.test("the caller's --settings can't remove our hooks, and a warning says if it overrides the account", async () => {
  const settings = { hooks: null, apiKeyHelper: "/bin/false", env: { ANTHROPIC_API_KEY: "sk-x" } };
  const { ended, stage } = await foldedFor(JSON.stringify(settings));
  assert.match(
    ended.stderr,
    /your --settings overrides the account \(apiKeyHelper, env\.ANTHROPIC_API_KEY\)\n/,
  );
  assert.doesNotMatch(ended.stderr, /sk-x/);
  const hooks = settingsOf(stage)["hooks"] as Record<string, unknown>;
  assert.deepEqual(Object.keys(hooks), ["SessionStart", "StopFailure"]);
});

Deno.test("the first launch pins the identity, and another login stops later ones with exit 5", async () => {
  const stage = new Stage({ accounts: ONE });
  const { files, layout } = stage.context;
  await stage.run(["--", "-p", "x"]);
  const [pinned] = stage.context.configFile.read().accounts;
  assert.equal(pinned?.identity?.accountUuid, fakeIdentity("one").accountUuid);
  const stranger = { oauthAccount: oauthAccountOf(fakeIdentity("stranger")) };
  files.put(`${layout.accounts}/one/.claude.json`, JSON.stringify(stranger));
  const named = await stage.run(["--account", "one"]);
  assert.equal(named.code, 5);
  assert.match(named.stderr, /belongs to "one@example\.test".*but "stranger@example\.test"/);
  assert.equal((await stage.run()).code, 5, "the balancer doesn't choose it either");
  assert.equal(stage.plans.length, 1);
});

Deno.test("blank tokens, as a failed refresh leaves them, need a login", async () => {
  const stage = new Stage({ accounts: ONE });
  const { files, layout, clock } = stage.context;
  const blank = credentialsOf(fakeIdentity("one"), { expiresAtMs: clock.nowMs(), blank: true });
  files.put(`${layout.accounts}/one/.credentials.json`, JSON.stringify(blank));
  const ended = await stage.run(["--account", "one"]);
  assert.equal(ended.code, 4);
  assert.match(ended.stderr, /the login of "one" has expired/);
});

Deno.test("--dry-run prints the plan, starts nothing and records nothing", async () => {
  const stage = new Stage({ accounts: ONE });
  const { stdout } = await stage.run(["--dry-run", "--json", "--", "-p", "x"]);
  const printed = JSON.parse(stdout) as { account: string; plan: { set: Record<string, string> } };
  assert.equal(printed.account, "one");
  assert.equal(
    printed.plan.set["CLAUDE_CONFIG_DIR"],
    `${stage.context.layout.accounts}/one`,
  );
  assert.deepEqual(stage.plans, []);
  assert.deepEqual(stage.ledger.recentSessions(9), []);
});

Deno.test("--dry-run without --json is short: the account first, and no hooks as JSON", async () => {
  const stage = new Stage({ accounts: ONE });
  const { stdout } = await stage.run(["--dry-run", "--", "-p", "x"]);
  assert.match(stdout, /^account {2}one\nprogram {2}\S+claude -p x\nfolder {3}/);
  assert.match(stdout, /\nadds {5}--settings with hooks and statusLine; --json shows all\n$/);
  assert.doesNotMatch(stdout, /\{|CLAUDE_MULTI_/);
});

Deno.test("--json without --dry-run is refused", async () => {
  const ended = await new Stage().run(["--json"]);
  assert.equal(ended.code, 2);
  assert.match(ended.stderr, /"--json" needs "--dry-run"/);
});

Deno.test("a client that can't be started leaves a closed row and one clear line", async () => {
  const stage = new Stage();
  stage.context.processes.launch = () => {
    throw new Error("no such interpreter");
  };
  const ended = await stage.run();
  assert.equal(ended.code, 1);
  assert.equal(
    ended.stderr,
    'claude-multi: cannot start "/usr/bin/claude": no such interpreter\ntry: claude-multi doctor\n',
  );
  assert.equal(stage.ledger.session(1)?.endedHow, "failed");
});

Deno.test("an account that is named against the folder's pin is used, and in a terminal that is said", async () => {
  const said = (to: string) =>
    `claude-multi: "~/project" is pinned to the ${to}; "own" is used because you named it\n`;
  const accounts = [{ name: "work", group: "office" }, { name: "own" }];
  for (
    const [pin, words, { interactive = true, stderr }] of [
      [{ account: "work" }, ["--account", "own"], { stderr: said('account "work"') }],
      [{ group: "office" }, ["--account", "own"], { stderr: said('group "office"') }],
      [{ account: "own" }, ["--account", "own"], { stderr: "" }],
      [{ account: "own" }, [], { stderr: "" }],
      [{ account: "work" }, ["--account", "own", "--", "-p", "x"], {
        stderr: said('account "work"'),
      }],
      [{ account: "work" }, ["--account", "own", "--", "mcp", "list"], { stderr: "" }],
      [{ account: "work" }, ["--account", "own"], { interactive: false, stderr: "" }],
    ] as const
  ) {
    const pins = [{ path: "/home/ann/project", ...pin }];
    const stage = new Stage({ accounts, interactive, settings: { pins }, clients: [() => {}] });
    const ended = await stage.run([...words]);
    assert.deepEqual(
      [ended.stderr, stage.accounts],
      [stderr, ["own"]],
      JSON.stringify([pin, words]),
    );
  }
});
