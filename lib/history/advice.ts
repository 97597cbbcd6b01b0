// Replays one's own weeks on other sets of accounts: would fewer have been enough, would more help?
import type { AccountSize, SizedPlan } from "../balance/plans.ts";
import { PLAN_SIZES } from "../balance/plans.ts";
import type { Session } from "../balance/session.ts";
import type { SimulatedPolicy } from "../balance/simulation/replay.ts";
import { replay } from "../balance/simulation/replay.ts";
import { rounded } from "../text/format.ts";
import { demandOf, recordedConversations, WEEK_MS } from "../balance/simulation/workload.ts";

/** How often each set is replayed, each time with other rates and account weeks. */
const DRAWS = 12;
/** Fewer weeks than this say too little. */
const LEAST_WEEKS = 2;
/** More waiting that is worth a smaller set, in minutes per week. */
const BEARABLE_MINUTES = 30;
/** Waiting that is worth another account, in minutes per week. */
const HARMFUL_MINUTES = 60;
const MINUTE_MS = 60_000;
/** From the smallest to the largest. */
const PLANS = ["pro", "max", "ultra"] as const satisfies readonly SizedPlan[];

/** An account, as far as advice needs it. */
export interface Subscription {
  name: string;
  plan: SizedPlan;
  /** What it costs a month, in any currency; null if nobody said. */
  price: number | null;
  /** Mean percent used of its weeks that ended or were idle; null if none was measured. */
  weekUsed: number | null;
}

/** A mean over the replays with their standard deviation. */
export interface Spread {
  mean: number;
  deviation: number;
}

/** One set of accounts, and what would have happened with it. */
export interface Scenario {
  /** Such as `as now` or `without home`. */
  name: string;
  kind: "now" | "fewer" | "more" | "plan";
  /** How many accounts there are, and the plan of each. */
  plans: readonly SizedPlan[];
  /** Change of the monthly price; null if it isn't known. */
  price: number | null;
  /** Minutes that conversations waited because every account was limited, in the whole time. */
  waitedMinutes: Spread;
  /** How much more that was than with the accounts as they are, in the same replays; its deviation too. */
  moreMinutes: Spread;
  moves: Spread;
  /** Percent of all weeks that nobody used. */
  percentUnused: Spread;
}

/** The advice, or why there is none. */
export type Advice =
  | { kind: "short"; weeks: number; why: "sessions" | "readings" }
  | {
    kind: "replayed";
    weeks: number;
    recorded: Recorded;
    scenarios: readonly Scenario[];
    best: Scenario;
  };

/** What really happened in that time. */
export interface Recorded {
  waitedMinutes: number;
  moves: number;
  /** Of all accounts together, each by its size; one that was never measured counts as unused. */
  percentUnused: number;
}

/**
 * Replays sessions on the accounts as they are, on one fewer, on one more and on plans of other sizes.
 * How much the sessions used is what the weeks of the accounts say, spread over the hours.
 */
