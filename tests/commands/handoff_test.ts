// Tests of the hand-off with the stand-in client on a real terminal: asked, automatic, refused.
import assert from "node:assert/strict";
import { binary, runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";

const HOUR_MS = 3_600_000;

interface Setup {
  accounts: Array<Record<string, unknown> & { name: string }>;
  /** Names of the accounts whose turns are refused. */
  limited: string[];
  handoff?: "ask" | "auto" | "off";
  resetsInMs?: number;
}

async function stranded(setup: Setup) {
  const home = await TempHome.create();
  home.writeConfig({ accounts: setup.accounts, ...setup.handoff && { handoff: setup.handoff } });
  setup.accounts.forEach(({ name }, index) => {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 10 + index * 10, sevenDay: 0 });
  });
  const claude = installFakeClaude(home);
  assert.equal((await runMulti(["setup", "--yes"], { home })).code, 0);
  const resetsAtMs = Math.ceil((Date.now() + (setup.resetsInMs ?? 2 * HOUR_MS)) / 1000) * 1000;
  const limit = { window: "five_hour" as const, resetsAtMs };
  claude.order({ accounts: Object.fromEntries(setup.limited.map((name) => [name, { limit }])) });
  const env = home.env({ COLUMNS: "120" });
  const command = [binary("claude-multi"), "run", "--", "--verbose", "the first prompt"];
  const pty = await Pty.start(command, { env, cwd: home.project, columns: 120 });
  return { home, claude, pty };
}

