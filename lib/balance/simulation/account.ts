// A simulated account: its windows, and the conversations running on it.
import type { AccountSize } from "../plans.ts";
import type { Candidate } from "../candidate.ts";
import type { WindowKey, WindowName } from "../windows.ts";
import { appliesTo, WINDOW_LENGTH_MS } from "../windows.ts";

/** A window as the service counts it. */
interface Span extends WindowKey {
  readonly window: WindowName;
  /** Percent of a `pro` 5-hour window in one percent of this one. */
  readonly size: number;
  percentUsed: number;
  /** null before its first use. */
  resetsAtMs: number | null;
  /** What the conversations use that it counts and that run now, in percent of a `pro` 5-hour window. */
  percentPerHour: number;
  /** When its limit ends; null if it has room. */
  limitedUntilMs: number | null;
}

/** A conversation, as far as an account needs to know it. */
interface Counted {
  burstPercentPerHour: number;
  /** The model, if that has a week of its own. */
  model?: string | null;
}

const HOUR_MS = 3_600_000;
/** Percent by which rounding may miss a full window. */
const TOLERANCE_PERCENT = 1e-6;
/** The one model whose use is counted in a week of its own, besides the week of the account. */
export const MODEL = "opus";
/** The size of that week, as a share of the account's: an assumption, since none is published. */
export const MODEL_WEEK = 0.5;

/** An account whose windows start at first use; `Run` is a conversation running on it. */
export class SimulatedAccount<Run extends Counted> {
  readonly running = new Set<Run>();
  /** null without a 5-hour window. */
  readonly #burst: Span | null;
  readonly #week: Span;
  readonly #windows: readonly Span[];
  readonly #size: number;
  /** When the rate last changed or a window started: a reading is taken then. */
  #changedAtMs = 0;
  #lastUsedAtMs: number | null = null;

  /** `burstsPerWeek`: full 5-hour windows in a week of `pro`; `weekResetsAtMs`: end of the current week. */
  constructor(
    readonly name: string,
    options: { size: AccountSize; burstsPerWeek: number; weekResetsAtMs: number },
  ) {
    const { size, weekResetsAtMs: resetsAtMs } = options;
    const unused = { percentUsed: 0, percentPerHour: 0, limitedUntilMs: null };
    const week = { ...unused, window: "seven_day", resetsAtMs } as const;
    const weekSize = size.week * options.burstsPerWeek;
    this.#size = size.fiveHour ?? size.week;
    this.#burst = size.fiveHour === null
      ? null
      : { ...unused, window: "five_hour", model: null, size: size.fiveHour, resetsAtMs: null };
    this.#week = { ...week, model: null, size: weekSize };
    this.#windows = [
      ...this.#burst === null ? [] : [this.#burst],
      this.#week,
      { ...week, model: MODEL, size: weekSize * MODEL_WEEK },
    ];
  }

  /** When the limits end that hold back a model, or a conversation of no such model; null if none does. */
  limitedUntilMs(model: string | null = null): number | null {
    let untilMs: number | null = null;
    for (const span of this.#windows) {
      if (span.limitedUntilMs === null || !isCounted({ model }, span)) continue;
      untilMs = Math.max(untilMs ?? 0, span.limitedUntilMs);
    }
    return untilMs;
  }

  start(run: Run, nowMs: number): void {
    this.running.add(run);
    for (const span of this.#windows) {
      if (isCounted(run, span)) span.percentPerHour += run.burstPercentPerHour;
    }
    this.#changedAtMs = nowMs;
    this.#lastUsedAtMs = nowMs;
    this.startWindows(nowMs);
  }

  stop(run: Run, nowMs: number): void {
    this.running.delete(run);
    for (const span of this.#windows) {
      span.percentPerHour = 0;
      for (const other of this.running) {
        if (isCounted(other, span)) span.percentPerHour += other.burstPercentPerHour;
      }
    }
    this.#changedAtMs = nowMs;
  }

  /** Uses quota for a time in which nothing else happens. */
  use(ms: number): void {
    for (const span of this.#windows) {
      span.percentUsed += span.percentPerHour * (ms / HOUR_MS) / span.size;
    }
  }

  /** When a window in use ends or is full, if nothing starts or stops before that. */
  nextEventMs(nowMs: number): number {
    let atMs = Infinity;
    for (const { percentUsed, percentPerHour, size, resetsAtMs } of this.#windows) {
      if (percentPerHour === 0) continue;
      const roomHours = (100 - percentUsed) * size / percentPerHour;
      atMs = Math.min(atMs, resetsAtMs ?? Infinity, nowMs + roomHours * HOUR_MS);
    }
    return atMs;
  }

  /** Starts new windows for those in use that have ended. */
  startWindows(nowMs: number): void {
    for (const span of this.#windows) {
      if (span.percentPerHour === 0) continue;
      if (span.resetsAtMs !== null && span.resetsAtMs > nowMs) continue;
      span.percentUsed = 0;
      span.resetsAtMs = nowMs + WINDOW_LENGTH_MS[span.window];
      this.#changedAtMs = nowMs;
    }
  }

  /** Limits each window in use that is full; returns the running conversations that a limit holds back. */
  limitIfFull(nowMs: number): Run[] {
    for (const span of this.#windows) {
      if (span.percentPerHour === 0 || span.percentUsed < 100 - TOLERANCE_PERCENT) continue;
      span.percentUsed = 100;
      span.limitedUntilMs = span.resetsAtMs ?? nowMs;
    }
    return [...this.running].filter((run) => this.limitedUntilMs(run.model) !== null);
  }

  /** Lifts the limits that have ended. */
  openIfReset(nowMs: number): void {
    for (const span of this.#windows) {
      if (span.limitedUntilMs !== null && span.limitedUntilMs <= nowMs) span.limitedUntilMs = null;
    }
  }

  /**
   * What the real ranking would know now: sessions and limits as they are, windows as last read (at
   * the last change, or at the last multiple of `readingEveryMs`), those of a model only for a
   * conversation of that `model`. For a conversation that would move here, what it is thought to use of
   * the 5h of `pro` an hour; else null.
   */
  candidate(
    nowMs: number,
    { readingEveryMs, model = null, moverPercentPerHour = null }: {
      readingEveryMs: number;
      model?: string | null;
      moverPercentPerHour?: number | null;
    },
  ): Candidate {
    const lastReadingMs = Math.floor(nowMs / readingEveryMs) * readingEveryMs;
    const unreadHours = (nowMs - Math.max(this.#changedAtMs, lastReadingMs)) / HOUR_MS;
    const read = ({ percentUsed, percentPerHour, size, resetsAtMs }: Span) => ({
      percentUsed: percentUsed - percentPerHour * unreadHours / size,
      resetsAtMs,
    });
    return {
      name: this.name,
      fiveHour: this.#burst === null ? "none" : read(this.#burst),
      sevenDay: read(this.#week),
      modelWindows: this.#windows.flatMap((span) =>
        span.model !== null && isCounted({ model }, span)
          ? [{ ...read(span), model: span.model }]
          : []
      ),
      activeSessions: this.running.size,
      moverPercentPerHour,
      size: this.#size,
      limitedUntilMs: this.limitedUntilMs(model),
      lastUsedAtMs: this.#lastUsedAtMs,
    };
  }
}

/** Whether a window counts what a conversation uses, and holds it back when it is full. */
function isCounted({ model = null }: { model?: string | null }, span: Span): boolean {
  return appliesTo(span, model === null ? null : [model]);
}
