// `status`: where every account stands now.
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
import type { Standing } from "../accounts/standings.ts";
import { standingsNow } from "../accounts/standings.ts";
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
    { name: "watch", summary: "refresh every 2 seconds until Ctrl-C" },
  ],
  details: [
    "After the percentage used of a window comes the time to its reset. Below each account: its owner, its plan, how old its figures are and where they come from. ~ marks an estimate from hours of sessions, used where nothing was measured; ? means unknown.",
  ],
  examples: [
    ["claude-multi status", "every account at a glance"],
    ["claude-multi status --watch", "… and keep it up to date"],
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
  const { accounts } = standingsNow(context, { config: context.configFile.read() });
  if (json) return JSON.stringify({ version: 1, accounts: accounts.map(standingJson) });
  if (accounts.length > 0) return await renderStatus(context, accounts);
  context.terminal.warn("no account is set up yet; try: claude-multi setup");
  return "";
}

function renderStatus(context: Context, accounts: readonly Standing[]): Promise<string> {
  return renderTable(context.terminal, {
    columns: [
      { head: "account", least: 12 },
      ...WINDOW_COLUMNS,
      { head: "running", right: true, rank: 1 },
      { head: "score", right: true, rank: 5 },
      "state",
    ],
    rows: accounts.flatMap((standing) => [
      [
        { text: standing.account.name, style: "bold" as const },
        ...windowCells(context, standing),
        runningCell(standing),
        scoreCell(standing),
        stateCell(context, standing),
      ],
      { line: belowLine(standing) },
    ]),
  });
}

/** Whose account it is, its plan, and where its figures come from; or what to do about it. */
function belowLine(standing: Standing): Span[] {
  const { account, identity } = standing;
  const next = nextStep(standing);
  if (next !== null) return [{ text: `  ${next}`, style: "yellow" }];
  const email = identity?.email ?? account.identity?.email ?? null;
  const who = [email, account.plan].filter((part) => part !== null).join(" · ");
  const sources = sourcesText(standing);
  const isOld = WINDOWS.some((name) => (standing.windows[name]?.ageMs ?? 0) > OLD_MS);
  return [
    { text: `  ${who}${who !== "" && sources !== "" ? " · " : ""}`, style: "dim" },
    { text: sources, style: isOld ? "yellow" : "dim" },
  ];
}

/** What to do about an account that cannot be used as it is; null for nothing. */
function nextStep({ account, identity, state }: Standing): string | null {
  if (state === "login") return `try: claude-multi login ${account.name}`;
  if (state === "drift" && identity !== null && account.identity !== null) {
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
function sourcesText({ windows }: Standing): string {
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

function standingJson(standing: Standing): Record<string, unknown> {
  const { account, ranked, windows } = standing;
  return {
    name: account.name,
    state: standing.state,
    email: standing.identity?.email ?? account.identity?.email ?? null,
    plan: account.plan,
    score: ranked === null ? null : rounded(ranked.score),
    activeSessions: standing.activeSessions,
    windows: {
      five_hour: windowJson(windows.five_hour),
      seven_day: windowJson(windows.seven_day),
    },
    limitedUntilMs: standing.limitedUntilMs,
    lastUsedAtMs: standing.lastUsedAtMs,
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
