// Times in the future, as the user types them.
import { localTime, momentOf } from "./local_time.ts";

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 } as const;
const MOST_DAYS = 366;
const DATE = /^(\d{4})-(\d{2})-(\d{2})([T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since the epoch, or what is wrong with the text. */
type Moment = { atMs: number; problem: null } | { atMs: null; problem: string };

/**
 * Parses `90m`, `2h30m`, `3d`, `15:04` (today, or tomorrow if that has passed), or a date with or
 * without a time, local if it has no time zone. It must be in the future, at most a year away.
 */
export function parseMoment(text: string, nowMs: number): Moment {
  const atMs = momentIn(text, nowMs);
  if (atMs === null) {
    return { atMs, problem: "expected 15:04, 90m, 2h30m, 3d, 2026-01-31 or 2026-01-31T15:04" };
  }
  if (atMs <= nowMs) return { atMs: null, problem: "that time has passed" };
  if (atMs - nowMs > MOST_DAYS * UNIT_MS.d) {
    return { atMs: null, problem: `that is more than ${MOST_DAYS}d away` };
  }
  return { atMs, problem: null };
}

function momentIn(text: string, nowMs: number): number | null {
  if (/^(\d{1,5}[smhd]){1,4}$/.test(text)) {
    let sum = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+)([smhd])/g)) {
      sum += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
    }
    return nowMs + sum;
  }
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (clock) {
    const at = localTime(nowMs);
    at.setUTCHours(Number(clock[1]), Number(clock[2]), 0, 0);
    if (momentOf(at) <= nowMs) at.setUTCDate(at.getUTCDate() + 1);
    return momentOf(at);
  }
  const date = DATE.exec(text);
  if (date === null) return null;
  // `Date` reads a bare date as UTC, and turns 31 February into 3 March.
  const full = date[4] === undefined ? `${text}T00:00` : text.replace(" ", "T");
  const parsed = new Date(date[6] === undefined ? `${full}Z` : full);
  const day = new Date(Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3])));
  return Number.isNaN(parsed.getTime()) || day.getUTCDate() !== Number(date[3])
    ? null
    : date[6] === undefined
    ? momentOf(parsed)
    : parsed.getTime();
}
