// Tests of the program's hand-off on a real terminal: keys, signals, killed processes.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { binary, runMulti } from "../helpers/binaries.ts";
import type { FakeClaude } from "../helpers/fake_claude.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";

const HOUR_MS = 3_600_000;

interface Setup {
  /** Default: "a" and "b". */
  accounts?: Array<Record<string, unknown> & { name: string }>;
  /** Names of the accounts whose turns are refused; default: "a". */
  limited?: string[];
  /** More of config.json. */
  settings?: Record<string, unknown>;
  /** How long the service takes. */
  sleepMs?: number;
}

interface Stage extends AsyncDisposable {
  home: TempHome;
  claude: FakeClaude;
  pty: Pty;
}

/** A test that needs a real terminal. */
function onTerminal(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `hand-off: ${name}`, ...needs("tmux"), fn });
}

/** `cl` on a terminal whose first turn is refused. */
async function atLimit(setup: Setup = {}): Promise<Stage> {
  const { accounts = [{ name: "a" }, { name: "b" }], limited = ["a"], sleepMs = 0 } = setup;
  const home = await TempHome.create();
  home.writeConfig({ accounts, ...setup.settings });
  accounts.forEach(({ name }, index) => {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 10 + index * 10, sevenDay: 0 });
  });
  const claude = installFakeClaude(home);
  assert.equal((await runMulti(["setup", "--yes"], { home })).code, 0);
  const resetsAtMs = Math.ceil((Date.now() + 2 * HOUR_MS) / 1000) * 1000;
  const limit = { window: "five_hour" as const, resetsAtMs };
  claude.order({ accounts: Object.fromEntries(limited.map((name) => [name, { limit, sleepMs }])) });
  const pty = await start(home, ["--verbose", "the first prompt"]);
  return {
    home,
    claude,
    pty,
    async [Symbol.asyncDispose]() {
      await pty[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** `cl` with arguments on a terminal of its own. */
function start(
  home: TempHome,
  args: readonly string[] = [],
  flags: readonly string[] = [],
): Promise<Pty> {
  const command = [binary("claude-multi"), "run", ...flags, "--", ...args];
  return Pty.start(command, { env: home.env({ COLUMNS: "120" }), cwd: home.project });
}

async function launched(claude: FakeClaude, times: number): Promise<void> {
  await waitUntil(`launch ${times}`, { holds: () => claude.launches().length >= times });
}

async function sessionsOf(home: TempHome) {
  const { stdout } = await runMulti(["sessions", "--json"], { home });
  return (JSON.parse(stdout) as {
    sessions: Array<
      {
        id: number;
        account: string;
        handedFrom: number | null;
        clientSessionId: string;
        endedHow: string;
      }
    >;
  }).sessions;
}

/** Leaves the client the way a person does. */
async function leave(pty: Pty): Promise<void> {
  await pty.waitFor(/limit/i);
  await new Promise((resolve) => setTimeout(resolve, 700));
  await pty.keys("C-d");
  await new Promise((resolve) => setTimeout(resolve, 200));
  await pty.keys("C-d");
}

function isThere(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT");
    return true;
  } catch {
    return false;
  }
}

onTerminal(
  "after a limit cl asks, and Enter continues the same conversation on another account",
  async () => {
    await using stage = await atLimit();
    const { home, claude, pty } = stage;
    await leave(pty);
    const screen = await pty.waitFor(/\[Y\/n[^\]]*\]/);
    assert.match(screen, /"a" is limited until .*, in 2h/);
    assert.match(screen, /Continue this conversation on "b" \(20 % of 5h used\)\?/);
    await pty.keys("Enter");
    await pty.waitFor(/continuing on "b" instead of "a"/);
    await launched(claude, 2);
    const [first, second] = claude.launches();
    assert.equal(second?.login, "b");
    assert.equal(second?.cwd, first?.cwd);
    const argv = second?.argv ?? [];
    const [newest, oldest] = await sessionsOf(home);
    assert.equal(argv[argv.indexOf("--resume") + 1], oldest?.clientSessionId);
    assert.ok(argv.includes("--verbose"), "the settings stay");
    assert.ok(!argv.includes("the first prompt"), "the prompt is not sent twice");
    assert.equal(newest?.account, "b");
    assert.equal(newest?.handedFrom, oldest?.id);
    await pty.keys("C-d");
    await pty.keys("C-d");
    // The limit at the end of the transcript is the first account's, not the second one's.
    assert.equal(await pty.ended(), 0);
    const why = await runMulti(["why"], { home });
    assert.match(why.stdout, /continues the conversation of session 1/);
    const table = await runMulti(["sessions"], { home });
    assert.match(table.stdout, /^ +2 +b ← 1 /m);
  },
);

for (const key of ["C-d", "C-c"]) {
  onTerminal(`${key} at the question ends as claude did, and says how to continue`, async () => {
    await using stage = await atLimit();
    const { home, claude, pty } = stage;
    await leave(pty);
    await pty.waitFor(/\[Y\/n[^\]]*\]/);
    await pty.keys(key);
    assert.equal(await pty.ended(), 0);
    assert.match(
      await pty.capture({ history: true }),
      /send it again\] *(\^C)?\nto continue it later: claude-multi resume \S+\n/,
    );
    assert.equal(claude.launches().length, 1);
    assert.equal((await sessionsOf(home)).length, 1);
  });
}

