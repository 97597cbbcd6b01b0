// Tests of limits that sessions hit: what a refused turn means, and when we learn it.
import assert from "node:assert/strict";
import { sqliteLedger } from "../../lib/ledger/ledger.ts";
import { openLedgerDatabase } from "../../lib/ledger/schema.ts";
import type { Reading } from "../../lib/balance/windows.ts";
import { identityKey } from "../../lib/config/account.ts";
import { heldBack } from "../../lib/accounts/held_back.ts";
import { clearLimits } from "../../lib/accounts/manual_limit.ts";
import { limitedConversation } from "../../lib/launch/limits.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import type { FakeClient, Script } from "./stage.ts";
import { answers, HOUR_MS, MINUTE_MS, PROJECTS, Stage } from "./stage.ts";

const REFUSED = { error: "rate_limit" };

/** Runs a client on "a" that does what a test wants, then says what its session met. */
async function metBy(script: (client: FakeClient) => Promise<void>) {
  const stage = new Stage({
    interactive: false,
    clients: [async (client) => {
      await client.starts();
      await script(client);
    }],
  });
  await stage.run();
  const nowMs = stage.context.clock.nowMs();
  return { stage, met: stage.ledger.limitMetBy(1, nowMs), nowMs };
}

/** A reading of "a" from its status line. */
function reading(client: FakeClient, more: Partial<Reading>): Reading {
  const measuredAtMs = client.stage.context.clock.nowMs() + 1;
  return {
    account: "a",
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: 100,
    resetsAtMs: measuredAtMs + HOUR_MS,
    measuredAtMs,
    source: "statusline",
    ...more,
  };
}

Deno.test("a refusal alone is a cool-down of two minutes, after a second of looking for more", async () => {
  let startMs = 0;
  const { met } = await metBy(async (client) => {
    startMs = client.stage.context.clock.nowMs();
    await client.hook("StopFailure", REFUSED);
  });
  assert.equal(met?.kind, "cooldown");
  assert.equal(met?.recordedAtMs, startMs + 1_000);
  assert.equal(met?.untilMs, startMs + 1_000 + 2 * MINUTE_MS);
});

Deno.test("the line in the transcript may come after the hook", async () => {
  const { stage, met } = await metBy(async (client) => {
    const hook = client.hook("StopFailure", REFUSED);
    await client.sits(700);
    await client.hitsLimit({ hook: false, inMs: HOUR_MS });
    await hook;
  });
  assert.deepEqual([met?.kind, met?.window, met?.account], ["limit", "five_hour", "a"]);
  const facts = stage.ledger.facts("a", {
    identity: identityKey(fakeIdentity("a")),
    nowMs: stage.context.clock.nowMs(),
  });
  const full = facts.readings.find((found) => found.source === "limit");
  assert.deepEqual([full?.percentUsed, full?.resetsAtMs], [100, met?.untilMs]);
  assert.equal(full?.identity, identityKey(fakeIdentity("a")), "whoever was logged in");
  assert.equal(facts.limits.length, 1);
  const other = { identity: "someone", nowMs: stage.context.clock.nowMs() };
  assert.deepEqual(stage.ledger.facts("a", other).limits, []);
});

/** Readings before a refusal that no transcript explains, and the limit that they make. */
const FULL: ReadonlyArray<
  readonly [name: string, readings: Array<Partial<Reading>>, expected: string | null]
> = [
  ["a full window", [{}], "five_hour"],
  ["a window that is almost full", [{ percentUsed: 99 }], null],
  ["a full window without a reset", [{ resetsAtMs: null }], null],
  ["two full windows: the later reset", [{}, { window: "seven_day" }], "seven_day"],
];
for (const [name, readings, expected] of FULL) {
  Deno.test(`a refusal with ${name}`, async () => {
    const { met } = await metBy(async (client) => {
      const laterMs = client.stage.context.clock.nowMs() + 30 * HOUR_MS;
      client.stage.ledger.addReadings(
        readings.map((more) =>
          reading(client, {
            ...more.window === "seven_day" ? { resetsAtMs: laterMs } : {},
            ...more,
          })
        ),
      );
      await client.hook("StopFailure", REFUSED);
    });
    assert.deepEqual([met?.kind, met?.window], [
      expected === null ? "cooldown" : "limit",
      expected,
    ]);
  });
}

