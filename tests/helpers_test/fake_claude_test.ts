// Tests that the stand-in client behaves as CONTRACT.md says: other tests rely on it.
import assert from "node:assert/strict";
import type { RunResult } from "../helpers/binaries.ts";
import { startProgram } from "../helpers/binaries.ts";
import { installFakeClaude, installTinyClaude } from "../helpers/fake_claude.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";

type Json = Record<string, unknown>;

const SID = "11111111-2222-4333-8444-555555555555";

Deno.test("the stand-in answers -p on the account of its config dir and writes a transcript", async () => {
  await using home = await TempHome.create();
  const claude = installFakeClaude(home);
  home.seedAccount("alice");
  const run = await runClaude(home, {
    account: "alice",
    args: ["-p", "hello", "--session-id", SID],
  });
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /to: hello/);

  const lines = transcript(home, "alice", SID);
  const answer = lines.find((line) => line["type"] === "assistant");
  const message = answer?.["message"] as Json;
  assert.ok(String(message["id"]).startsWith("msg_"));
  assert.ok(answer?.["requestId"]);
  assert.equal((message["usage"] as Json)["output_tokens"], 42);
  const owner = lines.find((line) => line["type"] === "session-owner");
  assert.equal(owner?.["accountUuid"], fakeIdentity("alice").accountUuid);

  const [launch, ...others] = claude.launches();
  assert.equal(others.length, 0);
  assert.equal(launch?.login, "alice");
  assert.equal(launch?.loginFrom, "file");
  assert.equal(launch?.configDirVariable, home.accountDir("alice"));
  assert.equal(launch?.isTty, false);
  assert.deepEqual(filesIn(`${home.accountDir("alice")}/sessions`), []);
});

Deno.test("without CLAUDE_CONFIG_DIR the stand-in uses ~/.claude and ~/.claude.json", async () => {
  await using home = await TempHome.create();
  const claude = installFakeClaude(home);
  home.seedSharedHome("carol");
  const run = await runClaude(home, { args: ["auth", "status"] });
  assert.equal(run.code, 0, run.stderr);
  const status = JSON.parse(run.stdout) as Json;
  assert.equal(status["email"], "carol@example.test");
  assert.equal(status["configDirectory"], `${home.path}/.claude`);
  assert.equal(claude.launches()[0]?.configDirVariable, null);
});

Deno.test("the stand-in refuses missing and blank logins", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  for (const [name, login] of [["gone", "none"], ["spent", "blank"]] as const) {
    const words = login === "none" ? /Not logged in/ : /OAuth session expired/;
    home.seedAccount(name, { login });
    const run = await runClaude(home, { account: name, args: ["-p", "hello"] });
    assert.equal(run.code, 1);
    assert.match(run.stdout, words);
    const status = await runClaude(home, { account: name, args: ["auth", "status"] });
    assert.equal(status.code, 1);
    assert.equal((JSON.parse(status.stdout) as Json)["loggedIn"], false);
  }
});

Deno.test("auth login and logout write and remove the login of one config dir", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  const refused = await runClaude(home, { account: "dora", args: ["auth", "login"] });
  assert.equal(refused.code, 1);
  const env = { FAKE_CLAUDE_LOGIN_AS: "dora" };
  const login = await runClaude(home, { account: "dora", args: ["auth", "login"], env });
  assert.equal(login.code, 0, login.stderr);
  const file = `${home.accountDir("dora")}/.credentials.json`;
  assert.equal((Deno.statSync(file).mode ?? 0) & 0o777, 0o600);
  assert.equal((await runClaude(home, { account: "dora", args: ["auth", "status"] })).code, 0);
  await runClaude(home, { account: "dora", args: ["auth", "logout"] });
  assert.throws(() => Deno.statSync(file), Deno.errors.NotFound);
  assert.equal((await runClaude(home, { account: "dora", args: ["auth", "status"] })).code, 1);
});

