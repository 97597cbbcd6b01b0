// The one place that replays conversations on simulated accounts, event by event.
import type { Candidate, PolicyName } from "./policy.ts";
import { POLICY_NAMES, rankCandidates } from "./policy.ts";
import { WINDOW_LENGTH_MS } from "./usage.ts";
import type { Conversation, Random } from "./workload.ts";
import { burstPercentOf, seededRandom, WEEK_MS } from "./workload.ts";

/** The policies, and `random`: any open account, a baseline that exists in simulations only. */
export const SIMULATED_POLICIES = [...POLICY_NAMES, "random"] as const;
/** One of {@link SIMULATED_POLICIES}. */
export type SimulatedPolicy = PolicyName | "random";

/** What a person and the accounts are taken to be like. */
export const ASSUMPTIONS = {
  /** Running sessions report their windows this often; in between the ranking sees old numbers. */
  readingEveryMs: 3 * 60_000,
  /** A conversation that waited this long at one stretch is given up. */
  patienceMs: 12 * 3_600_000,
  /** Work is late once its conversation has waited this long in all. */
  lateAfterMs: 3_600_000,
} as const;

/** What replaying one workload under one policy came to, over the conversations counted. */
export interface Outcome {
  policy: SimulatedPolicy;
  conversations: number;
  /** Time that conversations waited because every account was limited, summed over them. */
  waitedMs: number;
  /** Hand-offs: times a conversation went on with another account because its own was dry. */
  moved: number;
  /** The work that was wanted, in percent of one 5-hour window. */
  workPercent: number;
  /** The part of it done after its conversation had waited an hour in all, or never done. */
  latePercent: number;
  /** Conversations abandoned after a long wait; their undone work counts as late. */
  givenUp: number;
}

/** How to replay a workload. */
export interface ReplayOptions {
  policy: SimulatedPolicy;
  /** How many accounts there are, all alike. */
  accounts: number;
  /** How many full 5-hour windows one week of an account holds. */
  burstsPerWeek: number;
  seed: number;
  /** When the replay begins; each account's week is then at a random point. */
  fromMs: number;
  /** Conversations that arrive earlier warm the accounts up and are not counted. */
  countFromMs?: number;
}

/** A window of a simulated account. */
interface Span {
  percentUsed: number;
  /** null before its first use. */
  resetsAtMs: number | null;
}

interface SimulatedAccount {
  name: string;
  burst: Span;
  week: Span;
  running: Set<Run>;
  /** Percent of the burst window per hour, of all that runs. */
  percentPerHour: number;
  /** When `percentPerHour` last changed or a window began: a reading is taken then. */
  changedAtMs: number;
  limitedUntilMs: number | null;
  lastUsedAtMs: number | null;
}

/** A conversation under way. */
interface Run {
  conversation: Conversation;
  leftMs: number;
  waitedMs: number;
  waitingSinceMs: number;
  /** Where it runs or ran last; null before it first runs. */
  account: SimulatedAccount | null;
  counted: boolean;
}

const HOUR_MS = 3_600_000;
/** Percent that float rounding may leave of a full window. */
const TOLERANCE_PERCENT = 1e-6;
/** Part of a millisecond that float rounding may leave of a conversation. */
const TOLERANCE_MS = 1e-3;

/**
 * Replays conversations, given in order of arrival, under one policy. Accounts are chosen by the
 * ranking that launches use. Windows start at first use. When an account is dry, each of its
 * conversations moves to the best open account, or waits until one opens; it stays with its own
 * account when that one has opened. The same arguments give the same outcome.
 */