Deno.test("a refusal that names no limit, and whose hook was killed, is a cool-down", async () => {
  const { met } = await metBy((client) => client.hitsLimit({ hook: false, exact: false }));
  assert.equal(met?.kind, "cooldown");
});

Deno.test("hooks of another session, or of none, and other failures record nothing", async () => {
  const { met } = await metBy(async (client) => {
    await client.hook("StopFailure", { error: "overloaded" });
    const { set } = client.run.plan;
    set["CLAUDE_MULTI_SESSION"] = "99";
    await client.hook("StopFailure", REFUSED);
    delete set["CLAUDE_MULTI_SESSION"];
    await client.hook("StopFailure", REFUSED);
    await client.hook("SessionStart", { session_id: "not an id" });
  });
  assert.equal(met, null);
});

Deno.test("auto: a cool-down becomes a limit once the transcript says so", async () => {
  const slow: Script = async (client) => {
    await client.starts();
    await client.hook("StopFailure", REFUSED);
    await client.sits(10_000);
    await client.hitsLimit({ hook: false });
    await client.sits(10 * HOUR_MS);
  };
  const stage = new Stage({ settings: { handoff: "auto" }, clients: [slow, answers] });
  assert.equal((await stage.run()).stderr, 'continuing on "b" instead of "a"\n');
  assert.equal(stage.ledger.session(1)?.exitCode, 143);
});

Deno.test("a refusal in a conversation that is open twice isn't that of the session that works", async () => {
  const { stage, met } = await metBy(async (client) => {
    const { ledger, context: { clock } } = client.stage;
    const nowMs = clock.nowMs();
    const other = ledger.startSession(
      {
        account: "b",
        launcherPid: 1,
        cwd: "/home/ann/project",
        startedAtMs: nowMs,
        handedFrom: null,
      },
      { chosenAtMs: nowMs, policy: "weighted", account: "b", forced: true, ranked: [] },
    );
    ledger.learnClientSession(other, client.id);
    await client.hitsLimit({ hook: false });
    ledger.endSession(other, { atMs: clock.nowMs() + 1, how: "exit", code: 0, signal: null });
    await client.sits(MINUTE_MS);
  });
  assert.equal(met, null);
  const facts = stage.ledger.facts("a", { identity: null, nowMs: stage.context.clock.nowMs() });
  assert.deepEqual(facts.limits, []);
});

Deno.test("the transcript of a running session is not read without a refusal", async () => {
  let found: unknown;
  const { met } = await metBy(async (client) => {
    const [account] = client.stage.context.configFile.read().accounts;
    await client.hitsLimit({ hook: false });
    await client.sits(1000);
    assert.ok(account);
    found = limitedConversation(client.stage.context, {
      session: 1,
      account,
      readsTranscript: false,
    });
  });
  assert.equal(found, null);
  assert.equal(met?.kind, "limit", "it is at its end");
});

Deno.test("a session without a transcript or a known id has hit no limit", async () => {
  const { met } = await metBy(async (client) => {
    await client.hitsLimit({ hook: false });
    client.stage.context.files.removeTree(PROJECTS);
  });
  assert.equal(met, null);
  const stage = new Stage({ clients: [(client) => client.hitsLimit({ hook: false })] });
  assert.deepEqual(await stage.run(), { code: 0, error: null, stdout: "", stderr: "" });
});

