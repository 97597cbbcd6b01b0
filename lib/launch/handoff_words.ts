// What a person is asked and told when a conversation moves, or can't.
import type { Context } from "../ports/context.ts";
import { formatClock, formatDuration, formatPercent, orList } from "../text/format.ts";
import type { Conversation } from "./conversation.ts";
import { bestElsewhere } from "./offers.ts";
import { isSameIdentity, personText } from "../config/account.ts";
import { commandLine } from "./command_lines.ts";
import { warnOnce } from "./run_client.ts";
import { costText } from "./sending.ts";
import { windowOfType } from "../claude/limit_types.ts";
import { noWindowText } from "../balance/windows.ts";
import { UNUSED_RESET } from "../balance/reasons.ts";
import type { Action, Move, Offer } from "./state.ts";

/** Asks whether to move after a limit; returns what was typed. */
export async function askToMove(
  context: Context,
  { conversation, action }: { conversation: Conversation; action: Extract<Action, { do: "ask" }> },
): Promise<string | null> {
  const { move, offer, other, isNear } = action;
  const choices = [isNear ? "y" : "Y", isNear ? "N" : "n", ...other === null ? [] : ["m"]];
  const letters = [...choices, ...canSend(move) ? ["s"] : []].map((one) => one.toLowerCase());
  if (action.isAgain === true) context.terminal.note(`  type ${orList(letters)}, or just Enter`);
  else explainOffer(context, { conversation, action });
  const sends = canSend(move) ? ", s = yes, and send it again" : "";
  const question = offer.opensAtMs === undefined
    ? `Continue this conversation on "${offer.account}"${withModelText(offer)}${useText(offer)}?`
    : waitQuestion(context, { move, offer });
  return await context.terminal.ask(`${question} [${choices.join("/")}${sends}] `);
}

/** The question for a user who waits, if every account is limited. */
function waitQuestion(context: Context, { move, offer }: { move: Move; offer: Offer }): string {
  const { account, opensAtMs = 0 } = offer;
  const nowMs = context.clock.nowMs();
  const opens = formatClock(opensAtMs, nowMs);
  return account === move.limited.limit.account
    ? `Wait until ${opens}, and then continue this conversation?`
    : `Wait for "${account}", open from ${opens}, in ${
      formatDuration(opensAtMs - nowMs)
    }, and continue this conversation there?`;
}

function canSend({ sending }: Move): boolean {
  return sending !== null && sending.prompt !== null;
}

/** What stands above the question: the limit, what a move costs, and the other model. */
function explainOffer(
  context: Context,
  { conversation, action: { move, offer, other, isNear } }: {
    conversation: Conversation;
    action: Extract<Action, { do: "ask" }>;
  },
): void {
  const { account, untilMs, model } = move.limited.limit;
  const nowMs = context.clock.nowMs();
  context.terminal.note(
    `\n"${account}"${otherPersonText(context, conversation)} is limited${
      model === null ? "" : ` for ${limitName(move.limited)}`
    } until ${formatClock(untilMs, nowMs)}, in ${formatDuration(untilMs - nowMs)}.${
      hasUnusedReset(context, { conversation, account }) ? `\n${UNUSED_RESET}` : ""
    }${costText(context, { conversation, move, offer, isNear })}`,
  );
  if (other === null) return;
  context.terminal.note(
    `Type m to stay on "${other.account}"${withModelText(other)}${
      canSend(move) ? ", or ms to send it again there" : ""
    }.`,
  );
}

/** Who is logged in to the account of a conversation, if that isn't its owner: the limit is theirs. */
function otherPersonText({ claudeHome }: Context, { lease: { account } }: Conversation): string {
  const person = claudeHome.identity(account);
  const isOther = person !== null && account.identity !== null &&
    !isSameIdentity(account.identity, person);
  return isOther ? `, logged in as ${personText(person)},` : "";
}

/** The other model of an offer, like ` with sonnet`; "" without one. */
export function withModelText({ model }: Offer): string {
  return model === undefined ? "" : ` with ${model}`;
}

/** What a limit of a model holds back, with its type if that is of no known window. */
function limitName({ limit: { window, model } }: Move["limited"]): string {
  return window === null || windowOfType(window) !== null ? `${model}` : `${model} (${window})`;
}

function hasUnusedReset(
  context: Context,
  { conversation, account: name }: { conversation: Conversation; account: string },
): boolean {
  const { accounts } = conversation.request.config;
  const account = accounts.find((one) => one.name === name);
  const untilMs = account === undefined ? null : context.claudeHome.unusedResetUntilMs(account);
  return (untilMs ?? 0) > context.clock.nowMs();
}

/** How much of an offered account is used, like ` (18 % of 5h used, 9h ago)`; "" if unknown. */
export function useText({ percentUsed, ageMs }: Pick<Offer, "percentUsed" | "ageMs">): string {
  if (percentUsed === null) return "";
  const used = percentUsed === "none"
    ? noWindowText("five_hour")
    : `${formatPercent(percentUsed)} of 5h used`;
  return ` (${used}${ageMs === undefined ? "" : `, ${formatDuration(ageMs)} ago`})`;
}

/** Says why a conversation ends here and does not move. */
export function sayWhyItStays(
  context: Context,
  { move, why }: Extract<Action, { do: "say why it stays" }>,
): void {
  const what = move.mode === "retry"
    ? `"${move.limited.limit.account}" hit its limit; not retried`
    : "cannot move this conversation";
  context.terminal.warn(`${what}: ${why}`);
}

/** Says after a no how the conversation can be continued later. */
export function sayHowToContinue(
  context: Context,
  { limited: { id } }: Extract<Action, { do: "say how to continue" }>,
): void {
  try {
    context.terminal.note(`to continue it later: claude-multi resume ${id}`);
  } catch {
    // The end of input may be that of the terminal.
  }
}

/** Says after a -p request at a limit how another account is asked, if there is one with room. */
export function sayHowToFailOver(context: Context, { conversation, limited }: {
  conversation: Conversation;
  limited: Move["limited"];
}): void {
  const move: Move = { limited, mode: "retry", outcome: null, offer: null, sending: null };
  if (bestElsewhere(context, { conversation, move }).offer === null) return;
  const line = commandLine(context, conversation.request, ["claude-multi run --failover"]);
  warnOnce(context, `"${limited.limit.account}" hit its limit; to ask another account: ${line}`);
}
