// Properties of figures that make no sense: whatever a client caches or the ledger holds, no account is held
// back for ever, one command opens it, and the next honest answer decides.
import assert from "node:assert/strict";
import fc from "fast-check";
import { heldBack } from "../../lib/accounts/held_back.ts";
import { clearLimits } from "../../lib/accounts/manual_limit.ts";
import { outlooksOf } from "../../lib/accounts/outlooks.ts";
import { standingsNow } from "../../lib/accounts/standings.ts";
import { statusJson } from "../../lib/accounts/status_json.ts";
import { renderStatus } from "../../lib/accounts/status_report.ts";
import { conclusion, renderRanking } from "../../lib/accounts/table.ts";
import { eligibleAccounts } from "../../lib/accounts/eligible.ts";
import { parsePayload } from "../../lib/claude/status_payload.ts";
import { saidBy } from "../../lib/statusline/recording.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext, putLogin, START_MS } from "../helpers/context.ts";
import { usageReadings } from "../../lib/claude/usage_answer.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MODELS = ["opus"];

const ANY_NUMBER = fc.constantFrom(-1e308, -1, -0, 0, 42, 99.999, 100, 101, 1e9, 1e308);
const ANY_PERCENT: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(0, 50, 100, 130) },
  ANY_NUMBER,
  fc.constantFrom("100", "", "x", null, true, [100], {}),
);
const ANY_TIME_MS = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -8 * DAY, max: 8 * DAY }).map((ms) => START_MS + ms) },
  fc.constantFrom(0, -1, 1, Date.UTC(1970, 1), Date.UTC(2100, 0), Date.UTC(3000, 0), 8.64e15),
);
const ANY_ISO: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 4, arbitrary: ANY_TIME_MS.map((ms) => new Date(ms).toISOString()) },
  fc.constantFrom(null, "", "soon", "3000-01-01T00:00:00Z", 5, {}, "2026-02-30T00:00:00Z"),
);
const ANY_WINDOW: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ utilization: ANY_PERCENT, resets_at: ANY_ISO }) },
  fc.constantFrom(null, 5, "x", [], {}),
);
const ANY_LIMIT: fc.Arbitrary<unknown> = fc.oneof(
  fc.record({
    kind: fc.constantFrom("weekly_scoped", "session", 5),
    percent: ANY_PERCENT,
    resets_at: ANY_ISO,
    scope: fc.constantFrom(
      null,
      { model: { id: null, display_name: "Opus" } },
      { model: { id: "__proto__", display_name: "\u001b[2J\n" } },
      { model: "opus" },
    ),
  }),
  fc.constantFrom(null, 5, "x", [], {}),
);
const ANSWER = fc.record({
  five_hour: ANY_WINDOW,
  seven_day: ANY_WINDOW,
  seven_day_opus: ANY_WINDOW,
  spend_limit: ANY_WINDOW,
  limits: fc.oneof(fc.array(ANY_LIMIT, { maxLength: 4 }), fc.constantFrom<unknown>(null, "x", {})),
});
const PAYLOAD_WINDOW: fc.Arbitrary<unknown> = fc.record({
  used_percentage: ANY_PERCENT,
  resets_at: fc.oneof(ANY_TIME_MS.map((ms) => ms / 1000), ANY_TIME_MS, ANY_PERCENT),
});
const WORLD = fc.record({
  cached: ANSWER,
  fetchedAtMs: fc.oneof<fc.Arbitrary<unknown>[]>(ANY_TIME_MS, ANY_PERCENT),
  told: fc.record({ five_hour: PAYLOAD_WINDOW, seven_day: PAYLOAD_WINDOW }),
  toldAtMs: ANY_TIME_MS,
  asked: ANSWER,
  askedAtMs: ANY_TIME_MS,
  cooldownAtMs: ANY_TIME_MS,
});
type World = typeof WORLD extends fc.Arbitrary<infer Made> ? Made : never;

function contextOf({ cached, fetchedAtMs, told, toldAtMs, ...world }: World): FakeContext {
  const context = fakeContext({ config: { accounts: [{ name: "work" }] }, columns: 200 });
  const dir = `${context.layout.accounts}/work`;
  putLogin(context.files, { dir, name: "work", nowMs: START_MS });
  const path = `${dir}/.claude.json`;
  const known = JSON.parse(context.files.readText(path) ?? "{}");
  const answer = { ...known, cachedUsageUtilization: { fetchedAtMs, utilization: cached } };
  context.files.put(path, JSON.stringify(answer));
  const ledger = context.ledger();
  const payload = parsePayload(JSON.stringify({ rate_limits: told }));
  ledger.addReadings(saidBy(payload, { account: "work", last: null, nowMs: toldAtMs }).readings);
  const asked = { account: "work", identity: null, measuredAtMs: world.askedAtMs };
  ledger.addReadings(usageReadings(world.asked, asked));
  // As a refusal without a limit is recorded.
  ledger.addLimit({
    account: "work",
    window: null,
    model: null,
    untilMs: world.cooldownAtMs + 120_000,
    kind: "cooldown",
    recordedAtMs: world.cooldownAtMs,
    session: null,
  });
  return context;
}

