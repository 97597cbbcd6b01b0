// The real client with the mock, without claude-multi: what the other end-to-end tests rely on.
import assert from "node:assert/strict";
import { CLIENT_FLAGS } from "../../lib/claude/flags.ts";
import { NEWEST_SUPPORTED } from "../../lib/claude/tested_versions.ts";
import { startProgram } from "../helpers/binaries.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";
import { MockApi } from "./mock_api.ts";
import { CLAUDE_VERSION, realClaude, realClaudeEnv } from "./real_claude.ts";

type Json = Record<string, unknown>;

const SID = "11111111-2222-4333-8444-555555555555";

Deno.test("the real client is the version that was asked for", async () => {
  await using home = await TempHome.create();
  await using api = await MockApi.start();
  const onlyEnv = realClaudeEnv(home, { api });
  const run = await startProgram(await realClaude(), ["--version"], { home, onlyEnv }).ended;
  assert.equal(run.stdout.trim(), `${CLAUDE_VERSION} (Claude Code)`);
});

Deno.test("the flags that Tab offers after cl are those of the client, with their values", async () => {
  await using home = await TempHome.create();
  await using api = await MockApi.start();
  const onlyEnv = realClaudeEnv(home, { api });
  const { stdout } = await startProgram(await realClaude(), ["--help"], { home, onlyEnv }).ended;
  for (const [name, { about, takes, values = [] }] of Object.entries(CLIENT_FLAGS)) {
    if (about === undefined) continue; // It may be a hidden flag.
    const [, rest] =
      new RegExp(`^ {2}(?:-\\S+, )*${name}\\b(.*(?:\\n {6,}.*)*)`, "m").exec(stdout) ?? [];
    // Completion follows the newest client: older ones lack some flags and values.
    if (rest === undefined && CLAUDE_VERSION !== NEWEST_SUPPORTED) continue;
    assert.ok(rest !== undefined, `${name} is not in claude --help`);
    assert.equal(
      /^(?:, --\S+)? [<[]/.test(rest),
      takes !== undefined,
      `${name}${rest.slice(0, 30)}`,
    );
    if (CLAUDE_VERSION !== NEWEST_SUPPORTED) continue;
    for (const value of values) assert.ok(rest.includes(value), `${name} ${value}`);
  }
});

Deno.test("claude -p uses the login of its config dir, and the mock gets every request", async () => {
  await using home = await TempHome.create();
  await using api = await MockApi.start();
  home.seedAccount("alice");
  const run = await print(home, { api, args: ["-p", "hello", "--session-id", SID] });
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^ECHO#\d+ hello$/m);
  assert.deepEqual(api.turns(), [{ account: "alice", text: "hello" }]);
  const foreign = api.requests.filter((r) => r.account !== null && r.account !== "alice");
  assert.deepEqual(foreign, []);
  const owner = transcript(home, "alice").find((line) => line["type"] === "session-owner");
  // Old clients don't record an owner.
  if (owner !== undefined) {
    assert.equal(owner["accountUuid"], fakeIdentity("alice").accountUuid);
  }
});

Deno.test("at a limit, -p exits with 1 and leaves a refusal in the transcript", async () => {
  await using home = await TempHome.create();
  await using api = await MockApi.start();
  home.seedAccount("alice");
  const resetsAtMs = Date.now() + 3_600_000;
  api.accounts["alice"] = { rejected: "five_hour", fiveHour: { utilization: 1, resetsAtMs } };
  const run = await print(home, { api, args: ["-p", "hello", "--session-id", SID] });
  assert.equal(run.code, 1);
  assert.match(run.stdout, /limit/);
  const line = transcript(home, "alice").find((l) => l["isApiErrorMessage"] === true);
  assert.ok(line);
  assert.equal(line["error"], "rate_limit");
  // Old clients don't record which limit it was.
  const { resetsAt = null } = (line["quotaLimits"] ?? {}) as { resetsAt?: number };
  if (resetsAt !== null) assert.equal(resetsAt, Math.floor(resetsAtMs / 1000));
});

Deno.test("a token that is about to expire is refreshed through the mock", async () => {
  await using home = await TempHome.create();
  await using api = await MockApi.start();
  home.seedAccount("alice", { expiresInSeconds: 60 });
  const run = await print(home, { api, args: ["-p", "hello"] });
  assert.equal(run.code, 0, run.stderr);
  const file = Deno.readTextFileSync(`${home.accountDir("alice")}/.credentials.json`);
  const oauth = (JSON.parse(file) as Json)["claudeAiOauth"] as Json;
  assert.notEqual(oauth["accessToken"], fakeIdentity("alice").accessToken);
  assert.deepEqual(api.turns(), [{ account: "alice", text: "hello" }]);
});

Deno.test({
  name: "in a terminal, the real client sends the mock's windows to the status line command",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    await using api = await MockApi.start();
    home.seedAccount("alice");
    const resetsAtMs = Date.now() + 3_600_000;
    api.accounts["alice"] = { fiveHour: { utilization: 0.4237, resetsAtMs } };
    const payload = `${home.path}/payload.json`;
    const command = `cat >${payload}; printf 'STATUS %s' "$COLUMNS"`;
    const settings = JSON.stringify({ statusLine: { type: "command", command } });
    await using pty = await Pty.start([await realClaude(), "--settings", settings], {
      env: realClaudeEnv(home, {
        api,
        more: { CLAUDE_CONFIG_DIR: home.accountDir("alice") },
      }),
      cwd: home.project,
      columns: 110,
    });
    await pty.waitFor(/STATUS 110/);
    await pty.enter("hello there");
    await pty.waitFor(/ECHO#\d+ hello there/);
    await waitUntil("a payload with limits", {
      holds: () => Deno.readTextFileSync(payload).includes("rate_limits"),
    });
    const { rate_limits: limits } = JSON.parse(Deno.readTextFileSync(payload)) as {
      rate_limits: { five_hour: { used_percentage: number; resets_at: number } };
    };
    const { five_hour: { used_percentage, resets_at } } = limits;
    // Some clients round to a tenth of a percent.
    assert.ok(Math.abs(used_percentage - 42.37) < 0.05, String(used_percentage));
    assert.equal(resets_at, Math.floor(resetsAtMs / 1000));
    await pty.enter("/exit");
    assert.equal(await pty.ended(), 0);
    assert.deepEqual(api.turns(), [{ account: "alice", text: "hello there" }]);
  },
});

async function print(
  home: TempHome,
  options: { api: MockApi; args: string[] },
): ReturnType<typeof startProgram>["ended"] {
  const onlyEnv = realClaudeEnv(home, {
    api: options.api,
    more: { CLAUDE_CONFIG_DIR: home.accountDir("alice") },
  });
  return await startProgram(await realClaude(), options.args, { home, onlyEnv }).ended;
}

function transcript(home: TempHome, account: string): Json[] {
  const slug = home.project.replace(/[^a-zA-Z0-9]/g, "-");
  const path = `${home.accountDir(account)}/projects/${slug}/${SID}.jsonl`;
  return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Json);
}
