// The windows of an account: readings, and how they are merged (DESIGN §5).

/** The two windows that the service counts: a burst of 5 hours and a rolling week. */
export const WINDOWS = ["five_hour", "seven_day"] as const;
/** One of {@link WINDOWS}. */
export type WindowName = typeof WINDOWS[number];

/** Length of each window in milliseconds. */
export const WINDOW_LENGTH_MS: Readonly<Record<WindowName, number>> = {
  five_hour: 5 * 3_600_000,
  seven_day: 7 * 24 * 3_600_000,
};

/** The short name of each window. */
export const WINDOW_LABEL: Readonly<Record<WindowName, string>> = {
  five_hour: "5h",
  seven_day: "7d",
};

/** Where a reading comes from, the most direct source first. */
const READING_SOURCES = ["statusline", "usage-cache", "limit", "estimate"] as const;
/** One of {@link READING_SOURCES}. */
export type ReadingSource = typeof READING_SOURCES[number];

/** An observation of one window of an account. */
export interface Reading {
  account: string;
  window: WindowName;
  /** 0–100. */
  percentUsed: number;
  /** When the window resets; null if unknown or if no window is running. */
  resetsAtMs: number | null;
  observedAtMs: number;
  source: ReadingSource;
}

/** The current state of a window, as far as known. */
export interface WindowState {
  /** 0–100; 0 once the reset has passed. */
  percentUsed: number;
  /** null if no window is running. */
  resetsAtMs: number | null;
  source: ReadingSource;
  /** Age of the observation, never negative. */
  ageMs: number;
}

/** Reset times closer than this are the same reset: sources round them differently. */
export const SAME_RESET_MS = 120_000;

/** How far clocks may differ before a reset that is too far away counts as a mistake. */
const CLOCKS_DIFFER_MS = 3_600_000;

/** The latest possible reset of a window: it can't be further away than the window is long. */
export function latestResetMs(window: WindowName, nowMs: number): number {
  return nowMs + WINDOW_LENGTH_MS[window] + CLOCKS_DIFFER_MS;
}

/**
 * Merges the readings of one window; null if there are none. Resets too far away are ignored. A later
 * reset replaces an earlier one; among readings of the same reset the highest percentage counts,
 * because usage only grows; after the reset, usage is 0. The order of observation doesn't matter, so
 * a clock that was set back can't win. Readings without a reset time count only if there is no other:
 * the newest, unless it is older than the window is long, which means that the window has ended.
 */
export function mergeReadings(readings: readonly Reading[], nowMs: number): WindowState | null {
  const sane = readings.filter(({ percentUsed, resetsAtMs, observedAtMs, window }) =>
    percentUsed >= 0 && percentUsed < Infinity &&
    (resetsAtMs === null
      ? nowMs - observedAtMs <= WINDOW_LENGTH_MS[window]
      : resetsAtMs <= latestResetMs(window, nowMs))
  );
  const dated = sane.filter((r) => r.resetsAtMs !== null);
  if (dated.length === 0) {
    const newest = sane.reduce<Reading | null>(
      (best, r) => best === null || r.observedAtMs > best.observedAtMs ? r : best,
      null,
    );
    return newest && stateOf(newest, { resetsAtMs: null, nowMs });
  }
  const latest = Math.max(...dated.map((r) => Number(r.resetsAtMs)));
  const current = dated.filter((r) => latest - Number(r.resetsAtMs) <= SAME_RESET_MS);
  const top = current.reduce((best, r) =>
    r.percentUsed > best.percentUsed ||
      (r.percentUsed === best.percentUsed && r.observedAtMs > best.observedAtMs)
      ? r
      : best
  );
  if (latest <= nowMs) return { ...stateOf(top, { resetsAtMs: null, nowMs }), percentUsed: 0 };
  return stateOf(top, { resetsAtMs: latest, nowMs });
}

function stateOf(
  reading: Reading,
  options: { resetsAtMs: number | null; nowMs: number },
): WindowState {
  return {
    percentUsed: Math.min(100, reading.percentUsed),
    resetsAtMs: options.resetsAtMs,
    source: reading.source,
    ageMs: Math.max(0, options.nowMs - reading.observedAtMs),
  };
}

/** The highest value of an estimate: a guess must not declare an account limited. */
const ESTIMATE_CEILING_PERCENT = 99;

/**
 * Estimates a window: the time of sessions in its trailing length (overlapping ones added up),
 * divided by the hours, above 0, that the user expects from one window.
 */
export function estimateWindow(options: { sessionMs: number; limitHours: number }): WindowState {
  const percent = (options.sessionMs / (options.limitHours * 3_600_000)) * 100;
  return {
    percentUsed: Math.min(ESTIMATE_CEILING_PERCENT, percent),
    resetsAtMs: null,
    source: "estimate",
    ageMs: 0,
  };
}