onTerminal('"auto" ends the idle client and goes through a chain, never in a circle', async () => {
  await using stage = await atLimit({
    accounts: [{ name: "a" }, { name: "b" }, { name: "c" }],
    limited: ["a", "b"],
    settings: { handoff: "auto" },
  });
  const { home, claude, pty } = stage;
  await pty.waitFor(/continuing on "b" instead of "a"/, 30_000);
  await pty.waitFor(/❯/);
  await pty.enter("go on");
  await pty.waitFor(/continuing on "c" instead of "b"/, 30_000);
  await launched(claude, 3);
  assert.deepEqual(claude.launches().map((launch) => launch.login), ["a", "b", "c"]);
  const rows = await sessionsOf(home);
  assert.deepEqual(rows.map((row) => row.handedFrom), [2, 1, null]);
});

onTerminal(
  "the next cl offers the conversation whose launcher was killed at its limit, once",
  async () => {
    await using stage = await atLimit();
    const { home, claude, pty } = stage;
    {
      await using _pty = pty;
      await pty.waitFor(/limit/i);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      Deno.kill(await pty.pid(), "SIGKILL");
      Deno.kill(claude.launches()[0]?.pid ?? 0, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    await using next = await start(home);
    await next.waitFor(/was interrupted: "a" is limited until[^]*\[Y\/n\]/);
    await next.keys("Enter");
    await next.waitFor(/b@example\.test/);
    const [, second] = claude.launches();
    assert.equal(second?.login, "b");
    const rows = await sessionsOf(home);
    assert.equal(rows[0]?.handedFrom, rows[1]?.id);
    assert.ok(second?.argv.includes(rows[1]?.clientSessionId ?? "none"));
    await next.keys("C-d");
    await next.keys("C-d");
    assert.equal(await next.ended(), 0);
    await using third = await start(home);
    await third.waitFor(/b@example\.test/);
    assert.doesNotMatch(await third.capture(), /was interrupted/);
  },
);

onTerminal("claude is killed at its limit, and cl still asks", async () => {
  await using stage = await atLimit();
  const { claude, pty } = stage;
  await pty.waitFor(/Usage limit reached/);
  Deno.kill(claude.launches()[0]?.pid ?? 0, "SIGKILL");
  await pty.waitFor(/Continue this conversation on "b"/);
  await pty.keys("Enter");
  await launched(claude, 2);
  assert.equal(claude.launches()[1]?.login, "b");
});

onTerminal(
  "the terminal is closed at the question: everything ends, nothing is started",
  async () => {
    await using stage = await atLimit();
    const { home, claude, pty } = stage;
    await leave(pty);
    await pty.waitFor(/\[Y\/n[^\]]*\]/);
    const pid = await pty.pid();
    await pty[Symbol.asyncDispose]();
    await waitUntil("cl has ended", { holds: () => !isThere(pid) });
    assert.equal(claude.launches().length, 1);
    assert.deepEqual((await sessionsOf(home)).map((row) => row.endedHow), ["exit"]);
  },
);

for (const handoff of ["auto", "ask"]) {
  onTerminal(`"${handoff}": cl is told to end at its limit, and starts nothing more`, async () => {
    await using stage = await atLimit({ settings: { handoff } });
    const { claude, pty } = stage;
    await pty.waitFor(/Usage limit reached/);
    await new Promise((resolve) => setTimeout(resolve, 500));
    Deno.kill(await pty.pid(), "SIGTERM");
    assert.equal(await pty.ended(), 143);
    assert.doesNotMatch(await pty.capture(), /[Cc]ontinu(e|ing) (this|"a")/);
    assert.equal(claude.launches().length, 1);
  });
}

onTerminal("two conversations at the same time move to different accounts", async () => {
  await using stage = await atLimit({
    accounts: [{ name: "a" }, { name: "b" }, { name: "c" }],
  });
  const { home, claude, pty } = stage;
  home.seedCachedUsage("c", { fiveHour: 20, sevenDay: 0 });
  await using second = await start(home, ["another prompt"], ["--account", "a"]);
  for (const each of [pty, second]) await leave(each);
  for (const each of [pty, second]) await each.waitFor(/\[Y\/n[^\]]*\]/);
  await Promise.all([pty.keys("Enter"), second.keys("Enter")]);
  await launched(claude, 4);
  const logins = claude.launches().map((launch) => launch.login);
  assert.deepEqual(logins.slice(0, 2), ["a", "a"]);
  assert.deepEqual(logins.slice(2).sort(), ["b", "c"]);
});

