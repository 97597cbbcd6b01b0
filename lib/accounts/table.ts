// Shows accounts to the user: the tables of pick and of resets, and the cells of status.
import type { Context } from "../ports/context.ts";
import { andList, formatClock, formatDuration, formatPercent } from "../text/format.ts";
import { policyOf } from "../balance/policy.ts";
import { turningPoint } from "../balance/ranking.ts";
import { noteText, restrictionText } from "../balance/reasons.ts";
import { figuresAgeMs, staleMs } from "../balance/staleness.ts";
import type { Ranked } from "../balance/ranking.ts";
import type { WindowName } from "../balance/windows.ts";
import { accountWindow, noWindowText, WINDOWS } from "../balance/windows.ts";
import type { Eligible } from "./eligible.ts";
import { pinAgainst, unpinLine, wallBefore } from "./eligible.ts";
import {
  notesOf,
  OTHER_TERMS,
  scoreText,
  termCells,
  termColumns,
  unknownLines,
} from "./reason_cells.ts";
import { wrapped } from "../cli/columns.ts";
import { fitText } from "../text/cells.ts";
import type { Surface } from "../ports/mod.ts";
import type { Standing, Standings } from "./standings.ts";
import { isAtItsReserve, limitedModelOf, tooFullToMove } from "./openings.ts";
import type { Cell, Column, Span } from "../cli/table.ts";
import { percentStyle, renderTable } from "../cli/table.ts";

/** The columns of the windows: a bar, the percentage, the time to the reset. */
export const WINDOW_COLUMNS: readonly Column[] = ["5h used", "7d used"].flatMap((head) => [
  { head: "", least: 4, rank: 4 },
  { head, gap: 1 },
  { head: "", gap: 1, rank: 2 },
]);

/** The column of {@link stateCell}; where it is narrow, what matters of a limit is its end. */
export const STATE_COLUMN: Column = {
  head: "state",
  shorten: (text, cells) => fitText(text.replace(/^limited (?=until )/, ""), cells),
};

/** The ranking as a table, followed by the accounts that can't be chosen. */
export function renderRanking(
  context: Context,
  { standings, surface }: { standings: Standings; surface: Surface },
): Promise<string> {
  const { ranked, accounts } = standings;
  const order = [
    ...ranked.filter((row) => !row.limited)
      .flatMap((row) => accounts.filter((standing) => standing.ranked === row)),
    // Their scores don't matter: the one that opens first comes first.
    ...openings(standings),
    ...accounts.filter((standing) => standing.ranked === null),
  ];
  const rows = order.map((standing, index): Cell[] => {
    const isChosen = index === 0 && standing.state === "open" && standing.ranked !== null;
    return [
      isChosen ? { text: "→", style: "green" } : order[0]?.state === "open" ? " " : "",
      { text: standing.account.name, style: "bold" },
      standing.account.group ?? "",
      scoreCell(standing),
      ...windowCells(context, standing),
      runningCell(standing),
      ...termCells(standing.ranked ?? { reasons: [] }, OTHER_TERMS),
      outsideCell(standing, standings.eligible) ?? stateCell(context, standing),
      staleCell(standing),
    ];
  });
  return renderTable(surface, {
    columns: [
      "",
      { head: "account", gap: 1, least: 12 },
      { head: "group", least: 6, rank: 3 },
      { head: "score", right: true, rank: 3 },
      ...WINDOW_COLUMNS,
      { head: "running", right: true, rank: 1 },
      ...termColumns(OTHER_TERMS).map((column) => ({ ...column, rank: 2 })),
      STATE_COLUMN,
      { head: "figures", rank: 1 },
    ],
    rows,
  });
}

/** How old an account's figures are if they are old; empty otherwise, so that the column disappears. */
function staleCell({ windows }: Standing): Cell {
  const ageMs = staleMs(figuresAgeMs(windows));
  return ageMs === null ? "" : { text: `${formatDuration(ageMs)} ago`, style: "yellow" };
}

/** How to get new figures if those of an account that can be used are old; else null. */
export function staleHint(accounts: readonly Standing[]): string | null {
  const old = accounts.filter(({ ranked, windows }) =>
    ranked !== null && staleMs(figuresAgeMs(windows)) !== null
  ).map(({ account }) => account.name);
  return old.length === 0
    ? null
    : `the figures of ${andList(old)} are older than an hour; for new ones: claude-multi refresh`;
}

/** The ranked accounts that are limited, in the order in which they open, unknown times last. */
function openings({ ranked, accounts }: Standings): Standing[] {
  const limited = ranked.flatMap((row) =>
    accounts.filter((standing) => standing.ranked === row && row.limited)
  );
  return limited.toSorted(({ limitedUntilMs: a }, { limitedUntilMs: b }) =>
    a === b ? 0 : a === null || (b !== null && a > b) ? 1 : -1
  );
}

/**
 * The lines below the table: which account is chosen and why, or when the first one opens. With
 * `isExplained`, something else says why not every account could be chosen.
 */
