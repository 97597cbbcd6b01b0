// Compares policies: replays the same work under each, and averages the figures per week.
import type { AccountSize } from "./account.ts";
import type { Outcome, SimulatedPolicy } from "./replay.ts";
import { replay } from "./replay.ts";
import type { Session } from "../session.ts";
import { demandOf, recordedConversations, syntheticConversations, WEEK_MS } from "./workload.ts";

/** The capacity of one `pro` account. */
interface Capacity {
  /** Number of full 5-hour windows in one week. */
  burstsPerWeek: number;
  /** Percent of a 5-hour window that an average hour uses; for sessions, whose usage isn't recorded. */
  burstPercentPerHour: number;
}

/** A mean with its standard error. */
export interface Estimate {
  mean: number;
  /** Standard error over the replays; null if there was only one. */
  error: number | null;
}

/** One policy at one load; averages over all replayed weeks. */
export interface PolicyResult {
  /** Demand as a share of the capacity of all accounts. */
  load: number;
  policy: SimulatedPolicy;
  conversationsPerWeek: number;
  minutesWaitedPerWeek: number;
  /** How much longer it waited than the first policy; null for the first itself. */
  moreMinutesThanFirst: Estimate | null;
  movedPerWeek: number;
  /** 0–1. */
  lateShare: number;
  givenUpPerWeek: number;
}

const MINUTE_MS = 60_000;
/** Weeks counted in one stretch; a week before them warms up the accounts. */
const STRETCH_WEEKS = 4;
/** How often recorded work is replayed, each time with other rates and account weeks. */
const RECORDED_DRAWS = 20;
/** The most sessions replayed under one policy: a large ledger is replayed less often. */
const RECORDED_SESSIONS = 60_000;

/** Capacity, from the session hours that one window of each length is expected to give. */
export function capacityOf(limits: { burstHours: number; rollingHours: number }): Capacity {
  return {
    burstsPerWeek: limits.rollingHours / limits.burstHours,
    burstPercentPerHour: 100 / limits.burstHours,
  };
}

/**
 * Replays synthetic work under every policy at every load. The weeks are cut into stretches, each
 * with its own work and account weeks, so that one lucky combination of resets doesn't decide. Every
 * policy gets the same work. `onProgress` is called often, with the percentage that is done.
 */
export function simulateSynthetic(
  options: {
    policies: readonly SimulatedPolicy[];
    loads: readonly number[];
    accounts: readonly AccountSize[];
    weeks: number;
    seed: number;
    capacity: Capacity;
    onProgress?: (percent: number) => void;
  },
): PolicyResult[] {
  const { accounts, capacity, policies } = options;
  return options.loads.flatMap((load, round) => {
    const stretches = policies.map((): Stretch[] => []);
    for (let done = 0; done < options.weeks; done += STRETCH_WEEKS) {
      const weeks = Math.min(STRETCH_WEEKS, options.weeks - done);
      options.onProgress?.(100 * (round + done / options.weeks) / options.loads.length);
      const seed = seedOf(options.seed, done / STRETCH_WEEKS);
      const conversations = syntheticConversations({
        weeks: weeks + 1,
        demandPercent: load * weekPercent({ accounts, capacity }) * (weeks + 1),
        seed,
      });
      for (const [index, policy] of policies.entries()) {
        const outcome = replay(conversations, {
          policy,
          accounts,
          burstsPerWeek: capacity.burstsPerWeek,
          seed,
          fromMs: 0,
          countFromMs: WEEK_MS,
        });
        stretches[index]?.push({ weeks, outcome });
      }
    }
    return resultsOf(stretches, { load, policies });
  });
}

/**
 * Replays recorded sessions under every policy. Without `loads`, an hour of a session uses what the
 * capacity says; with them, rates are scaled to each load. Also returns the number of weeks that the
 * sessions span, at least one. `onProgress` is called often, with the percentage that is done.
 */
