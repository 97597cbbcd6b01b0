// An account's windows: readings, and how they are merged (DESIGN §5).

/** The two windows that the service counts: a burst of 5 hours and a rolling week. */
export const WINDOWS = ["five_hour", "seven_day"] as const;
/** One of {@link WINDOWS}. */
export type WindowName = typeof WINDOWS[number];

/** Length of each window in milliseconds. */
export const WINDOW_LENGTH_MS: Readonly<Record<WindowName, number>> = {
  five_hour: 5 * 3_600_000,
  seven_day: 7 * 24 * 3_600_000,
};

/** How people call each window. */
export const WINDOW_LABEL: Readonly<Record<WindowName, string>> = {
  five_hour: "5h",
  seven_day: "7d",
};

/** Where a reading came from, from the most to the least direct. */
const READING_SOURCES = ["statusline", "usage-cache", "limit", "estimate"] as const;
/** One of {@link READING_SOURCES}. */
export type ReadingSource = typeof READING_SOURCES[number];

/** One observation of one window of one account. */
export interface Reading {
  account: string;
  window: WindowName;
  /** 0–100. */
  percentUsed: number;
  /** When the window resets; null when unknown or when no window runs. */
  resetsAtMs: number | null;
  observedAtMs: number;
  source: ReadingSource;
}

/** What is believed of a window now. */
export interface WindowState {
  /** 0–100; 0 once the reset has passed. */
  percentUsed: number;
  /** null when no window runs. */
  resetsAtMs: number | null;
  source: ReadingSource;
  /** Age of the observation, never negative. */
  ageMs: number;
}

/** Reset times closer than this are one reset: sources round them differently. */
export const SAME_RESET_MS = 120_000;

/** How far clocks may differ before a reset too far away is a mistake. */
const CLOCKS_DIFFER_MS = 3_600_000;

/** The latest reset of a window that can be true: none is further away than the window is long. */
export function latestResetMs(window: WindowName, nowMs: number): number {
  return nowMs + WINDOW_LENGTH_MS[window] + CLOCKS_DIFFER_MS;
}

/**
 * Merges the readings of one window. Resets too far away are ignored. A later reset supersedes an
 * earlier one; among readings of one reset the highest percentage counts, since use only grows; once
 * the reset has passed nothing is used. Observation times order nothing, so that a clock that was set
 * back cannot win. Readings without a reset time count only if there is no other: the newest of them,
 * unless it is older than the window is long, which has ended since. null: nothing to merge.
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

/** Highest value an estimate may take: a guess must not declare an account limited. */
const ESTIMATE_CEILING_PERCENT = 99;

/**
 * Estimates a window from the time of sessions in its trailing length, overlaps counted per session,
 * and the hours, above 0, that the user expects one window to give.
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
