// The one place that shows a ranking: the table of pick, the table of resets, the JSON of both.
import type { Context } from "../context.ts";
import {
  formatClock,
  formatDuration,
  formatPercent,
  formatScore,
  rounded,
} from "../core/format.ts";
import type { Ranked } from "../core/policy.ts";
import type { WindowState } from "../core/usage.ts";
import type { AccountView, Survey } from "./survey.ts";
import { paint, percentStyle, renderTable } from "./table.ts";

/** The ranking as `pick --json` and `run --dry-run --json` give it. */
export function choiceJson(survey: Survey, account: string | null): Record<string, unknown> {
  return {
    version: 1,
    account,
    policy: survey.policy,
    ranked: survey.ranked.map(rankedJson),
  };
}

/** One row of a ranking in JSON. */
export function rankedJson(row: Ranked): Record<string, unknown> {
  return {
    name: row.name,
    score: rounded(row.score),
    limited: row.limited,
    reasons: row.reasons,
  };
}

/** The ranking as a table, with the accounts that cannot be chosen below. */
export function renderRanking(context: Context, survey: Survey): Promise<string> {
  const { terminal } = context;
  const nowMs = context.clock.nowMs();
  const order = [
    ...survey.ranked.flatMap((row) => survey.views.filter((v) => v.account.name === row.name)),
    ...survey.views.filter((view) => view.ranked === null),
  ];
  const rows = order.map((view, index) => [
    index === 0 && view.state === "open" && view.ranked !== null
      ? paint(terminal, "green", "→")
      : " ",
    paint(terminal, "bold", view.account.name),
    view.ranked === null ? "–" : formatScore(view.ranked.score),
    windowText(context, view.windows.five_hour),
    windowText(context, view.windows.seven_day),
    String(view.activeSessions),
    stateText(context, { view, nowMs }),
  ]);
  return renderTable(terminal, {
    head: ["", "account", "score", "5h used", "7d used", "running", "state"],
    rows,
  });
}

/** A window in a table: percent, time to its reset, and `~` before an estimate. */
export function windowText(context: Context, window: WindowState | null): string {
  if (window === null) return paint(context.terminal, "dim", "unknown");
  const percent = `${window.source === "estimate" ? "~" : ""}${formatPercent(window.percentUsed)}`;
  const text = paint(context.terminal, percentStyle(window.percentUsed), percent);
  if (window.resetsAtMs === null) return text;
  const left = formatDuration(window.resetsAtMs - context.clock.nowMs());
  return `${text} ${paint(context.terminal, "dim", left)}`;
}

/** The state of an account in words, with what to do where something is to be done. */
export function stateText(
  context: Context,
  options: { view: AccountView; nowMs: number },
): string {
  const { view, nowMs } = options;
  switch (view.state) {
    case "open":
      return view.ranked === null
        ? paint(context.terminal, "dim", "not for this folder")
        : paint(context.terminal, "green", "open");
    case "limited":
      return paint(
        context.terminal,
        "red",
        view.limitedUntilMs === null
          ? "limited"
          : `limited until ${formatClock(view.limitedUntilMs, nowMs)}`,
      );
    case "disabled":
      return paint(context.terminal, "dim", "disabled");
    case "login":
      return paint(context.terminal, "yellow", `log in: claude-multi login ${view.account.name}`);
    case "drift":
      return paint(context.terminal, "red", "another login than the pinned one");
  }
}
