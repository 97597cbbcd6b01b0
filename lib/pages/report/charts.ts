// The charts of a report: days, weeks of accounts, hours of the week, limits and moves, projects.
import { dateText, firstDayOf, weekdayOf, weekOf, yearOf } from "../../history/calendar.ts";
import type { ProjectFigures, Week } from "../../history/summary.ts";
import type { DayFigures, Period, Timeline } from "../../history/timeline.ts";
import { counted } from "../../text/format.ts";
import { dayText, hoursText, minutesText, MONTHS, WEEKDAYS } from "../wording.ts";
import type { Chart } from "./drawing.ts";

type Mark = NonNullable<Chart["marks"]>[number];
type Axis = NonNullable<Chart["axes"]>[number];
type Scale = NonNullable<Chart["scales"]>[number];

/** The widest that the marks of a chart may be, in pixels. */
const WIDTH = 820;

/** Whole pixels are sharper and shorter. */
const BAND = { round: true, paddingInner: 0.15, paddingOuter: 0 } as const;

/** A step of a colour scale: what is below its limit has its colour. */
export interface Shade {
  below: number;
  color: string;
  /** What it stands for, in a key. */
  label: string;
}

/** Shades of the hours of a day. */
export const DAY_SHADES: readonly Shade[] = [
  { below: 0.005, color: "heat0", label: "none" },
  { below: 1, color: "heat1", label: "to 1 h" },
  { below: 3, color: "heat2", label: "to 3 h" },
  { below: 6, color: "heat3", label: "to 6 h" },
  { below: Infinity, color: "heat4", label: "more" },
];

/** Shades of the minutes of an hour, as `stats` has them. */
export const HOUR_SHADES: readonly Shade[] = [
  { below: 1, color: "heat0", label: "none" },
  { below: 10, color: "heat1", label: "to 10 min" },
  { below: 25, color: "heat2", label: "to 25 min" },
  { below: 40, color: "heat3", label: "to 40 min" },
  { below: Infinity, color: "heat4", label: "more" },
];

function shadeOf(value: number, shades: readonly Shade[]): string {
  return `var(--${shades.find(({ below }) => value < below)?.color ?? "heat0"})`;
}

/** A calendar of the days of one year. */
export function calendarChart(days: readonly DayFigures[], { isOnly }: { isOnly: boolean }): Chart {
  const first = days[0]?.day ?? 0;
  const last = days.at(-1)?.day ?? first;
  // Years stand below each other, so each begins with its January.
  const start = weekOf(isOnly ? first : firstDayOf(yearOf(first)));
  const weekAt = (day: number) => (weekOf(day) - start) / 7;
  const weeks = weekAt(last) + 1;
  const cell = Math.min(24, Math.floor(WIDTH / Math.max(weeks, isOnly ? 1 : 53)));
  const cells = days.map((one) => ({
    week: weekAt(one.day),
    weekday: weekdayOf(one.day),
    fill: shadeOf(one.hours, DAY_SHADES),
    about: dayAbout(one),
    isUnread: one.unread.length > 0,
    isLimited: (one.limits ?? 0) > 0,
  }));
  const months = days.filter(({ day }) => dateText(day).endsWith("-01") || day === first)
    .map(({ day }) => ({ week: weekAt(day), text: MONTHS[Number(dateText(day).slice(5, 7)) - 1] }))
    .filter(({ week }, at, all) => (all[at + 1]?.week ?? week + 3) - week > 1);
  const at = (field: string, band = 0) => ({ scale: field, field, band });
  return {
    width: weeks * cell,
    height: 7 * cell,
    data: [
      { name: "cells", values: cells },
      { name: "unread", values: cells.filter(({ isUnread }) => isUnread) },
      { name: "limited", values: cells.filter(({ isLimited }) => isLimited) },
      { name: "months", values: months },
    ],
    scales: [
      { name: "week", type: "band", domain: range(weeks), range: "width", ...BAND },
      { name: "weekday", type: "band", domain: range(7), range: "height", ...BAND },
    ],
    axes: [weekdayAxis([0, 2, 4])],
    marks: [
      {
        type: "rect",
        from: { data: "cells" },
        encode: {
          enter: {
            ...box(at),
            fill: { field: "fill" },
            description: { field: "about" },
          },
        },
      },
      gapMark("unread", box(at)),
      {
        type: "symbol",
        from: { data: "limited" },
        aria: false,
        interactive: false,
        encode: {
          enter: {
            x: at("week", 0.5),
            y: at("weekday", 0.5),
            size: { value: 30 },
            fill: { value: "var(--full)" },
            stroke: { value: "var(--paper)" },
          },
        },
      },
      {
        type: "text",
        from: { data: "months" },
        aria: false,
        encode: { enter: { x: at("week"), y: { value: -6 }, text: { field: "text" } } },
      },
    ],
  };
}