export function replay(conversations: readonly Conversation[], options: ReplayOptions): Outcome {
  return new Replay(options).play(conversations);
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #random: Random;
  readonly #accounts: SimulatedAccount[];
  #nowMs: number;
  /** Conversations without an open account, the longest waiting first. */
  #waiting: Run[] = [];
  readonly #outcome: Outcome;

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#nowMs = options.fromMs;
    // The accounts' weeks must not depend on the policy, so they have a generator of their own.
    const phase = seededRandom(options.seed ^ 0x5eed);
    this.#random = seededRandom(options.seed ^ 0xbad);
    this.#accounts = Array.from({ length: options.accounts }, (_, index) => ({
      name: `account-${index + 1}`,
      burst: { percentUsed: 0, resetsAtMs: null },
      week: { percentUsed: 0, resetsAtMs: options.fromMs + phase() * WEEK_MS },
      running: new Set(),
      percentPerHour: 0,
      changedAtMs: options.fromMs,
      limitedUntilMs: null,
      lastUsedAtMs: null,
    }));
    this.#outcome = {
      policy: options.policy,
      conversations: 0,
      waitedMs: 0,
      moved: 0,
      workPercent: 0,
      latePercent: 0,
      givenUp: 0,
    };
  }

  play(conversations: readonly Conversation[]): Outcome {
    let index = 0;
    for (;;) {
      const atMs = this.#nextEventMs(conversations[index]?.arrivesAtMs ?? Infinity);
      if (atMs === Infinity) break;
      this.#advanceTo(atMs);
      const stopped = this.#settle();
      this.#resumeWaiting();
      for (const run of stopped) this.#place(run);
      for (;;) {
        const conversation = conversations[index];
        if (conversation === undefined || conversation.arrivesAtMs > this.#nowMs) break;
        this.#place(this.#arrival(conversation));
        index++;
      }
    }
    return this.#outcome;
  }

  #arrival(conversation: Conversation): Run {
    const counted = conversation.arrivesAtMs >= (this.#options.countFromMs ?? -Infinity);
    if (counted) {
      this.#outcome.conversations++;
      this.#outcome.workPercent += burstPercentOf(conversation);
    }
    return {
      conversation,
      leftMs: conversation.workMs,
      waitedMs: 0,
      waitingSinceMs: this.#nowMs,
      account: null,
      counted,
    };
  }

  /** The next time at which anything but steady burning happens. */
  #nextEventMs(arrivalMs: number): number {
    let atMs = arrivalMs;
    for (const account of this.#accounts) {
      if (account.running.size === 0) continue;
      const { burst, week, percentPerHour } = account;
      const roomPercent = Math.min(
        100 - burst.percentUsed,
        (100 - week.percentUsed) * this.#options.burstsPerWeek,
      );
      atMs = Math.min(
        atMs,
        burst.resetsAtMs ?? Infinity,
        week.resetsAtMs ?? Infinity,
        this.#nowMs + (roomPercent / percentPerHour) * HOUR_MS,
      );
      for (const run of account.running) atMs = Math.min(atMs, this.#nowMs + run.leftMs);
    }
    const first = this.#waiting[0];
    if (first === undefined) return Math.max(atMs, this.#nowMs);
    atMs = Math.min(atMs, first.waitingSinceMs + ASSUMPTIONS.patienceMs);
    for (const account of this.#accounts) atMs = Math.min(atMs, account.limitedUntilMs ?? Infinity);
    return Math.max(atMs, this.#nowMs);
  }

  /** Burns up to a time; no event may lie in between. */
  #advanceTo(atMs: number): void {
    const ms = atMs - this.#nowMs;
    this.#nowMs = atMs;
    for (const account of this.#accounts) {
      if (account.running.size === 0) continue;
      const percent = account.percentPerHour * (ms / HOUR_MS);
      account.burst.percentUsed += percent;
      account.week.percentUsed += percent / this.#options.burstsPerWeek;
      for (const run of account.running) {
        run.leftMs -= ms;
        if (run.counted && run.waitedMs > ASSUMPTIONS.lateAfterMs) {
          this.#outcome.latePercent += run.conversation.burstPercentPerHour * (ms / HOUR_MS);
        }
      }
    }
  }

  /** Ends what is done, starts windows afresh, and stops what runs on a dry account. */
  #settle(): Run[] {
    const stopped: Run[] = [];
    for (const account of this.#accounts) {
      if (account.limitedUntilMs !== null && account.limitedUntilMs <= this.#nowMs) {
        account.limitedUntilMs = null;
      }
      for (const run of account.running) {
        if (run.leftMs <= TOLERANCE_MS) this.#leave(run, account);
      }
      if (account.running.size === 0) continue;
      this.#beginWindows(account);
      const dry = [account.burst, account.week].filter((span) =>
        span.percentUsed >= 100 - TOLERANCE_PERCENT
      );
      if (dry.length === 0) continue;
      for (const span of dry) span.percentUsed = 100;
      account.limitedUntilMs = Math.max(...dry.map((span) => span.resetsAtMs ?? this.#nowMs));
      for (const run of [...account.running]) {
        this.#leave(run, account);
        stopped.push(run);
      }
    }
    return stopped;
  }

  /** Windows begin at the first use after the last one has ended. */
  #beginWindows(account: SimulatedAccount): void {
    const lengths = [
      [account.burst, WINDOW_LENGTH_MS.five_hour],
      [account.week, WINDOW_LENGTH_MS.seven_day],
    ] as const;
    for (const [span, lengthMs] of lengths) {
      if (span.resetsAtMs !== null && span.resetsAtMs > this.#nowMs) continue;
      span.percentUsed = 0;
      span.resetsAtMs = this.#nowMs + lengthMs;
      account.changedAtMs = this.#nowMs;
    }
  }

  /** Continues the waiting where there is room, and gives up what waited too long. */
  #resumeWaiting(): void {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const run of waiting) {
      const own = run.account;
      if (own !== null && own.limitedUntilMs === null) this.#start(run, own);
      else this.#place(run);
    }
    this.#waiting = this.#waiting.filter((run) => {
      const waitedMs = this.#nowMs - run.waitingSinceMs;
      if (waitedMs < ASSUMPTIONS.patienceMs - TOLERANCE_MS) return true;
      if (run.counted) {
        this.#outcome.givenUp++;
        this.#outcome.waitedMs += waitedMs;
        this.#outcome.latePercent += run.conversation.burstPercentPerHour * (run.leftMs / HOUR_MS);
      }
      return false;
    });
  }

  /** Starts a conversation on the account that the policy ranks first, or lets it wait. */
  #place(run: Run): void {
    const account = this.#chosen();
    if (account === null) this.#waiting.push(run);
    else this.#start(run, account);
  }

  #chosen(): SimulatedAccount | null {
    if (this.#accounts.every((account) => account.limitedUntilMs !== null)) return null;
    const { policy } = this.#options;
    const ranked = rankCandidates(this.#accounts.map((account) => this.#candidate(account)), {
      policy: policy === "random" ? POLICY_NAMES[0] as PolicyName : policy,
      nowMs: this.#nowMs,
    });
    const open = ranked.filter((row) => !row.limited);
    const row = policy === "random" ? open[Math.floor(this.#random() * open.length)] : open[0];
    return this.#accounts.find((account) => account.name === row?.name) ?? null;
  }

  /** What the live system would know of an account now: its last reading, leases, limits. */
  #candidate(account: SimulatedAccount): Candidate {
    const { burst, week, percentPerHour } = account;
    const every = ASSUMPTIONS.readingEveryMs;
    const readAtMs = account.running.size === 0
      ? this.#nowMs
      : Math.max(account.changedAtMs, Math.floor(this.#nowMs / every) * every);
    const since = percentPerHour * ((this.#nowMs - readAtMs) / HOUR_MS);
    return {
      name: account.name,
      fiveHour: { ...burst, percentUsed: burst.percentUsed - since },
      sevenDay: { ...week, percentUsed: week.percentUsed - since / this.#options.burstsPerWeek },
      activeSessions: account.running.size,
      limitedUntilMs: account.limitedUntilMs,
      lastUsedAtMs: account.lastUsedAtMs,
    };
  }

  #start(run: Run, account: SimulatedAccount): void {
    const waitedMs = this.#nowMs - run.waitingSinceMs;
    run.waitedMs += waitedMs;
    if (run.counted) {
      this.#outcome.waitedMs += waitedMs;
      if (run.account !== null && run.account !== account) this.#outcome.moved++;
    }
    run.account = account;
    account.running.add(run);
    account.percentPerHour += run.conversation.burstPercentPerHour;
    account.changedAtMs = this.#nowMs;
    account.lastUsedAtMs = this.#nowMs;
    this.#beginWindows(account);
  }

  #leave(run: Run, account: SimulatedAccount): void {
    account.running.delete(run);
    account.percentPerHour = [...account.running].reduce(
      (sum, other) => sum + other.conversation.burstPercentPerHour,
      0,
    );
    account.changedAtMs = this.#nowMs;
    run.waitingSinceMs = this.#nowMs;
  }
}
