// How fast an account used its 5h, from its readings.
import type { Reading } from "./windows.ts";
import { SAME_RESET_MS } from "./windows.ts";

/** What an account used of its 5h between two readings. */
export interface Burn {
  /** Percent of its 5h an hour, above 0. */
  percentPerHour: number;
  fromMs: number;
  toMs: number;
}

const HOUR_MS = 3_600_000;
/** Over a shorter time, a percentage without decimals says little. */
const LEAST_SPAN_MS = 15 * 60_000;

/**
 * How fast an account used its 5h before a time, over a quarter of an hour or more of one window; null if
 * the readings don't say. A reading may be repeated later, so what was read after `untilMs` counts as of then.
 */
export function burnBefore(untilMs: number, readings: readonly Reading[]): Burn | null {
  const burst = readings.filter(({ window, model, percentUsed, resetsAtMs }) =>
    window === "five_hour" && model === null && percentUsed !== null && resetsAtMs !== null
  ).sort((a, b) => b.measuredAtMs - a.measuredAtMs);
  const [last] = burst;
  if (last === undefined) return null;
  const toMs = Math.min(untilMs, last.measuredAtMs);
  const first = burst.find(({ measuredAtMs, resetsAtMs }) =>
    measuredAtMs <= toMs - LEAST_SPAN_MS &&
    Math.abs((resetsAtMs ?? 0) - (last.resetsAtMs ?? 0)) <= SAME_RESET_MS
  );
  if (first === undefined) return null;
  const fromMs = first.measuredAtMs;
  const percent = (last.percentUsed ?? 0) - (first.percentUsed ?? 0);
  if (percent <= 0) return null;
  return { percentPerHour: percent / ((toMs - fromMs) / HOUR_MS), fromMs, toMs };
}