function dayAbout({ day, hours, sessions, limits, unread }: DayFigures): string {
  const when = `${WEEKDAYS[weekdayOf(day)]} ${dayText(dateText(day))}`;
  return [
    hours === 0 && sessions === 0
      ? `${when}: no session`
      : `${when}: ${hoursText(hours)}, ${counted(sessions, "session")}`,
    limits === null || limits === 0 ? "" : `, ${counted(limits, "limit")} met`,
    unread.length === 0 ? "" : `; not measured: ${unread.join(", ")}`,
  ].join("");
}

/** The use of each week of an account; `weeks` are the Mondays of all accounts. */
export function weeksChart(own: readonly Week[], weeks: readonly string[]): Chart {
  const known = own.filter(({ state }) => state !== "unknown");
  const bars = known.map(({ week, state, percentUsed }) => ({
    week,
    used: Math.min(100, Math.round(percentUsed ?? 0)),
    fill: state === "running"
      ? "var(--running)"
      : (percentUsed ?? 0) >= 99.5
      ? "var(--full)"
      : "var(--used)",
    about: weekAbout({ week, state, percentUsed }),
  }));
  const { width, scale, axis } = weekFrame(weeks, "week");
  const x = { x: { scale: "week", field: "week" }, width: { scale: "week", band: 1 } };
  const whole = { ...x, y: { scale: "used", value: 100 }, y2: { scale: "used", value: 0 } };
  return {
    width,
    // So that a percentage is a whole pixel.
    height: 100,
    data: [
      { name: "unknown", values: gapsIn(own) },
      { name: "known", values: bars },
      { name: "used", values: bars.filter(({ used }) => used > 0) },
    ],
    scales: [scale, { name: "used", type: "linear", domain: [0, 100], range: "height" }],
    axes: [axis, {
      orient: "left",
      scale: "used",
      values: [0, 50, 100],
      grid: true,
      domain: false,
      ticks: false,
      labelPadding: 6,
      aria: false,
      encode: { labels: { update: { text: { signal: "datum.value + ' %'" } } } },
    }],
    marks: [
      {
        type: "rect",
        from: { data: "known" },
        encode: {
          enter: { ...whole, fill: { value: "var(--track)" }, description: { field: "about" } },
        },
      },
      {
        type: "rect",
        from: { data: "used" },
        encode: {
          enter: {
            ...x,
            y: { scale: "used", field: "used" },
            y2: { scale: "used", value: 0 },
            fill: { field: "fill" },
            description: { field: "about" },
          },
        },
      },
      gapMark("unknown", {
        x: { scale: "week", field: "from" },
        x2: { scale: "week", field: "to", band: 1 },
        y: whole.y,
        y2: whole.y2,
        description: { field: "about" },
      }),
    ],
  };
}

/** The weeks without data; those that follow each other are one gap. */
function gapsIn(weeks: readonly Week[]): Array<{ from: string; to: string; about: string }> {
  const runs: string[][] = [];
  weeks.forEach(({ week, state }, at) => {
    if (state !== "unknown") return;
    if (at > 0 && weeks[at - 1]?.state === "unknown") runs.at(-1)?.push(week);
    else runs.push([week]);
  });
  return runs.map((run) => {
    const [from = "", to = from] = [run[0], run.at(-1)];
    return { from, to, about: `${counted(run.length, "week")} from ${dayText(from)}: no data` };
  });
}

/** A dashed outline: what isn't known. */
function gapMark(data: string, enter: Record<string, unknown>): Mark {
  const look = {
    fill: { value: "transparent" },
    stroke: { value: "var(--gap)" },
    strokeDash: { value: [2, 2] },
  };
  return {
    type: "rect",
    from: { data },
    aria: "description" in enter,
    encode: { enter: { ...enter, ...look } },
  };
}

