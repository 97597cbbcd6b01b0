// Tests of the replay: small cases counted by hand, and properties of any work.
import assert from "node:assert/strict";
import fc from "fast-check";
import { POLICY_NAMES } from "../../../lib/balance/policy.ts";
import type { Outcome, ReplayOptions } from "../../../lib/balance/simulation/replay.ts";
import { replay, SIMULATED_POLICIES } from "../../../lib/balance/simulation/replay.ts";
import type { AccountSize } from "../../../lib/balance/plans.ts";
import { PLAN_SIZES } from "../../../lib/balance/plans.ts";
import { MODEL, MODEL_WEEK } from "../../../lib/balance/simulation/account.ts";
import type { Conversation } from "../../../lib/balance/simulation/workload.ts";
import { demandOf } from "../../../lib/balance/simulation/workload.ts";

const HOUR = 3_600_000;
/** The first weeks are over by then, so that weeks start with the first use. */
const START_HOUR = 400;

/** A conversation at `atHour` that runs for `hours`, at `rate` percent of a 5-hour window an hour. */
function conversation(atHour: number, hours: number, rate: number): Conversation {
  return {
    arrivesAtMs: (START_HOUR + atHour) * HOUR,
    workMs: hours * HOUR,
    burstPercentPerHour: rate,
  };
}

/** Replays on so many accounts of `pro`, or on those given. */
function play(
  work: Conversation[],
  { accounts = 1, ...options }: Partial<Omit<ReplayOptions, "accounts">> & {
    accounts?: number | AccountSize[];
  } = {},
): Outcome {
  return replay(work, {
    policy: "weighted",
    accounts: typeof accounts === "number" ? Array(accounts).fill(PLAN_SIZES.pro) : accounts,
    burstsPerWeek: 100,
    seed: 1,
    fromMs: 0,
    ...options,
  });
}

/** Figures in hours, rounded because of float sums. */
function figures(outcome: Outcome): Record<string, number> {
  const rounded = (value: number) => Math.round(value * 1e6) / 1e6;
  return {
    waitedHours: rounded(outcome.waitedMs / HOUR),
    moved: outcome.moved,
    late: rounded(outcome.latePercent),
    givenUp: outcome.givenUp,
  };
}

Deno.test("work that fits never waits or moves", () => {
  const outcome = play([conversation(0, 1, 40), conversation(2, 1, 40)]);
  assert.deepEqual(figures(outcome), { waitedHours: 0, moved: 0, late: 0, givenUp: 0 });
  assert.equal(outcome.conversations, 2);
  assert.equal(outcome.workPercent, 80);
});

Deno.test("an exhausted 5-hour window opens 5 hours after its first use", () => {
  // Exhausted at 1 h, open at 5 h: it waits 4 h, and the second half is late.
  const outcome = play([conversation(0, 2, 100)]);
  assert.deepEqual(figures(outcome), { waitedHours: 4, moved: 0, late: 100, givenUp: 0 });
});

Deno.test("a 5-hour window that ends in the middle of a session starts again", () => {
  // 95 % in each of three windows.
  const outcome = play([conversation(0, 14, 19)]);
  assert.deepEqual(figures(outcome), { waitedHours: 0, moved: 0, late: 0, givenUp: 0 });
});

Deno.test("work after a wait of less than an hour isn't late", () => {
  // Exhausted at 4.5 h, open at 5 h.
  const outcome = play([conversation(0, 5, 100 / 4.5)]);
  assert.deepEqual(figures(outcome), { waitedHours: 0.5, moved: 0, late: 0, givenUp: 0 });
});

Deno.test("work after a wait of exactly an hour isn't late, after a longer one it is", () => {
  // Full at 4 h, open at 5 h; or full a little sooner.
  assert.equal(play([conversation(0, 5, 25)]).latePercent, 0);
  assert.ok(play([conversation(0, 5, 25.001)]).latePercent > 0);
});

Deno.test("a conversation that arrives when counting starts is counted", () => {
  const from = (atHour: number) => ({ countFromMs: (START_HOUR + atHour) * HOUR });
  assert.equal(play([conversation(1, 1, 10)], from(1)).conversations, 1);
  assert.equal(play([conversation(1, 1, 10)], from(1.001)).conversations, 0);
});

Deno.test("a conversation moves when its account is exhausted and another has room", () => {
  for (const policy of SIMULATED_POLICIES) {
    const outcome = play([conversation(0, 1.5, 100)], { policy, accounts: 2 });
    assert.deepEqual(figures(outcome), { waitedHours: 0, moved: 1, late: 0, givenUp: 0 }, policy);
  }
});

