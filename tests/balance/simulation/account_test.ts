// Tests of a simulated account as the ranking sees it: running sessions now, windows as last read.
import assert from "node:assert/strict";
import type { AccountSize } from "../../../lib/balance/plans.ts";
import { PLAN_SIZES } from "../../../lib/balance/plans.ts";
import type { Candidate } from "../../../lib/balance/candidate.ts";
import { MODEL, SimulatedAccount } from "../../../lib/balance/simulation/account.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const WEEK_ENDS = 100 * HOUR;
/** A conversation that uses a percent of a burst window each minute. */
const RUN = { burstPercentPerHour: 60 };

/** An account on which {@link RUN} started after 10 minutes; its week has two burst windows. */
function started(size: AccountSize = PLAN_SIZES.pro): SimulatedAccount<typeof RUN> {
  const account = new SimulatedAccount<typeof RUN>("a", {
    size,
    burstsPerWeek: 2,
    weekResetsAtMs: WEEK_ENDS,
  });
  account.start(RUN, 10 * MINUTE);
  return account;
}

/** Percent used as the ranking sees it, with readings every 3 minutes. */
function seen(account: SimulatedAccount<typeof RUN>, minutes: number): unknown[] {
  const { fiveHour, sevenDay } = account.candidate(minutes * MINUTE, {
    readingEveryMs: 3 * MINUTE,
  });
  const rounded = (percent = NaN) => Math.round(percent * 1e6) / 1e6;
  return [fiveHour, sevenDay].map((window) =>
    window === "none" ? window : rounded(window?.percentUsed)
  );
}

function resetOf(window: Candidate["fiveHour"]): number | null | undefined {
  return window === "none" ? undefined : window?.resetsAtMs;
}

Deno.test("between two readings the ranking sees the windows of the earlier one", () => {
  const account = started();
  assert.deepEqual(seen(account, 10), [0, 0]);
  account.use(MINUTE);
  assert.deepEqual(seen(account, 11), [0, 0]);
  account.use(6 * MINUTE);
  // At minute 17 the last reading was that of minute 15, 5 minutes after the start.
  assert.deepEqual(seen(account, 17), [5, 2.5]);
  account.use(MINUTE);
  assert.deepEqual(seen(account, 18), [8, 4]);
});

Deno.test("a reading is taken whenever a conversation starts or stops", () => {
  const account = started();
  account.use(7 * MINUTE);
  const other = { ...RUN };
  account.start(other, 17 * MINUTE);
  assert.deepEqual(seen(account, 17), [7, 3.5]);
  account.stop(RUN, 17 * MINUTE);
  account.stop(other, 17 * MINUTE);
  assert.deepEqual(seen(account, 17), [7, 3.5]);
  assert.deepEqual(seen(account, 29), [7, 3.5], "nothing runs, so nothing is unread");
});

Deno.test("windows start with the first use, and a week that is already running continues", () => {
  const idle = new SimulatedAccount<typeof RUN>("a", {
    size: PLAN_SIZES.pro,
    burstsPerWeek: 2,
    weekResetsAtMs: 7,
  });
  const { lastUsedAtMs, fiveHour, sevenDay } = idle.candidate(5, { readingEveryMs: MINUTE });
  assert.deepEqual([lastUsedAtMs, resetOf(fiveHour), resetOf(sevenDay)], [null, null, 7]);
  const account = started();
  const at = account.candidate(10 * MINUTE, { readingEveryMs: MINUTE });
  assert.deepEqual(
    [at.activeSessions, at.lastUsedAtMs, resetOf(at.fiveHour), resetOf(at.sevenDay)],
    [1, 10 * MINUTE, 10 * MINUTE + 5 * HOUR, WEEK_ENDS],
  );
  // Full in 100 minutes by its burst window; its week would last for 200.
  assert.equal(account.nextEventMs(10 * MINUTE), 110 * MINUTE);
});

Deno.test("a full window limits its account until its reset, or the later one if both are full", () => {
  const account = started();
  account.use(99 * MINUTE);
  assert.deepEqual(account.limitIfFull(109 * MINUTE), []);
  account.use(MINUTE);
  assert.deepEqual(account.limitIfFull(110 * MINUTE), [RUN]);
  const opensAtMs = 10 * MINUTE + 5 * HOUR;
  assert.equal(account.limitedUntilMs(), opensAtMs);
  account.openIfReset(opensAtMs - 1);
  assert.equal(account.limitedUntilMs(), opensAtMs);
  account.openIfReset(opensAtMs);
  assert.equal(account.limitedUntilMs(), null);
  account.use(100 * MINUTE);
  account.limitIfFull(opensAtMs);
  assert.equal(account.limitedUntilMs(), WEEK_ENDS, "its week is full too");
});