function weekAbout({ week, state, percentUsed }: Week): string {
  const used = `week of ${dayText(week)}: ${Math.round(percentUsed ?? 0)} % used`;
  return state === "running" ? `${used} so far` : used;
}

/** Width, scale and axis of weeks or months, given by their first days. */
function weekFrame(
  firstDays: readonly string[],
  by: "week" | "month",
): {
  width: number;
  scale: Scale;
  axis: Axis;
} {
  const labels = dateLabels(firstDays, by);
  // The label of a month is wider than a week.
  const widest = by === "week" ? 28 : 48;
  return {
    width: firstDays.length * Math.max(2, Math.min(widest, Math.floor(WIDTH / firstDays.length))),
    scale: {
      name: "week",
      type: "band",
      domain: [...firstDays],
      range: "width",
      ...BAND,
    },
    axis: {
      orient: "bottom",
      scale: "week",
      values: Object.keys(labels),
      labelAlign: "left",
      labelOffset: -4,
      aria: false,
      encode: {
        labels: { update: { text: { signal: `(${JSON.stringify(labels)})[datum.value]` } } },
      },
    },
  };
}

/** Labels of an axis of weeks or months, by their first days: as many as there is room for. */
function dateLabels(firstDays: readonly string[], by: "week" | "month"): Record<string, string> {
  const labels: Record<string, string> = {};
  if (by === "week" && firstDays.length <= 16) {
    const every = firstDays.length <= 8 ? 1 : 2;
    firstDays.forEach((date, at) => {
      if (at % every === 0) labels[date] = dayText(date).replace(/ \d+$/, "");
    });
    return labels;
  }
  const months = new Map(firstDays.toReversed().map((date) => [date.slice(0, 7), date]));
  const every = months.size > 48 ? 12 : months.size > 14 ? 3 : 1;
  for (const [month, date] of months) {
    const number = Number(month.slice(5)) - 1;
    if (number % every === 0) {
      labels[date] = number === 0 ? month.slice(0, 4) : MONTHS[number] ?? "";
    }
  }
  return labels;
}

/** The mean use of each hour of the week. */
export function hoursChart(minutesByHour: ReadonlyArray<readonly number[]>): Chart {
  const cells = minutesByHour.flatMap((row, weekday) =>
    row.map((minutes, hour) => ({
      hour,
      weekday,
      fill: shadeOf(minutes, HOUR_SHADES),
      about: `${WEEKDAYS[weekday]} ${hour}:00 to ${hour + 1}:00: ${Math.round(minutes)} min`,
    }))
  );
  const at = (field: string, band = 0) => ({ scale: field, field, band });
  return {
    width: 24 * 33,
    height: 7 * 22,
    data: [{ name: "cells", values: cells }],
    scales: [
      { name: "week", type: "band", domain: range(24), range: "width", ...BAND },
      { name: "weekday", type: "band", domain: range(7), range: "height", ...BAND },
    ],
    axes: [weekdayAxis(range(7)), {
      orient: "bottom",
      scale: "week",
      domain: false,
      ticks: false,
      values: range(24).filter((hour) => hour % 3 === 0),
      aria: false,
    }],
    marks: [{
      type: "rect",
      from: { data: "cells" },
      encode: {
        enter: {
          ...box((field, band) =>
            field === "week" ? { ...at("hour", band), scale: "week" } : at(field, band)
          ),
          fill: { field: "fill" },
          description: { field: "about" },
        },
      },
    }],
  };
}

