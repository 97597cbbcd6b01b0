// The page of `stats`: a history in figures, bars and a heat map, for 80 columns and more.
import { shortPath, wrapped } from "../cli/columns.ts";
import type { Cell, Column } from "../cli/table.ts";
import { paint, percentStyle, renderTable } from "../cli/table.ts";
import { tildePath } from "../config/paths.ts";
import type { AccountFigures, Summary, Week } from "../history/summary.ts";
import type { Surface } from "../ports/mod.ts";
import { cleanText } from "../text/cells.ts";
import { counted, formatPercent } from "../text/format.ts";
import { dayText, gapsOf, hoursText, minutesText, tokensText, WEEKDAYS } from "./wording.ts";

/** How many projects are shown. */
const PROJECTS = 8;
/** More weeks than this are shown as months. */
const MOST_WEEKS = 14;
/** How many accounts have their bars side by side, and the cells that each needs beside its label. */
const ABREAST = { most: 3, label: 8, cells: 17 };
/** Below each of these minutes an hour has a lighter shade. */
const SHADES = [[1, "·"], [10, "░"], [25, "▒"], [40, "▓"], [Infinity, "█"]] as const;

/** The page. */
export async function statsPage(
  surface: Surface,
  { summary, home }: { summary: Summary; home: string },
): Promise<string> {
  const { accounts, project } = summary;
  const named = { ...summary, home };
  const parts = [headOf(surface, named), factsOf(surface, named)];
  if (accounts.length > 0) parts.push(await accountTable(surface, summary));
  if (project === null) {
    const fitting = Math.floor((surface.columns - ABREAST.label) / ABREAST.cells);
    const abreast = Math.max(1, Math.min(ABREAST.most, fitting));
    for (let at = 0; at < accounts.length; at += abreast) {
      parts.push(await weekTable(surface, accounts.slice(at, at + abreast)));
    }
  }
  if (summary.minutesByHour !== null) parts.push(heatMap(surface, summary.minutesByHour));
  if (summary.projects.length > 0) parts.push(await projectTable(surface, named));
  const gaps = [...gapsOf(summary), ...markOf(summary)].flatMap((line) =>
    wrapped(line, widthOf(surface))
  );
  if (gaps.length > 0) parts.push(gaps.map((line) => paint(surface, "dim", line)).join("\n"));
  return parts.join("\n\n");
}

function widthOf({ columns }: Surface): number {
  return Math.min(columns, 100);
}

type Named = Summary & { home: string };

function headOf(surface: Surface, { from, to, account, project, home }: Named): string {
  const where = [
    account === null ? "" : ` on ${account}`,
    project === null ? "" : ` in ${cleanText(tildePath(project, home))}`,
  ].join("");
  return paint(surface, "bold", `${dayText(from)} to ${dayText(to)}${where}`);
}

/** The figures of the whole time, one subject per line. */
function factsOf(surface: Surface, { total, weeksEnded, percentUnused }: Summary): string {
  const { sessions, conversations, days, limits, moves } = total;
  const lines: Array<[string, string]> = [[
    "used",
    `${hoursText(total.busyHours ?? total.sessionHours)} on ${counted(days, "day")}: ` +
    `${counted(sessions, "session")}, ${counted(conversations, "conversation")}`,
  ]];
  if (limits !== null) {
    const waited = minutesText(total.waitedMinutes ?? 0);
    lines.push(["limits", `${limits} met; conversations waited ${waited} for them`]);
  }
  if (moves !== null) {
    const saved = minutesText(total.savedMinutes ?? 0);
    lines.push([
      "moves",
      moves === 0
        ? "none"
        : `${moves}; they worked for ${saved} while the limit behind them was in force`,
    ]);
  }
  if (percentUnused !== null) {
    const share = formatPercent(Math.round(percentUnused));
    lines.push(["unused", `${share} of ${counted(weeksEnded, "paid week")} expired`]);
  }
  if (total.tokensIn > 0) {
    lines.push(["tokens", `${tokensText(total.tokensIn)} in, ${tokensText(total.tokensOut)} out`]);
  }
  return lines.flatMap(([label, text]) => {
    const [first = "", ...rest] = wrapped(label.padEnd(8) + text, widthOf(surface), {
      indent: " ".repeat(8),
    });
    return [paint(surface, "dim", first.slice(0, 8)) + first.slice(8), ...rest];
  }).join("\n");
}

function accountTable(surface: Surface, { accounts, project }: Summary): Promise<string> {
  const right = (head: string, rank: number): Column => ({ head, right: true, rank });
  return renderTable(surface, {
    columns: [
      { head: "account", least: 12 },
      right("hours", 1),
      right("sessions", 3),
      ...project === null
        ? [
          right("limits", 2),
          right("waited", 2),
          right("moves", 4),
          right("saved", 4),
          right("unused", 1),
        ]
        : [right("tokens in", 4), right("out", 4)],
    ],
    rows: accounts.map((one): Cell[] => [
      { text: one.account, style: "bold" },
      hoursText(one.busyHours ?? one.sessionHours),
      String(one.sessions),
      ...project === null
        ? [
          String(one.limits ?? 0),
          minutesText(one.waitedMinutes ?? 0),
          String(one.moves ?? 0),
          minutesText(one.savedMinutes ?? 0),
          one.percentUnused === null
            ? { text: "?", style: "dim" as const }
            : formatPercent(Math.round(one.percentUnused)),
        ]
        : [tokensText(one.tokensIn), tokensText(one.tokensOut)],
    ]),
  });
}

/** A row of bars: a week, or a month of weeks. */
interface Bars {
  label: string;
  weeks: ReadonlyArray<Week | null>;
}

