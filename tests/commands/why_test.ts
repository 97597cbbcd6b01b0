// Tests of `why` in this process: what it shows of choices that older versions stored.
import assert from "node:assert/strict";
import type { Ranked } from "../../lib/balance/ranking.ts";
import { sessions } from "../../lib/commands/sessions.ts";
import { why } from "../../lib/commands/why.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext, START_MS } from "../helpers/context.ts";
import { binary, runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";

/** A context whose newest choice was stored with reasons as text, as versions before 0.2 did. */
function withOldChoice(account: string, ranked: Array<[name: string, score: number, string[]]>) {
  const context = fakeContext({ columns: 200 });
  context.ledger().startSession(
    {
      account,
      launcherPid: 1000,
      cwd: "/home/ann/project",
      startedAtMs: START_MS,
      handedFrom: null,
    },
    {
      chosenAtMs: START_MS,
      policy: "weighted",
      account,
      forced: false,
      ranked: ranked.map(([name, score, reasons]) =>
        ({ name, score, limited: false, reasons }) as unknown as Ranked
      ),
    },
  );
  return context;
}

async function shown(context: FakeContext, ...switches: string[]): Promise<string> {
  const input = { values: {}, switches: new Set(switches), positionals: [], rest: [] };
  assert.equal(await why.run(context, input), 0);
  return context.terminal.stdout;
}

Deno.test({
  name: "why fills the lines of the terminal, though the formula has signs that aren't ASCII",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }] });
    for (const name of ["a", "b"]) home.seedAccount(name);
    installFakeClaude(home);
    assert.equal((await runMulti(["run", "--", "-p", "x"], { home })).code, 0);
    const command = [binary("claude-multi"), "why"];
    const options = { env: home.env({}), cwd: home.project, columns: 100 };
    await using pty = await Pty.start(command, options);
    assert.equal(await pty.ended(), 0);
    const lines = (await pty.capture({ history: true })).split("\n");
    const first = lines.find((line) => line.startsWith("session")) ?? "";
    assert.ok(first.length > 80, lines.join("\n"));
  },
});

const LEFT = "5h left 90 % × 0.7";

Deno.test("a choice that an older version stored is shown with its reasons, as text and as JSON", async () => {
  const level = "level with b: rested longer";
  const context = withOldChoice("a", [["a", 93, [LEFT, level]], ["b", 93, [LEFT]]]);
  const text = await shown(context);
  assert.match(text, /took a at .* by weighted: /);
  assert.match(text, new RegExp(`→ a +93\\.0\n  ${LEFT}\n  b +93\\.0\n`));
  assert.match(text, /\nb has the same score, but a has rested longer\n$/, "it decided");
  const json = JSON.parse(await shown(withOldChoice("a", [["a", 93, [LEFT]]]), "json"));
  assert.deepEqual(json.ranked, [{ name: "a", score: 93, limited: false, reasons: [LEFT] }]);
});

Deno.test("an old choice still says that the account owns the conversation", async () => {
  const reasons = [LEFT, "owns the conversation"];
  const text = await shown(withOldChoice("b", [["a", 99, [LEFT]], ["b", 93, reasons]]));
  assert.match(text, /took b at .* because it owns the conversation and had quota left\n/);
  assert.doesNotMatch(text, /, owns the conversation/);
});

Deno.test("an old choice still says that not every account could be chosen", async () => {
  const pinned = 'not all could be chosen: "~/project" is pinned to the account "b"';
  const text = await shown(withOldChoice("b", [["b", 93, [LEFT, pinned]]]));
  assert.match(text, /took b at .* as the only one to choose from\n/);
  assert.ok(text.includes(`\n${pinned}\n`), text);
  assert.match(text, new RegExp(`→ b +93\\.0\n  ${LEFT}\n`), "and not in the table");
});

Deno.test("why and sessions say that a session ended at a limit, unless that was over by then", async () => {
  const HOUR = 3_600_000;
  for (const hours of [2, 4]) {
    const context = withOldChoice("a", [["a", 93, [LEFT]]]);
    const ledger = context.ledger();
    const untilMs = START_MS + 3 * HOUR;
    const limit = { account: "a", window: "five_hour", model: null, untilMs } as const;
    ledger.addLimit({ ...limit, kind: "limit", recordedAtMs: START_MS + HOUR, session: 1 });
    const atMs = START_MS + hours * HOUR;
    ledger.endSession(1, { atMs, how: "exit", code: 0, signal: null });
    // Long after that, it is still said.
    context.clock.advance(48 * HOUR);
    const listed = async (...switches: string[]) => {
      const input = { values: {}, switches: new Set(switches), positionals: [], rest: [] };
      context.terminal.stdout = "";
      assert.equal(await sessions.run(context, input), 0);
      return context.terminal.stdout;
    };
    const isAtLimit = hours === 2;
    const expected = isAtLimit ? { window: "five_hour", model: null, untilMs } : null;
    assert.equal(
      /\nit ended at a limit of 5h, until .*15:00\n/.test(await shown(context)),
      isAtLimit,
    );
    assert.equal(/ limit, exit 0 /.test(await listed()), isAtLimit);
    assert.deepEqual(JSON.parse(await listed("json")).sessions[0].limit, expected);
    context.terminal.stdout = "";
    assert.deepEqual(JSON.parse(await shown(context, "json")).limit, expected);
  }
});

Deno.test("why says that the limit of a session was cleared, not that it lasted until then", async () => {
  const MINUTE = 60_000;
  const context = withOldChoice("a", [["a", 93, [LEFT]]]);
  const ledger = context.ledger();
  const limit = { account: "a", window: "five_hour", model: null, kind: "limit" } as const;
  const untilMs = START_MS + 180 * MINUTE;
  ledger.addLimit({ ...limit, untilMs, recordedAtMs: START_MS, session: 1 });
  ledger.endSession(1, { atMs: START_MS + 5 * MINUTE, how: "exit", code: 0, signal: null });
  for (const minutes of [20, 10]) {
    context.clock.advance(minutes * MINUTE);
    ledger.clearLimits("a", context.clock.nowMs());
  }
  assert.match(await shown(context), /\nit ended at a limit of 5h, cleared at 12:20\n/);
});

Deno.test("why names the account that a conversation was moved from, and the limit met there", async () => {
  const HOUR = 3_600_000;
  for (
    const [to, window, expected] of [
      ["b", "five_hour", "session 1, moved from a, which met its 5h limit\n"],
      ["b", null, "session 1, moved from a, which met a limit\n"],
      ["b", "none", "session 1, moved from a\n"],
      ["a", "five_hour", "session 1, which met its 5h limit\n"],
    ] as const
  ) {
    const context = withOldChoice("a", [["a", 93, [LEFT]]]);
    const ledger = context.ledger();
    if (window !== "none") {
      const limit = { account: "a", window, model: null, untilMs: START_MS + 3 * HOUR };
      ledger.addLimit({ ...limit, kind: "limit", recordedAtMs: START_MS, session: 1 });
    }
    ledger.endSession(1, { atMs: START_MS + HOUR, how: "exit", code: 0, signal: null });
    const startedAtMs = START_MS + HOUR;
    ledger.startSession(
      { account: to, launcherPid: 1, cwd: "/home/ann", startedAtMs, handedFrom: 1 },
      { chosenAtMs: startedAtMs, policy: "weighted", account: to, forced: false, ranked: [] },
    );
    const text = await shown(context);
    assert.ok(text.includes(`\nit continues the conversation of ${expected}`), text);
  }
});
