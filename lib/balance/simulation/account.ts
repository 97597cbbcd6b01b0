// A simulated account: its two windows, and the conversations running on it.
import type { AccountSize } from "../plans.ts";
import type { Candidate } from "../candidate.ts";
import { WINDOW_LENGTH_MS } from "../windows.ts";

/** A window as the service counts it. */
interface Span {
  percentUsed: number;
  /** null before its first use. */
  resetsAtMs: number | null;
}

const HOUR_MS = 3_600_000;
/** Percent by which rounding may miss a full window. */
const TOLERANCE_PERCENT = 1e-6;

/** An account whose windows start at first use; `Run` is a conversation running on it. */
export class SimulatedAccount<Run extends { burstPercentPerHour: number }> {
  readonly running = new Set<Run>();
  /** When its limit ends; null if it is open. */
  limitedUntilMs: number | null = null;
  readonly #burst: Span = { percentUsed: 0, resetsAtMs: null };
  readonly #week: Span;
  /** Percent of a `pro` 5-hour window in one percent of this account's; null without a window. */
  readonly #burstSize: number | null;
  /** Percent of a `pro` 5-hour window in one percent of this account's week. */
  readonly #weekSize: number;
  readonly #size: number;
  #percentPerHour = 0;
  /** When the rate last changed or a window started: a reading is taken then. */
  #changedAtMs = 0;
  #lastUsedAtMs: number | null = null;

  /** `burstsPerWeek`: full 5-hour windows in a week of `pro`; `weekResetsAtMs`: end of the current week. */
  constructor(
    readonly name: string,
    options: { size: AccountSize; burstsPerWeek: number; weekResetsAtMs: number },
  ) {
    this.#week = { percentUsed: 0, resetsAtMs: options.weekResetsAtMs };
    this.#size = options.size.fiveHour ?? options.size.week;
    this.#burstSize = options.size.fiveHour;
    this.#weekSize = options.size.week * options.burstsPerWeek;
  }

  start(run: Run, nowMs: number): void {
    this.running.add(run);
    this.#percentPerHour += run.burstPercentPerHour;
    this.#changedAtMs = nowMs;
    this.#lastUsedAtMs = nowMs;
    this.startWindows(nowMs);
  }

  stop(run: Run, nowMs: number): void {
    this.running.delete(run);
    this.#percentPerHour = [...this.running].reduce((sum, r) => sum + r.burstPercentPerHour, 0);
    this.#changedAtMs = nowMs;
  }

  /** Uses quota for a time in which nothing else happens. */
  use(ms: number): void {
    const percent = this.#percentPerHour * (ms / HOUR_MS);
    if (this.#burstSize !== null) this.#burst.percentUsed += percent / this.#burstSize;
    this.#week.percentUsed += percent / this.#weekSize;
  }

  /** When a window of this account ends or is full, if nothing starts or stops before that. */
  nextEventMs(nowMs: number): number {
    const roomPercent = Math.min(
      this.#burstSize === null ? Infinity : (100 - this.#burst.percentUsed) * this.#burstSize,
      (100 - this.#week.percentUsed) * this.#weekSize,
    );
    return Math.min(
      this.#burst.resetsAtMs ?? Infinity,
      this.#week.resetsAtMs ?? Infinity,
      nowMs + (roomPercent / this.#percentPerHour) * HOUR_MS,
    );
  }

  /** Starts new windows for those that have ended; only for an account in use. */
  startWindows(nowMs: number): void {
    if (this.#burstSize !== null) {
      this.#startWindow(this.#burst, { nowMs, lengthMs: WINDOW_LENGTH_MS.five_hour });
    }
    this.#startWindow(this.#week, { nowMs, lengthMs: WINDOW_LENGTH_MS.seven_day });
  }

  /** Limits the account if a window is full; returns whether it is limited. */
  limitIfFull(nowMs: number): boolean {
    for (const span of [this.#burst, this.#week]) {
      if (span.percentUsed < 100 - TOLERANCE_PERCENT) continue;
      span.percentUsed = 100;
      this.limitedUntilMs = Math.max(this.limitedUntilMs ?? 0, span.resetsAtMs ?? nowMs);
    }
    return this.limitedUntilMs !== null;
  }

  /** Lifts a limit that has ended. */
  openIfReset(nowMs: number): void {
    if (this.limitedUntilMs !== null && this.limitedUntilMs <= nowMs) this.limitedUntilMs = null;
  }

  /**
   * What the real ranking would know now: sessions and limits as they are, windows as last read (at
   * the last change, or at the last multiple of `readingEveryMs`). For a conversation that would move here,
   * what it is thought to use of the 5h of `pro` an hour; else null.
   */
  candidate(
    nowMs: number,
    { readingEveryMs, moverPercentPerHour = null }: {
      readingEveryMs: number;
      moverPercentPerHour?: number | null;
    },
  ): Candidate {
    const lastReadingMs = Math.floor(nowMs / readingEveryMs) * readingEveryMs;
    const readAtMs = Math.max(this.#changedAtMs, lastReadingMs);
    const unread = this.#percentPerHour * ((nowMs - readAtMs) / HOUR_MS);
    const burst = this.#burst;
    const week = this.#week;
    return {
      name: this.name,
      fiveHour: this.#burstSize === null
        ? "none"
        : { ...burst, percentUsed: burst.percentUsed - unread / this.#burstSize },
      sevenDay: { ...week, percentUsed: week.percentUsed - unread / this.#weekSize },
      activeSessions: this.running.size,
      moverPercentPerHour,
      size: this.#size,
      limitedUntilMs: this.limitedUntilMs,
      lastUsedAtMs: this.#lastUsedAtMs,
    };
  }

  #startWindow(span: Span, options: { nowMs: number; lengthMs: number }): void {
    if (span.resetsAtMs !== null && span.resetsAtMs > options.nowMs) return;
    span.percentUsed = 0;
    span.resetsAtMs = options.nowMs + options.lengthMs;
    this.#changedAtMs = options.nowMs;
  }
}
