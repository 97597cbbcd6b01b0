// When a window runs out at the present pace, and how much a day may use for it to last.
import type { WindowName } from "./windows.ts";
import { FALL_PERCENT, WINDOW_LENGTH_MS } from "./windows.ts";

const DAY_MS = 24 * 3_600_000;

/**
 * The pace is measured over these shares of the window's length: a day, two and a third, and all of the
 * 7-day window; 43 minutes, 100 minutes and all of the 5-hour window.
 */
const SPANS = [1 / 7, 1 / 3, 1] as const;
/** A window younger than this share of its length says too little, and so does an older reading. */
const LEAST_SHARE = 1 / 14;
/** Less than this isn't a pace. */
const LEAST_PERCENT = 3;

/** What to expect of a window. */
export interface Outlook {
  /** When it will be full at the present pace; null if it lasts to its reset. */
  out: { atMs: number; earliestMs: number; latestMs: number | null } | null;
  /** Percent of the window that each day may use for it to last to its reset. */
  percentPerDay: number;
}

/** A measurement of a window. */
interface Measured {
  percentUsed: number | null;
  measuredAtMs: number;
}

/** How often readings are looked at: often enough for the shortest span. */
export function readingStepMs(window: WindowName): number {
  return WINDOW_LENGTH_MS[window] / 84;
}

/**
 * The outlook of a window from readings up to its reset, in any order; null if they say too little. The
 * range is that of the paces over several spans; its end is null if the slowest of them lasts to the
 * reset. Readings from before a fall are ignored.
 */
export function outlookOf(
  readings: readonly Measured[],
  { window, resetsAtMs, nowMs }: { window: WindowName; resetsAtMs: number; nowMs: number },
): Outlook | null {
  const lengthMs = WINDOW_LENGTH_MS[window];
  const startMs = resetsAtMs - lengthMs;
  const known = sinceFall(
    readings.flatMap(({ percentUsed, measuredAtMs }) =>
      percentUsed === null ? [] : [{ percentUsed, measuredAtMs }]
    ),
  );
  const last = known.at(-1);
  if (last === undefined || resetsAtMs <= nowMs) return null;
  const leastMs = lengthMs * LEAST_SHARE;
  const isYoung = last.measuredAtMs - startMs < leastMs;
  if (isYoung || nowMs - last.measuredAtMs > leastMs) return null;
  if (last.percentUsed < LEAST_PERCENT || last.percentUsed >= 100) return null;
  if (known[0]?.percentUsed === last.percentUsed) return null;
  const paces = SPANS.flatMap((share) => {
    const fromMs = last.measuredAtMs - lengthMs * share;
    // A window was unused at its start.
    const before = fromMs <= startMs
      ? { percentUsed: 0, measuredAtMs: startMs }
      : known.findLast(({ measuredAtMs }) => measuredAtMs <= fromMs);
    if (before === undefined) return [];
    const perMs = (last.percentUsed - before.percentUsed) /
      (last.measuredAtMs - before.measuredAtMs);
    return perMs >= 0 ? [perMs] : [];
  });
  if (paces.length === 0) return null;
  const outAt = (perMs: number) => last.measuredAtMs + (100 - last.percentUsed) / perMs;
  const mean = paces.reduce((sum, pace) => sum + pace, 0) / paces.length;
  const atMs = outAt(mean);
  const latestMs = outAt(Math.min(...paces));
  return {
    out: atMs >= resetsAtMs ? null : {
      atMs: Math.max(nowMs, atMs),
      earliestMs: Math.max(nowMs, outAt(Math.max(...paces))),
      latestMs: latestMs >= resetsAtMs ? null : Math.max(nowMs, latestMs),
    },
    percentPerDay: (100 - last.percentUsed) * DAY_MS / (resetsAtMs - nowMs),
  };
}

/** Readings in order of time, from the last one that was far below the one before it. */
function sinceFall<Point extends { percentUsed: number; measuredAtMs: number }>(
  readings: readonly Point[],
): Point[] {
  const inOrder = readings.toSorted((a, b) => a.measuredAtMs - b.measuredAtMs);
  const fell = inOrder.findLastIndex(({ percentUsed }, index) =>
    (inOrder[index - 1]?.percentUsed ?? 0) - percentUsed >= FALL_PERCENT
  );
  return inOrder.slice(Math.max(0, fell));
}