async function sessionsOf(home: TempHome) {
  const { stdout } = await runMulti(["sessions", "--json"], { home });
  return (JSON.parse(stdout) as {
    sessions: Array<
      { id: number; account: string; handedFrom: number | null; clientSessionId: string }
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

Deno.test({
  name: "hand-off: after a limit cl asks, and Enter goes on with the same conversation elsewhere",
  ...needs("tmux"),
  async fn() {
    const { home, claude, pty } = await stranded({
      accounts: [{ name: "a" }, { name: "b" }],
      limited: ["a"],
    });
    await using _home = home;
    await using _pty = pty;
    await leave(pty);
    const screen = await pty.waitFor(/\[Y\/n\]/);
    assert.match(screen, /"a" is limited until .*, in 2h/);
    assert.match(screen, /Continue this conversation on "b" \(80 % of 5h left\)\?/);
    await pty.keys("Enter");
    await pty.waitFor(/continuing "a" on "b"/);
    for (let n = 0; n < 200 && claude.launches().length < 2; n++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
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
    assert.match(why.stdout, /goes on with the conversation of session 1/);
    const table = await runMulti(["sessions"], { home });
    assert.match(table.stdout, /^ +2 +b ← 1 /m);
  },
});

for (const answer of ["n", "C-d"]) {
  Deno.test({
    name: `hand-off: ${answer} at the question ends as claude did`,
    ...needs("tmux"),
    async fn() {
      const { home, claude, pty } = await stranded({
        accounts: [{ name: "a" }, { name: "b" }],
        limited: ["a"],
      });
      await using _home = home;
      await using _pty = pty;
      await leave(pty);
      await pty.waitFor(/\[Y\/n\]/);
      await pty.keys(...answer === "n" ? ["n", "Enter"] : [answer]);
      assert.equal(await pty.ended(), 0);
      assert.equal(claude.launches().length, 1);
    },
  });
}

Deno.test({
  name: "hand-off: Ctrl-C at the question leaves cleanly",
  ...needs("tmux"),
  async fn() {
    const { home, claude, pty } = await stranded({
      accounts: [{ name: "a" }, { name: "b" }],
      limited: ["a"],
    });
    await using _home = home;
    await using _pty = pty;
    await leave(pty);
    await pty.waitFor(/\[Y\/n\]/);
    await pty.keys("C-c");
    assert.equal(await pty.ended(), 130);
    assert.equal(claude.launches().length, 1);
    assert.equal((await sessionsOf(home)).length, 1);
  },
});

Deno.test({
  name: "hand-off: a reset in a few minutes is named as the better choice, and Enter waits for it",
  ...needs("tmux"),
  async fn() {
    const { home, claude, pty } = await stranded({
      accounts: [{ name: "a" }, { name: "b" }],
      limited: ["a"],
      resetsInMs: 5 * 60_000,
    });
    await using _home = home;
    await using _pty = pty;
    await leave(pty);
    const screen = await pty.waitFor(/\[y\/N\]/);
    assert.match(screen, /Waiting for it costs less/);
    await pty.keys("Enter");
    assert.equal(await pty.ended(), 0);
    assert.equal(claude.launches().length, 1);
  },
});

Deno.test({
  name: "hand-off: never out of the group",
  ...needs("tmux"),
  async fn() {
    const { home, claude, pty } = await stranded({
      accounts: [{ name: "a", group: "office" }, { name: "b" }],
      limited: ["a"],
    });
    await using _home = home;
    await using _pty = pty;
    await leave(pty);
    assert.equal(await pty.ended(), 0);
    assert.match(await pty.capture(), /cannot go on elsewhere: .*group "office"/);
    assert.equal(claude.launches().length, 1);
  },
});

Deno.test({
  name: "hand-off: with every account limited, the table of resets and exit code 3",
  ...needs("tmux"),
  async fn() {
    const { home, pty } = await stranded({
      accounts: [{ name: "a" }, { name: "b" }],
      limited: ["a"],
    });
    await using _home = home;
    await using _pty = pty;
    await pty.waitFor(/limit/i);
    await runMulti(["limit", "b", "--until", "3h"], { home });
    await leave(pty);
    assert.equal(await pty.ended(), 3);
    const screen = await pty.capture();
    assert.match(screen, /a .*limited until/);
    assert.match(screen, /b .*limited until/);
    assert.match(screen, /Cannot choose an account: all are limited/);
  },
});

Deno.test({
  name: 'hand-off: "off" never asks',
  ...needs("tmux"),
  async fn() {
    const { home, pty } = await stranded({
      accounts: [{ name: "a" }, { name: "b" }],
      limited: ["a"],
      handoff: "off",
    });
    await using _home = home;
    await using _pty = pty;
    await leave(pty);
    assert.equal(await pty.ended(), 0);
    assert.doesNotMatch(await pty.capture(), /Continue this conversation/);
  },
});

Deno.test({
  name: 'hand-off: "auto" ends the idle client and goes through a chain, never in a circle',
  ...needs("tmux"),
  async fn() {
    const { home, claude, pty } = await stranded({
      accounts: [{ name: "a" }, { name: "b" }, { name: "c" }],
      limited: ["a", "b"],
      handoff: "auto",
    });
    await using _home = home;
    await using _pty = pty;
    await pty.waitFor(/continuing "a" on "b"/, 30_000);
    await pty.waitFor(/❯/);
    await pty.enter("go on");
    await pty.waitFor(/continuing "b" on "c"/, 30_000);
    for (let n = 0; n < 200 && claude.launches().length < 3; n++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.deepEqual(claude.launches().map((launch) => launch.login), ["a", "b", "c"]);
    const rows = await sessionsOf(home);
    assert.deepEqual(rows.map((row) => row.handedFrom), [2, 1, null]);
  },
});

Deno.test({
  name:
    "hand-off: the next cl offers the conversation whose launcher was killed at its limit, once",
  ...needs("tmux"),
  async fn() {
    const { home, claude, pty } = await stranded({
      accounts: [{ name: "a" }, { name: "b" }],
      limited: ["a"],
    });
    await using _home = home;
    {
      await using _pty = pty;
      await pty.waitFor(/limit/i);
      await new Promise((resolve) => setTimeout(resolve, 1000));
      Deno.kill(await pty.pid(), "SIGKILL");
      Deno.kill(claude.launches()[0]?.pid ?? 0, "SIGKILL");
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const options = { env: home.env({ COLUMNS: "120" }), cwd: home.project };
    await using next = await Pty.start([binary("claude-multi"), "run"], options);
    await next.waitFor(/was cut off: "a" is limited until[^]*\[Y\/n\]/);
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
    await using third = await Pty.start([binary("claude-multi"), "run"], options);
    await third.waitFor(/b@example\.test/);
    assert.doesNotMatch(await third.capture(), /cut off/);
  },
});
