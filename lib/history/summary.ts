// Adds daily rows up: what a time brought, by account, week, hour and project folder.
import { rounded } from "../text/format.ts";
import { dateText, dayOf, startOfDayMs, weekdayOf, weekOf } from "./calendar.ts";
import type { Daily, Span } from "./daily.ts";
import { ALL } from "./daily.ts";
import type { Day, FolderDay } from "./day.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Figures of a time. What isn't known of a single project is null. */
export interface Figures {
  sessions: number;
  conversations: number;
  /** Hours of sessions, overlapping ones added up. */
  sessionHours: number;
  /** Hours in which at least one session ran. */
  busyHours: number | null;
  /** Days with a session. */
  days: number;
  limits: number | null;
  moves: number | null;
  /** Minutes that moved conversations worked while the limit that they left was in force. */
  savedMinutes: number | null;
  /** Minutes that conversations stood still at a limit before they went on. */
  waitedMinutes: number | null;
  tokensIn: number;
  tokensOut: number;
}

/** One week of an account, from Monday to Sunday. */
export interface Week {
  /** Its Monday, as `2026-11-23`. */
  week: string;
  /**
   * `ended`: its 7-day window was reset in this week. `running`: it was measured, but no reset came.
   * `idle`: it was measured, and nothing was used. `unknown`: it wasn't measured.
   */
  state: "ended" | "running" | "idle" | "unknown";
  /** Percent used of the window, 0–100: by its reset, or the highest figure; null if it is unknown. */
  percentUsed: number | null;
}

/** What a time brought on one account. */
export interface AccountFigures extends Figures {
  account: string;
  /** The highest use of each window that was measured, 0–100; null if none was. */
  highestFiveHour: number | null;
  highestSevenDay: number | null;
  /** Days with a session and without any reading of a window. */
  daysWithoutReadings: number;
  /** From the first week with anything on; empty for a single project. */
  weeks: Week[];
  /** Mean percentage of the weeks that ended or were idle which expired unused; null if there is none. */
  percentUnused: number | null;
}

/** What a time brought in one project folder. */
export interface ProjectFigures
  extends Pick<Figures, "sessions" | "conversations" | "sessionHours" | "tokensIn" | "tokensOut"> {
  project: string;
}

/** What `stats --json` prints. */
export interface Summary {
  version: 1;
  /** The first and the last day. */
  from: string;
  to: string;
  /** The first day of which anything is known; null if there is none. */
  since: string | null;
  /** What the figures are limited to; null if they are of everything. */
  account: string | null;
  project: string | null;
  total: Figures;
  /** How many weeks of all accounts ended or were idle, and how much of them expired unused, 0–100. */
  weeksEnded: number;
  percentUnused: number | null;
  /** By time of use, most first. */
  accounts: AccountFigures[];
  /** By time of use, most first. */
  projects: ProjectFigures[];
  /**
   * Mean minutes with a session in each hour, by weekday from Monday: 7 lists of 24; null for a single
   * project.
   */
  minutesByHour: number[][] | null;
}

/** What the figures are limited to. */
export interface Scope {
  account: string | null;
  /** This folder and those below it. */
  project: string | null;
}

/** The span of the last days, today included. */
export function lastDays(count: number, nowMs: number): Span {
  return { fromMs: startOfDayMs(dayOf(nowMs) - count + 1), toMs: nowMs };
}

/** The rows that a scope includes. */
export function inScope({ days, folders }: Daily, { account, project }: Scope): Daily {
  const below = project === "/" ? "/" : `${project}/`;
  return {
    days: days.filter((row) => account === null || row.account === account),
    folders: folders.filter((row) =>
      (account === null || row.account === account) &&
      (project === null || row.folder === project || row.folder.startsWith(below))
    ),
  };
}

/** Adds up the daily rows of a span. */
export function summaryOf(
  daily: Daily,
  { span, ...scope }: Scope & { span: Span },
): Summary {
  const { account, project } = scope;
  const { days, folders } = inScope(daily, scope);
  const [firstDay, lastDay] = [dayOf(span.fromMs), dayOf(span.toMs - 1)];
  const names = [...new Set([...days, ...folders].map((row) => row.account))];
  const accounts = names.filter((name) => name !== ALL).map((name) => {
    const [own, inFolders] = [days, folders].map((rows) =>
      (rows as Array<Day | FolderDay>).filter((row) => row.account === name)
    );
    return accountFigures(name, {
      days: own as Day[],
      folders: inFolders as FolderDay[],
      isProject: project !== null,
      lastDay,
    });
  }).filter((one) => project === null || one.sessions > 0 || one.sessionHours > 0)
    .sort((a, b) => b.sessionHours - a.sessionHours);
  const whole = days.filter((row) => row.account === (account ?? ALL));
  const ended = accounts.flatMap((one) => one.weeks.filter(isPaid));
  const first = days[0]?.day ?? null;
  return {
    version: 1,
    from: dateText(firstDay),
    to: dateText(lastDay),
    since: first === null ? null : dateText(first),
    account,
    project,
    total: project === null ? figuresOfDays(whole) : figuresOfFolders(folders),
    weeksEnded: ended.length,
    percentUnused: unused(ended),
    accounts,
    projects: projectFigures(folders),
    minutesByHour: project === null
      ? minutesByHour(whole, { firstDay: Math.max(firstDay, first ?? 0), lastDay })
      : null,
  };
}