Deno.test("a limit is recorded and found in whatever state the ledger is", async () => {
  const stage = new Stage({
    clients: [async (client) => {
      await client.starts();
      client.stage.context.ledger = tolerant;
      await client.hook("StopFailure", REFUSED);
      await client.hitsLimit();
      const [account] = client.stage.context.configFile.read().accounts;
      assert.ok(account);
      const session = { session: 1, account, readsTranscript: true };
      assert.equal(limitedConversation(client.stage.context, session)?.id, client.id);
    }],
  });
  const open = stage.context.ledger;
  let intolerant = 0;
  const tolerant: typeof open = (options) => {
    if (!options?.tolerant) intolerant++;
    return open(options);
  };
  assert.equal((await stage.run()).code, 0);
  assert.equal(intolerant, 0, "a newer format would stop the launch");
});

Deno.test("a conversation whose transcript is gone has hit no limit", async () => {
  let found: unknown;
  await metBy((client) => {
    const { context } = client.stage;
    context.files.removeTree(PROJECTS);
    const [account] = context.configFile.read().accounts;
    assert.ok(account);
    found = limitedConversation(context, { session: 1, account, readsTranscript: true });
    return Promise.resolve();
  });
  assert.equal(found, null);
});

Deno.test("without a ledger that can be written, cl runs claude and moves nothing", async () => {
  const stage = new Stage({
    settings: { handoff: "auto" },
    clients: [async (client) => {
      await client.starts();
      await client.hitsLimit();
      await client.sits(MINUTE_MS);
      return client.leaves(7);
    }],
  });
  const ledger = sqliteLedger(openLedgerDatabase(":memory:"), "memory");
  stage.context.ledger = () => ledger;
  assert.equal((await stage.run()).code, 7);
  assert.deepEqual(stage.accounts, ["a"]);
  assert.equal(stage.plans[0]?.set["CLAUDE_MULTI_SESSION"], undefined);
});

Deno.test("auto: a session that still works isn't ended by a full window, and asks once it is left", async () => {
  const works: Script = async (client) => {
    await client.starts();
    client.stage.ledger.addReadings([reading(client, {})]);
    await client.sits(30 * MINUTE_MS);
  };
  const stage = new Stage({ settings: { handoff: "auto" }, clients: [works, answers] });
  stage.context.terminal.answers.push("n");
  const { code, stderr } = await stage.run();
  assert.equal(code, 0);
  assert.match(stderr, /Continue this conversation on "b"[^]*\n?to continue it later: /);
  assert.deepEqual(stage.accounts, ["a"]);
  assert.equal(stage.ledger.session(1)?.exitCode, 0);
});

Deno.test("a conversation whose window has room again after its limit isn't offered to another account", async () => {
  const resets = (percentUsed: number, afterMs: number): Script => async (client) => {
    await client.starts();
    await client.hitsLimit({ inMs: HOUR_MS });
    await client.sits(afterMs);
    client.stage.ledger.addReadings([reading(client, { percentUsed })]);
    await client.sits(1000);
  };
  const asked = async (percentUsed: number, afterMs = MINUTE_MS) => {
    const stage = new Stage({ clients: [resets(percentUsed, afterMs), answers] });
    return (await stage.run()).stderr.includes("Continue this conversation");
  };
  assert.equal(await asked(4), false);
  assert.equal(await asked(4, 1000), true, "that line was drawn before the refusal");
  assert.equal(await asked(100), true);
  assert.equal(await asked(91), true, "numbers may be late");
});

Deno.test("a conversation at a limit that another session has met with an earlier reset shows that one", async () => {
  const stage = new Stage({
    clients: [async (client) => {
      await client.starts();
      await client.hitsLimit({ inMs: 40 * HOUR_MS });
      await client.sits(MINUTE_MS);
      const { context, ledger } = client.stage;
      const nowMs = context.clock.nowMs();
      const [met] = ledger.facts("a", { identity: identityKey(fakeIdentity("a")), nowMs }).limits;
      if (met === undefined) throw new Error("no limit was recorded");
      ledger.addLimit({
        ...met,
        session: null,
        recordedAtMs: nowMs,
        untilMs: nowMs + 30 * MINUTE_MS,
      });
      await client.sits(1000);
      const account = context.configFile.read().accounts[0];
      if (account === undefined) throw new Error("there is no account");
      const found = limitedConversation(context, { session: 1, account, readsTranscript: false });
      assert.equal(found?.limit.untilMs, nowMs + 30 * MINUTE_MS);
    }],
  });
  stage.context.terminal.answers.push("n");
  await stage.run();
});

