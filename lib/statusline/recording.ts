// Decides what in a payload is worth a row in the ledger, and when its numbers were measured.
import type { Reading, WindowName } from "../balance/windows.ts";
import { latestResetMs, WINDOWS } from "../balance/windows.ts";
import type { LimitWindow, Payload } from "../claude/status_payload.ts";
import type { LastNews } from "../ports/mod.ts";

/** A session younger than this has its numbers from its own start. */
const YOUNG_MS = 60_000;

/** What a payload says about the windows. */
export interface Said {
  readings: Reading[];
  /** What is worth recording; null if the session only repeats what it said before. */
  news: LastNews | null;
}

/**
 * What a payload says about the windows, and when that was measured. Payloads have no time, and the
 * client repeats old numbers in them (CONTRACT §13). So a session's numbers are new if they, or the
 * time of its API calls, differ from `last`, and otherwise as old as `last`. The first payload seen of
 * a session that isn't young may be as old as the session. Resets too far away are ignored.
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
    // A time from before the clock was set back can't be later than now.
    : Math.min(last.measuredAtMs, nowMs);
  const readings = WINDOWS.flatMap((window) => {
    const limit = limits[window];
    return limit === null || (limit.resetsAtMs ?? 0) > latestResetMs(window, nowMs)
      ? []
      : [readingOf(limit, { account, window, measuredAtMs })];
  });
  return { readings, news: isNews && readings.length > 0 ? { numbers, measuredAtMs } : null };
}

/** The earliest time at which the first numbers seen of a session may have been measured. */
function firstMeasuredAtMs({ durationMs }: Payload, nowMs: number): number {
  return durationMs === null || durationMs <= YOUNG_MS ? nowMs : nowMs - durationMs;
}

/** What a payload says about a window, as the ledger stores it: in hundredths of a percent. */
function readingOf(
  limit: LimitWindow,
  of: { account: string; window: WindowName; measuredAtMs: number },
): Reading {
  return {
    ...of,
    model: null,
    identity: null,
    percentUsed: Math.round(limit.percentUsed * 100) / 100,
    resetsAtMs: limit.resetsAtMs,
    source: "statusline",
  };
}
