// The heat maps of a report: the days of a year, and the hours of a week.
import { dateText, firstDayOf, weekdayOf, weekOf, yearOf } from "../../history/calendar.ts";
import type { DayFigures } from "../../history/timeline.ts";
import { counted } from "../../text/format.ts";
import { dayText, hoursText, MONTHS, WEEKDAYS } from "../wording.ts";
import type { Axis, Chart } from "./drawing.ts";
import { BAND, gapMark, range, WIDTH } from "./drawing.ts";

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