Deno.test("hooks of the user and of the last --settings both run and see the session", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  home.seedAccount("alice");
  const out = (who: string): string => `${home.path}/hook-${who}.jsonl`;
  const hook = (who: string): Json => ({
    hooks: [{ type: "command", command: `cat >>${out(who)}; echo >>${out(who)}` }],
  });
  const hooks = (who: string): Json =>
    Object.fromEntries(
      ["SessionStart", "UserPromptSubmit", "Stop", "StopFailure", "SessionEnd"]
        .map((event) => [event, [hook(who)]]),
    );
  Deno.writeTextFileSync(
    `${home.accountDir("alice")}/settings.json`,
    JSON.stringify({ hooks: hooks("user") }),
  );
  const env = `env | grep -E '^CLAUDE' >${home.path}/hook-env`;
  const ours = JSON.stringify({
    hooks: {
      ...hooks("ours"),
      SessionStart: [hook("ours"), { matcher: "startup", hooks: [{ command: env }] }],
    },
  });
  const args = ["-p", "hello", "--settings", "{}", "--settings", ours, "--session-id", SID];
  assert.equal((await runClaude(home, { account: "alice", args })).code, 0);
  for (const who of ["user", "ours"]) {
    const events = readJsonLines(out(who));
    assert.deepEqual(
      events.map((event) => event["hook_event_name"]),
      ["SessionStart", "UserPromptSubmit", "Stop", "SessionEnd"],
    );
    assert.equal(events[0]?.["source"], "startup");
    assert.equal(events[1]?.["prompt"], "hello");
    assert.equal(events[3]?.["reason"], "other");
    for (const event of events) assert.equal(event["session_id"], SID);
  }
  const seen = Deno.readTextFileSync(`${home.path}/hook-env`);
  assert.match(seen, /^CLAUDECODE=1$/m);
  assert.match(seen, new RegExp(`^CLAUDE_CODE_SESSION_ID=${SID}$`, "m"));
  assert.match(seen, new RegExp(`^CLAUDE_CONFIG_DIR=${home.accountDir("alice")}$`, "m"));
  assert.match(seen, /^CLAUDE_PID=\d+$/m);
});

Deno.test("an ordered limit refuses the turn as the client reports it", async () => {
  await using home = await TempHome.create();
  const claude = installFakeClaude(home);
  home.seedAccount("alice");
  const resetsAtMs = Date.now() + 3_600_000;
  claude.order({ accounts: { alice: { limit: { window: "five_hour", resetsAtMs } } } });
  const failure = `${home.path}/failure.json`;
  const settings = JSON.stringify({
    hooks: { StopFailure: [{ matcher: "rate_limit", hooks: [{ command: `cat >${failure}` }] }] },
  });
  const args = ["-p", "hello", "--session-id", SID, "--settings", settings];
  const run = await runClaude(home, { account: "alice", args });
  assert.equal(run.code, 1);
  assert.match(run.stdout, /5-hour limit/);
  const line = transcript(home, "alice", SID).find((l) => l["isApiErrorMessage"] === true);
  assert.equal((line?.["message"] as Json)["model"], "<synthetic>");
  assert.equal((line?.["quotaLimits"] as Json)["resetsAt"], Math.floor(resetsAtMs / 1000));
  const event = JSON.parse(Deno.readTextFileSync(failure)) as Json;
  assert.equal(event["error"], "rate_limit");
  // An overload carries the same name and no quota.
  claude.order({ error: "rate_limit" });
  const overload = await runClaude(home, {
    account: "alice",
    args: ["-p", "again", "--resume", SID, "--settings", settings],
  });
  assert.equal(overload.code, 1);
  assert.equal(transcript(home, "alice", SID).filter((l) => l["quotaLimits"]).length, 1);
  // Another account is not touched.
  claude.order({ accounts: { alice: { limit: { window: "five_hour", resetsAtMs } } } });
  home.seedAccount("bob");
  assert.equal((await runClaude(home, { account: "bob", args: ["-p", "hello"] })).code, 0);
});

Deno.test("a shared projects folder lets another account resume; the owner stays", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  home.seedAccount("alice");
  home.seedAccount("bob");
  await runClaude(home, { account: "alice", args: ["-p", "one", "--session-id", SID] });
  Deno.symlinkSync(
    `${home.accountDir("alice")}/projects`,
    `${home.accountDir("bob")}/projects`,
  );
  const resumed = await runClaude(home, { account: "bob", args: ["-p", "two", "--continue"] });
  assert.equal(resumed.code, 0, resumed.stderr);
  const lines = transcript(home, "alice", SID);
  assert.equal(lines.filter((l) => l["type"] === "user").length, 2);
  const owners = lines.filter((l) => l["type"] === "session-owner").map((l) => l["accountUuid"]);
  assert.deepEqual(owners, [fakeIdentity("alice").accountUuid]);
  const organizations = lines.map((l) => l["attachment"] as Json | undefined)
    .filter((a) => a?.["type"] === "credential_org").map((a) => a?.["organizationUuid"]);
  assert.deepEqual(organizations, ["alice", "bob"].map((n) => fakeIdentity(n).organizationUuid));
  const lost = await runClaude(home, { account: "bob", args: ["-p", "x", "--resume", "nope"] });
  assert.equal(lost.code, 1);
  assert.match(lost.stderr, /No conversation found with session ID: nope/);
});

