// `status`: what is known of every account now.
import { EXIT } from "../core/errors.ts";
import { formatBar, formatDuration, formatPercent, formatScore, rounded } from "../core/format.ts";
import type { Context } from "../context.ts";
import type { WindowState } from "../core/usage.ts";
import { stateText } from "./choosing.ts";
import type { Command } from "./declaration.ts";
import type { AccountView } from "./survey.ts";
import { closeLostSessions, readLogins, surveyAccounts } from "./survey.ts";
import { paint, percentStyle, renderTable } from "./table.ts";

const BAR_CELLS = 8;

/** The declaration of `status`. */
export const status: Command = {
  name: "status",
  group: "everyday",
  summary: "Show windows, resets, sessions and scores of every account",
  flags: [{ name: "json", summary: "print JSON: version, accounts" }],
  details: [
    "A ~ marks an estimate from hours of sessions, used where nothing was measured; unknown means that nothing is known. The age tells how old the newest reading is.",
  ],
  examples: [["claude-multi status", "every account at a glance"]],
  async run(context, input) {
    const config = context.configFile.read();
    const ledger = context.ledger();
    closeLostSessions(context, ledger);
    const logins = readLogins(context, config);
    const survey = surveyAccounts(context, { config, ledger, logins, policy: config.policy });
    const { terminal } = context;
    if (input.switches.has("json")) {
      terminal.print(JSON.stringify({ version: 1, accounts: survey.views.map(viewJson) }));
    } else if (survey.views.length === 0) {
      terminal.warn("no account is set up yet; try: claude-multi add personal");
    } else terminal.print(await renderStatus(context, survey.views));
    return EXIT.ok;
  },
};

function renderStatus(context: Context, views: readonly AccountView[]): Promise<string> {
  const nowMs = context.clock.nowMs();
  const { terminal } = context;
  const rows = views.map((view) => [
    paint(terminal, "bold", view.account.name),
    barText(context, view.windows.five_hour),
    barText(context, view.windows.seven_day),
    ageText(view),
    String(view.activeSessions),
    view.ranked === null ? "–" : formatScore(view.ranked.score),
    stateText(context, { view, nowMs }),
  ]);
  return renderTable(terminal, {
    head: ["account", "5h used", "7d used", "age", "runs", "score", "state"],
    rows,
  });
}

function barText(context: Context, window: WindowState | null): string {
  const { terminal } = context;
  if (window === null) return paint(terminal, "dim", "unknown");
  const bar = formatBar(window.percentUsed, BAR_CELLS);
  const guess = window.source === "estimate" ? "~" : "";
  const text = paint(
    terminal,
    percentStyle(window.percentUsed),
    `${bar} ${guess}${formatPercent(window.percentUsed)}`,
  );
  if (window.resetsAtMs === null) return text;
  const left = formatDuration(window.resetsAtMs - context.clock.nowMs());
  return `${text} ${paint(terminal, "dim", left)}`;
}

function ageText(view: AccountView): string {
  const ages = Object.values(view.windows).flatMap((window) =>
    window === null || window.source === "estimate" ? [] : [window.ageMs]
  );
  return ages.length === 0 ? "–" : formatDuration(Math.min(...ages));
}

function viewJson(view: AccountView): Record<string, unknown> {
  return {
    name: view.account.name,
    state: view.state,
    email: view.identity?.email ?? view.account.identity?.email ?? null,
    plan: view.account.plan,
    score: view.ranked === null ? null : rounded(view.ranked.score),
    activeSessions: view.activeSessions,
    windows: {
      five_hour: windowJson(view.windows.five_hour),
      seven_day: windowJson(view.windows.seven_day),
    },
    limitedUntilMs: view.limitedUntilMs,
    lastUsedAtMs: view.lastUsedAtMs,
  };
}

function windowJson(window: WindowState | null): Record<string, unknown> | null {
  if (window === null) return null;
  return {
    percentUsed: rounded(window.percentUsed),
    resetsAtMs: window.resetsAtMs,
    source: window.source,
    ageMs: window.ageMs,
  };
}