/** `limit a --clear`, typed in another terminal a minute later. */
async function clears(client: FakeClient): Promise<void> {
  const { context } = client.stage;
  await client.sits(MINUTE_MS);
  const config = context.configFile.read();
  clearLimits(context, { config, name: "a", models: () => null });
  await client.sits(MINUTE_MS);
}

Deno.test("a limit that was cleared while its client is open isn't recorded again at the client's end", async () => {
  const limits: Array<Parameters<FakeClient["hitsLimit"]>[0]> = [
    {},
    { hook: false },
    { type: "seven_day_opus", model: "claude-opus-5-5" },
    { type: "moon_phase", model: "claude-opus-5-5" },
  ];
  for (const limit of limits) {
    const { stage, met, nowMs } = await metBy(async (client) => {
      await client.hitsLimit(limit);
      await clears(client);
    });
    assert.equal(met, null, JSON.stringify(limit));
    const facts = stage.ledger.facts("a", { identity: identityKey(fakeIdentity("a")), nowMs });
    assert.deepEqual(facts.limits, []);
    const context = stage.context;
    assert.deepEqual(heldBack(context, () => ["opus"]), [], JSON.stringify(limit));
  }
});

Deno.test("after a clearing, another refusal of the same client counts", async () => {
  const { met } = await metBy(async (client) => {
    await client.hitsLimit();
    await clears(client);
    await client.hitsLimit({ hook: false });
  });
  assert.equal(met?.kind, "limit");
});

Deno.test("a conversation whose limit was cleared isn't offered to another account", async () => {
  const stage = new Stage({
    clients: [async (client) => {
      await client.starts();
      await client.hitsLimit();
      await clears(client);
    }],
  });
  assert.deepEqual(await stage.run(), { code: 0, error: null, stdout: "", stderr: "" });
});

for (const knows of [true, false]) {
  Deno.test(`auto: a client that asks what to do at a limit, without saying which, is moved; its reset is ${knows ? "" : "un"}known`, async () => {
    const asks: Script = async (client) => {
      await client.starts();
      await client.hitsLimit({ exact: false });
      client.record("waiting", { waitingFor: "dialog open" });
      await client.sits(HOUR_MS);
    };
    const stage = new Stage({ settings: { handoff: "auto" }, clients: [asks, answers] });
    const { files, layout } = stage.context;
    const config = `${layout.accounts}/a/.claude.json`;
    const { cachedUsageUtilization, ...rest } = JSON.parse(files.readText(config) ?? "");
    files.put(config, JSON.stringify({ ...rest, ...knows ? { cachedUsageUtilization } : {} }));
    const { stderr } = await stage.run();
    assert.equal(stderr, 'continuing on "b" instead of "a"\n');
    const met = stage.ledger.limitMetBy(1, stage.context.clock.nowMs());
    const inMs = (met?.untilMs ?? 0) - (met?.recordedAtMs ?? 0);
    assert.ok(knows ? inMs < 2 * HOUR_MS : inMs === 5 * HOUR_MS, `${inMs}`);
  });
}

Deno.test("auto: a dialog without a refusal, or long after it, is no limit", async () => {
  const idles: Script = async (client) => {
    await client.starts();
    client.record("waiting", { waitingFor: "dialog open" });
    await client.sits(MINUTE_MS);
    client.record("idle");
    await client.hitsLimit({ exact: false });
    await client.sits(MINUTE_MS);
    client.record("waiting", { waitingFor: "dialog open" });
    await client.sits(MINUTE_MS);
  };
  const stage = new Stage({ settings: { handoff: "auto" }, clients: [idles] });
  await stage.run();
  assert.deepEqual(stage.accounts, ["a"]);
});
