// The one place that shows accounts to people: the table of pick and of resets, states, windows.
import type { Context } from "../ports/context.ts";
import { formatClock, formatDuration, formatPercent, formatScore } from "../text/format.ts";
import type { WindowName, WindowState } from "../balance/windows.ts";
import { unpinLine } from "./eligible.ts";
import { wrapped } from "../cli/columns.ts";
import type { Surface } from "../ports/mod.ts";
import type { AccountView, Survey } from "./standings.ts";
import type { Cell, Column, Span } from "../cli/table.ts";
import { percentStyle, renderTable } from "../cli/table.ts";

/** Columns of the windows: a bar, and beside it percent and time to the reset. */
export const WINDOW_COLUMNS: readonly Column[] = ["5h used", "7d used"].flatMap((head) => [
  { head: "", least: 4, rank: 4 },
  { head, gap: 1 },
  { head: "", gap: 1, rank: 2 },
]);

/** The ranking as a table, with the accounts that cannot be chosen below. */
export function renderRanking(
  context: Context,
  { survey, surface }: { survey: Survey; surface: Surface },
): Promise<string> {
  const ranked = survey.ranked.flatMap((row) =>
    survey.views.filter((view) => view.account.name === row.name)
  );
  const order = [
    ...ranked.filter((view) => view.state !== "limited"),
    // Their scores decide nothing: the one that opens first comes first.
    ...ranked.filter((view) => view.state === "limited")
      .sort((a, b) => opensAtMs(a) < opensAtMs(b) ? -1 : Number(opensAtMs(a) > opensAtMs(b))),
    ...survey.views.filter((view) => view.ranked === null),
  ];
  const rows = order.map((view, index): Cell[] => {
    const isChosen = index === 0 && view.state === "open" && view.ranked !== null;
    return [
      isChosen ? { text: "→", style: "green" } : order[0]?.state === "open" ? " " : "",
      { text: view.account.name, style: "bold" },
      scoreCell(view),
      ...windowCells(context, view),
      runningCell(view),
      stateCell(context, view),
    ];
  });
  return renderTable(surface, {
    columns: [
      "",
      { head: "account", gap: 1, least: 12 },
      { head: "score", right: true, rank: 3 },
      ...WINDOW_COLUMNS,
      { head: "running", right: true, rank: 1 },
      "state",
    ],
    rows,
  });
}

/** When a limited account opens; last of all when nobody knows. */
function opensAtMs({ limitedUntilMs }: AccountView): number {
  return limitedUntilMs ?? Infinity;
}

/** What the ranking comes to, below the table of `pick` and of resets: the choice and why, or when one opens. */
export function conclusion(
  context: Context,
  { survey, surface }: { survey: Survey; surface: Surface },
): string {
  const [best] = survey.ranked;
  const nowMs = context.clock.nowMs();
  const lines = [];
  if (best === undefined) {
    lines.push(`no account can be used; ${wayOut(survey)}`);
  } else if (!best.limited) {
    lines.push(`cl takes ${best.name}: ${best.reasons.join(", ")}`);
  } else {
    const opening = survey.views.filter((view) => view.state === "limited")
      .flatMap(({ account, limitedUntilMs: atMs }) => atMs === null ? [] : [{ account, atMs }])
      .sort((a, b) => a.atMs - b.atMs)[0];
    lines.push(
      opening === undefined
        ? "no account has room, and nobody knows when one opens"
        : `no account has room; ${opening.account.name} opens first, in ${
          formatDuration(opening.atMs - nowMs)
        } (${formatClock(opening.atMs, nowMs)})`,
    );
  }
  if (survey.scope?.why) lines.push(survey.scope.why);
  return lines.flatMap((line) =>
    // What is there to be copied stays in one line.
    line.includes(" && ") ? line : wrapped(line, surface.columns)
  ).join("\n");
}

/** What to do when no account can be chosen here. */
function wayOut({ scope, views }: Survey): string {
  if (scope !== null && scope.pin !== null && scope.names.length === 0) {
    return `try: ${unpinLine(scope.pin)}`;
  }
  const missing = views.find(({ state, account }) =>
    state === "login" && (scope === null || scope.names.includes(account.name))
  );
  return missing === undefined
    ? "claude-multi status shows why"
    : `try: claude-multi login ${missing.account.name}`;
}

/** The score of an account; the one of a limited account decides nothing. */
export function scoreCell({ ranked }: AccountView): Cell {
  if (ranked === null) return { text: "–", style: "dim" };
  const text = formatScore(ranked.score);
  return ranked.limited ? { text, style: "dim" } : text;
}

/** How many sessions run; nothing when none does, so that the column goes when all are idle. */
export function runningCell(view: AccountView): Cell {
  return view.activeSessions === 0 ? "" : String(view.activeSessions);
}

/** The cells of both windows: bar, percent with `~` before an estimate, time to the reset. */
export function windowCells(context: Context, view: AccountView): Cell[] {
  const nowMs = context.clock.nowMs();
  const cells = (window: WindowState | null): Cell[] => {
    if (window === null) return ["", { text: "    ?", style: "dim" }, ""];
    const { percentUsed: percent, resetsAtMs, source } = window;
    const style = percentStyle(percent);
    const text = `${source === "estimate" ? "~" : ""}${formatPercent(percent)}`.padStart(5);
    const left = resetsAtMs === null ? "" : formatDuration(resetsAtMs - nowMs);
    return [{ percent, style }, { text, style }, { text: left, style: "dim" }];
  };
  return (["five_hour", "seven_day"] as const satisfies WindowName[])
    .flatMap((name) => cells(view.windows[name]));
}

/** The state of an account in few words. */
export function stateCell(context: Context, view: AccountView): Span {
  switch (view.state) {
    case "open":
      return view.ranked === null
        ? { text: "not for this folder", style: "dim" }
        : { text: "open", style: "green" };
    case "limited": {
      const { limitedUntilMs: atMs } = view;
      const until = atMs === null ? "" : ` until ${formatClock(atMs, context.clock.nowMs())}`;
      return { text: `limited${until}`, style: "red" };
    }
    case "disabled":
      return { text: "disabled", style: "dim" };
    case "login":
      return { text: "not logged in", style: "yellow" };
    case "drift":
      return { text: "wrong login", style: "red" };
  }
}
