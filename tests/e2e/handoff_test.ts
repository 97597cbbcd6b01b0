// End to end: the real client hits a limit, and the same conversation continues on another account.
import assert from "node:assert/strict";
import { binary, runMulti } from "../helpers/binaries.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";
import { MockApi } from "./mock_api.ts";
import { realClaude, realClaudeEnv } from "./real_claude.ts";

const HOUR_MS = 3_600_000;

interface Stage {
  home: TempHome;
  api: MockApi;
  env: Record<string, string>;
  pty: Pty;
}

/** Starts `cl` in a terminal, with accounts that are chosen in the given order. */
async function stage(
  accounts: Array<Record<string, unknown> & { name: string }>,
  settings: Record<string, unknown> = {},
  args: readonly string[] = [],
): Promise<Stage & AsyncDisposable> {
  const home = await TempHome.create();
  const api = await MockApi.start();
  home.writeConfig({ accounts, ...settings });
  accounts.forEach(({ name }, index) => {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 10 * index, sevenDay: 0 });
    api.accounts[name] = {
      fiveHour: { utilization: 0.1 * index, resetsAtMs: Date.now() + 2 * HOUR_MS },
    };
  });
  const env = realClaudeEnv(home, { api, more: { CLAUDE_MULTI_CLAUDE: await realClaude() } });
  assert.equal((await runMulti(["setup", "--yes"], { home, onlyEnv: env })).code, 0);
  const pty = await Pty.start([binary("claude-multi"), "run", "--", ...args], {
    env,
    cwd: home.project,
  });
  return {
    home,
    api,
    env,
    pty,
    async [Symbol.asyncDispose]() {
      await pty[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** Makes the service refuse an account's turns from now on. */
function limit(api: MockApi, name: string): void {
  api.accounts[name] = {
    rejected: "five_hour",
    fiveHour: { utilization: 1, resetsAtMs: Date.now() + 2 * HOUR_MS },
  };
}

async function leave(pty: Pty): Promise<void> {
  await pty.keys("C-d");
  await pty.waitFor(/again to exit/);
  await pty.keys("C-d");
}

/** Presses keys at a person's speed: the client's dialogs ignore keys that come at once. */
async function slowly(pty: Pty, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    await pty.keys(key);
  }
}

/** All user texts in the last conversation request that an account sent. */
function lastConversation(api: MockApi, account: string): string {
  const requests = api.requests.filter((r) => r.account === account && r.path === "/v1/messages");
  const bodies = requests.map((r) => r.body as { tools?: unknown[]; messages?: unknown });
  return JSON.stringify(bodies.findLast((body) => (body.tools ?? []).length > 0)?.messages ?? []);
}

async function chain(
  options: Pick<Stage, "home" | "env">,
): Promise<Array<[string, number | null]>> {
  const run = await runMulti(["sessions", "--json"], { home: options.home, onlyEnv: options.env });
  const { sessions } = JSON.parse(run.stdout) as {
    sessions: Array<{ account: string; handedFrom: number | null }>;
  };
  return sessions.reverse().map((session) => [session.account, session.handedFrom]);
}

Deno.test({
  name: "the limit is hit in the third turn, cl asks, and bob continues with all earlier turns",
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }]);
    const { pty, api } = s;
    await pty.waitFor(/alice .*│/);
    await pty.enter("first question");
    await pty.waitFor(/ECHO#\d+ first question/);
    await pty.enter("second question");
    await pty.waitFor(/ECHO#\d+ second question/);
    limit(api, "alice");
    await pty.enter("third question");
    await pty.waitFor(/limit reached|hit your/i);
    await leave(pty);
    await pty.waitFor(/Continue this conversation on "bob"/);
    await pty.keys("Enter");
    await pty.waitFor(/bob .*│/, 30_000);
    await pty.waitFor(/second question/);
    await pty.enter("fourth question");
    await pty.waitFor(/ECHO#\d+ third question\s+fourth question/);
    const sent = lastConversation(api, "bob");
    for (const text of ["first question", "second question", "third question", "fourth question"]) {
      assert.ok(sent.includes(text), `${text} reached the service under bob`);
    }
    assert.equal(api.turns().filter((turn) => turn.text.includes("fourth")).length, 1);
    await leave(pty);
    assert.equal(await pty.ended(), 0);
    assert.deepEqual(await chain(s), [["alice", null], ["bob", 1]]);
  },
});

Deno.test({
  name: 'with "auto" the conversation moves from alice to bob to carol by itself',
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }, { name: "carol" }], {
      handoff: "auto",
    });
    const { pty, api } = s;
    await pty.waitFor(/alice .*│/);
    await pty.enter("one");
    await pty.waitFor(/ECHO#\d+ one/);
    limit(api, "alice");
    await pty.enter("two");
    await pty.waitFor(/bob .*│/, 40_000);
    limit(api, "bob");
    await pty.enter("three");
    await pty.waitFor(/carol .*│/, 40_000);
    await pty.enter("four");
    await pty.waitFor(/ECHO#\d+ two\s+three\s+four/);
    for (const text of ["one", "two", "three", "four"]) {
      assert.ok(lastConversation(api, "carol").includes(text), text);
    }
    await leave(pty);
    assert.equal(await pty.ended(), 0);
    assert.deepEqual(await chain(s), [["alice", null], ["bob", 1], ["carol", 2]]);
  },
});

Deno.test({
  name: "every account limited: prints the table of resets and exits with 3",
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }]);
    const { pty, api } = s;
    await pty.waitFor(/alice .*│/);
    limit(api, "alice");
    await pty.enter("one");
    await pty.waitFor(/limit reached|hit your/i);
    const options = { home: s.home, onlyEnv: s.env };
    await runMulti(["limit", "bob", "--until", "3h"], options);
    await leave(pty);
    assert.equal(await pty.ended(), 3);
    assert.match(await pty.capture(), /bob .*limited until[^]*every account is limited/);
  },
});