export function adviceOf(
  sessions: readonly Session[],
  options: {
    accounts: readonly Subscription[];
    recorded: Omit<Recorded, "percentUnused">;
    policy: SimulatedPolicy;
    /** Full 5-hour windows in a week of `pro`. */
    burstsPerWeek: number;
    fromMs: number;
    nowMs: number;
    onProgress: (percent: number) => void;
  },
): Advice {
  const { accounts, burstsPerWeek, nowMs } = options;
  const firstMs = sessions.reduce((first, one) => Math.min(first, one.startedAtMs), nowMs);
  const fromMs = Math.max(options.fromMs, firstMs);
  const weeks = (nowMs - fromMs) / WEEK_MS;
  if (weeks < LEAST_WEEKS) return { kind: "short", weeks, why: "sessions" };
  const measured = accounts.filter(({ weekUsed }) => weekUsed !== null);
  if (measured.length === 0) return { kind: "short", weeks, why: "readings" };
  const used = accounts.reduce(
    (sum, { plan, weekUsed }) => sum + (weekUsed ?? 0) * PLAN_SIZES[plan].week,
    0,
  );
  const drawn = (seed: number, burstPercentPerHour: number) =>
    recordedConversations(sessions, { fromMs, nowMs, burstPercentPerHour, seed });
  // At a rate of 1 the demand is the number of hours.
  const rate = used * burstsPerWeek * weeks / Math.max(1, demandOf(drawn(1, 1)));
  const sets = setsOf(accounts);
  let waitedNow: readonly number[] = [];
  const scenarios = sets.map((set, index): Scenario => {
    const sizes = set.plans.map((plan): AccountSize => PLAN_SIZES[plan]);
    const capacity = sizes.reduce((sum, { week }) => sum + week, 0) * burstsPerWeek * 100 * weeks;
    const outcomes = Array.from({ length: DRAWS }, (_, draw) => {
      options.onProgress(100 * (index + draw / DRAWS) / sets.length);
      const seed = draw + 1;
      const { policy } = options;
      const with_ = { policy, accounts: sizes, burstsPerWeek, seed, fromMs };
      return replay(drawn(seed, rate), with_);
    });
    const spread = (value: (outcome: typeof outcomes[number]) => number) =>
      spreadOf(outcomes.map(value));
    const waited = outcomes.map(({ waitedMs }) => waitedMs / MINUTE_MS);
    if (index === 0) waitedNow = waited;
    return {
      ...set,
      waitedMinutes: spreadOf(waited),
      moreMinutes: spreadOf(waited.map((minutes, draw) => minutes - (waitedNow[draw] ?? 0))),
      moves: spread(({ moved }) => moved),
      percentUnused: spread(({ workPercent }) => Math.max(0, 100 - 100 * workPercent / capacity)),
    };
  });
  const size = accounts.reduce((sum, { plan }) => sum + PLAN_SIZES[plan].week, 0);
  const recorded = { ...options.recorded, percentUnused: rounded(Math.max(0, 100 - used / size)) };
  const best = bestOf(scenarios, { weeks, recorded });
  return { kind: "replayed", weeks, recorded, scenarios, best };
}

type Set = Pick<Scenario, "name" | "kind" | "plans" | "price">;

/** The sets that are compared, the present one first. */
function setsOf(accounts: readonly Subscription[]): Set[] {
  const plans = accounts.map(({ plan }) => plan);
  const least = accounts.toSorted((a, b) => workOf(a) - workOf(b))[0];
  const most = accounts.toSorted((a, b) => workOf(b) - workOf(a))[0];
  const found: Set[] = [{ name: "as now", kind: "now", plans, price: 0 }];
  if (least !== undefined && accounts.length > 1) {
    found.push({
      name: `without ${least.name}`,
      kind: "fewer",
      plans: accounts.filter((one) => one !== least).map(({ plan }) => plan),
      price: least.price === null ? null : -least.price,
    });
  }
  if (most !== undefined) {
    found.push({
      name: `one more ${most.plan}`,
      kind: "more",
      plans: [...plans, most.plan],
      price: most.price,
    });
  }
  for (const account of accounts) {
    const at = PLANS.findIndex((plan) => PLAN_SIZES[plan].week === PLAN_SIZES[account.plan].week);
    for (const plan of [PLANS[at - 1], PLANS[at + 1]]) {
      if (at < 0 || plan === undefined) continue;
      found.push({
        name: `${account.name} as ${plan}`,
        kind: "plan",
        plans: accounts.map((one) => one === account ? plan : one.plan),
        price: null,
      });
    }
  }
  return found;
}

function workOf({ plan, weekUsed }: Subscription): number {
  return (weekUsed ?? 0) * PLAN_SIZES[plan].week;
}

/**
 * The smallest set that adds only bearable waiting, or else a larger one if there really was much. A
 * replay is a model: it decides what another set would change, and the record what needs changing.
 */
function bestOf(
  scenarios: readonly Scenario[],
  { weeks, recorded }: { weeks: number; recorded: Recorded },
): Scenario {
  const now = scenarios[0] as Scenario;
  const size = ({ plans }: Scenario) => plans.reduce((sum, p) => sum + PLAN_SIZES[p].week, 0);
  // The bad end of the mean's standard error counts, so that advice to save isn't a gamble.
  const more = ({ moreMinutes: { mean, deviation } }: Scenario) =>
    (mean + deviation / Math.sqrt(DRAWS)) / weeks;
  const smaller = scenarios
    .filter((one) => size(one) < size(now) && more(one) <= BEARABLE_MINUTES)
    .sort((a, b) => size(a) - size(b) || more(a) - more(b))[0];
  if (smaller !== undefined) return smaller;
  if (recorded.waitedMinutes / weeks < HARMFUL_MINUTES) return now;
  return scenarios
    .filter((one) => size(one) > size(now) && -more(one) >= HARMFUL_MINUTES / 2)
    .sort((a, b) => size(a) - size(b))[0] ?? now;
}

function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / Math.max(1, values.length - 1)) };
}
