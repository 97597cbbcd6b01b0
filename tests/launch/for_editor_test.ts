// Tests of launches for editors and the Agent SDK: which client runs where, and who hears about it.
import assert from "node:assert/strict";
import { answers, hitsLimit, HOUR_MS, repliesLimit, Stage } from "./stage.ts";
import type { StageOptions } from "./stage.ts";

const BUNDLED = "/ext/native/claude";
const PROGRAMS = [BUNDLED, "/usr/bin/node", "/usr/bin/claude"];
/** How the extension and the SDK talk to the client. */
const STREAM = ["--output-format", "stream-json", "--input-format", "stream-json"];

function stageOf(options: StageOptions = {}): Stage {
  return new Stage({ programs: PROGRAMS, interactive: false, ...options });
}

function logOf({ context }: Stage): string {
  return context.files.readText(`${context.layout.root}/ide.log`) ?? "";
}

Deno.test("the client that an editor names runs on the account that cl would choose", async () => {
  const stage = stageOf({ clients: [answers] });
  const ended = await stage.ide([BUNDLED, ...STREAM]);
  assert.deepEqual([ended.code, ended.stdout, ended.stderr], [0, "the answer\n", ""]);
  assert.deepEqual(stage.accounts, ["a"]);
  const [plan] = stage.plans;
  assert.equal(plan?.program, BUNDLED);
  assert.deepEqual(plan?.args.slice(2), STREAM);
  assert.equal(stage.ledger.recentSessions(1)[0]?.origin, "ide");
});

Deno.test("a script comes before our settings, which come before its own arguments", async () => {
  const stage = stageOf({ clients: [answers] });
  await stage.ide(["/usr/bin/node", "/ext/cli.js", ...STREAM]);
  const [plan] = stage.plans;
  assert.equal(plan?.program, "/usr/bin/node");
  assert.deepEqual([plan?.args[0], plan?.args[1]], ["/ext/cli.js", "--settings"]);
  assert.deepEqual(plan?.args.slice(3), STREAM);
});

Deno.test("where only the path of claude is asked for, the client on PATH runs", async () => {
  const stage = stageOf({ clients: [answers] });
  await stage.ide(STREAM);
  assert.equal(stage.plans[0]?.program, "/usr/bin/claude");
});

for (
  const [kind, value] of [
    ["inline", '{"model":"opus","hooks":{"Stop":[{"hooks":[]}]}}'],
    ["from a file", "/home/ann/own.json"],
  ] as const
) {
  Deno.test(`settings of the editor, ${kind}, are folded into ours: the client reads only the last`, async () => {
    const files = { "/home/ann/own.json": '{"model":"opus","hooks":{"Stop":[{"hooks":[]}]}}' };
    const stage = stageOf({ clients: [answers], files });
    await stage.ide([BUNDLED, "--settings", value, ...STREAM]);
    const args = stage.plans[0]?.args ?? [];
    assert.equal(args.filter((word) => word === "--settings").length, 1);
    const settings = JSON.parse(args[1] ?? "") as { model: string; hooks: object };
    assert.equal(settings.model, "opus");
    assert.deepEqual(Object.keys(settings.hooks).sort(), [
      "Stop",
      "StopFailure",
      "UserPromptSubmit",
    ]);
  });
}

Deno.test("the host's name for itself stays; that of an outer session goes", async () => {
  for (
    const [host, keeps, origin] of [
      ["claude-vscode", true, "ide"],
      ["sdk-ts", true, "sdk"],
      ["sdk-py", true, "sdk"],
      ["cli", false, "ide"],
      ["sdk-cli", false, "ide"],
    ] as const
  ) {
    const stage = stageOf({ clients: [answers], env: { CLAUDE_CODE_ENTRYPOINT: host } });
    await stage.ide([BUNDLED, ...STREAM]);
    assert.equal(!stage.plans[0]?.unset.includes("CLAUDE_CODE_ENTRYPOINT"), keeps, host);
    assert.equal(stage.ledger.recentSessions(1)[0]?.origin, origin, host);
  }
});

Deno.test("sessions of cl come from a terminal, a script or the SDK", async () => {
  for (
    const [words, env, origin] of [
      [[], {}, "terminal"],
      [["-p", "hi"], {}, "print"],
      [STREAM, {}, "print"],
      [STREAM, { CLAUDE_CODE_ENTRYPOINT: "sdk-ts" }, "sdk"],
      [["-p", "hi"], { CLAUDE_CODE_ENTRYPOINT: "sdk-ts", CLAUDECODE: "1" }, "print"],
    ] as const
  ) {
    const stage = stageOf({ clients: [answers], env });
    await stage.run(["--", ...words]);
    assert.equal(stage.ledger.recentSessions(1)[0]?.origin, origin, words.join(" "));
  }
});

