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
const WHO_CELLS = 26;
const WATCH_EVERY_MS = 2000;
const HOME_AND_CLEAR = "\x1b[H\x1b[J";

/** The declaration of `status`. */
export const status: Command = {
  name: "status",
  group: "everyday",
  summary: "Show windows, resets, sessions and scores of every account",
  flags: [
    { name: "json", summary: "print JSON: version, accounts" },
    { name: "watch", summary: "show it again every 2 seconds, until Ctrl-C" },
  ],
  details: [
    "Below each account stands whose it is and its plan; below each window, where its figure comes from and how old it is. A ~ marks an estimate from hours of sessions, used where nothing was measured; unknown means that nothing is known.",
  ],
  examples: [
    ["claude-multi status", "every account at a glance"],
    ["claude-multi status --watch", "… and keep it there"],
  ],
  async run(context, input) {
    const json = input.switches.has("json");
    if (!input.switches.has("watch")) {
      context.terminal.print(await renderOnce(context, json));
      return EXIT.ok;
    }
    for (;;) {
      const text = await renderOnce(context, json);
      // JSON: one document a line. A terminal: from the top, with what was below wiped.
      context.terminal.print(json ? text : `${HOME_AND_CLEAR}${text}`);
      await context.clock.sleep(WATCH_EVERY_MS);
      context.claudeHome.forget();
    }
  },
};

async function renderOnce(context: Context, json: boolean): Promise<string> {
  const config = context.configFile.read();
  const ledger = context.ledger();
  closeLostSessions(context, ledger);
  const logins = readLogins(context, config);
  const survey = surveyAccounts(context, { config, ledger, logins, policy: config.policy });
  if (json) return JSON.stringify({ version: 1, accounts: survey.views.map(viewJson) });
  if (survey.views.length > 0) return await renderStatus(context, survey.views);
  context.terminal.warn("no account is set up yet; try: claude-multi setup");
  return "";
}

function renderStatus(context: Context, views: readonly AccountView[]): Promise<string> {
  const nowMs = context.clock.nowMs();
  const { terminal } = context;
  const rows = views.flatMap((view) => [
    [
      paint(terminal, "bold", view.account.name),
      barText(context, view.windows.five_hour),
      barText(context, view.windows.seven_day),
      String(view.activeSessions),
      view.ranked === null ? "–" : formatScore(view.ranked.score),
      stateText(context, { view, nowMs }),
    ],
    [
      paint(terminal, "dim", whoText(view)),
      paint(terminal, "dim", sourceText(view.windows.five_hour)),
      paint(terminal, "dim", sourceText(view.windows.seven_day)),
      "",
      "",
      "",
    ],
  ]);
  return renderTable(terminal, {
    head: ["account", "5h used", "7d used", "runs", "score", "state"],
    rows,
  });
}

/** Whose account it is and its plan, as far as known, cut to what a line has room for. */
function whoText(view: AccountView): string {
  const email = view.identity?.email ?? view.account.identity?.email ?? null;
  const text = [email, view.account.plan].filter((part) => part !== null).join(" ");
  const printable = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "");
  return printable.length > WHO_CELLS ? `${printable.slice(0, WHO_CELLS - 1)}…` : printable;
}

const SOURCES: Readonly<Record<WindowState["source"], string>> = {
  statusline: "status line",
  "usage-cache": "usage",
  limit: "limit",
  estimate: "estimate",
};

function sourceText(window: WindowState | null): string {
  if (window === null) return "";
  const source = SOURCES[window.source];
  return window.source === "estimate" ? source : `${source} ${formatDuration(window.ageMs)} ago`;
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
