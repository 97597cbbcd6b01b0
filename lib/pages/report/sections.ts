// The sections of a report: each has charts, and the same figures as a table.
import { tildePath } from "../../config/paths.ts";
import { yearOf } from "../../history/calendar.ts";
import type { AccountFigures, Figures, Summary, Week } from "../../history/summary.ts";
import type { Timeline } from "../../history/timeline.ts";
import { counted, formatPercent } from "../../text/format.ts";
import { dayText, gapsOf, hoursText, minutesText, WEEKDAYS } from "../wording.ts";
import { limitsChart, periodText, projectsChart, weeksChart } from "./bars.ts";
import { calendarChart, DAY_SHADES, HOUR_SHADES, hoursChart } from "./heat_maps.ts";
import type { Markup } from "./markup.ts";
import { markup, nameText } from "./markup.ts";
import {
  chartFigure,
  count,
  figure,
  folded,
  hours,
  key,
  minutes,
  percent,
  shadeKey,
  table,
  tokens,
} from "./parts.ts";

/** How many projects have a bar, and how many a row. */
const PROJECT_BARS = 12;
const PROJECT_ROWS = 100;

/** What a report is made of. */
export interface ReportFacts {
  summary: Summary;
  timeline: Timeline;
  /** The user's home, which becomes `~` in paths. */
  home: string;
  version: string;
}

/** A section of the page. */
export interface Section {
  id: string;
  title: string;
  body: Markup;
}

/** The sections that there is something to say in. */
export async function sectionsOf(facts: ReportFacts): Promise<Section[]> {
  return [
    await daysSection(facts),
    await weeksSection(facts),
    accountsSection(facts),
    await hoursSection(facts),
    await limitsSection(facts),
    await projectsSection(facts),
    gapsSection(facts),
  ].filter((section) => section !== null);
}

async function daysSection({ summary, timeline }: ReportFacts): Promise<Section | null> {
  const { days, periods, by } = timeline;
  if (days.length === 0) return null;
  const years = [...Map.groupBy(days, ({ day }) => yearOf(day))];
  const figures: Markup[] = [];
  for (const [year, within] of years) {
    const used = within.filter((one) => one.sessions > 0 || one.hours > 0).length;
    const longest = Math.max(...within.map((one) => one.hours));
    const title = String(year);
    const note = `${counted(used, "day")} with sessions`;
    const about = `A cell for each day: ${note}; the longest had ${hoursText(longest)}.`;
    const chart = calendarChart(within, { isOnly: years.length === 1 });
    figures.push(await chartFigure(chart, { id: `days-${year}`, title, note, about }));
  }
  const isProject = summary.project !== null;
  const isUnread = days.some(({ unread }) => unread.length > 0);
  const keys = key([
    ...shadeKey(DAY_SHADES),
    ...isProject ? [] : [["limit", "a limit was met"] as const],
    ...isUnread ? [["gap", "an account in use wasn't measured"] as const] : [],
  ]);
  const rows = periods.map((one) => [
    periodText(one, by),
    hours(one.hours),
    count(one.days),
    count(one.sessions),
    ...isProject ? [] : limitCells(one),
  ]);
  const columns = [by, "hours", "days", "sessions"];
  if (!isProject) columns.push("limits", "waited", "moves", "saved");
  const meaning = isProject
    ? "Hours of sessions a day; overlapping ones are added up."
    : "Hours a day in which at least one session ran.";
  return {
    id: "days",
    title: "Day by day",
    body: markup`<p class="soft">${meaning}</p>
${figures}${keys}${folded({ caption: `use by ${by}`, columns, rows })}`,
  };
}

