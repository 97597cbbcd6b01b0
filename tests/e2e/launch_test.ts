// End to end: the compiled claude-multi starts the real client on the account with the most room.
import assert from "node:assert/strict";
import type { RunOptions } from "../helpers/binaries.ts";
import { runMulti, startMulti } from "../helpers/binaries.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";
import { MockApi } from "./mock_api.ts";
import { realClaude, realClaudeEnv } from "./real_claude.ts";

interface Ranking {
  account: string | null;
  ranked: Array<{ name: string; score: number }>;
}

interface SessionRow {
  account: string;
  exitCode: number | null;
  endedHow: string | null;
}

/** A home with accounts for which the client has cached how much of each window is used. */
async function homeWith(used: Record<string, { fiveHour: number; sevenDay: number }>): Promise<
  TempHome
> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: Object.keys(used).map((name) => ({ name })) });
  for (const [name, windows] of Object.entries(used)) {
    home.seedAccount(name);
    home.seedCachedUsage(name, windows);
  }
  return home;
}

async function optionsFor(home: TempHome, api: MockApi): Promise<RunOptions> {
  const more = { CLAUDE_MULTI_CLAUDE: await realClaude() };
  return { home, onlyEnv: realClaudeEnv(home, { api, more }) };
}

async function sessionsOf(options: RunOptions): Promise<SessionRow[]> {
  const run = await runMulti(["sessions", "--json"], options);
  assert.equal(run.code, 0, run.stderr);
  return (JSON.parse(run.stdout) as { sessions: SessionRow[] }).sessions;
}

for (const best of ["alice", "bob"]) {
  Deno.test(`cl -p runs the real client on ${best} when ${best} has the higher score`, async () => {
    const low = { fiveHour: 80, sevenDay: 60 };
    const high = { fiveHour: 20, sevenDay: 30 };
    await using home = await homeWith({
      alice: best === "alice" ? high : low,
      bob: best === "bob" ? high : low,
    });
    await using api = await MockApi.start();
    const options = await optionsFor(home, api);

    const pick = await runMulti(["pick", "--json"], options);
    const ranking = JSON.parse(pick.stdout) as Ranking;
    // 0.7 × 5h left + 0.3 × 7d left: 0.7 × 80 + 0.3 × 70 and 0.7 × 20 + 0.3 × 40.
    assert.deepEqual(ranking.ranked.map(({ score }) => score), [77, 26]);
    assert.equal(ranking.account, best);

    const run = await runMulti(["run", "--", "-p", "hello"], options);
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /^ECHO#\d+ hello$/m);
    assert.deepEqual(api.turns(), [{ account: best, text: "hello" }]);
    const others = api.requests.filter((r) => r.account !== null && r.account !== best);
    assert.deepEqual(others, [], "no other account's token was used");
    const sessions = await sessionsOf(options);
    assert.deepEqual(
      sessions.map(({ account, endedHow, exitCode }) => ({ account, endedHow, exitCode })),
      [{ account: best, endedHow: "exit", exitCode: 0 }],
    );
  });
}

Deno.test("a second launch takes the other account while the first is running", async () => {
  await using home = await homeWith({
    alice: { fiveHour: 50, sevenDay: 50 },
    bob: { fiveHour: 51, sevenDay: 50 },
  });
  await using api = await MockApi.start();
  const options = await optionsFor(home, api);
  const release = api.hold("alice");
  const first = startMulti(["run", "--", "-p", "one"], options);
  await waitUntil("the first turn arrives", { holds: () => api.turns().length > 0 });
  const second = await runMulti(["run", "--", "-p", "two"], options);
  assert.equal(second.code, 0, second.stderr);
  release();
  assert.equal((await first.ended).code, 0);
  assert.deepEqual(api.turns(), [
    { account: "alice", text: "one" },
    { account: "bob", text: "two" },
  ]);
});

Deno.test("a login in the environment does not override the account that was chosen", async () => {
  await using home = await homeWith({ alice: { fiveHour: 10, sevenDay: 10 } });
  await using api = await MockApi.start();
  const options = await optionsFor(home, api);
  const onlyEnv = { ...options.onlyEnv, ANTHROPIC_AUTH_TOKEN: "sk-ant-oat01-FAKE-mallory" };
  const run = await runMulti(["run", "--", "-p", "hello"], { ...options, onlyEnv });
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stderr, /ANTHROPIC_AUTH_TOKEN/);
  assert.ok(!run.stderr.includes("mallory"), "the token is not shown");
  assert.deepEqual(api.turns(), [{ account: "alice", text: "hello" }]);
});

Deno.test("the exit code of the real client is passed on", async () => {
  await using home = await homeWith({ alice: { fiveHour: 10, sevenDay: 10 } });
  await using api = await MockApi.start();
  api.accounts["alice"] = {
    rejected: "five_hour",
    fiveHour: { utilization: 1, resetsAtMs: Date.now() + 3_600_000 },
  };
  const options = await optionsFor(home, api);
  const run = await runMulti(["run", "--", "-p", "hello"], options);
  assert.equal(run.code, 1);
  assert.deepEqual((await sessionsOf(options)).map(({ exitCode }) => exitCode), [1]);
});
