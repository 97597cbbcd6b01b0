// Predicts when a window will be full at the current pace.
import type { Reading } from "../balance/windows.ts";
import { FALL_PERCENT, WINDOW_LENGTH_MS } from "../balance/windows.ts";

/** The pace is measured over this many milliseconds, if readings go back that far. */
const LOOK_BACK_MS = 60 * 60_000;
const SHORTEST_SPAN_MS = 10 * 60_000;

/**
 * When the 5-hour window will be full; null if nothing was used or nothing is known. The pace comes
 * from readings of the last hour, or from the whole window if there are too few. Readings from before
 * a fall are ignored.
 */
export function fullAtMs(
  now: { nowMs: number; percentUsed: number; resetsAtMs: number },
  earlier: ReadonlyArray<Pick<Reading, "percentUsed" | "measuredAtMs">>,
): number | null {
  const { nowMs, percentUsed, resetsAtMs } = now;
  if (percentUsed >= 100) return null;
  const measured = earlier.flatMap(({ percentUsed, measuredAtMs }) =>
    percentUsed === null ? [] : [{ percentUsed, measuredAtMs }]
  );
  const newestFirst = measured.sort((a, b) => b.measuredAtMs - a.measuredAtMs);
  const fell = newestFirst.findIndex((r, index) =>
    r.percentUsed - (newestFirst[index - 1]?.percentUsed ?? percentUsed) >= FALL_PERCENT
  );
  const inSight = (fell < 0 ? newestFirst : newestFirst.slice(0, fell)).filter((r) =>
    nowMs - r.measuredAtMs <= LOOK_BACK_MS && nowMs - r.measuredAtMs >= SHORTEST_SPAN_MS &&
    r.percentUsed <= percentUsed
  );
  const first = inSight.at(-1);
  const startedAtMs = first?.measuredAtMs ?? resetsAtMs - WINDOW_LENGTH_MS.five_hour;
  const used = percentUsed - (first?.percentUsed ?? 0);
  const spanMs = nowMs - startedAtMs;
  if (used <= 0 || spanMs < SHORTEST_SPAN_MS) return null;
  return nowMs + ((100 - percentUsed) / used) * spanMs;
}
