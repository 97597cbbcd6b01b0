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
  /** When the service reported it, not when it was read or repeated. */
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
  /** The higher percentage for the same reset that this one has replaced; null without one. */
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

/** How far the clock of a measurement may be ahead of ours. */
export const AHEAD_MS = 120_000;

/**
 * Merges the readings of one window; null if there are none. The newest measurement decides, whatever
 * its percentage and reset, because a percentage can fall and a reset can move. After its reset, usage
 * is 0. Resets further away than the window is long are ignored, and so are readings without a reset
 * that are older than that. A measurement from the future, made before the clock was set back, decides
 * only if there is no other.
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

/** A smaller fall may come from answers that overtook each other. */
export const FALL_PERCENT = 10;

/** The highest percentage for the same reset that a reading has replaced; null if it didn't fall. */
function fallBefore({ percentUsed, resetsAtMs }: Reading, all: readonly Reading[]): number | null {
  if (resetsAtMs === null) return null;
  const before = all.filter((reading) =>
    reading.resetsAtMs !== null && Math.abs(reading.resetsAtMs - resetsAtMs) <= SAME_RESET_MS
  );
  const highest = Math.min(100, Math.max(...before.map((reading) => reading.percentUsed)));
  return highest - percentUsed >= FALL_PERCENT ? highest : null;
}

/**
 * Whether a reading was measured later than another; it can't have been measured after its own reset.
 * At the same moment the later reset decides, then the higher percentage, then the more direct source.
 */
function isNewer(reading: Reading, { than, nowMs }: { than: Reading; nowMs: number }): boolean {
  const isAhead = (one: Reading) => Number(one.measuredAtMs > nowMs + AHEAD_MS);
  const atMs = (one: Reading) => Math.min(one.measuredAtMs, one.resetsAtMs ?? Infinity);
  // Equal infinities differ by NaN, which counts as equal. No lists: this runs for each stored reading.
  const difference = isAhead(than) - isAhead(reading) ||
    atMs(reading) - atMs(than) ||
    (reading.resetsAtMs ?? -Infinity) - (than.resetsAtMs ?? -Infinity) ||
    reading.percentUsed - than.percentUsed ||
    READING_SOURCES.indexOf(than.source) - READING_SOURCES.indexOf(reading.source);
  return difference > 0;
}

/** A limit on an account, from the service, the user or a cool-down. */
interface RecordedLimit {
  window: WindowName | null;
  kind: "limit" | "cooldown" | "manual";
  recordedAtMs: number;
}

/**
 * The limits that still count. A limit of a window ends once that window is measured later, because
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