export function conclusion(
  context: Context,
  { standings, surface, isExplained = false }: {
    standings: Standings;
    surface: Surface;
    isExplained?: boolean;
  },
): string {
  const [best] = standings.ranked;
  const nowMs = context.clock.nowMs();
  const restrictions = standings.eligible?.restrictions ?? [];
  const lines = [];
  if (best === undefined) {
    lines.push(`no account can be used; ${wayOut(standings)}`);
  } else if (!best.limited) {
    lines.push(...choiceLines(standings, best));
  } else {
    const all = openings(standings);
    // What is too full for a move is open otherwise.
    const limited = all.filter((standing) => tooFullToMove(standing) === null);
    const [first] = all;
    const models = new Set(limited.map(limitedModelOf));
    const [model = null] = models;
    const what = models.size === 1 && model !== null ? ` for ${model}` : "";
    const atMs = first?.limitedUntilMs ?? null;
    const isAlone = standings.accounts.length === 1;
    const opening = first === undefined || atMs === null
      ? "reset time unknown"
      : `${isAlone ? "it opens" : `${first.account.name} opens first,`} in ${
        formatDuration(atMs - nowMs)
      } (${formatClock(atMs, nowMs)})`;
    const who = isAlone && first !== undefined
      ? first.account.name
      : restrictions.length === 0
      ? "every account"
      : "every account allowed here";
    const state = limited.length < all.length
      ? `is limited${what} or too full for a move`
      : `is limited${what}`;
    lines.push(`${who} ${state}; ${opening}`);
  }
  if (restrictions.length > 0 && !isExplained) lines.push(restrictionText(restrictions));
  const hint = staleHint(standings.accounts);
  if (hint !== null) lines.push(hint);
  return lines.flatMap((line) =>
    // Text that is meant to be copied stays on one line.
    line.includes(" && ") ? line : wrapped(line, surface.columns)
  ).join("\n");
}

/** Which account is chosen, what decided, the formula, and what else is to be known about that account. */
function choiceLines({ ranked, policy }: Standings, best: Ranked): string[] {
  const decided = turningPoint(ranked, { policy, chosen: best.name });
  const why = ranked.length === 1 ? "the only one to choose from" : decided;
  // That its figures are old is in the table already.
  const notes = notesOf({ reasons: best.reasons.filter(({ kind }) => kind !== "old") });
  return [
    `cl takes ${best.name}${why === null ? "" : `: ${why}`}`,
    ...ranked.length === 1 ? [] : [`${policy}: ${policyOf(policy).summary}`],
    ...notes.map((note) => `${best.name}: ${note}`),
    ...standbyLines(ranked, { best, decided }),
    ...unknownLines(ranked),
  ];
}

/** Accounts that would come first by their score, and what keeps them at the end. */
function standbyLines(
  ranked: readonly Ranked[],
  { best, decided }: { best: Ranked; decided: string | null },
): string[] {
  return ranked.flatMap(({ name, score, limited, reasons }) => {
    const last = reasons.find(({ kind }) => kind === "last");
    const isPassedOver = last !== undefined && !limited && score > best.score;
    const line = last === undefined ? "" : `${name}: ${noteText(last)}`;
    return isPassedOver && decided !== line ? [line] : [];
  });
}

/** What to do if no account can be chosen here. */
function wayOut({ eligible, accounts }: Standings): string {
  if (eligible !== null && eligible.pin !== null && eligible.names.length === 0) {
    return `try: ${unpinLine(eligible.pin)}`;
  }
  const missing = accounts.find(({ state, account }) =>
    state === "login" && eligible?.names.includes(account.name) !== false
  );
  return missing === undefined
    ? "try: claude-multi status"
    : `try: claude-multi login ${missing.account.name}`;
}

/** The score of an account; that of a limited one doesn't matter. */
export function scoreCell({ ranked }: Standing): Cell {
  return ranked === null ? { text: "–", style: "dim" } : scoreText(ranked);
}

/** The number of running sessions; empty for none, so that the column disappears if all are idle. */
export function runningCell({ activeSessions }: Standing): Cell {
  return activeSessions === 0 ? "" : String(activeSessions);
}

/** The cells of both windows: bar, percentage (with `~` if estimated), time to the reset. */
export function windowCells(context: Context, standing: Standing): Cell[] {
  const nowMs = context.clock.nowMs();
  const cells = (name: WindowName): Cell[] => {
    const window = accountWindow(standing.windows, name);
    if (window === null) return ["", { text: "    ?", style: "dim" }, ""];
    if (window.state === "none") return ["", { text: noWindowText(name), style: "dim" }, ""];
    const { percentUsed: percent, resetsAtMs } = window;
    const style = percentStyle(percent);
    const text = `${window.state === "estimated" ? "~" : ""}${formatPercent(percent)}`.padStart(5);
    const left = resetsAtMs === null ? "" : formatDuration(resetsAtMs - nowMs);
    return [{ percent, style }, { text, style }, { text: left, style: "dim" }];
  };
  return WINDOWS.flatMap(cells);
}

/** Why an account that is open can't be chosen here; null if it can, or isn't open. */
function outsideCell({ account, state, ranked }: Standing, eligible: Eligible | null): Span | null {
  if (state !== "open" || ranked !== null) return null;
  const text = eligible !== null && wallBefore(eligible, account) !== null
    ? "in another group"
    : eligible !== null && pinAgainst(eligible, account) !== null
    ? "not for this folder"
    : "already tried";
  return { text, style: "dim" };
}

/** The state of an account in a few words. */
export function stateCell(context: Context, standing: Standing): Span {
  switch (standing.state) {
    case "open":
      return { text: "open", style: "green" };
    case "limited": {
      const { limitedUntilMs: atMs } = standing;
      const until = atMs === null ? "" : ` until ${formatClock(atMs, context.clock.nowMs())}`;
      if (tooFullToMove(standing) !== null) {
        return { text: "too full for a move", style: "yellow" };
      }
      const model = limitedModelOf(standing);
      const what = isAtItsReserve(standing) ? "reserved" : "limited";
      return { text: `${model === null ? "" : `${model} `}${what}${until}`, style: "red" };
    }
    case "disabled":
      return { text: "disabled", style: "dim" };
    case "login":
      return { text: "not logged in", style: "yellow" };
    case "drift":
      return { text: "wrong login", style: "red" };
  }
}
