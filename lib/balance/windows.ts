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
const READING_SOURCES = [
  "statusline",
  "usage-cache",
  "limit",
  /** It was missing where it would have been, so the plan doesn't have it. */
  "absent",
  /** The user said that whatever was known no longer counts. */
  "cleared",
] as const;
/** One of {@link READING_SOURCES}. */
export type ReadingSource = typeof READING_SOURCES[number];

/** Names a window: of an account, or of one of its models. */
export interface WindowKey {
  /** As the service names it: one of {@link WINDOWS} for the account, others for models. */
  window: string;
  /** The service's name of the model or of its family; null for the account's own windows. */
  model: string | null;
}

/** An observation of one window of an account. */
export interface Reading extends WindowKey {
  account: string;
  /** Who was logged in when it was taken, as a key like that of {@link countsFor}; null if unknown. */
  identity: string | null;
  /** 0–100; null if there was nothing to measure: the source is `absent` or `cleared`. */
  percentUsed: number | null;
  /** When the window resets; null if unknown or if no window is running. */
  resetsAtMs: number | null;
  /** When the service reported it, not when it was read or repeated. */
  measuredAtMs: number;
  source: ReadingSource;
}

/** The person of a key `PERSON` or `PERSON/ORGANISATION`. */
export function personOf(key: string | null): string | null {
  return key?.split("/")[0] ?? null;
}

/**
 * Whether what was taken while one was logged in counts for another. Keys are `PERSON/ORGANISATION`, or
 * `PERSON` if the organisation is unknown. What was taken without a key counts for everybody.
 */
export function countsFor(who: string | null, taken: string | null): boolean {
  return taken === null || taken === who || taken === personOf(who);
}

/** The usage of a window, measured or estimated from the hours of sessions. */
export interface WindowUse {
  state: "measured" | "estimated";
  /** 0–100; 0 once the reset has passed. */
  percentUsed: number;
  /** null if no window is running. */
  resetsAtMs: number | null;
  source: ReadingSource | "estimate";
  /** Age of the measurement, never negative. */
  ageMs: number;
  /** The higher percentage for the same reset that this one has replaced; null without one. */
  fellFrom: number | null;
}

/** The account has no such window. */
interface NoWindow {
  state: "none";
  source: ReadingSource;
  /** Age of the observation, never negative. */
  ageMs: number;
}

/** The current state of a window, as far as known. */
export type WindowState = WindowUse | NoWindow;

/** A window with its state; null if nothing is known. */
export interface KnownWindow extends WindowKey {
  state: WindowState | null;
}

/** The state of one of the account's own windows; null if nothing is known. */
export function accountWindow(
  windows: readonly KnownWindow[],
  window: WindowName,
): WindowState | null {
  return windows.find((one) => one.window === window && one.model === null)?.state ?? null;
}

/** How much of a window is used; null if nothing is known or there is no such window. */
export function useOf(state: WindowState | null): WindowUse | null {
  return state === null || state.state === "none" ? null : state;
}

/**
 * Percent used of a window, 0–100; `none` if there is no such window. null if it wasn't measured: an
 * estimate isn't shown as if it had been.
 */
export function measuredUse(state: WindowState | null): number | "none" | null {
  if (state === null || state.state === "estimated") return null;
  return state.state === "none" ? "none" : state.percentUsed;
}

/** That an account doesn't have a window. */
export function noWindowText(window: WindowName): string {
  return `no ${WINDOW_LABEL[window]} limit`;
}

/**
 * The short name of a window: `5h`, `7d`, `7d opus`, `spend`; `overage opus` for a limit of no known
 * window.
 */
export function windowLabel({ window, model }: WindowKey): string {
  if (window === SPEND_WINDOW) return "spend";
  const label = window === "five_hour"
    ? WINDOW_LABEL.five_hour
    : window.startsWith("seven_day")
    ? WINDOW_LABEL.seven_day
    : window;
  return model === null ? label : `${label} ${model}`;
}

/** The window of a budget in dollars, which only gateways have. */
export const SPEND_WINDOW = "spend_limit";
const MONTH_MS = 31 * 24 * 3_600_000;

/** Length of a window in milliseconds: the windows of models last a week, that of a budget a month. */
function lengthMs(window: string): number {
  if (window === SPEND_WINDOW) return MONTH_MS;
  return window === "five_hour" ? WINDOW_LENGTH_MS.five_hour : WINDOW_LENGTH_MS.seven_day;
}

/** Reset times closer than this are the same reset: sources round them differently. */
export const SAME_RESET_MS = 120_000;

/** How far clocks may differ before a reset that is too far away counts as a mistake. */
const CLOCKS_DIFFER_MS = 3_600_000;

/** The latest possible reset of a window: it can't be further away than the window is long. */
export function latestResetMs(window: string, nowMs: number): number {
  return nowMs + lengthMs(window) + CLOCKS_DIFFER_MS;
}

/** How far the clock of a measurement may be ahead of ours. */
export const AHEAD_MS = 120_000;

/** A status line may be that late: the client waits before it draws one, and the program has to start. */
const LATE_LINE_MS = 5_000;

/**
 * Merges the readings of one window; null if nothing is known. The newest measurement decides, whatever
 * its percentage and reset, because a percentage can fall and a reset can move. After its reset, usage
 * is 0. Resets further away than the window is long are ignored, and so are readings without a reset
 * that are older than that. A measurement from the future, made before the clock was set back, decides
 * only if there is no other. A status line with less for the same reset that is recorded right after a
 * refusal doesn't count: it was drawn before.
 */
