// The report of status: a table of all accounts with a line below each.
import { noAccountText } from "./no_account.ts";
import type { Context } from "../ports/context.ts";
import { personText, twinFix } from "../config/account.ts";
import { formatDuration, formatPercent } from "../text/format.ts";
import type { WindowState } from "../balance/windows.ts";
import { fallText, sourceText, UNUSED_RESET } from "../balance/reasons.ts";
import { figuresAgeMs, staleMs } from "../balance/staleness.ts";
import { accountWindow, useOf, windowLabel, WINDOWS } from "../balance/windows.ts";
import { wrapped } from "../cli/columns.ts";
import { cellWidth, loadWidths } from "../text/cells.ts";
import type { Span } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";
import type { Standing, StandingsSource } from "./standings.ts";
import { eligibleAccounts } from "./eligible.ts";
import { pinsText } from "./pins.ts";
import { standingsNow } from "./standings.ts";
import { outlooksOf, outlookTexts } from "./outlooks.ts";
import { statusJson } from "./status_json.ts";
import {
  runningCell,
  scoreCell,
  staleHint,
  STATE_COLUMN,
  stateCell,
  WINDOW_COLUMNS,
  windowCells,
} from "./table.ts";

/** What `status --json` prints: every account, and the choice in this folder for the models of a plain `cl`. */
export function statusDocument(
  context: Context,
  models: NonNullable<StandingsSource["models"]>,
): Record<string, unknown> {
  const config = context.configFile.read();
  const here = { config, cwd: context.processes.cwd(), owner: null, home: context.layout.home };
  const found = standingsNow(context, { config, models });
  return statusJson(found, {
    eligible: eligibleAccounts(context, here),
    nowMs: context.clock.nowMs(),
    outlooksOf: (standing) => outlooksOf(context, standing),
  });
}

/** What `status` prints: the table, and how to get new figures if some are old. "" without accounts. */
export async function statusText(
  context: Context,
  models: NonNullable<StandingsSource["models"]>,
): Promise<string> {
  const config = context.configFile.read();
  const { accounts } = standingsNow(context, { config, models });
  if (accounts.length === 0) {
    context.terminal.warn(noAccountText(context));
    return "";
  }
  const table = await renderStatus(context, accounts);
  const { pins } = config;
  const below = [
    ...pins.length === 0 ? [] : [`pinned: ${pinsText(pins, context.layout.home)}`],
    staleHint(accounts),
  ].flatMap((line) => line === null ? [] : wrapped(line, context.terminal.columns));
  return [table, ...below.length === 0 ? [] : ["", ...below]].join("\n");
}

/** The table of `status`. */
export async function renderStatus(
  context: Context,
  accounts: readonly Standing[],
): Promise<string> {
  await loadWidths("·");
  return renderTable(context.terminal, {
    columns: [
      { head: "account", least: 12 },
      ...WINDOW_COLUMNS,
      { head: "running", right: true, rank: 1 },
      { head: "score", right: true, rank: 5 },
      STATE_COLUMN,
    ],
    rows: accounts.flatMap((standing) => [
      [
        { text: standing.account.name, style: "bold" as const },
        ...windowCells(context, standing),
        runningCell(standing),
        scoreCell(standing),
        stateCell(context, standing),
      ],
      ...belowLines(standing, {
        nowMs: context.clock.nowMs(),
        cells: context.terminal.columns,
      }),
      ...outlookTexts(outlooksOf(context, standing), context.clock.nowMs()).map((text) => ({
        line: { text: `  ${text}`, style: "yellow" as const },
      })),
    ]),
  });
}

/** The owner, the plan and the source of the figures, over as many lines as needed; or what to do about it. */
function belowLines(
  standing: Standing,
  { nowMs, cells }: { nowMs: number; cells: number },
): Array<{ line: Span[] }> {
  const { account, identity } = standing;
  const next = nextStep(standing);
  if (next !== null) return [{ line: [{ text: `  try: ${next}`, style: "yellow" }] }];
  const email = identity?.email ?? account.identity?.email ?? null;
  const group = account.group === null ? null : `group ${account.group}`;
  const isOld = staleMs(figuresAgeMs(standing.windows)) !== null;
  const dim = (text: string | null): Span => ({ text: text ?? "", style: "dim" });
  const parts: Span[] = [
    ...[email, standing.plan, group].map(dim),
    ...sourceTexts(standing).map((text): Span => ({ text, style: isOld ? "yellow" : "dim" })),
    ...othersTexts(standing, nowMs).map(dim),
    ...fallTexts(standing).map(dim),
    { text: canReset(standing, nowMs) ? UNUSED_RESET : "", style: "yellow" },
  ];
  const lines: Span[][] = [];
  let width = 0;
  for (const part of parts.filter(({ text }) => text !== "")) {
    wrapped(part.text, cells - 2).forEach((text, index) => {
      const line = lines.at(-1);
      const added = 3 + cellWidth(text);
      if (line === undefined || index > 0 || width + added > cells) {
        lines.push([{ ...part, text: `  ${text}` }]);
        width = added - 1;
      } else {
        line.push(dim(" · "), part);
        width += added;
      }
    });
  }
  return lines.map((line) => ({ line }));
}

/** What to do about an account that can't be used; null if it can. */
function nextStep({ account, identity, state, twin }: Standing): string | null {
  const login = `claude-multi login ${account.name}`;
  if (state === "login") return login;
  if (state === "drift" && twin !== null) {
    return `${twinFix(account)} (now it is the account "${twin}")`;
  }
  if (state !== "drift" || identity === null || account.identity === null) return null;
  return `${login} (${personText(account.identity)}; now it is ${personText(identity)})`;
}

/** The sources and ages of the figures; only one if it is the same for both windows. */
function sourceTexts({ windows }: Standing): string[] {
  const text = (state: WindowState | null): string => {
    const use = useOf(state);
    return use === null ? "" : sourceText(use);
  };
  const [burst = "", rolling = ""] = WINDOWS.map((name) => text(accountWindow(windows, name)));
  if (burst === rolling) return [burst];
  return [burst && `5h ${burst}`, rolling && `7d ${rolling}`];
}

/** The windows besides the account's own: `7d opus 80 %, resets in 2d`. */
function othersTexts({ windows }: Standing, nowMs: number): string[] {
  return windows.filter(({ window, model }) => model !== null || !isOwn(window)).map((one) => {
    const use = useOf(one.state);
    if (use === null) return "";
    const reset = use.resetsAtMs === null
      ? ""
      : `, resets in ${formatDuration(use.resetsAtMs - nowMs)}`;
    return `${windowLabel(one)} ${formatPercent(use.percentUsed)}${reset}`;
  });
}

function isOwn(window: string): boolean {
  return WINDOWS.some((name) => name === window);
}

/** Whether an account is limited and has a limit reset in hand. */
function canReset({ state, unusedResetUntilMs }: Standing, nowMs: number): boolean {
  return state === "limited" && (unusedResetUntilMs ?? 0) > nowMs;
}

/** The windows that fell ahead of their reset, as `7d fell …`. */
function fallTexts({ windows }: Standing): string[] {
  return WINDOWS.map((name) => {
    const from = useOf(accountWindow(windows, name))?.fellFrom ?? null;
    return from === null ? "" : fallText(name, from);
  });
}
