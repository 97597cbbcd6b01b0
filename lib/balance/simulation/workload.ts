// The work for simulations: conversations, with their times and rates.
import type { Session } from "../session.ts";

/** A conversation: work that uses an account at a steady rate. */
export interface Conversation {
  /** When it is wanted: from midnight before a Monday for workloads, from the epoch for ledgers. */
  arrivesAtMs: number;
  /** How long it works if nothing stops it. */
  workMs: number;
  /** Percent of one 5-hour window that an hour of it uses. */
  burstPercentPerHour: number;
  /** Its model, if that has a week of its own. */
  model?: string;
}

/** A source of numbers in [0, 1). */
export type Random = () => number;

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Length of a week in milliseconds. */
export const WEEK_MS = 7 * 24 * HOUR_MS;

/**
 * The synthetic workload in numbers; docs/policies.md explains it in words. Hours are time spans of
 * a weekday or weekend day, with the relative number of sittings that start per hour.
 */
export const SYNTHETIC = {
  weekdayHours: [
    { from: 9, to: 18, weight: 1 },
    { from: 18, to: 23, weight: 0.3 },
  ],
  weekendHours: [{ from: 10, to: 20, weight: 0.25 }],
  /** Probability that a sitting that has opened a conversation opens another at the same time. */
  oneMore: 0.4,
  mostAtOnce: 12,
  /** Lognormal. */
  minutes: { median: 25, sigma: 0.9, least: 2, most: 360 },
  /** Lognormal; the mean is about 1.65 medians. */
  burstPercentPerHour: { median: 14, sigma: 1, least: 1, most: 200 },
} as const;

/** A seeded generator (mulberry32); the same seed gives the same numbers on every machine. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Synthetic conversations of `weeks` weeks that use `demandPercent` of a 5-hour window in total, in
 * order of arrival. A higher demand means more conversations, not greedier ones.
 */
export function syntheticConversations(
  options: { weeks: number; demandPercent: number; seed: number },
): Conversation[] {
  const random = seededRandom(options.seed);
  const hours = hourWeights();
  const total = hours.reduce((sum, weight) => sum + weight, 0);
  const found: Conversation[] = [];
  let demand = 0;
  while (demand < options.demandPercent) {
    const week = Math.floor(random() * options.weeks);
    const arrivesAtMs = week * WEEK_MS +
      (weightedIndex(hours, random() * total) + random()) * HOUR_MS;
    let count = 1;
    while (count < SYNTHETIC.mostAtOnce && random() < SYNTHETIC.oneMore) count++;
    for (; count > 0 && demand < options.demandPercent; count--) {
      const conversation = {
        arrivesAtMs,
        workMs: drawn(SYNTHETIC.minutes, random) * MINUTE_MS,
        burstPercentPerHour: drawn(SYNTHETIC.burstPercentPerHour, random),
      };
      found.push(conversation);
      demand += burstPercentOf(conversation);
    }
  }
  return scaledTo(options.demandPercent, inOrder(found));
}

/**
 * Turns recorded sessions into conversations. A session that was handed over continues the earlier
 * conversation; sessions that never started are left out. Usage isn't recorded, so rates are drawn as
 * for the synthetic workload and scaled until an average hour uses `burstPercentPerHour`. Times before
 * `fromMs` and after `nowMs` are cut off.
 */
export function recordedConversations(
  sessions: readonly Session[],
  options: { fromMs: number; nowMs: number; burstPercentPerHour: number; seed: number },
): Conversation[] {
  const random = seededRandom(options.seed);
  const byId = new Map<number, Conversation>();
  const found: Conversation[] = [];
  for (const session of [...sessions].sort((a, b) => a.id - b.id)) {
    if (session.endedHow === "failed") continue;
    const startMs = Math.max(options.fromMs, session.startedAtMs);
    const workMs = Math.min(options.nowMs, session.endedAtMs ?? options.nowMs) - startMs;
    if (workMs <= 0) continue;
    const earlier = session.handedFrom === null ? undefined : byId.get(session.handedFrom);
    if (earlier !== undefined) {
      earlier.workMs += workMs;
      byId.set(session.id, earlier);
      continue;
    }
    const conversation = {
      arrivesAtMs: startMs,
      workMs,
      burstPercentPerHour: drawn(SYNTHETIC.burstPercentPerHour, random),
    };
    byId.set(session.id, conversation);
    found.push(conversation);
  }
  const workMs = found.reduce((sum, c) => sum + c.workMs, 0);
  return scaledTo((workMs / HOUR_MS) * options.burstPercentPerHour, inOrder(found));
}

/**
 * The same conversations, of which a share (0–1) runs on a model; which ones depends on the seed, and a
 * higher share only adds to them.
 */
export function onModel(
  conversations: readonly Conversation[],
  options: { model: string; share: number; seed: number },
): Conversation[] {
  const { model, share } = options;
  // The work itself must not depend on the share, so this has its own generator.
  const random = seededRandom(options.seed ^ 0x30de1);
  return conversations.map((one) => random() < share ? { ...one, model } : one);
}

/** The total usage of a conversation, in percent of one 5-hour window. */
export function burstPercentOf(conversation: Conversation): number {
  return (conversation.workMs / HOUR_MS) * conversation.burstPercentPerHour;
}

/** The total usage of conversations, in percent of one 5-hour window. */
export function demandOf(conversations: readonly Conversation[]): number {
  return conversations.reduce((sum, c) => sum + burstPercentOf(c), 0);
}

/** The same conversations, with their rates scaled to a total usage of `demandPercent`. */
function scaledTo(
  demandPercent: number,
  conversations: readonly Conversation[],
): Conversation[] {
  const factor = demandPercent / demandOf(conversations);
  return conversations.map((c) => ({ ...c, burstPercentPerHour: c.burstPercentPerHour * factor }));
}

function inOrder(conversations: readonly Conversation[]): Conversation[] {
  return [...conversations].sort((a, b) => a.arrivesAtMs - b.arrivesAtMs);
}

/** Relative number of sittings that start in each hour of a week, from Monday 0:00. */
function hourWeights(): number[] {
  return Array.from({ length: 7 * 24 }, (_, index) => {
    const spans = index < 5 * 24 ? SYNTHETIC.weekdayHours : SYNTHETIC.weekendHours;
    const hour = index % 24;
    return spans.find((span) => hour >= span.from && hour < span.to)?.weight ?? 0;
  });
}

/** The first index up to which the weights add up to more than `sum`. */
function weightedIndex(weights: readonly number[], sum: number): number {
  let left = sum;
  const index = weights.findIndex((weight) => (left -= weight) < 0);
  return index < 0 ? weights.length - 1 : index;
}

/** Draws from the standard normal distribution (Box-Muller method). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Draws from a lognormal distribution, cut to its least and most. */
function drawn(
  spread: { median: number; sigma: number; least: number; most: number },
  random: Random,
): number {
  const value = spread.median * Math.exp(spread.sigma * normal(random));
  return Math.min(spread.most, Math.max(spread.least, value));
}