export function mergeReadings(readings: readonly Reading[], nowMs: number): WindowState | null {
  const sane = readings.filter((reading) => isSane(reading, nowMs));
  const refusals = sane.filter(({ source }) => source === "limit");
  const newest = newestOf(
    sane.filter((reading) => !refusals.some((refusal) => isDrawnBefore(reading, refusal))),
    nowMs,
  );
  return newest === null ? null : stateFrom(newest, { all: sane, nowMs });
}

/**
 * The state of a window by its readings, or else as `estimate` has it. Readings that were cleared leave
 * it unknown.
 */
export function mergeOrEstimate(
  readings: readonly Reading[],
  { nowMs, estimate }: { nowMs: number; estimate: () => WindowState | null },
): WindowState | null {
  const known = mergeReadings(readings, nowMs);
  if (known !== null) return known;
  return readings.some((reading) => isSane(reading, nowMs)) ? null : estimate();
}

/** Whether a reading is possible and recent enough to say something. */
function isSane(
  { percentUsed, resetsAtMs, measuredAtMs, source, window }: Reading,
  nowMs: number,
): boolean {
  if (percentUsed !== null && !(percentUsed >= 0 && percentUsed < Infinity)) return false;
  // What a plan doesn't have, it won't have tomorrow either.
  if (source === "absent") return true;
  // What was cleared may have a reset that is later by as much as clocks differ.
  const keptMs = lengthMs(window) + (source === "cleared" ? CLOCKS_DIFFER_MS : 0);
  // A time that is further ahead is from before the clock was set back, or was never right.
  return resetsAtMs === null
    ? Math.abs(nowMs - measuredAtMs) <= keptMs
    : resetsAtMs <= latestResetMs(window, nowMs);
}

/** Whether a reading comes from a line that was drawn before a refusal and recorded after it. */
function isDrawnBefore(reading: Reading, refusal: Reading): boolean {
  const laterByMs = reading.measuredAtMs - refusal.measuredAtMs;
  return reading.source === "statusline" && laterByMs >= 0 && laterByMs <= LATE_LINE_MS &&
    (reading.percentUsed ?? 0) < (refusal.percentUsed ?? 0) && isSameReset(reading, refusal);
}

function isSameReset(
  a: { resetsAtMs: number | null },
  b: { resetsAtMs: number | null },
): boolean {
  return a.resetsAtMs !== null && b.resetsAtMs !== null &&
    Math.abs(a.resetsAtMs - b.resetsAtMs) <= SAME_RESET_MS;
}

function newestOf(readings: readonly Reading[], nowMs: number): Reading | null {
  return readings.reduce<Reading | null>(
    (best, reading) => best === null || isNewer(reading, { than: best, nowMs }) ? reading : best,
    null,
  );
}

function stateFrom(
  newest: Reading,
  { all, nowMs }: { all: readonly Reading[]; nowMs: number },
): WindowState | null {
  const { percentUsed, resetsAtMs, source } = newest;
  const ageMs = Math.max(0, nowMs - newest.measuredAtMs);
  if (source === "absent") return { state: "none", source, ageMs };
  if (percentUsed === null) return null;
  const hasPassed = resetsAtMs !== null && resetsAtMs <= nowMs;
  return {
    state: "measured",
    percentUsed: hasPassed ? 0 : Math.min(100, percentUsed),
    resetsAtMs: hasPassed ? null : resetsAtMs,
    source,
    ageMs,
    fellFrom: hasPassed ? null : fallBefore({ percentUsed, resetsAtMs }, all),
  };
}

/** A smaller fall may come from answers that overtook each other. */
export const FALL_PERCENT = 10;

/** The highest percentage for the same reset that a reading has replaced; null if it didn't fall. */
function fallBefore(
  { percentUsed, resetsAtMs }: { percentUsed: number; resetsAtMs: number | null },
  all: readonly Reading[],
): number | null {
  if (resetsAtMs === null) return null;
  const before = all.filter((reading) => isSameReset(reading, { resetsAtMs }));
  const highest = Math.min(100, Math.max(...before.map((one) => one.percentUsed ?? 0)));
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
    (reading.percentUsed ?? -1) - (than.percentUsed ?? -1) ||
    READING_SOURCES.indexOf(than.source) - READING_SOURCES.indexOf(reading.source);
  return difference > 0;
}

/**
 * Whether a window or a limit counts for a launch that needs these models, which are null if unknown:
 * the account's own ones do, those of a model only if it is needed.
 */
export function appliesTo(
  { model }: { model: string | null },
  models: readonly string[] | null,
): boolean {
  return model === null || models?.includes(model) === true;
}

/** The highest value of an estimate: a guess must not declare an account limited. */
const ESTIMATE_CEILING_PERCENT = 99;

/**
 * Estimates a window: the time of sessions in its trailing length (overlapping ones added up),
 * divided by the hours, above 0, that the user expects from one window.
 */
export function estimateWindow(options: { sessionMs: number; limitHours: number }): WindowUse {
  const percent = (options.sessionMs / (options.limitHours * 3_600_000)) * 100;
  return {
    state: "estimated",
    percentUsed: Math.min(ESTIMATE_CEILING_PERCENT, percent),
    resetsAtMs: null,
    source: "estimate",
    ageMs: 0,
    fellFrom: null,
  };
}
