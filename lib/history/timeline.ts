// The days of a time one by one, and added up by week or by month.
import { rounded } from "../text/format.ts";
import { dateText, dayOf, weekOf } from "./calendar.ts";
import type { Daily, Span } from "./daily.ts";
import { ALL } from "./daily.ts";
import type { Day, FolderDay } from "./day.ts";
import type { Scope } from "./summary.ts";
import { inScope } from "./summary.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
/** Longer times than this many days are added up by month. */
const MOST_DAYS_BY_WEEK = 190;

/** One day of a time. */
export interface DayFigures {
  /** How many days the date is after 1970-01-01. */
  day: number;
  /** Hours in which at least one session ran; of a project, hours of sessions added up. */
  hours: number;
  sessions: number;
  /** null if it isn't known of a single project. */
  limits: number | null;
  /** Accounts that had a session on it, and no reading of any window. */
  unread: string[];
}

/** A week or a month of a time. What isn't known of a single project is null. */
export interface Period {
  /** Its first day: a Monday, or the first of a month; `2026-11-23`. */
  from: string;
  hours: number;
  sessions: number;
  /** Days with a session. */
  days: number;
  limits: number | null;
  moves: number | null;
  waitedMinutes: number | null;
  savedMinutes: number | null;
}

/** The days of a time, each of them there, and what they add up to. */
export interface Timeline {
  days: DayFigures[];
  by: "week" | "month";
  periods: Period[];
}

/**
 * The days of a span from the first of which anything is known. For a project, the daily rows must have
 * its folders by day.
 */
export function timelineOf(daily: Daily, { span, ...scope }: Scope & { span: Span }): Timeline {
  const rows = inScope(daily, scope);
  const isProject = scope.project !== null;
  const whole: ReadonlyArray<Day | FolderDay> = isProject
    ? rows.folders
    : rows.days.filter(({ account }) => account === (scope.account ?? ALL));
  const byDay = Map.groupBy(whole, ({ day }) => day);
  const unread = unreadAccounts(isProject ? [] : rows.days);
  const lastDay = dayOf(span.toMs - 1);
  const by = lastDay - dayOf(span.fromMs) < MOST_DAYS_BY_WEEK ? "week" : "month";
  const days: DayFigures[] = [];
  for (let day = daily.days[0]?.day ?? lastDay + 1; day <= lastDay; day++) {
    const own = byDay.get(day) ?? [];
    days.push({
      day,
      hours: rounded(sum(own, timeOf) / HOUR_MS),
      sessions: sum(own, ({ sessions }) => sessions),
      limits: isProject ? null : sum(own, (row) => "limits" in row ? row.limits : 0),
      unread: unread.get(day) ?? [],
    });
  }
  const periods = Map.groupBy(days, ({ day }) => periodOf(day, by));
  return {
    days,
    by,
    periods: [...periods].map(([from, within]) =>
      periodFigures(from, { rows: within.flatMap(({ day }) => byDay.get(day) ?? []), isProject })
    ),
  };
}

function periodOf(day: number, by: "week" | "month"): string {
  return by === "week" ? dateText(weekOf(day)) : `${dateText(day).slice(0, 7)}-01`;
}

function periodFigures(
  from: string,
  { rows, isProject }: { rows: ReadonlyArray<Day | FolderDay>; isProject: boolean },
): Period {
  const ofDays = (value: (row: Day) => number) =>
    isProject ? null : rounded(sum(rows, (row) => "busyMs" in row ? value(row) : 0));
  return {
    from,
    hours: rounded(sum(rows, timeOf) / HOUR_MS),
    sessions: sum(rows, ({ sessions }) => sessions),
    days: new Set(rows.filter(({ sessionMs }) => sessionMs > 0).map(({ day }) => day)).size,
    limits: ofDays(({ limits }) => limits),
    moves: ofDays(({ moves }) => moves),
    waitedMinutes: ofDays(({ waitedMs }) => waitedMs / MINUTE_MS),
    savedMinutes: ofDays(({ savedMs }) => savedMs / MINUTE_MS),
  };
}

/** The accounts that had a session and no reading, by day. */
function unreadAccounts(days: readonly Day[]): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const { day, account, busyMs, highestFiveHour, highestSevenDay } of days) {
    if (account === ALL || busyMs === 0) continue;
    if (highestFiveHour !== null || highestSevenDay !== null) continue;
    found.set(day, [...found.get(day) ?? [], account]);
  }
  return found;
}

function timeOf(row: Day | FolderDay): number {
  return "busyMs" in row ? row.busyMs : row.sessionMs;
}

function sum<Row>(rows: readonly Row[], value: (row: Row) => number): number {
  return rows.reduce((all, row) => all + value(row), 0);
}
