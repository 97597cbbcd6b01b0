// Predicts when a window will be full at the current pace.
import { WINDOW_LENGTH_MS } from "../balance/windows.ts";

/** The pace is measured over this many milliseconds, if readings go back that far. */
const LOOK_BACK_MS = 60 * 60_000;
const SHORTEST_SPAN_MS = 10 * 60_000;

/**
 * When the 5-hour window will be full; null if nothing was used or nothing is known. The pace comes
 * from readings of the last hour, or from the whole window if there are too few.
 */
export function fullAtMs(
  now: { nowMs: number; percentUsed: number; resetsAtMs: number },
  earlier: ReadonlyArray<{ percentUsed: number; observedAtMs: number }>,
): number | null {
  const { nowMs, percentUsed, resetsAtMs } = now;
  if (percentUsed >= 100 || percentUsed <= 0) return null;
  const inSight = earlier.filter((r) =>
    nowMs - r.observedAtMs <= LOOK_BACK_MS && nowMs - r.observedAtMs >= SHORTEST_SPAN_MS &&
    r.percentUsed <= percentUsed
  );
  const first = inSight.reduce<typeof inSight[number] | null>(
    (oldest, r) => oldest === null || r.observedAtMs < oldest.observedAtMs ? r : oldest,
    null,
  );
  const startedAtMs = first?.observedAtMs ?? resetsAtMs - WINDOW_LENGTH_MS.five_hour;
  const used = percentUsed - (first?.percentUsed ?? 0);
  const spanMs = nowMs - startedAtMs;
  if (used <= 0 || spanMs < SHORTEST_SPAN_MS) return null;
  return nowMs + ((100 - percentUsed) / used) * spanMs;
}
