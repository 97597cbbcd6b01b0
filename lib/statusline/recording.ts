// What of a payload is worth a row in the ledger, and when its numbers were measured.
import type { Reading, WindowName } from "../balance/windows.ts";
import { latestResetMs, WINDOWS } from "../balance/windows.ts";
import type { LimitWindow, Payload } from "../claude/status_payload.ts";
import type { LastNews } from "../ports/mod.ts";

/** A session so young has its numbers from its own start. */
const YOUNG_MS = 60_000;

/** What a payload says of the windows. */
export interface Said {
  readings: Reading[];
  /** What is to be remembered; null when the session only repeats what it said before. */
  news: LastNews | null;
}

/**
 * What a payload says of the windows, and when that was measured. A payload names no time, and the
 * client gives it again and again with old numbers (CONTRACT §13). So the numbers of a session are
 * new at the moment when they, or the time of its API calls, differ from `last`, and as old as that
 * when they don't. The first payload of a session that is not young may be as old as the session.
 * A payload without windows says nothing. Resets too far away are ignored.
 */
export function saidBy(
  payload: Payload,
  { account, last, nowMs }: { account: string; last: LastNews | null; nowMs: number },
): Said {
  const { limits, apiMs } = payload;
  const numbers = JSON.stringify([
    ...WINDOWS.map((window) => [limits[window]?.percentUsed, limits[window]?.resetsAtMs]),
    apiMs,
  ]);
  const isNews = last === null || last.numbers !== numbers;
  const measuredAtMs = last === null ? firstMeasuredAtMs(payload, nowMs) : isNews
    ? nowMs
    // What was said before the clock was set back was said by now.
    : Math.min(last.measuredAtMs, nowMs);
  const readings = WINDOWS.flatMap((window) => {
    const limit = limits[window];
    return limit === null || (limit.resetsAtMs ?? 0) > latestResetMs(window, nowMs)
      ? []
      : [readingOf(limit, { account, window, measuredAtMs })];
  });
  return { readings, news: isNews && readings.length > 0 ? { numbers, measuredAtMs } : null };
}

/** When the first numbers that are seen of a session were measured, at the earliest. */
function firstMeasuredAtMs({ durationMs }: Payload, nowMs: number): number {
  return durationMs === null || durationMs <= YOUNG_MS ? nowMs : nowMs - durationMs;
}

/** What a payload says of a window, as the ledger keeps it: in hundredths of a percent. */
function readingOf(
  limit: LimitWindow,
  of: { account: string; window: WindowName; measuredAtMs: number },
): Reading {
  return {
    ...of,
    percentUsed: Math.round(limit.percentUsed * 100) / 100,
    resetsAtMs: limit.resetsAtMs,
    source: "statusline",
  };
}