/** Whether a week was paid for and is over. */
function isPaid({ state }: Week): boolean {
  return state === "ended" || state === "idle";
}

function unused(weeks: readonly Week[]): number | null {
  if (weeks.length === 0) return null;
  return rounded(100 - sum(weeks, (week) => week.percentUsed ?? 0) / weeks.length);
}

function accountFigures(
  account: string,
  of: { days: readonly Day[]; folders: readonly FolderDay[]; isProject: boolean; lastDay: number },
): AccountFigures {
  const { days, isProject } = of;
  const weeks = isProject ? [] : weeksOf(days, of.lastDay);
  const isUnread = (row: Day) => row.highestFiveHour === null && row.highestSevenDay === null;
  return {
    account,
    ...isProject ? figuresOfFolders(of.folders) : figuresOfDays(days),
    highestFiveHour: highest(days.map((row) => row.highestFiveHour)),
    highestSevenDay: highest(days.map((row) => row.highestSevenDay)),
    daysWithoutReadings: days.filter((row) => row.busyMs > 0 && isUnread(row)).length,
    weeks,
    percentUnused: unused(weeks.filter(isPaid)),
  };
}

function weeksOf(days: readonly Day[], lastDay: number): Week[] {
  const first = days[0];
  if (first === undefined) return [];
  const byWeek = Map.groupBy(days, (row) => weekOf(row.day));
  const found: Week[] = [];
  for (let monday = weekOf(first.day); monday <= lastDay; monday += 7) {
    const rows = byWeek.get(monday) ?? [];
    const ended = sum(rows, (row) => row.weeks);
    const most = highest(rows.map((row) => row.highestSevenDay));
    const isNow = monday + 7 > lastDay;
    found.push({
      week: dateText(monday),
      ...ended > 0
        ? { state: "ended", percentUsed: rounded(sum(rows, (row) => row.weekUsed) / ended) }
        : most === null
        ? { state: "unknown", percentUsed: null }
        : { state: most === 0 && !isNow ? "idle" : "running", percentUsed: rounded(most) },
    });
  }
  return found;
}

function figuresOfDays(days: readonly Day[]): Figures {
  return {
    sessions: sum(days, (row) => row.sessions),
    conversations: sum(days, (row) => row.conversations),
    sessionHours: rounded(sum(days, (row) => row.sessionMs) / HOUR_MS),
    busyHours: rounded(sum(days, (row) => row.busyMs) / HOUR_MS),
    days: new Set(days.filter((row) => row.sessionMs > 0).map((row) => row.day)).size,
    limits: sum(days, (row) => row.limits),
    moves: sum(days, (row) => row.moves),
    savedMinutes: rounded(sum(days, (row) => row.savedMs) / MINUTE_MS),
    waitedMinutes: rounded(sum(days, (row) => row.waitedMs) / MINUTE_MS),
    tokensIn: sum(days, (row) => row.tokensIn),
    tokensOut: sum(days, (row) => row.tokensOut),
  };
}

function figuresOfFolders(folders: readonly FolderDay[]): Figures {
  return {
    sessions: sum(folders, (row) => row.sessions),
    conversations: sum(folders, (row) => row.conversations),
    sessionHours: rounded(sum(folders, (row) => row.sessionMs) / HOUR_MS),
    busyHours: null,
    days: new Set(folders.filter((row) => row.sessionMs > 0).map((row) => row.day)).size,
    limits: null,
    moves: null,
    savedMinutes: null,
    waitedMinutes: null,
    tokensIn: sum(folders, (row) => row.tokensIn),
    tokensOut: sum(folders, (row) => row.tokensOut),
  };
}

function projectFigures(folders: readonly FolderDay[]): ProjectFigures[] {
  return [...Map.groupBy(folders, (row) => row.folder)].map(([project, rows]) => {
    const { sessions, conversations, sessionHours, tokensIn, tokensOut } = figuresOfFolders(rows);
    return { project, sessions, conversations, sessionHours, tokensIn, tokensOut };
  }).sort((a, b) => b.sessionHours - a.sessionHours);
}

function minutesByHour(
  days: readonly Day[],
  { firstDay, lastDay }: { firstDay: number; lastDay: number },
): number[][] {
  const minutes = Array.from({ length: 7 }, () => new Array<number>(24).fill(0));
  for (const { day, hours } of days) {
    const row = minutes[weekdayOf(day)] ?? [];
    hours.forEach((value, hour) => row[hour] = (row[hour] ?? 0) + value);
  }
  return minutes.map((row, weekday) => {
    let count = 0;
    for (let day = firstDay; day <= lastDay; day++) if (weekdayOf(day) === weekday) count++;
    return row.map((value) => rounded(value / Math.max(1, count)));
  });
}

function highest(values: ReadonlyArray<number | null>): number | null {
  return values.reduce((most, value) => value === null ? most : Math.max(most ?? 0, value), null);
}

function sum<Row>(rows: readonly Row[], value: (row: Row) => number): number {
  return rows.reduce((all, row) => all + value(row), 0);
}
