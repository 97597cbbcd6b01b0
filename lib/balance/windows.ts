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
  /** When the service said so, not when it was read or said again. */
  measuredAtMs: number;
  source: ReadingSource;
}

/** The current state of a window, as far as known. */
export interface WindowState {
  /** 0–100; 0 once the reset has passed. */
  percentUsed: number;
  /** null if no window is running. */
  resetsAtMs: number | null;
  source: ReadingSource;
  /** Age of the measurement, never negative. */
  ageMs: number;
  /** The higher percentage before the same reset that this one took back; null: there was none. */
  fellFrom: number | null;
}

/** Reset times closer than this are the same reset: sources round them differently. */
export const SAME_RESET_MS = 120_000;

/** How far clocks may differ before a reset that is too far away counts as a mistake. */
const CLOCKS_DIFFER_MS = 3_600_000;

/** The latest possible reset of a window: it can't be further away than the window is long. */
export function latestResetMs(window: WindowName, nowMs: number): number {
  return nowMs + WINDOW_LENGTH_MS[window] + CLOCKS_DIFFER_MS;
}

/** How far ahead of ours the clock behind a measurement may be. */
export const AHEAD_MS = 120_000;

/**
 * Merges the readings of one window: the newest measurement decides, whatever its percentage and
 * reset, since a percentage can fall and a reset can move. Once its reset has passed nothing is used.
 * Ignored are resets further away than the window is long, and readings without a reset that are
 * older than that. What was measured in the future, before the clock was set back, decides only where
 * there is nothing else. null: nothing to merge.
 */
export function mergeReadings(readings: readonly Reading[], nowMs: number): WindowState | null {
  const sane = readings.filter(({ percentUsed, resetsAtMs, measuredAtMs, window }) =>
    percentUsed >= 0 && percentUsed < Infinity &&
    (resetsAtMs === null
      ? nowMs - measuredAtMs <= WINDOW_LENGTH_MS[window]
      : resetsAtMs <= latestResetMs(window, nowMs))
  );
  const [first, ...others] = sane;
  if (first === undefined) return null;
  const newest = others.reduce(
    (best, reading) => isNewer(reading, { than: best, nowMs }) ? reading : best,
    first,
  );
  const { resetsAtMs, percentUsed, measuredAtMs, source } = newest;
  const hasPassed = resetsAtMs !== null && resetsAtMs <= nowMs;
  return {
    percentUsed: hasPassed ? 0 : Math.min(100, percentUsed),
    resetsAtMs: hasPassed ? null : resetsAtMs,
    source,
    ageMs: Math.max(0, nowMs - measuredAtMs),
    fellFrom: hasPassed ? null : fallBefore(newest, sane),
  };
}

/** A fall of fewer points may come from answers that overtook each other. */
export const FALL_PERCENT = 10;

/** The highest percentage before the same reset that a reading took back; null when it didn't fall. */
function fallBefore({ percentUsed, resetsAtMs }: Reading, all: readonly Reading[]): number | null {
  if (resetsAtMs === null) return null;
  const before = all.filter((reading) =>
    reading.resetsAtMs !== null && Math.abs(reading.resetsAtMs - resetsAtMs) <= SAME_RESET_MS
  );
  const highest = Math.min(100, Math.max(...before.map((reading) => reading.percentUsed)));
  return highest - percentUsed >= FALL_PERCENT ? highest : null;
}

/**
 * Whether a reading was measured later than another. It can't have been measured after its own reset.
 * The same moment is decided by the later reset, the higher percentage, the more direct source.
 */
function isNewer(reading: Reading, { than, nowMs }: { than: Reading; nowMs: number }): boolean {
  const rank = (one: Reading): number[] => [
    one.measuredAtMs > nowMs + AHEAD_MS ? 0 : 1,
    Math.min(one.measuredAtMs, one.resetsAtMs ?? Infinity),
    one.resetsAtMs ?? -Infinity,
    one.percentUsed,
    -READING_SOURCES.indexOf(one.source),
  ];
  const [mine, other] = [rank(reading), rank(than)];
  const at = mine.findIndex((value, index) => value !== other[index]);
  return at >= 0 && (mine[at] ?? 0) > (other[at] ?? 0);
}

/** A limit that the service, a person or a cool-down set on an account. */
interface RecordedLimit {
  window: WindowName | null;
  kind: "limit" | "cooldown" | "manual";
  recordedAtMs: number;
}

/**
 * The limits that still count: one of a window ends where that window was measured later, since
 * then the window itself says how full it is.
 */
export function limitsInForce<Limit extends RecordedLimit>(
  limits: readonly Limit[],
  { windows, nowMs }: { windows: Readonly<Record<WindowName, WindowState | null>>; nowMs: number },
): Limit[] {
  return limits.filter(({ kind, window, recordedAtMs }) => {
    const state = kind === "limit" && window !== null ? windows[window] : null;
    return state === null || state.source === "estimate" || state.source === "limit" ||
      nowMs - state.ageMs <= recordedAtMs;
  });
}

/** When the last of the limits in force ends; null if there are none. */
export function limitsEndMs(
  limits: ReadonlyArray<RecordedLimit & { untilMs: number }>,
  known: Parameters<typeof limitsInForce>[1],
): number | null {
  const ends = limitsInForce(limits, known).map((limit) => limit.untilMs);
  return ends.length === 0 ? null : Math.max(...ends);
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
    fellFrom: null,
  };
}
