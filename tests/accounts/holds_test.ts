// Tests of what holds an account back: its evidence in every report, and that one command clears it.
import assert from "node:assert/strict";
import { heldBack } from "../../lib/accounts/held_back.ts";
import { clearLimits, limitUntil } from "../../lib/accounts/manual_limit.ts";
import { standingsNow } from "../../lib/accounts/standings.ts";
import { renderStatus } from "../../lib/accounts/status_report.ts";
import type { Reading } from "../../lib/balance/windows.ts";
import { reasonText } from "../../lib/balance/reasons.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext, putLogin, START_MS } from "../helpers/context.ts";
import { fakeIdentity } from "../helpers/identity.ts";

const HOUR = 3_600_000;
const MINUTE = 60_000;

function contextOf(config: Record<string, unknown> = {}): FakeContext {
  const context = fakeContext({
    config: { accounts: [{ name: "work" }], ...config },
    columns: 300,
  });
  const dir = `${context.layout.accounts}/work`;
  putLogin(context.files, { dir, name: "work", nowMs: START_MS });
  return context;
}

/** A reading of a window that is full. */
function full(more: Partial<Reading> = {}): Reading {
  return {
    account: "work",
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: 100,
    resetsAtMs: START_MS + 2 * HOUR,
    measuredAtMs: START_MS - 5 * MINUTE,
    source: "statusline",
    ...more,
  };
}

function putGlobal(context: FakeContext, more: Record<string, unknown>): void {
  const path = `${context.layout.accounts}/work/.claude.json`;
  const known = JSON.parse(context.files.readText(path) ?? "{}");
  context.files.put(path, JSON.stringify({ ...known, ...more }));
  context.claudeHome.forget();
}

const standingOf = (context: FakeContext) => {
  const [standing] = standingsNow(context, { config: context.configFile.read() }).accounts;
  assert.ok(standing);
  return standing;
};
const clear = (context: FakeContext, models: readonly string[] | null = null) =>
  clearLimits(context, { config: context.configFile.read(), name: "work", models: () => models });

Deno.test("limit --clear overrules full windows, whatever they are known from, until something newer is measured", () => {
  const context = contextOf();
  putGlobal(context, {
    cachedUsageUtilization: {
      fetchedAtMs: START_MS - MINUTE,
      utilization: { seven_day: { utilization: 100, resets_at: "2026-11-05T12:00:00Z" } },
    },
  });
  context.ledger().addReadings([full(), full({ measuredAtMs: START_MS })]);
  assert.equal(standingOf(context).state, "limited");
  const said = clear(context).split("\n");
  assert.equal(said[0], '"work" is open again');
  assert.match(said[1] ?? "", /^forgotten: 5h at 100 %, read 0s ago by the status line, resets \S/);
  assert.match(said[2] ?? "", /^forgotten: 7d at 100 %, read 1m ago by claude, resets \S/);
  const cleared = standingOf(context);
  assert.equal(cleared.state, "open");
  assert.deepEqual(cleared.windows.map(({ state }) => state), [null, null]);
  assert.equal(clear(context), '"work" had no limit');
  context.clock.advance(MINUTE);
  context.ledger().addReadings([full({ measuredAtMs: START_MS + MINUTE })]);
  assert.equal(standingOf(context).state, "limited", "it is full again");
});

Deno.test("limit --clear says once what several sessions have met", () => {
  const context = contextOf();
  const met = { account: "work", window: "five_hour", model: null, kind: "limit" } as const;
  const until = (untilMs: number, ago: number, more = {}) =>
    context.ledger().addLimit({
      ...met,
      untilMs,
      recordedAtMs: START_MS - ago * MINUTE,
      session: ago,
      ...more,
    });
  until(START_MS + HOUR, 2);
  until(START_MS + HOUR, 3);
  until(START_MS + HOUR, 1);
  until(START_MS + 9 * HOUR, 5, { window: "seven_day" });
  assert.deepEqual(clear(context).split("\n"), [
    '"work" is open again',
    "forgotten: a limit of 5h, met 1m ago, until 13:00",
    "forgotten: a limit of 7d, met 5m ago, until 21:00",
  ]);
  assert.equal(standingOf(context).state, "open");
});

