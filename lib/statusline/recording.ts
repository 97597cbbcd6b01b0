// Decides what in a payload is worth a row in the ledger.
import type { Reading, WindowName } from "../balance/windows.ts";
import { latestResetMs, SAME_RESET_MS, WINDOWS } from "../balance/windows.ts";
import type { LimitWindow, Payload } from "../claude/status_payload.ts";

/** A repeated reading is written at most this often. */
const RENEW_AFTER_MS = 60_000;

/** What a payload says about a window, as the ledger stores it: in hundredths of a percent. */
export function readingOf(
  limit: LimitWindow,
  of: { account: string; window: WindowName; nowMs: number },
): Reading {
  return {
    account: of.account,
    window: of.window,
    percentUsed: Math.round(limit.percentUsed * 100) / 100,
    resetsAtMs: limit.resetsAtMs,
    observedAtMs: of.nowMs,
    source: "statusline",
  };
}

/**
 * The readings of a payload that are new to the ledger: another percentage or reset, or the same
 * after a minute. A lower percentage for the same reset is an older answer from another terminal and
 * is ignored, as are resets too far away and missing windows (CONTRACT §5).
 */
export function readingsToRecord(
  payload: Payload,
  options: { account: string; known: readonly Reading[]; nowMs: number },
): Reading[] {
  const { account, known, nowMs } = options;
  const fresh: Reading[] = [];
  for (const window of WINDOWS) {
    const limit = payload.limits[window];
    if (limit === null) continue;
    const reading = readingOf(limit, { account, window, nowMs });
    const { percentUsed, resetsAtMs } = reading;
    if (resetsAtMs !== null && resetsAtMs > latestResetMs(window, nowMs)) continue;
    const same = known.filter((reading) =>
      reading.window === window && reading.source === "statusline" &&
      (reading.resetsAtMs === null || resetsAtMs === null
        ? reading.resetsAtMs === resetsAtMs
        : Math.abs(reading.resetsAtMs - resetsAtMs) <= SAME_RESET_MS)
    );
    const highest = same.reduce((most, reading) => Math.max(most, reading.percentUsed), -1);
    const seen = same.filter((reading) => reading.percentUsed === percentUsed);
    if (percentUsed < highest) continue;
    if (seen.some((reading) => Math.abs(nowMs - reading.observedAtMs) < RENEW_AFTER_MS)) continue;
    fresh.push(reading);
  }
  return fresh;
}