/** How long conversations waited at limits, and worked on elsewhere instead, by week or month. */
export function limitsChart({ periods, by }: Timeline): Chart {
  const parts = [
    { field: "waitedMinutes", fill: "var(--full)", word: "waited", band: 0 },
    { field: "savedMinutes", fill: "var(--used)", word: "saved by moving", band: 0.5 },
  ] as const;
  const series = parts.map(({ field, word }) =>
    periods.map((period) => ({
      week: period.from,
      hours: (period[field] ?? 0) / 60,
      about: `${periodText(period, by)}: ${minutesText(period[field] ?? 0)} ${word}, ` +
        `${counted(period.limits ?? 0, "limit")} met, ${counted(period.moves ?? 0, "move")}`,
    })).filter(({ hours }) => hours > 0)
  );
  const most = Math.max(0.1, ...series.flat().map(({ hours }) => hours));
  const { width, scale, axis } = weekFrame(periods.map(({ from }) => from), by);
  return {
    width,
    height: 120,
    data: series.map((values, at) => ({ name: `series${at}`, values })),
    scales: [
      scale,
      { name: "hours", type: "linear", domain: [0, most], nice: true, range: "height" },
    ],
    axes: [axis, {
      orient: "left",
      scale: "hours",
      tickCount: 4,
      grid: true,
      domain: false,
      ticks: false,
      labelPadding: 6,
      aria: false,
      encode: { labels: { update: { text: { signal: "datum.label + ' h'" } } } },
    }],
    marks: parts.map(({ fill, band }, at) => ({
      type: "rect",
      from: { data: `series${at}` },
      encode: {
        enter: {
          x: { scale: "week", field: "week", band },
          width: { scale: "week", band: 0.5 },
          y: { scale: "hours", field: "hours" },
          y2: { scale: "hours", value: 0 },
          fill: { value: fill },
          description: { field: "about" },
        },
      },
    })),
  };
}

/** A week or month in words: `week of 23 Nov 2026`, `Nov 2026`. */
export function periodText({ from }: Pick<Period, "from">, by: "week" | "month"): string {
  return by === "week" ? `week of ${dayText(from)}` : dayText(from).replace(/^\d+ /, "");
}

/** The projects with the most hours; their names as shown. */
export function projectsChart(projects: ReadonlyArray<ProjectFigures & { name: string }>): Chart {
  const bars = projects.map((one, row) => ({
    row,
    name: one.name,
    hours: one.sessionHours,
    label: hoursText(one.sessionHours),
    about: `${one.name}: ${hoursText(one.sessionHours)}, ${counted(one.sessions, "session")}`,
  }));
  const y = { scale: "row", field: "row" };
  return {
    width: 480,
    height: bars.length * 26,
    data: [{ name: "bars", values: bars }],
    scales: [
      { name: "row", type: "band", domain: range(bars.length), range: "height", padding: 0.3 },
      {
        name: "hours",
        type: "linear",
        domain: [0, Math.max(0.1, ...bars.map(({ hours }) => hours))],
        range: "width",
      },
    ],
    marks: [
      {
        type: "rect",
        from: { data: "bars" },
        encode: {
          enter: {
            y,
            height: { scale: "row", band: 1 },
            x: { scale: "hours", value: 0 },
            x2: { scale: "hours", field: "hours" },
            fill: { value: "var(--used)" },
            description: { field: "about" },
          },
        },
      },
      {
        type: "text",
        from: { data: "bars" },
        aria: false,
        encode: {
          enter: {
            y: { ...y, band: 0.5 },
            x: { scale: "hours", field: "hours", offset: 6 },
            baseline: { value: "middle" },
            text: { field: "label" },
          },
        },
      },
      {
        // Marks and no axis, whose labels would be code made of foreign names.
        type: "text",
        from: { data: "bars" },
        aria: false,
        encode: {
          enter: {
            y: { ...y, band: 0.5 },
            x: { value: -8 },
            align: { value: "right" },
            baseline: { value: "middle" },
            fill: { value: "var(--ink)" },
            limit: { value: 250 },
            text: { field: "name" },
          },
        },
      },
    ],
  };
}

function weekdayAxis(weekdays: number[]): Axis {
  return {
    orient: "left",
    scale: "weekday",
    domain: false,
    ticks: false,
    values: weekdays,
    labelPadding: 6,
    aria: false,
    encode: {
      labels: { update: { text: { signal: `(${JSON.stringify(WEEKDAYS)})[datum.value]` } } },
    },
  };
}

type Place = { scale: string; field: string; band: number };

/** Where a cell of a week or an hour, and a weekday is. */
function box(at: (field: string, band?: number) => Place) {
  return {
    x: at("week"),
    width: { scale: "week", band: 1 },
    y: at("weekday"),
    height: { scale: "weekday", band: 1 },
  };
}

function range(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}