/** The use of each week or month, the accounts side by side. */
function weekTable(surface: Surface, accounts: readonly AccountFigures[]): Promise<string> {
  const rows = barsOf(accounts);
  return renderTable(surface, {
    columns: [
      { head: "7d used", least: 8 },
      ...accounts.flatMap(({ account }): Column[] => [
        { head: account, least: 4 },
        { head: "", gap: 1, right: true },
      ]),
    ],
    rows: rows.map(({ label, weeks }): Cell[] => [label, ...weeks.flatMap(barCells)]),
  });
}

function barCells(week: Week | null): Cell[] {
  if (week === null) return ["", ""];
  const { state, percentUsed } = week;
  if (percentUsed === null) return [{ text: "no data", style: "dim" }, ""];
  const style = state === "running" ? "dim" : percentStyle(percentUsed);
  const mark = state === "running" ? "… " : "";
  return [{ percent: percentUsed, style }, {
    text: `${mark}${Math.round(percentUsed)} %`,
    style,
  }];
}

function barsOf(accounts: readonly AccountFigures[]): Bars[] {
  const names = [...new Set(accounts.flatMap(({ weeks }) => weeks.map(({ week }) => week)))].sort();
  const at = (one: AccountFigures, week: string) =>
    one.weeks.find((known) => known.week === week) ?? null;
  if (names.length <= MOST_WEEKS) {
    return names.map((week) => ({
      label: dayText(week).replace(/ \d+$/, ""),
      weeks: accounts.map((one) => at(one, week)),
    }));
  }
  return [...Map.groupBy(names, (week) => week.slice(0, 7))].map(([month, weeks]) => ({
    label: dayText(`${month}-01`).replace(/^\d+ /, ""),
    weeks: accounts.map((one) => meanOf(weeks.map((week) => at(one, week)))),
  }));
}

/** Several weeks as one: the mean of those that ended, or else the highest figure. */
function meanOf(weeks: ReadonlyArray<Week | null>): Week | null {
  const there = weeks.filter((week) => week !== null);
  const [first] = there;
  if (first === undefined) return null;
  const over = there.filter(({ state }) => state === "ended" || state === "idle");
  const mean = over.reduce((sum, { percentUsed }) => sum + (percentUsed ?? 0), 0) / over.length;
  if (over.length > 0) return { week: first.week, state: "ended", percentUsed: mean };
  return there.find(({ state }) => state === "running") ?? first;
}

/** The mean use of each hour of the week, as shades. */
function heatMap(surface: Surface, minutes: readonly number[][]): string {
  const cellsPerHour = surface.columns < 53 ? 1 : 2;
  const marked = cellsPerHour === 1 ? 6 : 3;
  const head = Array.from({ length: 24 / marked }, (_, index) => String(index * marked))
    .map((text) => text.padEnd(marked * cellsPerHour)).join("").trimEnd();
  const rows = minutes.map((row, weekday) => {
    const cells = row.map((value) => shadeOf(value).repeat(cellsPerHour)).join("");
    return `${paint(surface, "dim", WEEKDAYS[weekday] ?? "")}  ${paint(surface, "green", cells)}`;
  });
  const shades = SHADES.slice(1).map(([below, shade], index) =>
    below === Infinity ? `${shade} more` : `${shade} to ${SHADES[index + 1]?.[0]} min`
  );
  // A shade and its meaning stay on one line.
  const key = [`${shadeOf(0)} none`, ...shades, "on average"]
    .map((text) => text.replaceAll(" ", "\u00a0")).join("  ");
  const indent = " ".repeat(5);
  const lines = wrapped(key, widthOf(surface) - indent.length)
    .map((line) => paint(surface, "dim", indent + line.trim().replaceAll("\u00a0", " ")));
  return [paint(surface, "dim", `hour ${head}`), ...rows, ...lines].join("\n");
}

function shadeOf(minutes: number): string {
  return SHADES.find(([below]) => minutes < below)?.[1] ?? "█";
}

function projectTable(surface: Surface, { projects, total, home }: Named): Promise<string> {
  const most = projects[0]?.sessionHours || 1;
  const others = projects.slice(PROJECTS);
  const isOverlapping = total.busyHours !== null && total.busyHours < total.sessionHours;
  const notes = [
    ...others.length === 0 ? [] : [`and ${counted(others.length, "other")}`],
    ...isOverlapping ? ["Here, the hours of overlapping sessions are added up."] : [],
  ];
  return renderTable(surface, {
    columns: [
      { head: "project", least: 20, shorten: shortPath },
      { head: "", least: 4, rank: 5 },
      { head: "hours", right: true, gap: 1 },
      { head: "sessions", right: true, rank: 2 },
      { head: "tokens in", right: true, rank: 3 },
      { head: "out", right: true, rank: 3 },
    ],
    rows: [
      ...projects.slice(0, PROJECTS).map((one): Cell[] => [
        tildePath(one.project, home),
        { percent: 100 * one.sessionHours / most, style: "blue" },
        hoursText(one.sessionHours),
        String(one.sessions),
        one.tokensIn === 0 ? "" : tokensText(one.tokensIn),
        one.tokensIn === 0 ? "" : tokensText(one.tokensOut),
      ]),
      ...notes.flatMap((text) => wrapped(text, widthOf(surface)))
        .map((text) => ({ line: { text, style: "dim" as const } })),
    ],
  });
}

/** What the mark of a week that isn't over means, if there is one. */
function markOf({ accounts }: Summary): string[] {
  const isMarked = accounts.some(({ weeks }) => weeks.some(({ state }) => state === "running"));
  return isMarked ? ["…: its window hasn't ended in this week."] : [];
}
