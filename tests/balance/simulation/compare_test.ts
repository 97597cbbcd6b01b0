// Tests of the comparison of policies: seeded, fair, and its verdict on our policies.
import assert from "node:assert/strict";
import { SIMULATED_POLICIES } from "../../../lib/balance/simulation/replay.ts";
import type { AccountSize } from "../../../lib/balance/plans.ts";
import { PLAN_SIZES } from "../../../lib/balance/plans.ts";
import type { Session } from "../../../lib/balance/session.ts";
import type { PolicyResult } from "../../../lib/balance/simulation/compare.ts";
import {
  capacityOf,
  simulateRecorded,
  simulateSynthetic,
} from "../../../lib/balance/simulation/compare.ts";

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const NOW = 1_800_000_000_000;
const CAPACITY = capacityOf({ burstHours: 4.5, rollingHours: 30 });

/** Some options, with so many accounts of `pro` or the sizes given. */
type Numbered<Options> = Partial<Omit<Options, "accounts">> & {
  accounts?: number | readonly AccountSize[];
};

function synthetic(
  { accounts = 2, ...options }: Numbered<Parameters<typeof simulateSynthetic>[0]> = {},
): PolicyResult[] {
  return simulateSynthetic({
    policies: SIMULATED_POLICIES,
    loads: [0.8],
    accounts: typeof accounts === "number" ? Array(accounts).fill(PLAN_SIZES.pro) : accounts,
    weeks: 8,
    seed: 1,
    capacity: CAPACITY,
    ...options,
  });
}

/** A session that started some hours ago. */
function session(id: number, hoursAgo: number, hours: number): Session {
  return {
    id,
    account: "a",
    launcherPid: 1,
    pid: null,
    processStart: null,
    clientSessionId: null,
    backgroundTasks: 0,
    cwd: "/",
    startedAtMs: NOW - hoursAgo * HOUR,
    endedAtMs: NOW - (hoursAgo - hours) * HOUR,
    endedHow: "exit",
    exitCode: 0,
    signal: null,
    handedFrom: null,
    origin: null,
  };
}

function recorded(
  sessions: Session[],
  { accounts = 2, ...options }: Numbered<Parameters<typeof simulateRecorded>[1]> = {},
): ReturnType<typeof simulateRecorded> {
  return simulateRecorded(sessions, {
    policies: SIMULATED_POLICIES,
    loads: null,
    accounts: typeof accounts === "number" ? Array(accounts).fill(PLAN_SIZES.pro) : accounts,
    fromMs: NOW - 12 * WEEK,
    nowMs: NOW,
    seed: 1,
    capacity: CAPACITY,
    ...options,
  });
}

Deno.test("capacity comes from the hours that windows are expected to give", () => {
  assert.deepEqual(capacityOf({ burstHours: 5, rollingHours: 20 }), {
    burstsPerWeek: 4,
    burstPercentPerHour: 20,
  });
});

Deno.test("the same seed gives the same figures, and another seed gives others", () => {
  assert.deepEqual(synthetic(), synthetic());
  assert.notDeepEqual(synthetic(), synthetic({ seed: 2 }));
});

Deno.test("a policy's figures don't depend on which others are replayed", () => {
  const alone = synthetic({ policies: ["drain"] })[0];
  const among = synthetic().find((result) => result.policy === "drain");
  assert.deepEqual({ ...among, moreMinutesThanFirst: null, relativeCost: null }, alone);
});

Deno.test("rows are sorted by load, then by policy, and every policy gets the same work", () => {
  const results = synthetic({ loads: [0.6, 1], policies: ["weighted", "random"] });
  assert.deepEqual(results.map((r) => [r.load, r.policy]), [
    [0.6, "weighted"],
    [0.6, "random"],
    [1, "weighted"],
    [1, "random"],
  ]);
  const [light, lightToo, full] = results.map((r) => r.conversationsPerWeek);
  assert.equal(light, lightToo);
  assert.ok((full ?? 0) > (light ?? 0));
});

Deno.test("the difference from the first policy is that of the means, with its error", () => {
  const [first, second] = synthetic({ policies: ["weighted", "drain"], weeks: 10 });
  assert.equal(first?.moreMinutesThanFirst, null);
  const more = second?.moreMinutesThanFirst ?? null;
  const expected = (second?.minutesWaitedPerWeek ?? 0) - (first?.minutesWaitedPerWeek ?? 0);
  assert.ok(Math.abs((more?.mean ?? NaN) - expected) < 1e-6);
  assert.ok((more?.error ?? 0) > 0);
  const [, once] = synthetic({ policies: ["weighted", "drain"], weeks: 4 });
  assert.equal(once?.moreMinutesThanFirst?.error, null);
});

Deno.test("the cost is 5 + minutes waited + 3 × moves, divided by that of the first policy", () => {
  const [first, second] = synthetic({ policies: ["weighted", "drain"], weeks: 10 });
  assert.ok(first && second);
  const cost = (of: PolicyResult) => 5 + of.minutesWaitedPerWeek + 3 * of.movedPerWeek;
  assert.equal(first.relativeCost, null);
  assert.ok(Math.abs((second.relativeCost ?? NaN) - cost(second) / cost(first)) < 1e-9);
});