async function weeksSection({ summary }: ReportFacts): Promise<Section | null> {
  const shown = summary.accounts.filter(({ weeks }) => weeks.length > 0);
  const mondays = [...new Set(shown.flatMap(({ weeks }) => weeks.map(({ week }) => week)))].sort();
  if (mondays.length === 0) return null;
  const figures: Markup[] = [];
  for (const [at, one] of shown.entries()) {
    const chart = weeksChart(one.weeks, mondays);
    const words = { title: nameText(one.account), note: unusedText(one), about: weeksAbout(one) };
    figures.push(await chartFigure(chart, { id: `weeks-${at}`, ...words }));
  }
  const has = (state: Week["state"]) =>
    shown.some(({ weeks }) => weeks.some((week) => week.state === state));
  const keys = key([
    ["used", "used"],
    ["full", "used up"],
    ["track", "not used"],
    ...has("running") ? [["running", "its window hasn't ended in this week"] as const] : [],
    ...has("unknown") ? [["gap", "no data"] as const] : [],
  ]);
  const weekOf = ({ weeks }: AccountFigures, monday: string) =>
    weeks.find(({ week }) => week === monday) ?? null;
  return {
    id: "weeks",
    title: "Weeks of each account",
    body:
      markup`<p class="soft">How much of each 7-day window was used by its reset. What a bar leaves free was
paid for and expired.</p>
${figures}${keys}${
        folded({
          caption: "use of 7-day windows by week",
          columns: ["week of", ...shown.map(({ account }) => nameText(account))],
          rows: mondays.map((monday) => [
            dayText(monday),
            ...shown.map((one) => weekCell(weekOf(one, monday))),
          ]),
        })
      }`,
  };
}

function unusedText({ percentUnused, weeks }: AccountFigures): string {
  if (percentUnused === null) return "no week is both over and measured";
  const over = weeks.filter(({ state }) => state === "ended" || state === "idle").length;
  return `${formatPercent(Math.round(percentUnused))} of ${
    counted(over, "paid week")
  } expired unused`;
}

function weeksAbout({ weeks }: AccountFigures): string {
  const full = weeks.filter(({ percentUsed }) => (percentUsed ?? 0) >= 99.5).length;
  const unknown = weeks.filter(({ state }) => state === "unknown").length;
  const all = counted(weeks.length, "week");
  return `A bar a week, ${all}: ${full} used up, ${unknown} without data.`;
}

function weekCell(week: Week | null): Markup | string {
  if (week === null) return "";
  if (week.percentUsed === null) return markup`<span class="soft">no data</span>`;
  return markup`${percent(week.percentUsed)}${week.state === "running" && " so far"}`;
}

function accountsSection({ summary: { accounts, project } }: ReportFacts): Section | null {
  if (accounts.length === 0) return null;
  const isProject = project !== null;
  const columns = ["account", "hours", "days", "sessions"];
  if (!isProject) columns.push("limits", "waited", "moves", "saved", "unused", "not measured");
  columns.push("tokens in", "out");
  const rows = accounts.map((one) => [
    nameText(one.account),
    hours(one.busyHours ?? one.sessionHours),
    count(one.days),
    count(one.sessions),
    ...isProject ? [] : [
      ...limitCells(one),
      percent(one.percentUnused),
      count(one.daysWithoutReadings, "day"),
    ],
    tokens(one.tokensIn),
    tokens(one.tokensOut),
  ]);
  return {
    id: "accounts",
    title: "Accounts",
    body: table({ caption: "In the whole time", columns, rows }),
  };
}

async function hoursSection({ summary }: ReportFacts): Promise<Section | null> {
  const { minutesByHour } = summary;
  if (minutesByHour === null) return null;
  const busiest = minutesByHour
    .flatMap((row, weekday) => row.map((value, hour) => ({ value, weekday, hour })))
    .reduce((most, one) => one.value > most.value ? one : most);
  const map = await chartFigure(hoursChart(minutesByHour), {
    id: "hours-map",
    title: "Minutes of each hour with a session, on average",
    about: `24 hours on 7 weekdays. The busiest hour begins on ${
      WEEKDAYS[busiest.weekday]
    } at ${busiest.hour}:00, with ${Math.round(busiest.value)} minutes.`,
  });
  const rows = Array.from({ length: 24 }, (_, hour) => [
    `${hour}:00`,
    ...minutesByHour.map((row) => figure(row[hour] ?? 0, String(Math.round(row[hour] ?? 0)))),
  ]);
  return {
    id: "hours",
    title: "Hours of the week",
    body: markup`${map}${key(shadeKey(HOUR_SHADES))}${
      folded({ caption: "minutes of each hour", columns: ["from", ...WEEKDAYS], rows })
    }`,
  };
}