Deno.test("limit --clear forgets limits and estimates, and leaves figures that hold nothing back", () => {
  const context = contextOf({ reserve: { seven_day: 10 }, limits: { rollingHours: 5 } });
  const ledger = context.ledger();
  const session = ledger.startSession(
    {
      account: "work",
      launcherPid: 4_194_305,
      cwd: "/",
      startedAtMs: START_MS - 2 * HOUR,
      handedFrom: null,
    },
    { chosenAtMs: START_MS, policy: "weighted", account: "work", forced: false, ranked: [] },
  );
  ledger.endSession(session, { atMs: START_MS, how: "exit", code: 0, signal: null });
  ledger.addReadings([full({ percentUsed: 40 })]);
  const config = context.configFile.read();
  limitUntil(context, { config, name: "work", models: () => null, untilMs: START_MS + HOUR });
  assert.deepEqual(
    clear(context).split("\n").map((line) => line.replace(/until .*|resets .*/, "")),
    [
      '"work" is open again',
      "forgotten: a limit set by hand 0s ago, ",
      "forgotten: 7d at 40 % (reserve 10 %), estimated from hours of sessions, reset time unknown",
    ],
  );
  const { state, windows } = standingOf(context);
  assert.equal(state, "open");
  assert.deepEqual(windows.map((one) => one.state?.state ?? null), ["measured", null]);
});

Deno.test("a limit names its evidence in doctor, and in the reasons that why and pick show", () => {
  const context = contextOf();
  const ledger = context.ledger();
  ledger.addReadings([full({ window: "seven_day", resetsAtMs: START_MS + 49 * HOUR })]);
  ledger.addLimit({
    account: "work",
    window: "five_hour",
    model: null,
    untilMs: START_MS + HOUR,
    kind: "limit",
    recordedAtMs: START_MS - 7 * MINUTE,
    session: null,
  });
  const [held, ...others] = heldBack(context, () => null);
  assert.deepEqual([held?.account, others], ["work", []]);
  assert.equal(held?.evidence.length, 1, "only what ends last");
  assert.match(held?.evidence[0] ?? "", /^7d at 100 %, read 5m ago by the status line, resets \S/);
  const reasons = standingOf(context).ranked?.reasons.map(reasonText) ?? [];
  assert.ok(
    reasons.includes("limited by claude (5h) 7m ago, for 1h more: −100"),
    reasons.join("\n"),
  );
  const read = "read 5m ago by the status line, resets in 2d1h";
  assert.ok(reasons.includes(`7d at 100 %, reserve 100 %, ${read}: −100`), reasons.join("\n"));
});

Deno.test("of limits that overlap, doctor names the one that ends last, and a model that opens later", () => {
  const context = contextOf();
  const limit = (hours: number, model: string | null = null, window: string | null = null) => {
    context.ledger().addLimit({
      account: "work",
      window,
      model,
      untilMs: START_MS + hours * HOUR,
      kind: "limit",
      recordedAtMs: START_MS - hours * MINUTE,
      session: null,
    });
  };
  const held = () =>
    heldBack(context, () => ["opus"]).map(({ evidence }) =>
      evidence.map((text) => /met (\d+)m/.exec(text)?.[1])
    );
  limit(2, "opus", "seven_day_opus");
  limit(1, null, "five_hour");
  limit(4, null, "seven_day");
  limit(3);
  assert.deepEqual(held(), [["4"]]);
  limit(6, "opus");
  limit(5, "opus");
  assert.deepEqual(held(), [["6", "4"]]);
});