Deno.test("a higher load waits longer; more accounts at the same load wait less per conversation", () => {
  const waits = (options: Parameters<typeof synthetic>[0]) => {
    const [result] = synthetic({ policies: ["weighted"], weeks: 80, ...options });
    return (result?.minutesWaitedPerWeek ?? NaN) / (result?.conversationsPerWeek ?? NaN);
  };
  assert.ok(waits({ loads: [0.6] }) < waits({ loads: [1] }));
  assert.ok(waits({ accounts: 5 }) < waits({ accounts: 2 }));
});

Deno.test("a share on a model with its own week replays the same work, and waits more", () => {
  const [of0, of50, of100] = [0, 0.5, 1].map((modelShare) =>
    synthetic({ policies: ["weighted"], weeks: 40, modelShare })[0]
  );
  assert.deepEqual(of0, synthetic({ policies: ["weighted"], weeks: 40 })[0]);
  assert.equal(of50?.conversationsPerWeek, of0?.conversationsPerWeek);
  assert.ok((of0?.minutesWaitedPerWeek ?? 0) < (of50?.minutesWaitedPerWeek ?? 0));
  assert.ok((of50?.minutesWaitedPerWeek ?? 0) < (of100?.minutesWaitedPerWeek ?? 0));
});

Deno.test("paced waits and moves less than weighted near full load; both move less than random", () => {
  const results = synthetic({ loads: [0.9], accounts: 4, weeks: 100 });
  const of = (policy: string) => results.find((result) => result.policy === policy);
  const paced = of("paced");
  const weighted = of("weighted");
  const random = of("random");
  assert.ok(paced && weighted && random);
  assert.ok(paced.minutesWaitedPerWeek < weighted.minutesWaitedPerWeek);
  assert.ok(paced.lateShare < weighted.lateShare);
  assert.ok(paced.movedPerWeek < weighted.movedPerWeek);
  assert.ok(weighted.movedPerWeek < random.movedPerWeek);
});

Deno.test("the load of recorded sessions follows from their hours", () => {
  // 9 hours in a week, of 2 × 30.
  const { weeks, results } = recorded([session(1, 168, 4), session(2, 30, 5)]);
  assert.equal(weeks, 1);
  assert.equal(results.length, SIMULATED_POLICIES.length);
  for (const result of results) {
    assert.ok(Math.abs(result.load - 0.15) < 1e-9);
    assert.equal(result.conversationsPerWeek, 2);
  }
});

Deno.test("the load counts the week of each account by its size", () => {
  // 9 hours in a week, of (1 + 5 + 10) × 30.
  const accounts = [PLAN_SIZES.pro, PLAN_SIZES.max, PLAN_SIZES.ultra];
  const { results } = recorded([session(1, 168, 4), session(2, 30, 5)], { accounts });
  assert.ok(Math.abs((results[0]?.load ?? 0) - 9 / (16 * 30)) < 1e-9);
  const [alone] = synthetic({ accounts: [PLAN_SIZES.pro], policies: ["weighted"], weeks: 80 });
  const [mixed] = synthetic({ accounts, policies: ["weighted"], weeks: 80 });
  const times = (mixed?.conversationsPerWeek ?? 0) / (alone?.conversationsPerWeek ?? 1);
  assert.ok(Math.abs(times - 16) < 1.5, `${times} times the conversations`);
});

Deno.test("recorded sessions can be scaled to a load", () => {
  const sessions = Array.from({ length: 60 }, (_, n) => session(n + 1, 336 - n * 5, 4));
  const at = (load: number) =>
    recorded(sessions, { loads: [load], policies: ["weighted"] }).results[0];
  assert.equal(at(0.7)?.load, 0.7);
  assert.equal(at(0.7)?.conversationsPerWeek, 30);
  assert.ok((at(0.3)?.lateShare ?? 1) < (at(1.2)?.lateShare ?? 0));
});

Deno.test("weeks are counted from the first session in range, and are at least one", () => {
  assert.equal(recorded([session(1, 3 * 168, 1), session(2, 5, 1)]).weeks, 3);
  assert.equal(recorded([session(1, 2, 1)]).weeks, 1);
  assert.equal(recorded([session(1, 20 * 168, 19 * 168)]).weeks, 12);
});

Deno.test("no recorded sessions give no results", () => {
  assert.deepEqual(recorded([]), { weeks: 1, results: [] });
});

Deno.test("progress starts at 0, only grows, and stays below 100 while there is work", () => {
  for (const loads of [[0.8], [0.6, 1]]) {
    const seen: number[] = [];
    const onProgress = (percent: number) => void seen.push(percent);
    synthetic({ loads, onProgress });
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
    assert.ok(seen[0] === 0 && seen.length > 1 && (seen.at(-1) ?? 100) < 100, seen.join(" "));
    seen.length = 0;
    recorded([session(1, 30, 2), session(2, 20, 1)], { loads, onProgress });
    assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
    assert.ok(seen[0] === 0 && (seen.at(-1) ?? 100) < 100, seen.join(" "));
  }
});