Deno.test("the week is counted separately, and a conversation that waits 12 hours for it is given up", () => {
  // The week is half a 5-hour window: exhausted at 0.5 h for 7 days.
  const outcome = play([conversation(0, 1, 100)], { burstsPerWeek: 0.5 });
  assert.deepEqual(figures(outcome), { waitedHours: 12, moved: 0, late: 50, givenUp: 1 });
});

Deno.test("a week starts with the first use after the last one has ended", () => {
  // 40 of 50 used on the first day; 8 days later there is a new week, on day 6 there is none.
  const later = play([conversation(0, 1, 40), conversation(8 * 24, 1, 40)], { burstsPerWeek: 0.5 });
  assert.equal(later.givenUp, 0);
  const sooner = play([conversation(0, 1, 40), conversation(6 * 24, 1, 40)], {
    burstsPerWeek: 0.5,
  });
  assert.equal(sooner.givenUp, 1);
});

Deno.test("conversations opened at the same time spread over the accounts", () => {
  const work = Array.from({ length: 4 }, () => conversation(0, 1, 90));
  for (const policy of POLICY_NAMES) {
    assert.deepEqual(
      figures(play(work, { policy, accounts: 4 })),
      { waitedHours: 0, moved: 0, late: 0, givenUp: 0 },
      policy,
    );
  }
});

Deno.test("the real ranking decides: drain stays on one account, weighted spreads", () => {
  const work = [conversation(0, 1, 40), conversation(2, 1, 40), conversation(4, 0.9, 40)];
  assert.equal(play(work, { policy: "weighted", accounts: 2 }).moved, 0);
  // 40 + 40 on the first account, whose week is further on; the third finds 20 there.
  assert.equal(play(work, { policy: "drain", accounts: 2 }).moved, 1);
});

Deno.test("if all are exhausted, every conversation waits for the first account to open, and moves to it", () => {
  // The first account is exhausted at 1 h. Its conversation moves to the second, 90 % of it used by
  // then; both are stopped 0.05 h later and wait until the first opens at 5 h.
  const outcome = play([conversation(0, 1.4, 100), conversation(0.1, 1.4, 100)], { accounts: 2 });
  assert.deepEqual(figures(outcome), { waitedHours: 7.9, moved: 3, late: 80, givenUp: 0 });
});

Deno.test("a conversation that finds no open account waits, and starting later isn't a move", () => {
  const outcome = play([conversation(0, 1, 100.1), conversation(2, 0.5, 10)]);
  // The first waits for its last moments from 0.999 h to 5 h, the second from 2 h to 5 h.
  assert.equal(outcome.moved, 0);
  assert.ok(Math.abs(outcome.waitedMs / HOUR - (5 - 100 / 100.1 + 3)) < 1e-6);
});

Deno.test("conversations that arrive before counting starts are replayed but not counted", () => {
  const outcome = play([conversation(0, 2, 100), conversation(1.5, 0.5, 10)], {
    countFromMs: (START_HOUR + 1) * HOUR,
  });
  assert.equal(outcome.conversations, 1);
  assert.deepEqual(figures(outcome), { waitedHours: 3.5, moved: 0, late: 5, givenUp: 0 });
});

Deno.test("a larger account uses a smaller percentage of its windows for the same work", () => {
  // Twice the 5-hour window: full at 2 h, open at 5 h.
  const twice = play([conversation(0, 3, 100)], { accounts: [{ fiveHour: 2, week: 1 }] });
  assert.deepEqual(figures(twice), { waitedHours: 3, moved: 0, late: 100, givenUp: 0 });
  // Three times the week, which contains half a 5-hour window of pro: full at 1.5 h.
  const week = play([conversation(0, 2, 100)], {
    accounts: [{ fiveHour: 9, week: 3 }],
    burstsPerWeek: 0.5,
  });
  assert.deepEqual(figures(week), { waitedHours: 12, moved: 0, late: 50, givenUp: 1 });
});

Deno.test("an account without a 5h window is limited only by its week", () => {
  const accounts = [PLAN_SIZES.ultra];
  assert.equal(play([conversation(0, 20, 100)], { accounts }).waitedMs, 0);
  // Its week is ten of pro, each of half a 5-hour window.
  const outcome = play([conversation(0, 6, 100)], { accounts, burstsPerWeek: 0.5 });
  assert.deepEqual(figures(outcome), { waitedHours: 12, moved: 0, late: 100, givenUp: 1 });
});

/** Its week is two 5-hour windows of pro, that of the model one. */
const WITHOUT_BURST = { fiveHour: null, week: 1 };