async function limitsSection({ summary, timeline }: ReportFacts): Promise<Section | null> {
  const { limits, moves, waitedMinutes, savedMinutes } = summary.total;
  if (limits === null) return null;
  const title = "Limits and moves";
  if (limits === 0) {
    return { id: "limits", title, body: markup`<p>No conversation met a limit.</p>` };
  }
  const { by } = timeline;
  const chart = await chartFigure(limitsChart(timeline), {
    id: "limits-chart",
    title: `Time waited and time saved by ${by}`,
    about: `Two bars for each ${by}: how long conversations waited at limits, ${
      minutesText(waitedMinutes ?? 0)
    } in all, and how long they worked on elsewhere, ${minutesText(savedMinutes ?? 0)} in all.`,
  });
  const moved = moves === 0
    ? markup`None moved to another account.`
    : markup`${count(moves, "move")} to another account saved ${
      minutes(savedMinutes)
    }: so long they worked while the limit behind them was in force.`;
  return {
    id: "limits",
    title,
    body: markup`<p>Conversations met ${count(limits, "limit")} and stood still for ${
      minutes(waitedMinutes)
    } before they went on. ${moved}</p>
${chart}${key([["full", "waited at a limit"], ["used", "worked on elsewhere after a move"]])}
<p class="soft">The figures of each ${by} are in the table under <a href="#days">Day by day</a>.</p>`,
  };
}

async function projectsSection({ summary, home }: ReportFacts): Promise<Section | null> {
  const projects = summary.projects.map((one) => ({
    ...one,
    name: nameText(tildePath(one.project, home)),
  }));
  if (projects.length === 0) return null;
  const bars = projects.slice(0, PROJECT_BARS);
  const chart = await chartFigure(projectsChart(bars), {
    id: "projects-chart",
    title: "Hours of sessions, overlapping ones added up",
    about:
      `A bar for each of the ${bars.length} projects with the most hours, of ${projects.length}.`,
  });
  const others = projects.length - PROJECT_ROWS;
  const rows = projects.slice(0, PROJECT_ROWS).map((one) => [
    one.name,
    hours(one.sessionHours),
    count(one.sessions),
    count(one.conversations),
    tokens(one.tokensIn),
    tokens(one.tokensOut),
  ]);
  return {
    id: "projects",
    title: "Projects",
    body: markup`${chart}${
      folded({
        caption: others > 0 ? `the ${PROJECT_ROWS} projects with the most hours` : "projects",
        columns: ["project", "hours", "sessions", "conversations", "tokens in", "out"],
        rows,
      })
    }${others > 0 && markup`<p class="soft">${counted(others, "other")} had fewer.</p>`}`,
  };
}

function gapsSection({ summary }: ReportFacts): Section {
  const lines = [
    ...gapsOf(summary),
    "Use on other machines counts only where a status line or claude-multi refresh measured it afterwards.",
    "Tokens are those that the status line counted.",
  ];
  return {
    id: "gaps",
    title: "What is missing",
    body: markup`<ul>${lines.map((line) => markup`<li>${line}</li>`)}</ul>`,
  };
}

/** The cells of limits and moves, which aren't known of a single project. */
function limitCells(
  of: Pick<Figures, "limits" | "waitedMinutes" | "moves" | "savedMinutes">,
): Markup[] {
  return [
    count(of.limits),
    minutes(of.waitedMinutes),
    count(of.moves),
    minutes(of.savedMinutes),
  ];
}