for (const flag of ["--version", "-v", "--help", "-h"]) {
  Deno.test(`${flag} goes to the client as it is, and no session is recorded`, async () => {
    const stage = stageOf({ accounts: [], clients: [() => ({ code: 7, signal: null })] });
    const ended = await stage.ide([BUNDLED, flag]);
    assert.equal(ended.code, 7);
    assert.deepEqual(stage.plans[0]?.args, [flag]);
    assert.equal(stage.plans[0]?.set["CLAUDE_CONFIG_DIR"], undefined);
    assert.equal(stage.context.ledgerOpened, false);
    assert.equal(ended.stderr, "");
  });
}

for (const text of ['{ "accounts": [', '{ "policy": "no such policy" }']) {
  Deno.test(`--version is answered in spite of a config.json that a session refuses: ${text}`, async () => {
    const stage = stageOf({ accounts: [], clients: [() => ({ code: 7, signal: null })] });
    stage.context.files.put(stage.context.layout.configFile, text);
    const probe = await stage.ide(["--version"]);
    assert.deepEqual([probe.code, probe.stderr], [7, ""]);
    assert.deepEqual(stage.plans.map(({ program }) => program), ["/usr/bin/claude"]);
    assert.match(logOf(stage), / [^\n]*config\.json:1:\d+: [^\n]*\n$/);
    const session = await stage.ide(STREAM);
    assert.equal(session.code, 2);
    assert.match(session.stderr, /config\.json:1:/);
  });
}

Deno.test("notices go to the log, not to the editor", async () => {
  const env = { ANTHROPIC_API_KEY: "made-up" };
  const stage = stageOf({ clients: [answers], env, interactive: true });
  const ended = await stage.ide([BUNDLED, ...STREAM]);
  assert.equal(ended.stderr, "");
  assert.match(
    logOf(stage),
    /^2026-11-02T12:00:00\.000Z 1000 ANTHROPIC_API_KEY would override the account; not passed to claude\n$/,
  );
});

Deno.test("the log is bounded", async () => {
  const stage = stageOf({ clients: [answers, answers], env: { ANTHROPIC_API_KEY: "made-up" } });
  const { files, layout } = stage.context;
  files.put(`${layout.root}/ide.log`, "x".repeat(65 * 1024));
  await stage.ide([BUNDLED, ...STREAM]);
  assert.equal(logOf(stage).split("\n").length, 2);
  assert.equal(files.size(`${layout.root}/ide.log.old`), 65 * 1024);
});

Deno.test("every account limited: one line says when one opens, and the client does not start", async () => {
  const stage = stageOf({ interactive: true });
  stage.limit("a", 3 * HOUR_MS);
  stage.limit("b", 2 * HOUR_MS);
  const ended = await stage.ide([BUNDLED, ...STREAM]);
  assert.equal(ended.code, 3);
  assert.equal(
    ended.stderr,
    'claude-multi: every account is limited; "b" opens at 14:00\ntry: claude-multi status\n',
  );
  assert.deepEqual(stage.plans, []);
  assert.match(logOf(stage), /every account is limited; "b" opens at 14:00\n$/);
});

Deno.test("a resumed conversation stays on its account, and never leaves its group", async () => {
  const accounts = [{ name: "a", group: "home" }, { name: "b", group: "work" }];
  const stage = stageOf({ accounts, clients: [answers, answers, answers], used: { a: 50, b: 10 } });
  await stage.ide([BUNDLED, ...STREAM]);
  const id = stage.ledger.recentSessions(1)[0]?.clientSessionId ?? "";
  stage.limit("b");
  await stage.ide([BUNDLED, ...STREAM]);
  assert.deepEqual(stage.accounts, ["b", "a"]);
  const refused = await stage.ide([BUNDLED, ...STREAM, `--resume=${id}`]);
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /^claude-multi: [^\n]*limited[^\n]*\ntry: [^\n]*\n$/);
  assert.equal(stage.plans.length, 2);
});

Deno.test("a pinned folder keeps an editor on its account", async () => {
  const settings = { pins: [{ path: "/home/ann/project", account: "b" }] };
  const stage = stageOf({ clients: [answers], settings });
  await stage.ide([BUNDLED, ...STREAM]);
  assert.deepEqual(stage.accounts, ["b"]);
});

for (const [how, client] of [["a hook", hitsLimit], ["the transcript", repliesLimit]] as const) {
  Deno.test(`a limit of which ${how} tells moves nothing, and the next session goes elsewhere`, async () => {
    const stage = stageOf({ clients: [client, answers], interactive: true });
    const first = await stage.ide([BUNDLED, ...STREAM]);
    assert.equal(first.stderr, "");
    await stage.ide([BUNDLED, ...STREAM]);
    assert.deepEqual(stage.accounts, ["a", "b"]);
  });
}

Deno.test("the client's exit code and signal are passed on", async () => {
  const stage = stageOf({
    clients: [() => ({ code: 9, signal: null }), () => ({ code: 143, signal: "SIGTERM" })],
  });
  assert.equal((await stage.ide([BUNDLED, ...STREAM])).code, 9);
  assert.equal((await stage.ide([BUNDLED, ...STREAM])).code, 143);
  assert.deepEqual(stage.context.processes.deaths, ["SIGTERM"]);
});