Deno.test("a full week of a model stops only its conversations, which wait while others go on and start", () => {
  const others = [conversation(0, 2, 20), conversation(1.5, 0.5, 20)];
  const work = [{ ...conversation(0, 1.4, 100), model: MODEL }, ...others];
  const options = { accounts: [WITHOUT_BURST], burstsPerWeek: 2 };
  for (const policy of SIMULATED_POLICIES) {
    assert.deepEqual(
      figures(play(work, { ...options, policy })),
      { waitedHours: 12, moved: 0, late: 40, givenUp: 1 },
      policy,
    );
  }
  // The week itself has room for all of it.
  const fitting = play([conversation(0, 1.4, 100), ...others], options);
  assert.deepEqual(figures(fitting), { waitedHours: 0, moved: 0, late: 0, givenUp: 0 });
});

Deno.test("a conversation moves when the week of its model is full and another account has room", () => {
  const work = [{ ...conversation(0, 1.4, 100), model: MODEL }, conversation(0, 2, 10)];
  for (const policy of SIMULATED_POLICIES) {
    const accounts = [WITHOUT_BURST, WITHOUT_BURST];
    const outcome = play(work, { policy, accounts, burstsPerWeek: 2 });
    assert.deepEqual(figures(outcome), { waitedHours: 0, moved: 1, late: 0, givenUp: 0 }, policy);
  }
});

Deno.test("no work gives an empty outcome", () => {
  assert.deepEqual(play([]), {
    conversations: 0,
    waitedMs: 0,
    moved: 0,
    workPercent: 0,
    latePercent: 0,
    givenUp: 0,
  });
});

/** Any work, sometimes hopelessly much. */
const anyWork = fc.array(
  fc.record({
    arrivesAtMs: fc.nat(3 * 7 * 24 * HOUR),
    workMs: fc.integer({ min: 1, max: 10 * HOUR }),
    burstPercentPerHour: fc.double({ min: 0.1, max: 400, noNaN: true }),
  }),
  { maxLength: 40 },
).map((work) => work.sort((a, b) => a.arrivesAtMs - b.arrivesAtMs));
/** Such work, two thirds of it on the model. */
const anyMixedWork = anyWork.chain((work) =>
  fc.array(fc.nat(2), { minLength: work.length, maxLength: work.length }).map((numbers) =>
    work.map((one, index) => numbers[index] === 0 ? one : { ...one, model: MODEL })
  )
);
const anyOptions = fc.record({
  accounts: fc.integer({ min: 1, max: 4 }),
  burstsPerWeek: fc.double({ min: 0.2, max: 30, noNaN: true }),
  seed: fc.nat(),
});

Deno.test("any work ends, gives the same outcome every time, and has possible figures", () => {
  fc.assert(
    fc.property(
      anyMixedWork,
      anyOptions,
      fc.constantFrom(...SIMULATED_POLICIES),
      (work, options, policy) => {
        const outcome = play(work, { ...options, policy });
        assert.deepEqual(play(work, { ...options, policy }), outcome);
        assert.equal(outcome.conversations, work.length);
        assert.ok(Math.abs(outcome.workPercent - demandOf(work)) < 1e-6);
        assert.ok(outcome.latePercent >= 0 && outcome.latePercent <= outcome.workPercent + 1e-6);
        assert.ok(outcome.givenUp <= outcome.conversations);
        assert.ok(outcome.waitedMs >= outcome.givenUp * 12 * HOUR - 1);
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("with one account every policy gives the same outcome, and nothing moves", () => {
  fc.assert(
    fc.property(anyWork, anyOptions, (work, options) => {
      const [first, ...others] = SIMULATED_POLICIES.map((policy) =>
        play(work, { ...options, accounts: 1, policy })
      );
      for (const other of others) assert.deepEqual(other, first);
      assert.equal(first?.moved, 0);
    }),
    { numRuns: 50 },
  );
});

Deno.test("a model waits exactly as if it had an account of the size of its week, and others don't wait", () => {
  fc.assert(
    fc.property(anyMixedWork, fc.nat(), (work, seed) => {
      const ofModel = work.filter((one) => "model" in one);
      const burstsPerWeek = (demandOf(work) + 1) / 100;
      const mixed = play(work, { accounts: [WITHOUT_BURST], burstsPerWeek, seed });
      const alone = play(
        ofModel.map(({ arrivesAtMs, workMs, burstPercentPerHour }) => ({
          arrivesAtMs,
          workMs,
          burstPercentPerHour,
        })),
        { accounts: [{ fiveHour: null, week: MODEL_WEEK }], burstsPerWeek, seed },
      );
      assert.ok(Math.abs(mixed.waitedMs - alone.waitedMs) < 1);
      assert.ok(Math.abs(mixed.latePercent - alone.latePercent) < 1e-3);
      assert.equal(mixed.givenUp, alone.givenUp);
    }),
    { numRuns: 300 },
  );
});