Deno.test("an unused limit reset is mentioned while it is valid, where its owner is limited", async () => {
  const cache = {
    accountUuid: fakeIdentity("work").accountUuid,
    holdsUnusedReset: true,
    checkedAt: START_MS - HOUR,
    validUntil: START_MS + HOUR,
  };
  const mentioned = async (more: Record<string, unknown>, reading = full()) => {
    const context = contextOf();
    putGlobal(context, { unusedLimitResetStatusCache: { ...cache, ...more } });
    context.ledger().addReadings([reading]);
    const standing = standingOf(context);
    const status = await renderStatus(context, [standing]);
    const reasons = standing.ranked?.reasons.map(reasonText).join("\n") ?? "";
    assert.equal(status.includes("/limit-reset"), reasons.includes("/limit-reset"));
    return reasons.includes("it has an unused limit reset: /limit-reset in claude");
  };
  assert.equal(await mentioned({}), true);
  assert.equal(await mentioned({ validUntil: new Date(START_MS + HOUR).toISOString() }), true);
  assert.equal(await mentioned({ validUntil: START_MS }), false, "too late");
  assert.equal(await mentioned({ validUntil: undefined }), false);
  assert.equal(await mentioned({ accountUuid: fakeIdentity("someone").accountUuid }), false);
  assert.equal(await mentioned({ holdsUnusedReset: false }), false);
  assert.equal(await mentioned({}, full({ percentUsed: 50 })), false, "nothing to reset");
});

Deno.test("doctor and limit --clear count a model's week as pick does: by the model of a plain cl, and with the account's own reserve", () => {
  const contextWith = (config: Record<string, unknown>, opus: number) => {
    const context = contextOf(config);
    const week = { window: "seven_day_opus", model: "opus", resetsAtMs: START_MS + 40 * HOUR };
    context.ledger().addReadings([full({ ...week, percentUsed: opus, source: "usage-cache" })]);
    return context;
  };
  const held = (context: FakeContext, models: readonly string[] | null) =>
    heldBack(context, () => models).map(({ account, model, evidence }) => {
      const [standing] = standingsNow(context, {
        config: context.configFile.read(),
        models: () => models,
      }).accounts;
      return [account, model, standing?.state, evidence.map((one) => one.split(",")[0])];
    });
  const own = {
    accounts: [{ name: "work", reserve: { seven_day: 80 } }],
    reserve: { seven_day: 50 },
  };
  assert.deepEqual(held(contextWith(own, 79), ["opus"]), [], "its own reserve counts");
  const evidence = ["7d opus at 80 % (reserve 80 %)"];
  const context = contextWith(own, 80);
  assert.deepEqual(held(context, ["opus"]), [["work", null, "limited", evidence]]);
  assert.deepEqual(held(context, ["sonnet"]), [["work", "opus", "open", evidence]]);
  assert.deepEqual(held(context, null), [["work", "opus", "open", evidence]]);
  const said = (models: readonly string[] | null) => {
    const context = contextWith(own, 80);
    const [first, ...forgotten] = clear(context, models).split("\n");
    assert.match(
      forgotten.join(),
      /^forgotten: 7d opus at 80 % \(reserve 80 %\), read [^,]+, resets/,
    );
    assert.deepEqual(held(context, ["opus"]), []);
    return first;
  };
  assert.equal(said(["opus"]), '"work" is open again');
  assert.equal(said(["sonnet"]), 'opus on "work" is open again');
  assert.equal(said(null), 'opus on "work" is open again');
});

Deno.test("a budget that is used up holds nothing back, and doesn't delay the opening of a limited account", () => {
  const context = contextOf();
  const budget = full({ window: "spend_limit", resetsAtMs: START_MS + 600 * HOUR });
  context.ledger().addReadings([budget]);
  assert.equal(standingOf(context).state, "open");
  assert.deepEqual(heldBack(context, () => null), []);
  context.ledger().addReadings([full()]);
  assert.equal(standingOf(context).limitedUntilMs, START_MS + 2 * HOUR);
});
