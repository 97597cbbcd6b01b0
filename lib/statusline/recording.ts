// Decides what in a payload is worth a row in the ledger, and when its numbers were measured.
import type { Reading } from "../balance/windows.ts";
import { latestResetMs, SPEND_WINDOW, WINDOWS } from "../balance/windows.ts";
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
 *
 * After `/clear` a client has a new session, whose first payload repeats the numbers of the one before.
 * So numbers that came without an API call of their session are as old as `knownAtMs` has them: the
 * time when the same figure of a window was last recorded; null if it never was.
 */
export function saidBy(
  payload: Payload,
  { account, last, nowMs, knownAtMs = () => null }: {
    account: string;
    last: LastNews | null;
    nowMs: number;
    knownAtMs?: (reading: Reading) => number | null;
  },
): Said {
  const { limits, apiMs, spend } = payload;
  const current: Numbers = [
    ...WINDOWS.map((
      window,
    ) => [limits[window]?.percentUsed ?? null, limits[window]?.resetsAtMs ?? null]),
    apiMs,
    [spend?.percentUsed ?? null, spend?.resetsAtMs ?? null],
  ];
  const numbers = JSON.stringify(current);
  const before = last === null ? null : numbersIn(last);
  const isNews = before === null || hasNews(current, before);
  const told = [
    ...WINDOWS.map((window) => [window, limits[window]] as const),
    [SPEND_WINDOW, spend] as const,
  ].flatMap(([window, limit]) => {
    return limit === null || (limit.resetsAtMs ?? 0) > latestResetMs(window, nowMs)
      ? []
      : [readingOf(limit, { account, window, measuredAtMs: nowMs })];
  });
  const repeatedAtMs = isNews && !hasCalled(payload, before)
    ? earliest(told.map((reading) => knownAtMs(reading)))
    : null;
  const measuredAtMs = Math.min(
    nowMs,
    repeatedAtMs ??
      (last === null ? firstMeasuredAtMs(payload, nowMs) : isNews
        ? nowMs
        // A time from before the clock was set back can't be later than now.
        : last.measuredAtMs),
  );
  const readings = told.map((reading) => ({ ...reading, measuredAtMs }));
  if (isNews && lacksBurst(payload, before)) readings.push(absence(account, measuredAtMs));
  return { readings, news: isNews && readings.length > 0 ? { numbers, measuredAtMs } : null };
}

/**
 * Percentage and reset of each window, the time of the session's API calls, then percentage and reset of
 * the budget; null if missing.
 */
type Numbers = Array<Array<number | null> | number | null>;

/** The numbers of the last news; null if they can't be read. */
function numbersIn({ numbers }: LastNews): Numbers | null {
  try {
    const value: unknown = JSON.parse(numbers);
    return Array.isArray(value) ? value as Numbers : null;
  } catch {
    return null;
  }
}

/** Whether numbers are new. That a window is missing isn't: the client drops it at its reset. */
function hasNews(current: Numbers, before: Numbers): boolean {
  return current.some((value, index) =>
    Array.isArray(value)
      ? value[0] !== null && JSON.stringify(value) !== JSON.stringify(before[index])
      : value !== before[index]
  );
}

/** Whether a session has called the API since the numbers before, or ever if there are none. */
function hasCalled({ apiMs }: Payload, before: Numbers | null): boolean {
  return before === null ? (apiMs ?? 0) > 0 : apiMs === null || apiMs > Number(before[2]);
}

/** The earliest of some times; null if one is missing, or all are. */
function earliest(times: ReadonlyArray<number | null>): number | null {
  return times.length === 0 || times.includes(null)
    ? null
    : Math.min(...times.filter((time) => time !== null));
}

/**
 * Whether new numbers prove that the account has no 5-hour window. An idle client drops the window at
 * its reset, and gets the next one with the next turn (CONTRACT §13). So it has to be missing both
 * before and after a turn, which the time of the API calls shows; a payload without that time comes
 * after a turn.
 */
function lacksBurst({ limits, apiMs }: Payload, before: Numbers | null): boolean {
  if (limits.five_hour !== null || limits.seven_day === null) return false;
  if (before === null) return apiMs === null;
  const [burst, , apiMsBefore] = before;
  const wasMissing = Array.isArray(burst) && burst[0] === null;
  return wasMissing && (apiMs === null || apiMs > Number(apiMsBefore));
}

/** That the account has no 5-hour window. */
function absence(account: string, measuredAtMs: number): Reading {
  return {
    account,
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: null,
    resetsAtMs: null,
    measuredAtMs,
    source: "absent",
  };
}

/** The earliest time at which the first numbers seen of a session may have been measured. */
function firstMeasuredAtMs({ durationMs }: Payload, nowMs: number): number {
  return durationMs === null || durationMs <= YOUNG_MS ? nowMs : nowMs - durationMs;
}

/** What a payload says about a window, as the ledger stores it: in hundredths of a percent. */
function readingOf(
  limit: LimitWindow,
  of: { account: string; window: string; measuredAtMs: number },
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