Deno.test("signals end -p as CONTRACT §9 says, SIGKILL leaves a stale session file", async () => {
  await using home = await TempHome.create();
  const claude = installFakeClaude(home);
  home.seedAccount("alice");
  const codes = { SIGTERM: 143, SIGHUP: 129, SIGINT: 0, SIGKILL: 137 } as const;
  for (const [signal, code] of Object.entries(codes)) {
    claude.order({ sleepMs: 30_000 });
    const before = claude.events().length;
    const running = startProgram(claude.path, ["-p", "wait"], {
      home,
      env: { CLAUDE_CONFIG_DIR: home.accountDir("alice") },
    });
    await waitUntil("the turn starts", {
      holds: () =>
        claude.events().slice(before).some((e) => e.event === "turn") &&
        busyFiles(home).length > 0,
    });
    running.kill(signal as Deno.Signal);
    const ended = await running.ended;
    assert.equal(ended.code, code, `${signal}: ${JSON.stringify(ended)}`);
    const left = filesIn(`${home.accountDir("alice")}/sessions`);
    assert.deepEqual(left, signal === "SIGKILL" ? [`${running.pid}.json`] : [], signal);
  }
  const stale = `${home.accountDir("alice")}/sessions/${
    filesIn(`${home.accountDir("alice")}/sessions`)[0]
  }`;
  const record = JSON.parse(Deno.readTextFileSync(stale)) as Json;
  if (Deno.build.os === "linux") assert.match(String(record["procStart"]), /^\d+$/);
  assert.equal((Deno.statSync(stale).mode ?? 0) & 0o777, 0o600);
});

Deno.test("variables that override the login are logged without their values", async () => {
  await using home = await TempHome.create();
  const claude = installFakeClaude(home);
  home.seedAccount("alice");
  const env = { ANTHROPIC_AUTH_TOKEN: fakeIdentity("mallory").accessToken };
  await runClaude(home, { account: "alice", args: ["-p", "hello"], env });
  const [launch] = claude.launches();
  assert.equal(launch?.login, "mallory");
  assert.equal(launch?.loginFrom, "ANTHROPIC_AUTH_TOKEN");
  assert.equal(launch?.env["ANTHROPIC_AUTH_TOKEN"], "<set>");
  assert.ok(!JSON.stringify(claude.events()).includes("sk-ant"));
});

Deno.test("the tiny stand-in logs every launch of a storm", async () => {
  await using home = await TempHome.create();
  const claude = installTinyClaude(home);
  const env = { CLAUDE_CONFIG_DIR: "/somewhere", TINY_CLAUDE_EXIT: "7" };
  const runs = await Promise.all(
    Array.from({ length: 12 }, () => startProgram(claude.path, ["-p", "x"], { home, env }).ended),
  );
  assert.ok(runs.every((run) => run.code === 7));
  assert.equal(new Set(claude.launches().map((launch) => launch.pid)).size, 12);
});

function runClaude(
  home: TempHome,
  options: { account?: string; args: string[]; env?: Record<string, string> },
): Promise<RunResult> {
  const config = options.account ? { CLAUDE_CONFIG_DIR: home.accountDir(options.account) } : {};
  const env = { ...config, ...options.env };
  return startProgram(`${home.bin}/claude`, options.args, { home, env }).ended;
}

function transcript(home: TempHome, account: string, sid: string): Json[] {
  const slug = home.project.replace(/[^a-zA-Z0-9]/g, "-");
  return readJsonLines(`${home.accountDir(account)}/projects/${slug}/${sid}.jsonl`);
}

function readJsonLines(path: string): Json[] {
  return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Json);
}

function filesIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map((entry) => entry.name).filter((n) => n.endsWith(".json"));
}

function busyFiles(home: TempHome): string[] {
  const dir = `${home.accountDir("alice")}/sessions`;
  try {
    return filesIn(dir).filter((name) =>
      Deno.readTextFileSync(`${dir}/${name}`).includes('"busy"')
    );
  } catch {
    return [];
  }
}
