// The report of why: how an account was chosen, and the ranking at that time.
import type { Context } from "../ports/context.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import { policyOf } from "../balance/policy.ts";
import { turningPoint } from "../balance/ranking.ts";
import { reasonText } from "../balance/reasons.ts";
import type { Session } from "../balance/session.ts";
import { windowLabel } from "../balance/windows.ts";
import type { Choice } from "../ports/ledger.ts";
import { wrapped } from "../cli/columns.ts";
import { loadWidths } from "../text/cells.ts";
import type { Table } from "../cli/table.ts";
import { paint, renderTable } from "../cli/table.ts";
import { rankedJson } from "./choice_json.ts";
import type { MetLimit } from "./session_limit.ts";
import { limitJson, limitText } from "./session_limit.ts";
import {
  ALL_TERMS,
  noteLines,
  scoreText,
  termCells,
  termColumns,
  unknownLines,
} from "./reason_cells.ts";

/** As far as the names in the table. */
const NOTE_INDENT = 2;

/** A session, and the limit that it ended at; null if it didn't. */
interface Limited {
  session: Session;
  limit: MetLimit | null;
}

/** A choice with its session, and the one whose conversation that continues, as far as it is known. */
type Made = Choice & Limited & { before: Limited | null };

/** A choice as `why --json` prints it. */
export function madeChoiceJson(choice: Made): Record<string, unknown> {
  const { account, chosenAtMs, forced, policy, ranked, session: { id, handedFrom } } = choice;
  const rows = ranked.map(rankedJson);
  const made = { version: 1, session: id, account, policy, forced, chosenAtMs, handedFrom };
  return { ...made, limit: limitJson(choice.limit), ranked: rows };
}

/** A choice as text: what decided, the ranking, and what the runner-up lacked. */
export async function renderChoice({ terminal, clock }: Context, choice: Made): Promise<string> {
  const { session, limit, before, ranked, policy, forced } = choice;
  const nowMs = clock.nowMs();
  // The words of the policies have signs such as "×".
  await loadWidths("×");
  const wrap = (text: string) => wrapped(text, terminal.columns).join("\n");
  const account = choice.account ?? "none";
  const reasons = ranked.find((row) => row.name === choice.account)?.reasons ?? [];
  const owns = reasons.some((reason) => reason.kind === "owner");
  const restricted = reasons.find((reason) => reason.kind === "restricted");
  const cause = forced
    ? "because you named it"
    : owns
    ? "because it owns the conversation and had quota left"
    : restricted !== undefined && ranked.length === 1
    ? "as the only one to choose from"
    : `by ${policy}: ${policyOf(policy).summary}`;
  const at = formatClock(choice.chosenAtMs, nowMs);
  const ago = formatDuration(nowMs - choice.chosenAtMs);
  const turning = forced || owns ? null : turningPoint(ranked, { policy, chosen: choice.account });
  const rows = ranked.flatMap((row): Table["rows"] => [
    [
      row.name === choice.account ? { text: "→", style: "green" } : " ",
      { text: row.name, style: "bold" },
      scoreText(row),
      ...termCells(row, ALL_TERMS),
    ],
    ...noteLines(row, { cells: terminal.columns, indent: NOTE_INDENT }),
  ]);
  const columns = [
    "",
    { head: "account", gap: 1, least: 16 },
    { head: "score", right: true },
    ...termColumns(ALL_TERMS),
  ];
  return [
    wrap(`session ${session.id} took ${account} at ${at}, ${ago} ago, ${cause}`)
      .replace(` ${account} `, ` ${paint(terminal, "bold", account)} `),
    ...session.handedFrom === null ? [] : [wrap(continuesText(session, before))],
    ...limit === null ? [] : [
      wrap(`it ${session.endedAtMs === null ? "is" : "ended"} at ${limitText(limit, nowMs)}`),
    ],
    ...restricted === undefined ? [] : [wrap(reasonText(restricted))],
    ...forced && ranked.length > 0 && ranked.every(({ name }) => name !== choice.account)
      ? [wrap("without a name, the folder or the conversation would have left only these:")]
      : [],
    `\n${await renderTable(terminal, { columns, rows })}`,
    ...unknownLines(ranked),
    ...turning === null ? [] : [`\n${wrap(turning)}`],
  ].join("\n");
}

/** Which conversation a session continues, the account that it was moved from, and the limit met there. */
function continuesText({ handedFrom, account }: Session, before: Made["before"]): string {
  const from = before?.session.account ?? account;
  const { window = null, model = null } = before?.limit ?? {};
  const limit = window === null ? "a limit" : `its ${windowLabel({ window, model })} limit`;
  return [
    `it continues the conversation of session ${handedFrom}`,
    ...from === account ? [] : [`moved from ${from}`],
    ...before?.limit ? [`which met ${limit}`] : [],
  ].join(", ");
}
