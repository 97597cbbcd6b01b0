// `status`: what is known of every account now.
import { EXIT } from "../text/errors.ts";
import { formatDuration, rounded } from "../text/format.ts";
import type { Context } from "../ports/context.ts";
import type { WindowState } from "../balance/windows.ts";
import { WINDOWS } from "../balance/windows.ts";
import { personText } from "../config/account.ts";
import type { Command } from "../cli/command.ts";
import {
  runningCell,
  scoreCell,
  stateCell,
  WINDOW_COLUMNS,
  windowCells,
} from "../accounts/table.ts";
import type { AccountView } from "../accounts/standings.ts";
import { closeLostSessions, readLogins, surveyAccounts } from "../accounts/standings.ts";
import type { Span } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";

/** A figure so old says little of a window of 5 hours. */
const OLD_MS = 2 * 3_600_000;
const WATCH_EVERY_MS = 2000;
const HOME_AND_CLEAR = new TextEncoder().encode("\x1b[H\x1b[J");

/** The declaration of `status`. */
export const status: Command = {
  name: "status",
  repeatable: true,
  group: "everyday",
  summary: "Show windows, resets, sessions and scores of every account",
  flags: [
    { name: "json", summary: "print JSON: version, accounts" },
    { name: "watch", summary: "show it again every 2 seconds, until Ctrl-C" },
  ],
  details: [
    "Beside the percentage used of a window stands the time to its reset. Below each account: whose it is, its plan, how old its figures are and where they come from. A ~ marks an estimate from hours of sessions, used where nothing was measured; ? means that nothing is known.",
  ],
  examples: [
    ["claude-multi status", "every account at a glance"],
    ["claude-multi status --watch", "… and keep it there"],
  ],
  async run(context, input) {
    const json = input.switches.has("json");
    if (!input.switches.has("watch")) {
      const text = await renderOnce(context, json);
      if (text !== "") context.terminal.print(text);
      return EXIT.ok;
    }
    for (;;) {
      const text = await renderOnce(context, json);
      // JSON: one document a line. A terminal: from the top, with what was below wiped.
      if (!json) context.terminal.pass(HOME_AND_CLEAR);
      context.terminal.print(text);
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
  return renderTable(context.terminal, {
    columns: [
      { head: "account", least: 12 },
      ...WINDOW_COLUMNS,
      { head: "running", right: true, rank: 1 },
      { head: "score", right: true, rank: 5 },
      "state",
    ],
    rows: views.flatMap((view) => [
      [
        { text: view.account.name, style: "bold" as const },
        ...windowCells(context, view),
        runningCell(view),
        scoreCell(view),
        stateCell(context, view),
      ],
      { line: belowLine(view) },
    ]),
  });
}

/** Whose account it is, its plan, and where its figures come from; or what is to be done. */
function belowLine(view: AccountView): Span[] {
  const { account, identity } = view;
  const next = nextStep(view);
  if (next !== null) return [{ text: `  ${next}`, style: "yellow" }];
  const email = identity?.email ?? account.identity?.email ?? null;
  const who = [email, account.plan].filter((part) => part !== null).join(" · ");
  const sources = sourcesText(view);
  const isOld = WINDOWS.some((name) => (view.windows[name]?.ageMs ?? 0) > OLD_MS);
  return [
    { text: `  ${who}${who !== "" && sources !== "" ? " · " : ""}`, style: "dim" },
    { text: sources, style: isOld ? "yellow" : "dim" },
  ];
}

/** What is to be done about an account that cannot be used as it is; null for nothing. */
function nextStep(view: AccountView): string | null {
  const { account, identity } = view;
  if (view.state === "login") return `try: claude-multi login ${account.name}`;
  if (view.state === "drift" && identity !== null && account.identity !== null) {
    return `try: claude-multi login ${account.name} (${personText(account.identity)}; now it is ${
      personText(identity)
    })`;
  }
  return null;
}

const SOURCES: Readonly<Record<WindowState["source"], string>> = {
  statusline: "by the status line",
  "usage-cache": "by claude",
  limit: "by a limit",
  estimate: "estimated from hours of sessions",
};

/** Where the figures come from and how old they are, once where that is the same for both. */
function sourcesText({ windows }: AccountView): string {
  const text = (window: WindowState | null): string | null => {
    if (window === null) return null;
    const source = SOURCES[window.source];
    return window.source === "estimate"
      ? source
      : `read ${formatDuration(window.ageMs)} ago ${source}`;
  };
  const [burst, rolling] = [text(windows.five_hour), text(windows.seven_day)];
  if (burst === rolling) return burst ?? "";
  return [burst && `5h ${burst}`, rolling && `7d ${rolling}`].filter(Boolean).join(", ");
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