/** When something was measured or recorded. */
function timesOf({ toldAtMs, askedAtMs, fetchedAtMs, cooldownAtMs }: World): number[] {
  return [toldAtMs, askedAtMs, Number(fetchedAtMs), cooldownAtMs];
}

/** The standing of the only account, after everything that reports it has printed. */
async function standingOf(context: FakeContext) {
  const config = context.configFile.read();
  const { home } = context.layout;
  const eligible = eligibleAccounts(context, { config, cwd: "/", owner: null, home });
  const found = standingsNow(context, { config, eligible, models: () => MODELS });
  const [standing] = found.accounts;
  assert.ok(standing);
  const nowMs = context.clock.nowMs();
  for (const { state } of standing.windows) {
    if (state === null || state.state === "none") continue;
    assert.ok(state.percentUsed >= 0 && state.percentUsed <= 100, JSON.stringify(state));
    assert.ok(state.ageMs >= 0);
  }
  assert.ok(Number.isFinite(standing.ranked?.score));
  const { limitedUntilMs } = standing;
  if (limitedUntilMs !== null) {
    assert.ok(limitedUntilMs > nowMs && limitedUntilMs <= nowMs + 7 * DAY + HOUR);
  }
  const said = [
    await renderStatus(context, found.accounts),
    await renderRanking(context, { standings: found, surface: context.terminal }),
    conclusion(context, { standings: found, surface: context.terminal }),
    JSON.stringify(
      statusJson(found, { eligible, nowMs, outlooksOf: (one) => outlooksOf(context, one) }),
    ),
  ].join("\n");
  assert.doesNotMatch(said, /NaN|Invalid|undefined|Infinity/);
  // Doctor names what holds it back, and nothing else.
  const held = heldBack(context, () => MODELS).some(({ model }) => model === null);
  assert.equal(held, standing.state === "limited");
  return standing;
}

Deno.test("whatever figures an account has, it is open again after eight days without news", async () => {
  await fc.assert(
    fc.asyncProperty(WORLD, async (world) => {
      const context = contextOf(world);
      await standingOf(context);
      context.clock.advance(8 * DAY);
      const { state, windows } = await standingOf(context);
      // A clock that was far ahead when something was measured may have been right by now.
      const isAhead = timesOf(world).some((ms) => ms > START_MS);
      if (!isAhead) assert.equal(state, "open", JSON.stringify(windows));
    }),
    { numRuns: 200 },
  );
});

Deno.test("whatever holds an account back, limit --clear opens it", async () => {
  await fc.assert(
    fc.asyncProperty(WORLD, async (world) => {
      const context = contextOf(world);
      const config = context.configFile.read();
      clearLimits(context, { config, name: "work", models: () => MODELS });
      const { state, windows } = await standingOf(context);
      assert.equal(state, "open", JSON.stringify(windows));
    }),
    { numRuns: 200 },
  );
});

Deno.test("whatever figures an account has, the next honest answer decides", async () => {
  const PERCENT = fc.integer({ min: 0, max: 99 });
  await fc.assert(
    fc.asyncProperty(WORLD, PERCENT, PERCENT, PERCENT, async (world, five, seven, opus) => {
      const context = contextOf(world);
      context.clock.advance(HOUR);
      const nowMs = context.clock.nowMs();
      const at = (utilization: number, hours: number) => ({
        utilization,
        resets_at: new Date(nowMs + hours * HOUR).toISOString(),
      });
      const figures = {
        five_hour: at(five, 3),
        seven_day: at(seven, 90),
        seven_day_opus: at(opus, 90),
      };
      const asked = { account: "work", identity: null, measuredAtMs: nowMs };
      context.ledger().addReadings(usageReadings(figures, asked));
      const { state, windows } = await standingOf(context);
      const isLater = timesOf(world).some((ms) => ms > nowMs && ms <= nowMs + 120_000);
      if (isLater) return;
      const known = windows.filter(({ window }) => window in figures && window !== "spend_limit");
      assert.deepEqual(
        known.map((one) => one.state?.state === "measured" && one.state.percentUsed),
        [five, seven, opus],
      );
      assert.equal(state, "open");
    }),
    { numRuns: 200 },
  );
});
