// Compares policies: replays the same work under each, and averages the figures per week.
import type { AccountSize } from "../plans.ts";
import { MODEL } from "./account.ts";
import type { Outcome, SimulatedPolicy } from "./replay.ts";
import { replay } from "./replay.ts";
import type { Session } from "../session.ts";
import type { Conversation } from "./workload.ts";
import {
  demandOf,
  onModel,
  recordedConversations,
  syntheticConversations,
  WEEK_MS,
} from "./workload.ts";

/** The capacity of one `pro` account. */
interface Capacity {
  /** Number of full 5-hour windows in one week. */
  burstsPerWeek: number;
  /** Percent of a 5-hour window that an average hour uses; for sessions, whose usage isn't recorded. */
  burstPercentPerHour: number;
}

/** What is compared. */
interface Comparison {
  policies: readonly SimulatedPolicy[];
  accounts: readonly AccountSize[];
  /** Share of the conversations on the model that has a week of its own, 0–1 (default: 0). */
  modelShare?: number;
  seed: number;
  capacity: Capacity;
  /** Called often, with the percentage that is done. */
  onProgress?: (percent: number) => void;
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
  /** Its {@link weeklyCost}, divided by that of the first policy; null for the first itself. */
  relativeCost: number | null;
  movedPerWeek: number;
  /** 0–1. */
  lateShare: number;
  givenUpPerWeek: number;
}

const MINUTE_MS = 60_000;
/** What a move costs, in minutes of waiting: the new account reads the conversation again. */
const MOVE_MINUTES = 3;
/** Keeps two policies that hardly cost anything from differing by a large factor. */
const LEAST_MINUTES = 5;
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
 * policy gets the same work.
 */
export function simulateSynthetic(
  options: Comparison & { loads: readonly number[]; weeks: number },
): PolicyResult[] {
  const { loads } = options;
  const draws = Math.ceil(options.weeks / STRETCH_WEEKS);
  const workOf = ({ load, draw, seed }: Draw): Work => {
    const weeks = Math.min(STRETCH_WEEKS, options.weeks - draw * STRETCH_WEEKS);
    const demandPercent = load * weekPercent(options) * (weeks + 1);
    const conversations = syntheticConversations({ weeks: weeks + 1, demandPercent, seed });
    return { weeks, conversations, fromMs: 0, countFromMs: WEEK_MS };
  };
  return compared(options, { loads, draws, workOf });
}

/**
 * Replays recorded sessions under every policy. Without `loads`, an hour of a session uses what the
 * capacity says; with them, rates are scaled to each load. Also returns the number of weeks that the
 * sessions span, at least one.
 */
export function simulateRecorded(
  sessions: readonly Session[],
  options: Comparison & { loads: readonly number[] | null; fromMs: number; nowMs: number },
): { weeks: number; results: PolicyResult[] } {
  const { nowMs, seed } = options;
  const { burstPercentPerHour } = options.capacity;
  const firstMs = sessions.reduce((first, s) => Math.min(first, s.startedAtMs), nowMs);
  const fromMs = Math.max(options.fromMs, firstMs);
  const weeks = Math.max(1, (nowMs - fromMs) / WEEK_MS);
  const drawn = (rate: { burstPercentPerHour: number; seed: number }) =>
    recordedConversations(sessions, { fromMs, nowMs, ...rate });
  const available = weekPercent(options) * weeks;
  const estimated = demandOf(drawn({ burstPercentPerHour, seed })) / available;
  const loads = estimated === 0 ? [] : options.loads ?? [estimated];
  const affordable = Math.floor(RECORDED_SESSIONS / sessions.length);
  const draws = Math.max(1, Math.min(affordable, RECORDED_DRAWS));
  const workOf = ({ load, seed }: Draw): Work => {
    const rate = burstPercentPerHour * (load / estimated);
    return { weeks, conversations: drawn({ burstPercentPerHour: rate, seed }), fromMs };
  };
  return { weeks, results: compared(options, { loads, draws, workOf }) };
}

/** One of several replays at one load. */
interface Draw {
  load: number;
  draw: number;
  seed: number;
}

/** What a draw replays; times as in {@link replay}. */
interface Work {
  weeks: number;
  conversations: readonly Conversation[];
  fromMs: number;
  countFromMs?: number;
}

/** Replays the work of every draw at every load under every policy. */
function compared(
  options: Comparison,
  plan: { loads: readonly number[]; draws: number; workOf: (draw: Draw) => Work },
): PolicyResult[] {
  const { accounts, policies, modelShare: share = 0 } = options;
  const { burstsPerWeek } = options.capacity;
  return plan.loads.flatMap((load, round) => {
    const stretches = policies.map((): Stretch[] => []);
    for (let draw = 0; draw < plan.draws; draw++) {
      const seed = seedOf(options.seed, draw);
      const { weeks, conversations: drawn, ...times } = plan.workOf({ load, draw, seed });
      const conversations = onModel(drawn, { model: MODEL, share, seed });
      for (const [index, policy] of policies.entries()) {
        const done = round + (draw + index / policies.length) / plan.draws;
        options.onProgress?.(100 * done / plan.loads.length);
        const outcome = replay(conversations, { policy, accounts, burstsPerWeek, seed, ...times });
        stretches[index]?.push({ weeks, outcome });
      }
    }
    return resultsOf(stretches, { load, policies });
  });
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
      relativeCost: index === 0 ? null : weeklyCost(own) / weeklyCost(first),
      movedPerWeek: mean((outcome) => outcome.moved),
      lateShare: work === 0 ? 0 : mean((outcome) => outcome.latePercent) / work,
      givenUpPerWeek: mean((outcome) => outcome.givenUp),
    };
  });
}

/** What waiting and moving cost in an average week, in minutes. */
function weeklyCost(stretches: readonly Stretch[]): number {
  const weeks = stretches.reduce((sum, stretch) => sum + stretch.weeks, 0);
  const minutes = stretches.reduce(
    (sum, { outcome }) => sum + outcome.waitedMs / MINUTE_MS + MOVE_MINUTES * outcome.moved,
    0,
  );
  return LEAST_MINUTES + minutes / weeks;
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
