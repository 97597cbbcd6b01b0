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
 * Parses a duration (`90m`, `2h30m`, `2 hours`, `1.5h`, `half an hour`), a clock time (`15:04`, `6pm`: today,
 * or tomorrow if that has passed), a day with or without a clock time, in either order (`tomorrow`,
 * `fri 9:00`, `3am tomorrow`, `tonight`, `dec 1`), or an ISO date. A day without a time is its beginning, a date
 * without a year the next one, and everything is local if it has no time zone. It must be in the future, at
 * most a year away.
 */
export function parseMoment(text: string, nowMs: number): Moment {
  const atMs = momentIn(text, nowMs);
  if (atMs === null) {
    return {
      atMs,
      problem:
        "expected a time such as 15:04, 6pm, 90m, 3d, tomorrow 9am, fri, dec 1 or 2026-01-31T15:04",
    };
  }
  if (atMs <= nowMs) return { atMs: null, problem: "that time has passed" };
  if (atMs - nowMs > MOST_DAYS * UNIT_MS.d) {
    return { atMs: null, problem: `that is more than ${MOST_DAYS}d away` };
  }
  return { atMs, problem: null };
}

const DURATION =
  /^(\d{1,5}([.]\d{1,2})?(s(ec(ond)?s?)?|m(in(ute)?s?)?|h(ours?|rs?)?|d(ays?)?|w(eeks?|ks?)?)(,?and|,)?){1,4}$/;
const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  ...["january", "february", "march", "april", "may", "june", "july", "august"],
  ...["september", "october", "november", "december"],
];
const CLOCK =
  /^(?:([01]?\d|2[0-3]):([0-5]\d)|(1[0-2]|0?[1-9])(?::([0-5]\d))?([ap])m|noon|midnight)$/;
/** Times of day by their names, as clock times. */
const PARTS: Readonly<Record<string, string>> = {
  morning: "9:00",
  afternoon: "14:00",
  evening: "18:00",
  night: "20:00",
};

/** The words that a day and a time of day can have. */
export const DAY_WORDS: readonly string[] = [
  ...["today", "tonight", "tomorrow", "noon", "midnight"],
  ...Object.keys(PARTS),
  ...WEEKDAYS,
  ...MONTHS,
];

function momentIn(text: string, nowMs: number): number | null {
  const plain = text.trim().toLowerCase()
    .replace(/\b(half an?|½) hour\b/, "30 minutes").replace(
      /\ban?(?= (hour|day|week|minute)\b)/g,
      "1",
    )
    .replace(/^(in|for|until|till|by|at|on) /, "");
  const close = plain.replace(/\s+/g, "");
  if (DURATION.test(close)) {
    let sum = 0;
    for (const [, amount, unit] of close.matchAll(/(\d+(?:[.]\d+)?)([smhdw])/g)) {
      sum += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
    }
    return nowMs + Math.round(sum);
  }
  return dateIn(text) ?? dayIn(plain, nowMs);
}

/** A day and a clock time in words, in either order; one of the two may be missing. */
function dayIn(text: string, nowMs: number): number | null {
  const words = text.replace(/\btonight\b/, "today night")
    .replace(/\bthis (?=morning|afternoon|evening)/, "today ").replace(/ ([ap]m)\b/g, "$1")
    .replace(/,|\b(at|on|the|of|this|next)\b/g, " ").split(/\s+/).filter(Boolean);
  // "today night 11pm" is what "tonight at 11pm" has become.
  const named = words.filter((word) => Object.hasOwn(PARTS, word));
  const clocks = words.filter((word) => CLOCK.test(word));
  const day = words.filter((word) => !named.includes(word) && !clocks.includes(word));
  if (named.length > 1 || clocks.length > 1 || words.length === 0) return null;
  const clock = clockIn(clocks[0] ?? PARTS[named[0] ?? ""] ?? "0:00");
  const at = localTime(nowMs);
  const today = at.getUTCDate();
  const month = at.getUTCMonth();
  if (clock === null) return null;
  at.setUTCHours(clock.hour, clock.minute, 0, 0);
  if (day.length === 0) {
    if (momentOf(at) <= nowMs) at.setUTCDate(today + 1);
    return momentOf(at);
  }
  const on = dayOf(day, at);
  if (on === null) return null;
  if ("daysOn" in on) at.setUTCDate(today + on.daysOn);
  else {
    at.setUTCFullYear(on.year ?? at.getUTCFullYear(), on.month, on.date);
    const isPast = on.month < month || (on.month === month && on.date < today);
    if (on.year === null && isPast) at.setUTCFullYear(at.getUTCFullYear() + 1, on.month, on.date);
    if (at.getUTCDate() !== on.date) return null;
  }
  return momentOf(at);
}

/** The day that words mean: so many days on, or a date; null if they are no day. */
function dayOf(
  words: readonly string[],
  today: Date,
): { daysOn: number } | { year: number | null; month: number; date: number } | null {
  const [word = ""] = words;
  if (words.length === 1) {
    if (word === "today") return { daysOn: 0 };
    if (word === "tomorrow") return { daysOn: 1 };
    const weekday = indexOf(WEEKDAYS, word);
    return weekday < 0 ? null : { daysOn: (weekday - today.getUTCDay() + 6) % 7 + 1 };
  }
  const found =
    /^(?:([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?|(\d{1,2})(?:st|nd|rd|th|\.)? ([a-z]+)\.?)(?: (\d{4}))?$/
      .exec(words.join(" "));
  const month = indexOf(MONTHS, found?.[1] ?? found?.[4] ?? "");
  const year = found?.[5];
  return month < 0 ? null : {
    month,
    date: Number(found?.[2] ?? found?.[3]),
    year: year === undefined ? null : Number(year),
  };
}

/** The place of a name that may be shortened to three letters or more; -1 if it isn't one. */
function indexOf(names: readonly string[], word: string): number {
  return word.length < 3 ? -1 : names.findIndex((name) => name.startsWith(word));
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