Deno.test({
  name: "a conversation does not move to another group",
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice", group: "office" }, { name: "bob" }]);
    const { pty, api } = s;
    await pty.waitFor(/alice .*│/);
    limit(api, "alice");
    await pty.enter("one");
    await pty.waitFor(/limit reached|hit your/i);
    await leave(pty);
    assert.equal(await pty.ended(), 0);
    assert.match(await pty.capture(), /cannot move this conversation/);
    await waitUntil("nothing was sent as bob", {
      holds: () => api.requests.every((r) => r.account !== "bob"),
    });
  },
});

Deno.test({
  name: 'with "auto" a client with a running background task is left alone',
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }], { handoff: "auto" });
    const { pty, api } = s;
    await pty.waitFor(/alice .*│/);
    await pty.enter("RUNBG sleep 60");
    await pty.waitFor(/ECHO#\d+ of a tool result/);
    limit(api, "alice");
    await pty.enter("two");
    await pty.waitFor(/limit reached|hit your/i);
    // Without the task, the client would have been ended by now: see the chain above.
    await new Promise((resolve) => setTimeout(resolve, 12_000));
    assert.doesNotMatch(await pty.capture(), /continuing "alice"/);
    assert.deepEqual(await chain(s), [["alice", null]]);
  },
});

for (
  const { task, order, args } of [
    { task: "shell", order: "RUNBG sleep 12", args: [] },
    {
      task: "agent",
      order: "SPAWN RUNBASH sleep 12",
      args: ["--permission-mode", "acceptEdits"],
    },
  ]
) {
  Deno.test({
    name: `with "auto" the conversation continues once a background ${task} has ended`,
    ...needs("tmux"),
    async fn() {
      await using s = await stage([{ name: "alice" }, { name: "bob" }], { handoff: "auto" }, args);
      const { pty, api } = s;
      await pty.waitFor(/alice .*│/);
      await pty.enter(order);
      await pty.waitFor(/ECHO#\d+ of a tool result/);
      limit(api, "alice");
      await pty.enter("two");
      await pty.waitFor(/limit reached|hit your/i);
      await new Promise((resolve) => setTimeout(resolve, 7_000));
      assert.match(await pty.capture(), /alice .*│/, "left alone while it runs");
      await pty.waitFor(/bob .*│/, 40_000);
      assert.deepEqual(await chain(s), [["alice", null], ["bob", 1]]);
    },
  });
}

Deno.test({
  name:
    "with handoffTitle, the title names bob while claude waits, and is cleared when claude ends",
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }], { handoffTitle: true });
    const { pty, api } = s;
    await pty.waitFor(/alice .*│/);
    limit(api, "alice");
    await pty.enter("one");
    const title = "alice is limited → bob (90 % of 5h left)";
    await pty.waitForTitle(title);
    await new Promise((resolve) => setTimeout(resolve, 5_000));
    assert.equal(await pty.title(), title);
    await leave(pty);
    await pty.waitFor(/Continue this conversation on "bob"/);
    await pty.waitForTitle("");
  },
});

Deno.test({
  name: "the user answers claude's own consent screen, and the new id of the copy is recorded",
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }]);
    const { pty, api } = s;
    api.features = { tengu_bubbly_fountain: true };
    await pty.waitFor(/alice .*│/);
    await pty.enter("first question");
    await pty.waitFor(/ECHO#\d+ first question/);
    limit(api, "alice");
    await pty.enter("second question");
    await pty.waitFor(/limit reached|hit your/i);
    await leave(pty);
    await pty.waitFor(/Continue this conversation on "bob"/);
    await pty.keys("Enter");
    const screen = await pty.waitFor(/belongs to another account|bob .*│/, 30_000);
    assert.match(screen, /belongs to another account/, "the client asks by itself");
    await slowly(pty, ["Down", "Down", "Enter"]);
    await pty.waitFor(/shares its history|Copy this session/);
    await slowly(pty, ["Up", "Enter"]);
    await pty.waitFor(/Copied to bob@example\.test/);
    await pty.enter("third question");
    await waitUntil("bob's turn arrives", {
      holds: () => lastConversation(api, "bob").includes("third question"),
    });
    assert.ok(lastConversation(api, "bob").includes("first question"));
    await leave(pty);
    assert.equal(await pty.ended(), 0);
    const run = await runMulti(["sessions", "--json"], { home: s.home, onlyEnv: s.env });
    const { sessions } = JSON.parse(run.stdout) as { sessions: Array<{ clientSessionId: string }> };
    assert.equal(new Set(sessions.map((session) => session.clientSessionId)).size, 2);
  },
});

Deno.test("-p --failover: the real client's answer comes from the second account", async () => {
  await using home = await TempHome.create();
  await using api = await MockApi.start();
  home.writeConfig({ accounts: [{ name: "alice" }, { name: "bob" }] });
  for (const [index, name] of ["alice", "bob"].entries()) {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 10 * index, sevenDay: 0 });
  }
  const onlyEnv = realClaudeEnv(home, { api, more: { CLAUDE_MULTI_CLAUDE: await realClaude() } });
  limit(api, "alice");
  const args = ["run", "--failover", "--", "-p", "hello"];
  const run = await runMulti(args, { home, onlyEnv });
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^ECHO#\d+ hello$/m);
  assert.doesNotMatch(run.stdout, /limit/);
  assert.match(run.stderr, /"alice" hit its limit; retrying on "bob"/);
  assert.deepEqual(await chain({ home, env: onlyEnv }), [["alice", null], ["bob", 1]]);
});
