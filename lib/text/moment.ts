// Times in the future, as the user types them.
import { localTime, momentOf } from "./local_time.ts";

const UNIT_MS = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 24 * 3_600_000,
  w: 7 * 24 * 3_600_000,
} as const;
const MOST_DAYS = 366;
const DATE = /^(\d{4})-(\d{2})-(\d{2})([T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:?\d{2})?)?$/;

/** Milliseconds since the epoch, or what is wrong with the text. */
type Moment = { atMs: number; problem: null } | { atMs: null; problem: string };

/**
 * Parses `90m`, `2h30m`, `2 hours`, `15:04` or `6pm` (today, or tomorrow if that has passed), `tomorrow`
 * (its beginning), `fri 9:00`, or a date with or without a time, local if it has no time zone. It must be
 * in the future, at most a year away.
 */
export function parseMoment(text: string, nowMs: number): Moment {
  const atMs = momentIn(text, nowMs);
  if (atMs === null) {
    return {
      atMs,
      problem: "expected 15:04, 6pm, 90m, 3d, tomorrow, fri 9:00 or 2026-01-31T15:04",
    };
  }
  if (atMs <= nowMs) return { atMs: null, problem: "that time has passed" };
  if (atMs - nowMs > MOST_DAYS * UNIT_MS.d) {
    return { atMs: null, problem: `that is more than ${MOST_DAYS}d away` };
  }
  return { atMs, problem: null };
}

const DURATION =
  /^(\d{1,5}(s(ec(ond)?s?)?|m(in(ute)?s?)?|h(ours?|rs?)?|d(ays?)?|w(eeks?)?)(,?and|,)?){1,4}$/;
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const CLOCK =
  /^(?:([01]?\d|2[0-3]):([0-5]\d)|(1[0-2]|0?[1-9])(?::([0-5]\d))?([ap])m|noon|midnight)$/;

function momentIn(text: string, nowMs: number): number | null {
  const plain = text.trim().toLowerCase().replace(/^(in|until|at|on) /, "").replace(/ at /, " ");
  const close = plain.replace(/\s+/g, "");
  if (DURATION.test(close)) {
    let sum = 0;
    for (const [, amount, unit] of close.matchAll(/(\d+)([smhdw])/g)) {
      sum += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
    }
    return nowMs + sum;
  }
  const clock = clockIn(close);
  if (clock !== null) {
    const at = localTime(nowMs);
    at.setUTCHours(clock.hour, clock.minute, 0, 0);
    if (momentOf(at) <= nowMs) at.setUTCDate(at.getUTCDate() + 1);
    return momentOf(at);
  }
  return dayIn(plain, nowMs) ?? dateIn(text);
}

/** `15:04`, `6pm`, `6:30am`, `noon` or `midnight`; null if it is none of these. */
function clockIn(text: string): { hour: number; minute: number } | null {
  const found = CLOCK.exec(text);
  if (found === null) return null;
  if (text === "noon") return { hour: 12, minute: 0 };
  if (text === "midnight") return { hour: 0, minute: 0 };
  const [, hour, minute, twelfth, minutes = "0", half] = found;
  return hour !== undefined
    ? { hour: Number(hour), minute: Number(minute) }
    : { hour: Number(twelfth) % 12 + (half === "p" ? 12 : 0), minute: Number(minutes) };
}

/** `today`, `tomorrow` or a weekday (the next one after today), with a clock time or from its beginning. */
function dayIn(text: string, nowMs: number): number | null {
  const [word = "", ...rest] = text.split(/\s+/);
  const at = localTime(nowMs);
  const weekday = word.length < 3 ? -1 : WEEKDAYS.findIndex((name) => name.startsWith(word));
  const daysOn = word === "today"
    ? 0
    : word === "tomorrow"
    ? 1
    : weekday < 0
    ? null
    : (weekday - at.getUTCDay() + 6) % 7 + 1;
  const clock = rest.length === 0 ? { hour: 0, minute: 0 } : clockIn(rest.join(""));
  if (daysOn === null || clock === null) return null;
  at.setUTCDate(at.getUTCDate() + daysOn);
  at.setUTCHours(clock.hour, clock.minute, 0, 0);
  return momentOf(at);
}

/** A date with or without a time. */
function dateIn(text: string): number | null {
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
