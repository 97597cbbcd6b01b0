// End to end: the real client hits a limit, and the same conversation continues on another account.
import assert from "node:assert/strict";
import { binary, runMulti } from "../helpers/binaries.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { seedCachedUsage, TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";
import { MockApi } from "./mock_api.ts";
import {
  DIALOG,
  leaveClient,
  pause,
  sessionRecords,
  slowly,
  transcriptsOf,
} from "./client_screen.ts";
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
  options: readonly string[] = [],
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
  const pty = await Pty.start([binary("claude-multi"), "run", ...options, "--", ...args], {
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
function limit(api: MockApi, name: string, hours = 2): void {
  api.accounts[name] = {
    rejected: "five_hour",
    fiveHour: { utilization: 1, resetsAtMs: Date.now() + hours * HOUR_MS },
  };
}

/** Waits until the refusal of a turn stands in the conversation. */
async function refused(s: Stage): Promise<void> {
  await waitUntil("a turn is refused", {
    holds: () => transcriptsOf(s.home, "alice").includes('"isApiErrorMessage":true'),
    timeoutMs: 60_000,
  });
}

/**
 * Whether the client doesn't record its limit. Then leaves it at its refusal, checks that one line says
 * how to go on, and the test is over.
 */
async function endsUnexplained(s: Stage): Promise<boolean> {
  await refused(s);
  if (transcriptsOf(s.home, "alice").includes('"quotaLimits"')) return false;
  // By then, its hook has run and its dialog is open.
  await pause(3_000);
  await leaveClient(s.pty, s.home);
  assert.equal(await s.pty.ended(), 0);
  assert.match(
    (await s.pty.capture({ history: true })).replaceAll("\n", " "),
    /claude-multi resume/,
  );
  return true;
}

/** Waits until the turn is refused, and claude-multi knows about the limit. */
async function limitIsKnown(s: Stage, name: string): Promise<void> {
  await refused(s);
  let said = "";
  for (const deadlineMs = Date.now() + 60_000; Date.now() < deadlineMs;) {
    const run = await runMulti(["status", "--json"], { home: s.home, onlyEnv: s.env });
    said = run.stdout;
    const { accounts } = JSON.parse(said) as {
      accounts: Array<{ name: string; windows: Record<string, { percentUsed: number } | null> }>;
    };
    const account = accounts.find((account) => account.name === name);
    if (account?.windows["five_hour"]?.percentUsed === 100) return;
    await pause(250);
  }
  throw new Error(`the limit of ${name} is not known: ${said}`);
}

/**
 * Whether the client that starts on bob asks who may read the conversation before anything is sent. Some
 * clients have no such screen, or show it only if the service says so.
 */
async function asksForConsent(pty: Pty): Promise<boolean> {
  const dialog = new RegExp(`on "bob"[^]*${DIALOG.source}`, "m");
  return dialog.test(await pty.waitFor(new RegExp(`${dialog.source}|bob .*│`, "m"), 60_000));
}

/** Chooses the copy, and confirms it on the next screen. */
async function consent(pty: Pty): Promise<void> {
  await slowly(pty, ["Down", "Down", "Enter"]);
  await pause(1_000);
  await slowly(pty, ["Up", "Enter"]);
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
    if (await endsUnexplained(s)) return;
    await limitIsKnown(s, "alice");
    await leaveClient(pty, s.home);
    await pty.waitFor(/Continue this conversation on "bob"/);
    await pty.keys("Enter");
    await pty.waitFor(/bob .*│/);
    await pty.waitFor(/second question/);
    await pty.enter("fourth question");
    await pty.waitFor(/ECHO#\d+ (third question\s+)?fourth question/);
    const sent = lastConversation(api, "bob");
    for (const text of ["first question", "second question", "third question", "fourth question"]) {
      assert.ok(sent.includes(text), `${text} reached the service under bob`);
    }
    assert.equal(api.turns().filter((turn) => turn.text.includes("fourth")).length, 1);
    await leaveClient(pty, s.home);
    assert.equal(await pty.ended(), 0);
    assert.deepEqual(await chain(s), [["alice", null], ["bob", 1]]);
  },
});

/** The turns that an account was asked for, in order. */
function turnsOf(api: MockApi, account: string): string[] {
  return api.turns().filter((turn) => turn.account === account).map(({ text }) => text);
}

/** Asserts what the model answered in the conversation, by its transcript, which claude writes after it has drawn. */
async function areAnswers(s: Stage, expected: readonly string[]): Promise<void> {
  const run = await runMulti(["sessions", "--json"], { home: s.home, onlyEnv: s.env });
  const { sessions } = JSON.parse(run.stdout) as { sessions: Array<{ clientSessionId: string }> };
  const slug = s.home.project.replace(/[^a-zA-Z0-9]/g, "-");
  const path = `${s.home.path}/.claude/projects/${slug}/${sessions[0]?.clientSessionId}.jsonl`;
  const answers = () =>
    [...Deno.readTextFileSync(path).matchAll(/"text":"(?:ECHO#\d+ ([^"]*)|(Running it\.))"/g)]
      .map(([, echo = "", ran = ""]) => ran || (echo.split("\\n").at(-1) ?? ""));
  await waitUntil("all answers are in the transcript", {
    holds: () => answers().length >= expected.length,
  });
  assert.deepEqual(answers(), expected);
}