/** Waits for the limit with the ledger locked, so that the hook can't record it, and for some time after. */
async function limitWhileLocked(
  { home, claude, pty }: Awaited<ReturnType<typeof atLimit>>,
  { lockedMs }: { lockedMs: number },
): Promise<void> {
  await waitUntil("the turn runs", {
    holds: () => claude.events().some((event) => event.event === "turn"),
  });
  const other = new DatabaseSync(`${home.multi}/ledger.db`);
  other.exec("BEGIN IMMEDIATE");
  await pty.waitFor(/Usage limit reached/);
  await new Promise((resolve) => setTimeout(resolve, lockedMs));
  other.exec("ROLLBACK");
  other.close();
}

onTerminal("the ledger is locked when the hook runs: the limit is found at the end", async () => {
  await using stage = await atLimit({ sleepMs: 2_000 });
  const { pty } = stage;
  await limitWhileLocked(stage, { lockedMs: 0 });
  await leave(pty);
  await pty.waitFor(/Continue this conversation on "b"/);
});

onTerminal(
  '"auto": the ledger is locked when the hook runs, and the move comes later',
  async () => {
    await using stage = await atLimit({ settings: { handoff: "auto" }, sleepMs: 2_000 });
    const { claude, pty } = stage;
    await limitWhileLocked(stage, { lockedMs: 8_000 });
    await pty.waitFor(/continuing on "b" instead of "a"/);
    await launched(claude, 2);
    assert.deepEqual(claude.launches()[1]?.argv.slice(-2), ["--", "the first prompt"]);
  },
);

onTerminal("with handoffTitle the terminal's title names the account with room", async () => {
  await using stage = await atLimit({ settings: { handoffTitle: true } });
  const { pty } = stage;
  const title = "a is limited → b (20 % of 5h used)";
  await pty.waitForTitle(title);
  await leave(pty);
  await pty.waitFor(/\[Y\/n[^\]]*\]/);
  await pty.waitForTitle("");
});

onTerminal("the folder is gone by the time of the answer", async () => {
  await using stage = await atLimit();
  const { home, pty } = stage;
  await leave(pty);
  await pty.waitFor(/\[Y\/n[^\]]*\]/);
  await Deno.remove(home.project, { recursive: true });
  await pty.keys("Enter");
  assert.equal(await pty.ended(), 1);
  assert.match(
    await pty.capture(),
    /claude-multi: cannot start [^]*\sfolder\s[^]*is\sgone\s+try: cd$/m,
  );
});
