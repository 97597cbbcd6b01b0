// Replays conversations on simulated accounts, event by event.
import type { PolicyName } from "../policy.ts";
import { POLICY_NAMES } from "../policy.ts";
import { rankCandidates } from "../ranking.ts";
import type { AccountSize } from "../plans.ts";
import { SimulatedAccount } from "./account.ts";
import type { Conversation, Random } from "./workload.ts";
import { burstPercentOf, normal, seededRandom, WEEK_MS } from "./workload.ts";

/** The policies plus `random`: any open account, a baseline that exists only in simulations. */
export const SIMULATED_POLICIES = [...POLICY_NAMES, "random"] as const;
/** One of {@link SIMULATED_POLICIES}. */
export type SimulatedPolicy = PolicyName | "random";

/** Assumptions about users and the status line. */
const ASSUMPTIONS = {
  /** How often running sessions report their windows; in between, the ranking sees old numbers. */
  readingEveryMs: 3 * 60_000,
  /** How far what a conversation uses is misjudged when it would move (lognormal): mostly by less than 1.65. */
  misjudgedSigma: 0.5,
  /** A conversation that has waited this long at a stretch is given up. */
  patienceMs: 12 * 3_600_000,
  /** Work is late once its conversation has waited longer than this in total. */
  lateAfterMs: 3_600_000,
} as const;

/** The outcome of replaying one workload under one policy, over the conversations that count. */
export interface Outcome {
  conversations: number;
  /** Time that conversations waited because every account was limited for them, summed over them. */
  waitedMs: number;
  /** Hand-offs: how often a conversation moved because its account was exhausted. */
  moved: number;
  /** The work wanted, in percent of one 5-hour window. */
  workPercent: number;
  /** The part of it done after its conversation had waited an hour in total, or never. */
  latePercent: number;
  /** Conversations abandoned after a long wait. */
  givenUp: number;
}

/** How to replay a workload. */
export interface ReplayOptions {
  policy: SimulatedPolicy;
  /** The size of each account, in the order of the configuration. */
  accounts: readonly AccountSize[];
  /** Number of full 5-hour windows in one week of `pro`. */
  burstsPerWeek: number;
  seed: number;
  /** When the replay starts; each account's week is then at a random point, with nothing used. */
  fromMs: number;
  /** Conversations that arrive earlier warm up the accounts and don't count. */
  countFromMs?: number;
}

/** A conversation in progress. */
interface Run {
  readonly burstPercentPerHour: number;
  /** What the launcher thinks that is, once it has run. */
  readonly guessedPercentPerHour: number;
  readonly model: string | null;
  readonly counted: boolean;
  leftMs: number;
  waitedMs: number;
  /** When it last started to wait. */
  waitingSinceMs: number;
  /** Where it is running or last ran; null before its first run. */
  account: SimulatedAccount<Run> | null;
}

const HOUR_MS = 3_600_000;
/** Milliseconds by which rounding may miss the end of a duration. */
const TOLERANCE_MS = 1e-3;

/**
 * Replays conversations, given in order of arrival, under one policy. Accounts are chosen by the same
 * ranking as for launches. When a window is full, each conversation that it counts moves to the best
 * open account, or waits until one opens, and prefers its own if that is open by then. The same
 * arguments give the same outcome.
 */
export function replay(conversations: readonly Conversation[], options: ReplayOptions): Outcome {
  return new Replay(options).play(conversations);
}