Deno.test({
  name: "auto, nobody at the keyboard: the refused prompt is answered on bob, and sent to him once",
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }], { handoff: "auto" });
    const { pty, api } = s;
    await pty.waitFor(/alice .*│/);
    await pty.enter("one");
    await pty.waitFor(/ECHO#\d+ one/);
    limit(api, "alice");
    // One that a command line could take for a flag.
    await pty.enter("--version two");
    await pty.waitFor(/bob .*│/);
    await pty.waitFor(/ECHO#\d+ (--version two\s+)?--version two/);
    // Below all that alice left on the screen.
    assert.match(
      await pty.capture({ history: true }),
      /--version two[^]*\ncontinuing on "bob" instead of "alice"\n[^]*--version two/,
    );
    await pty.enter("three");
    await pty.waitFor(/ECHO#\d+ three/);
    assert.deepEqual(turnsOf(api, "alice"), ["one", "--version two"]);
    const [two = "", ...more] = turnsOf(api, "bob");
    assert.match(two, /^(--version two\n+)?--version two$/);
    assert.deepEqual(more, ["three"]);
    await areAnswers(s, ["one", "--version two", "three"]);
    assert.deepEqual(await chain(s), [["alice", null], ["bob", 1]]);
  },
});

Deno.test({
  name: "auto, nobody at the keyboard: of a task's three turns, bob does the last two",
  ...needs("tmux"),
  async fn() {
    await using s = await stage(
      [{ name: "alice" }, { name: "bob" }],
      { handoff: "auto", handoffPrompt: "RUNBASH echo second" },
      ["--permission-mode", "acceptEdits", "--allowedTools", "Bash", "--", "RUNBASH sleep 4"],
    );
    const { pty, api } = s;
    await waitUntil("the first turn arrives", { holds: () => turnsOf(api, "alice").length > 0 });
    limit(api, "alice");
    await pty.waitFor(/bob .*│/);
    await pty.waitFor(/ECHO#\d+ of a tool result/);
    // Results of the tool have no text; on alice, the service refused that turn.
    assert.deepEqual(turnsOf(api, "alice"), ["RUNBASH sleep 4", ""]);
    assert.deepEqual(turnsOf(api, "bob"), ["RUNBASH echo second", ""]);
    await areAnswers(s, ["Running it.", "Running it.", "of a tool result"]);
    for (const text of ["RUNBASH sleep 4", "RUNBASH echo second"]) {
      assert.ok(lastConversation(api, "bob").includes(text), text);
    }
    assert.deepEqual(await chain(s), [["alice", null], ["bob", 1]]);
  },
});

Deno.test({
  name: "auto: through three accounts, two of them limited, each is asked once",
  ...needs("tmux"),
  async fn() {
    const accounts = [{ name: "alice" }, { name: "bob" }, { name: "carol" }];
    await using s = await stage(accounts, { handoff: "auto" });
    const { pty, api } = s;
    await pty.waitFor(/alice .*│/);
    await pty.enter("one");
    await pty.waitFor(/ECHO#\d+ one/);
    limit(api, "alice");
    limit(api, "bob", 3);
    // Otherwise a client may learn at its start that the account is full, and send nothing.
    api.accounts["bob"] = { ...api.accounts["bob"], answersProbes: true };
    await pty.enter("two");
    await pty.waitFor(/carol .*│/, 90_000);
    await pty.waitFor(/ECHO#\d+ (two\s+)*two/);
    assert.deepEqual(accounts.map(({ name }) => turnsOf(api, name).length), [2, 1, 1]);
    await areAnswers(s, ["one", "two"]);
    assert.deepEqual(await chain(s), [["alice", null], ["bob", 1], ["carol", 2]]);
  },
});

Deno.test({
  name: "auto, every account limited, with --wait: goes on by itself once one opens",
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }], { handoff: "auto" }, [], [
      "--wait",
    ]);
    const { pty, api, home } = s;
    await pty.waitFor(/alice .*│/);
    const config = `${home.accountDir("bob")}/.claude.json`;
    const full = { percentUsed: 100, resetsAtMs: Date.now() + HOUR_MS };
    seedCachedUsage(config, { name: "bob", fiveHour: full });
    limit(api, "alice");
    await pty.enter("one");
    await limitIsKnown(s, "alice");
    await pause(7_000);
    assert.deepEqual(turnsOf(api, "bob"), [], "bob is still limited");
    seedCachedUsage(config, { name: "bob", fiveHour: { ...full, percentUsed: 5 } });
    await pty.waitFor(/bob .*│/);
    await pty.waitFor(/ECHO#\d+ (one\s+)?one/);
    assert.equal(turnsOf(api, "bob").length, 1);
  },
});