Deno.test("the ranking sees percentages of the account's own size", () => {
  const used = (size: AccountSize, minutes: number) => {
    const account = started(size);
    account.use(20 * MINUTE);
    return seen(account, minutes);
  };
  // 20 % of a window of pro; of a week that has two of them.
  assert.deepEqual(used(PLAN_SIZES.pro, 30), [20, 10]);
  assert.deepEqual(used(PLAN_SIZES.max, 30), [4, 2]);
  assert.deepEqual(used({ fiveHour: 20, week: 10 }, 30), [1, 1]);
  assert.deepEqual(used(PLAN_SIZES.ultra, 30), ["none", 1]);
  // A minute after the last reading, which it still sees.
  assert.deepEqual(used({ fiveHour: 5, week: 2 }, 31), [3.8, 4.75]);
});

Deno.test("a window of a larger account is full later, and a missing one never", () => {
  const nextMinutes = (size: AccountSize) => started(size).nextEventMs(10 * MINUTE) / MINUTE;
  assert.equal(nextMinutes(PLAN_SIZES.pro), 110);
  assert.equal(nextMinutes({ fiveHour: 2, week: 5 }), 210);
  assert.equal(nextMinutes({ fiveHour: null, week: 2 }), 410);
});

Deno.test("the ranking gets the size of 5h, or of the week without one", () => {
  const sizeOf = (size: AccountSize) => started(size).candidate(0, { readingEveryMs: MINUTE }).size;
  assert.deepEqual([PLAN_SIZES.max20, PLAN_SIZES.ultra].map(sizeOf), [20, 10]);
});

Deno.test("the ranking sees the week of a model, which only that model uses, for launches of that model", () => {
  const account = new SimulatedAccount<typeof RUN & { model?: string }>("a", {
    size: PLAN_SIZES.pro,
    burstsPerWeek: 2,
    weekResetsAtMs: WEEK_ENDS,
  });
  const weekOf = (model?: string) =>
    account.candidate(30 * MINUTE, { readingEveryMs: MINUTE, ...model && { model } }).modelWindows;
  account.start({ ...RUN, model: MODEL }, 0);
  account.start(RUN, 0);
  account.use(30 * MINUTE);
  assert.deepEqual(weekOf(), []);
  assert.deepEqual(weekOf("haiku"), []);
  // 30 % of a window of pro; the model's week is half of an account's, which has two of them.
  assert.deepEqual(weekOf(MODEL), [{ model: MODEL, percentUsed: 30, resetsAtMs: WEEK_ENDS }]);
  assert.deepEqual(seen(account, 30), [60, 30]);
});

Deno.test("a full week of a model holds back that model only, until its reset", () => {
  const account = new SimulatedAccount<typeof RUN & { model?: string }>("a", {
    size: PLAN_SIZES.ultra,
    burstsPerWeek: 0.2,
    weekResetsAtMs: WEEK_ENDS,
  });
  const run = { ...RUN, model: MODEL };
  account.start(run, 0);
  account.start(RUN, 0);
  // Its week is a window of pro, that of the account two, and two conversations use that.
  assert.equal(account.nextEventMs(0), 100 * MINUTE);
  account.stop(RUN, 0);
  account.use(100 * MINUTE);
  account.start(RUN, 100 * MINUTE);
  assert.deepEqual(account.limitIfFull(100 * MINUTE), [run]);
  account.stop(run, 100 * MINUTE);
  assert.deepEqual([account.limitedUntilMs(), account.limitedUntilMs(MODEL)], [null, WEEK_ENDS]);
  const limitFor = (model: string | null) =>
    account.candidate(100 * MINUTE, { readingEveryMs: MINUTE, model }).limitedUntilMs;
  assert.deepEqual([limitFor(null), limitFor(MODEL)], [null, WEEK_ENDS]);
  assert.equal(account.nextEventMs(100 * MINUTE), 200 * MINUTE, "the other one fills the week");
  account.openIfReset(WEEK_ENDS);
  assert.equal(account.limitedUntilMs(MODEL), null);
});
