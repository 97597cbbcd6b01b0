// Time zones as TZ may spell them and the runtime doesn't understand: POSIX rules, and paths.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What POSIX leaves to the system, and most systems take: the rule of the United States. */
const USUAL_RULE = ["M3.2.0", "M11.1.0"] as const;
const NAME = String.raw`(?:<[^>]+>|[A-Za-z]{3,})`;
const OFFSET = String.raw`[+-]?\d{1,3}(?::\d\d){0,2}`;
const ZONE = new RegExp(`^${NAME}(${OFFSET})(?:${NAME}(${OFFSET})?(?:,([^,]+),([^,]+))?)?$`);
const WITHOUT_SUMMER = new RegExp(`^${NAME}${OFFSET}$`);

/**
 * The milliseconds that a zone is ahead of UTC, as a function of the moment: for
 * `CET-1CEST,M3.5.0,M10.5.0/3`, `<+03>-3` or `/usr/share/zoneinfo/Europe/Berlin`; null for anything else.
 */
export function zoneOf(tz: string): ((atMs: number) => number) | null {
  const text = tz.replace(/^:/, "");
  const named = /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(text)?.[1];
  if (named !== undefined) return namedZone(named);
  const match = ZONE.exec(text);
  if (match === null) return null;
  const [, offset = "", summer, from = USUAL_RULE[0], to = USUAL_RULE[1]] = match;
  const standardMs = 0 - timeMs(offset);
  if (WITHOUT_SUMMER.test(text)) return () => standardMs;
  const summerMs = summer === undefined ? standardMs + HOUR_MS : 0 - timeMs(summer);
  const [begins, ends] = [changeOf(from), changeOf(to)];
  if (begins === null || ends === null) return null;
  return (atMs) => {
    const year = new Date(atMs + standardMs).getUTCFullYear();
    const startMs = begins(year) - standardMs;
    const endMs = ends(year) - summerMs;
    const isSummer = startMs < endMs
      ? atMs >= startMs && atMs < endMs
      : atMs >= startMs || atMs < endMs;
    return isSummer ? summerMs : standardMs;
  };
}

/** A zone that the runtime knows by name. */
function namedZone(timeZone: string): ((atMs: number) => number) | null {
  try {
    const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
    return (atMs) => {
      const text = format.formatToParts(atMs).find(({ type }) => type === "timeZoneName")?.value ??
        "";
      const offset = /[+-]\d\d:\d\d/.exec(text)?.[0];
      return offset === undefined ? 0 : timeMs(offset);
    };
  } catch {
    return null;
  }
}

/** `[+-]h[:mm[:ss]]` in milliseconds. */
function timeMs(text: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  const ms = hours * HOUR_MS + minutes * 60_000 + seconds * 1000;
  return text.startsWith("-") ? -ms : ms;
}

/** When a rule, `M3.5.0/3`, `J60` or `59`, changes the clock in a year, in local time; null if it is none. */
function changeOf(rule: string): ((year: number) => number) | null {
  const [, month, week, weekday, julian, day, time = "2"] =
    /^(?:M(\d{1,2})\.([1-5])\.([0-6])|J(\d{1,3})|(\d{1,3}))(?:\/([+-]?\d{1,3}(?::\d\d){0,2}))?$/
      .exec(rule) ?? [];
  const atMs = timeMs(time);
  if (month !== undefined) {
    return (year) => {
      const first = new Date(Date.UTC(year, Number(month) - 1, 1)).getUTCDay();
      const days = new Date(Date.UTC(year, Number(month), 0)).getUTCDate();
      let date = 1 + (Number(weekday) - first + 7) % 7 + (Number(week) - 1) * 7;
      if (date > days) date -= 7;
      return Date.UTC(year, Number(month) - 1, date) + atMs;
    };
  }
  if (julian !== undefined) {
    // Counted without 29 February.
    return (year) =>
      Date.UTC(2001, 0, Number(julian)) - Date.UTC(2001, 0, 1) + Date.UTC(year, 0, 1) +
      (isLeap(year) && Number(julian) > 59 ? DAY_MS : 0) + atMs;
  }
  return day === undefined ? null : (year) => Date.UTC(year, 0, 1) + Number(day) * DAY_MS + atMs;
}

function isLeap(year: number): boolean {
  return new Date(Date.UTC(year, 1, 29)).getUTCMonth() === 1;
}