Deno.test({
  name: "auto: nothing is sent while the client's consent screen waits for an answer",
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }], { handoff: "auto" });
    const { pty, api } = s;
    api.features = { tengu_bubbly_fountain: true };
    await pty.waitFor(/alice .*│/);
    await pty.enter("one");
    await pty.waitFor(/ECHO#\d+ one/);
    limit(api, "alice");
    await pty.enter("two");
    if (await asksForConsent(pty)) {
      await pause(5_000);
      assert.deepEqual(turnsOf(api, "bob"), []);
      await consent(pty);
    }
    await pty.waitFor(/ECHO#\d+ (two\s+)?two/);
    assert.equal(turnsOf(api, "bob").length, 1);
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
    if (await endsUnexplained(s)) return;
    await limitIsKnown(s, "alice");
    const options = { home: s.home, onlyEnv: s.env };
    await runMulti(["limit", "bob", "--until", "3h"], options);
    await leaveClient(pty, s.home);
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
    if (await endsUnexplained(s)) return;
    await limitIsKnown(s, "alice");
    await leaveClient(pty, s.home);
    assert.equal(await pty.ended(), 3);
    assert.match(
      await pty.capture(),
      /"alice" is\s+limited until [^]*try: claude-multi run --wait -- /,
    );
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
    await pty.enter("RUNBG sleep 600");
    await pty.waitFor(/ECHO#\d+ of a tool result/);
    limit(api, "alice");
    await pty.enter("two");
    await limitIsKnown(s, "alice");
    // Without the task, the client would have been ended by now: see the chain above.
    await pause(12_000);
    assert.doesNotMatch(await pty.capture(), /continuing on "bob"/);
    assert.deepEqual(await chain(s), [["alice", null]]);
  },
});

