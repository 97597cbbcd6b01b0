// The bars of a report: weeks of accounts, limits and moves, projects.
import type { ProjectFigures, Week } from "../../history/summary.ts";
import type { Period, Timeline } from "../../history/timeline.ts";
import { counted } from "../../text/format.ts";
import { dayText, hoursText, minutesText, MONTHS } from "../wording.ts";
import type { Axis, Chart, Mark, Scale } from "./drawing.ts";
import { BAND, gapMark, range, WIDTH } from "./drawing.ts";

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
  const text = (field: string, place: Record<string, unknown>): Mark => ({
    type: "text",
    from: { data: "bars" },
    aria: false,
    encode: {
      enter: {
        y: { ...y, band: 0.5 },
        baseline: { value: "middle" },
        text: { field },
        ...place,
      },
    },
  });
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
      text("label", { x: { scale: "hours", field: "hours", offset: 6 } }),
      // Marks and no axis, whose labels would be code made of foreign names.
      text("name", {
        x: { value: -8 },
        align: { value: "right" },
        fill: { value: "var(--ink)" },
        limit: { value: 250 },
      }),
    ],
  };
}