class Replay {
  readonly #options: ReplayOptions;
  readonly #random: Random;
  /** What is misjudged must not depend on the policy, so it has its own generator. */
  readonly #misjudged: Random;
  readonly #accounts: ReadonlyArray<SimulatedAccount<Run>>;
  readonly #outcome: Outcome = {
    conversations: 0,
    waitedMs: 0,
    moved: 0,
    workPercent: 0,
    latePercent: 0,
    givenUp: 0,
  };
  #nowMs: number;
  /** Conversations without an open account, longest wait first. */
  #waiting: Run[] = [];

  constructor(options: ReplayOptions) {
    this.#options = options;
    this.#nowMs = options.fromMs;
    // The accounts' weeks must not depend on the policy, so they have their own generator.
    const phase = seededRandom(options.seed ^ 0x5eed);
    this.#random = seededRandom(options.seed ^ 0xbad);
    this.#misjudged = seededRandom(options.seed ^ 0x9e55);
    this.#accounts = options.accounts.map((size, index) =>
      new SimulatedAccount<Run>(`account-${index + 1}`, {
        size,
        burstsPerWeek: options.burstsPerWeek,
        weekResetsAtMs: options.fromMs + phase() * WEEK_MS,
      })
    );
  }

  play(conversations: readonly Conversation[]): Outcome {
    let index = 0;
    for (;;) {
      const atMs = this.#nextEventMs(conversations[index]?.arrivesAtMs ?? Infinity);
      if (atMs === Infinity) return this.#outcome;
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
  }

  #arrival(conversation: Conversation): Run {
    const counted = conversation.arrivesAtMs >= (this.#options.countFromMs ?? -Infinity);
    if (counted) {
      this.#outcome.conversations++;
      this.#outcome.workPercent += burstPercentOf(conversation);
    }
    const { burstPercentPerHour } = conversation;
    return {
      burstPercentPerHour,
      guessedPercentPerHour: burstPercentPerHour *
        Math.exp(ASSUMPTIONS.misjudgedSigma * normal(this.#misjudged)),
      model: conversation.model ?? null,
      counted,
      leftMs: conversation.workMs,
      waitedMs: 0,
      waitingSinceMs: this.#nowMs,
      account: null,
    };
  }

  /** The next time at which something changes. */
  #nextEventMs(arrivalMs: number): number {
    let atMs = arrivalMs;
    for (const account of this.#accounts) {
      if (account.running.size === 0) continue;
      atMs = Math.min(atMs, account.nextEventMs(this.#nowMs));
      for (const run of account.running) atMs = Math.min(atMs, this.#nowMs + run.leftMs);
    }
    const first = this.#waiting[0];
    if (first !== undefined) {
      atMs = Math.min(atMs, first.waitingSinceMs + ASSUMPTIONS.patienceMs);
      for (const model of new Set(this.#waiting.map((run) => run.model))) {
        for (const account of this.#accounts) {
          atMs = Math.min(atMs, account.limitedUntilMs(model) ?? Infinity);
        }
      }
    }
    return Math.max(atMs, this.#nowMs);
  }

  /** Uses quota up to a time, before which nothing changes. */
  #advanceTo(atMs: number): void {
    const ms = atMs - this.#nowMs;
    this.#nowMs = atMs;
    for (const account of this.#accounts) {
      if (account.running.size === 0) continue;
      account.use(ms);
      for (const run of account.running) {
        run.leftMs -= ms;
        if (run.waitedMs > ASSUMPTIONS.lateAfterMs) this.#countLate(run, ms);
      }
    }
  }

  /** Ends what is done, starts new windows, and returns what was running on full ones. */
  #settle(): Run[] {
    const stopped: Run[] = [];
    for (const account of this.#accounts) {
      account.openIfReset(this.#nowMs);
      for (const run of account.running) {
        if (run.leftMs <= TOLERANCE_MS) account.stop(run, this.#nowMs);
      }
      if (account.running.size === 0) continue;
      account.startWindows(this.#nowMs);
      for (const run of account.limitIfFull(this.#nowMs)) {
        account.stop(run, this.#nowMs);
        run.waitingSinceMs = this.#nowMs;
        stopped.push(run);
      }
    }
    return stopped;
  }

  /** Starts waiting conversations on open accounts, and gives up those that have waited too long. */
  #resumeWaiting(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    for (const run of waiting) {
      const own = run.account;
      if (own !== null && own.limitedUntilMs(run.model) === null) this.#start(run, own);
      else this.#place(run);
    }
    this.#waiting = this.#waiting.filter((run) => {
      if (this.#nowMs - run.waitingSinceMs < ASSUMPTIONS.patienceMs - TOLERANCE_MS) return true;
      this.#countWait(run);
      this.#countLate(run, run.leftMs);
      if (run.counted) this.#outcome.givenUp++;
      return false;
    });
  }

  /** Starts a conversation on the account that the policy ranks first, or makes it wait. */
  #place(run: Run): void {
    const account = this.#chosen(run);
    if (account === null) this.#waiting.push(run);
    else this.#start(run, account);
  }

  #chosen(run: Run): SimulatedAccount<Run> | null {
    const open = this.#accounts.filter((account) => account.limitedUntilMs(run.model) === null);
    if (open.length === 0) return null;
    const { policy } = this.#options;
    if (policy === "random") return open[Math.floor(this.#random() * open.length)] ?? null;
    const candidates = this.#accounts.map((account) =>
      account.candidate(this.#nowMs, {
        readingEveryMs: ASSUMPTIONS.readingEveryMs,
        model: run.model,
        moverPercentPerHour: run.account === null ? null : run.guessedPercentPerHour,
      })
    );
    const [best] = rankCandidates(candidates, {
      policy,
      nowMs: this.#nowMs,
      isExplained: false,
    });
    if (best?.limited !== false) return null;
    return open.find((account) => account.name === best.name) ?? null;
  }

  #start(run: Run, account: SimulatedAccount<Run>): void {
    this.#countWait(run);
    const moves = run.account !== null && run.account !== account;
    if (run.counted && moves) this.#outcome.moved++;
    run.account = account;
    account.start(run, this.#nowMs);
  }

  #countWait(run: Run): void {
    const waitedMs = this.#nowMs - run.waitingSinceMs;
    run.waitedMs += waitedMs;
    if (run.counted) this.#outcome.waitedMs += waitedMs;
  }

  #countLate(run: Run, ms: number): void {
    if (!run.counted) return;
    this.#outcome.latePercent += run.burstPercentPerHour * (ms / HOUR_MS);
  }
}