Deno.test({
  name:
    'with "auto" the next prompt can be typed to its end, and the client moves once nobody types',
  ...needs("tmux"),
  async fn() {
    await using s = await stage([{ name: "alice" }, { name: "bob" }], { handoff: "auto" });
    const { pty, api } = s;
    await pty.waitFor(/alice .*│/);
    limit(api, "alice");
    await pty.enter("one");
    // At once, as a pause would be the time to move; the dialog of older clients takes some letters.
    for (const letter of "the next prompt, of a slow typist") {
      await pty.type(letter);
      await pause(500);
    }
    await limitIsKnown(s, "alice");
    assert.deepEqual(await chain(s), [["alice", null]]);
    await pty.waitFor(/bob .*│/, 60_000);
    await pty.waitFor(/ECHO#\d+ (one\s+)?one/);
    assert.deepEqual(await chain(s), [["alice", null], ["bob", 1]]);
  },
});

/** A command that runs until the test writes the file `go`. */
const UNTIL_GO = "until [ -e go ]; do sleep 1; done";

for (
  const [task, order] of [
    ["shell", `RUNBG ${UNTIL_GO}`],
    ["agent", `SPAWN RUNBASH ${UNTIL_GO}`],
  ] as const
) {
  Deno.test({
    name: `with "auto" the conversation continues once a background ${task} has ended`,
    ...needs("tmux"),
    async fn() {
      const args = ["--allowedTools", "Bash", "--permission-mode", "acceptEdits"];
      await using s = await stage([{ name: "alice" }, { name: "bob" }], { handoff: "auto" }, args);
      const { pty, api, home } = s;
      const go = () => Deno.writeTextFile(`${home.project}/go`, "");
      const answered = /ECHO#\d+ of a tool result/;
      await pty.waitFor(/alice .*│/);
      await pty.enter(order);
      await waitUntil("the task was ordered", { holds: () => api.turns().length > 0 });
      const isForeground = await pty.waitFor(answered, 30_000).then(() => false, () => true);
      if (isForeground) {
        // Agents of this client run in the foreground, so that the turn waits for them.
        assert.equal(task, "agent");
        await go();
        await pty.waitFor(answered);
        return;
      }
      await pause(1_000);
      const status = () => String(sessionRecords(home)[0]?.["status"]);
      const recordsTasks = ["shell", "busy"].includes(status());
      limit(api, "alice");
      await pty.enter("two");
      await limitIsKnown(s, "alice");
      await pause(7_000);
      assert.doesNotMatch(await pty.capture(), /continuing on "bob"/, "left alone while it runs");
      await go();
      if (task === "shell" && (!recordsTasks || status() === "waiting")) {
        // No hook reports the end of a background shell, and the record doesn't either, at the latest since
        // the client asks what to do at the limit. So it is left alone.
        await pause(15_000);
        assert.doesNotMatch(await pty.capture(), /continuing on "bob"/);
        return;
      }
      await pty.waitFor(/bob .*│/);
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
    const title = "alice is limited → bob (10 % of 5h used)";
    await pty.waitForTitle(title);
    await pause(5_000);
    assert.equal(await pty.title(), title);
    await leaveClient(pty, s.home);
    await pty.waitFor(/Continue this conversation on "bob"/);
    await pty.waitForTitle("");
  },
});

Deno.test({
  name: "the user answers claude's own consent screen, if it has one; the copy's id is recorded",
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
    if (await endsUnexplained(s)) return;
    await limitIsKnown(s, "alice");
    await leaveClient(pty, s.home);
    await pty.waitFor(/Continue this conversation on "bob"/);
    await pty.keys("Enter");
    const asks = await asksForConsent(pty);
    if (asks) {
      await consent(pty);
      await pty.waitFor(/bob .*│/);
    }
    await pty.enter("third question");
    await waitUntil("bob's turn arrives", {
      holds: () => lastConversation(api, "bob").includes("third question"),
    });
    assert.ok(lastConversation(api, "bob").includes("first question"));
    await leaveClient(pty, s.home);
    assert.equal(await pty.ended(), 0);
    const run = await runMulti(["sessions", "--json"], { home: s.home, onlyEnv: s.env });
    const { sessions } = JSON.parse(run.stdout) as { sessions: Array<{ clientSessionId: string }> };
    const ids = new Set(sessions.map((session) => session.clientSessionId));
    assert.equal(ids.size, asks ? 2 : 1);
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
  if (!transcriptsOf(home, "alice").includes('"quotaLimits"')) {
    // The client doesn't record its limit, so the refusal is the answer.
    assert.equal(run.code, 1);
    assert.match(run.stdout, /limit/);
    return;
  }
  assert.equal(run.code, 0, run.stderr);
  assert.match(run.stdout, /^ECHO#\d+ hello$/m);
  assert.doesNotMatch(run.stdout, /limit/);
  assert.match(run.stderr, /"alice" hit its limit; retrying on "bob"/);
  assert.deepEqual(await chain({ home, env: onlyEnv }), [["alice", null], ["bob", 1]]);
});