export function simulateRecorded(
  sessions: readonly Session[],
  options: {
    policies: readonly SimulatedPolicy[];
    loads: readonly number[] | null;
    accounts: readonly AccountSize[];
    fromMs: number;
    nowMs: number;
    seed: number;
    capacity: Capacity;
    onProgress?: (percent: number) => void;
  },
): { weeks: number; results: PolicyResult[] } {
  const { accounts, capacity, nowMs, policies } = options;
  const { burstPercentPerHour } = capacity;
  const firstMs = sessions.reduce((first, s) => Math.min(first, s.startedAtMs), nowMs);
  const fromMs = Math.max(options.fromMs, firstMs);
  const weeks = Math.max(1, (nowMs - fromMs) / WEEK_MS);
  const available = weekPercent({ accounts, capacity }) * weeks;
  const asEstimated = { fromMs, nowMs, burstPercentPerHour, seed: options.seed };
  const estimated = demandOf(recordedConversations(sessions, asEstimated)) / available;
  const loads = estimated === 0 ? [] : options.loads ?? [estimated];
  const results = loads.flatMap((load, round) => {
    const length = Math.floor(RECORDED_SESSIONS / sessions.length);
    const draws = Array.from(
      { length: Math.max(1, Math.min(length, RECORDED_DRAWS)) },
      (_, draw) => {
        const seed = seedOf(options.seed, draw);
        const rate = burstPercentPerHour * (load / estimated);
        return {
          seed,
          work: recordedConversations(sessions, {
            ...asEstimated,
            burstPercentPerHour: rate,
            seed,
          }),
        };
      },
    );
    const stretches = policies.map((policy, index) =>
      draws.map(({ seed, work }, draw) => {
        const done = round + (index + draw / draws.length) / policies.length;
        options.onProgress?.(100 * done / loads.length);
        const outcome = replay(work, {
          policy,
          accounts,
          burstsPerWeek: capacity.burstsPerWeek,
          seed,
          fromMs,
        });
        return { weeks, outcome };
      })
    );
    return resultsOf(stretches, { load, policies });
  });
  return { weeks, results };
}

/** The outcome of one stretch of weeks. */
interface Stretch {
  weeks: number;
  outcome: Outcome;
}

/** The results of the policies, which replayed the same stretches. */
function resultsOf(
  stretches: ReadonlyArray<readonly Stretch[]>,
  options: { load: number; policies: readonly SimulatedPolicy[] },
): PolicyResult[] {
  const first = stretches[0] ?? [];
  return options.policies.map((policy, index) => {
    const own = stretches[index] ?? [];
    const weeks = own.reduce((sum, stretch) => sum + stretch.weeks, 0);
    const mean = (value: (outcome: Outcome) => number) =>
      own.reduce((sum, stretch) => sum + value(stretch.outcome), 0) / weeks;
    const work = mean((outcome) => outcome.workPercent);
    return {
      load: options.load,
      policy,
      conversationsPerWeek: mean((outcome) => outcome.conversations),
      minutesWaitedPerWeek: mean((outcome) => outcome.waitedMs) / MINUTE_MS,
      moreMinutesThanFirst: index === 0 ? null : difference(own, first),
      movedPerWeek: mean((outcome) => outcome.moved),
      lateShare: work === 0 ? 0 : mean((outcome) => outcome.latePercent) / work,
      givenUpPerWeek: mean((outcome) => outcome.givenUp),
    };
  });
}

/** How many minutes longer a week of `own` waited than the same week of `other`. */
function difference(own: readonly Stretch[], other: readonly Stretch[]): Estimate {
  const pairs = own.map((stretch, index) => {
    const otherMs = other[index]?.outcome.waitedMs ?? 0;
    return { weeks: stretch.weeks, minutes: (stretch.outcome.waitedMs - otherMs) / MINUTE_MS };
  });
  const weeks = pairs.reduce((sum, pair) => sum + pair.weeks, 0);
  const mean = pairs.reduce((sum, pair) => sum + pair.minutes, 0) / weeks;
  const squares = pairs.reduce((sum, pair) => sum + (pair.minutes - mean * pair.weeks) ** 2, 0);
  const count = pairs.length;
  const error = count < 2 ? null : Math.sqrt((squares * count) / (count - 1)) / weeks;
  return { mean, error };
}

/** The weekly capacity of all accounts, in percent of one 5-hour window of `pro`. */
function weekPercent(
  { accounts, capacity }: { accounts: readonly AccountSize[]; capacity: Capacity },
): number {
  const weeks = accounts.reduce((sum, size) => sum + size.week, 0);
  return weeks * capacity.burstsPerWeek * 100;
}

/** A seed for one part of a simulation, unrelated to those of the other parts. */
function seedOf(seed: number, part: number): number {
  return (Math.imul(seed, 0x9e3779b1) ^ Math.imul(part + 1, 0x85ebca6b)) >>> 0;
}
