// Moving a conversation to another account: the offer, the question, the lease, and the words for them.
import type { Context } from "../ports/context.ts";
import { isStreaming } from "../claude/arguments.ts";
import { liveConversations } from "../claude/running.ts";
import { formatClock, formatDuration, formatPercent } from "../text/format.ts";
import { AllLimited, standingsFor, takeLease } from "./choose_account.ts";
import type { Conversation } from "./conversation.ts";
import { requestElsewhere } from "./conversation.ts";
import { transcriptOf } from "../claude/conversations.ts";
import { lookAgain } from "./prepare.ts";
import type { Standings } from "../accounts/standings.ts";
import { restrictionText } from "../balance/reasons.ts";
import type { Action, Event, Move, Offer } from "./state.ts";

type Moving = { conversation: Conversation; move: Move };

/** The best account to move to at this moment, and the standings that say so. */
export function bestElsewhere(
  context: Context,
  { conversation, move }: Moving,
): { offer: Offer | null; standings: Standings } {
  const request = requestElsewhere(conversation, move);
  // With the accounts it came through, which the table of resets shows too.
  const standings = standingsFor(context, { ...request, except: [] });
  const best = standings.ranked.find(({ name }) => !conversation.chain.includes(name));
  const standing = standings.accounts.find(({ account }) => account.name === best?.name);
  if (standing === undefined || best?.limited) return { offer: null, standings };
  const { five_hour: window } = standing.windows;
  const percentLeft = window === null ? null : 100 - window.percentUsed;
  return { offer: { account: standing.account.name, percentLeft }, standings };
}

/**
 * After the client has ended: the account to offer, which may be known already, or why the
 * conversation stays where it is.
 * @throws AllLimited when every account that it may move to is limited.
 */
export function findOffer(context: Context, moving: Moving): Event {
  const { conversation: { request }, move } = moving;
  const { limited: { id }, mode } = move;
  if (mode === "retry" && isStreaming(request.args)) {
    return { on: "blocked", why: "its output streams and cannot be taken back" };
  }
  const open = openElsewhere(context, moving);
  if (open !== null) return open;
  const found = move.offer === null ? bestElsewhere(context, moving) : { ...move, standings: null };
  const { offer, standings } = found;
  if (offer === null) return nowhere(context, { ...moving, standings });
  const account = request.config.accounts.find(({ name }) => name === offer.account);
  const isUnseen = mode !== "retry" && id !== null && account !== undefined &&
    transcriptOf(context, { account, id }) === null;
  if (!isUnseen) return { on: "surveyed", offer, nowMs: context.clock.nowMs() };
  const why = "its transcript is missing or not shared; try: claude-multi setup";
  return { on: "blocked", why: `"${offer.account}" can't see it: ${why}` };
}

/** Two processes on one conversation would fork it. */
function openElsewhere(context: Context, { conversation, move }: Moving): Event | null {
  if (move.mode === "retry") return null;
  const open = liveConversations(context, conversation.request.config.accounts)
    .find((live) => live.sessionId === move.limited.id);
  return open ? { on: "blocked", why: `it is still open in process ${open.pid}` } : null;
}

/** Why there is no offer; the only account of all needs no words. */
function nowhere(
  context: Context,
  { conversation, move, standings }: Moving & { standings: Standings | null },
): Event {
  const isRetry = move.mode === "retry";
  const isAlone = conversation.request.config.accounts.length <= 1;
  if (isAlone && !isRetry) return { on: "blocked", why: null };
  if (standings !== null && standings.ranked.length > 1) {
    if (isRetry) return { on: "blocked", why: "every other account is limited" };
    throw new AllLimited(context, { standings, request: requestElsewhere(conversation, move) });
  }
  const why = restrictionText(standings?.eligible?.restrictions ?? []) ||
    "no other account is logged in and enabled";
  return { on: "blocked", why };
}

/** The question after a limit; returns what was typed. */
export function askToMove(
  context: Context,
  { move, offer, isNear }: Extract<Action, { do: "ask" }>,
): string | null {
  const { account, untilMs } = move.limited.limit;
  const nowMs = context.clock.nowMs();
  context.terminal.note(
    `\n"${account}" is limited until ${formatClock(untilMs, nowMs)}, in ${
      formatDuration(untilMs - nowMs)
    }.${isNear ? " Waiting costs less than having the conversation read again." : ""}`,
  );
  const question = `Continue this conversation on "${offer.account}"${quotaLeft(offer)}?`;
  return context.terminal.ask(`${question} ${isNear ? "[y/N]" : "[Y/n]"} `);
}

/** What is left of an account that is offered, as ` (82 % of 5h left)`; empty when unknown. */
export function quotaLeft({ percentLeft }: Offer): string {
  return percentLeft === null ? "" : ` (${formatPercent(percentLeft)} of 5h left)`;
}

/**
 * Takes the lease on the next account. The offer was one moment's: configuration and open
 * conversations are looked at again, and the accounts in the transaction of the lease.
 * @throws UserError when no account can be taken any more.
 */
export async function moveLease(context: Context, moving: Moving): Promise<Event | Conversation> {
  const { conversation, move: { limited: { limit }, mode, offer } } = moving;
  const { terminal } = context;
  const config = await lookAgain(context, conversation.request.config);
  const now = {
    ...moving,
    conversation: { ...conversation, request: { ...conversation.request, config } },
  };
  const open = openElsewhere(context, now);
  if (open !== null) return open;
  const request = requestElsewhere(now.conversation, moving.move);
  const lease = takeLease(context, request);
  const { name } = lease.account;
  if (mode === "retry") {
    terminal.warn(`"${limit.account}" met its limit; asking again on "${name}"`);
  } else {
    if (name !== offer?.account) {
      terminal.note(`"${offer?.account}" is not the best choice any more`);
    }
    terminal.note(`continuing "${limit.account}" on "${name}"`);
  }
  return { request, lease, chain: [...conversation.chain, name] };
}

/** Says why a conversation ends where its client ended. */
export function sayWhyItStays(
  context: Context,
  { move, why }: Extract<Action, { do: "say why it stays" }>,
): void {
  const what = move.mode === "retry"
    ? `"${move.limited.limit.account}" met its limit; not asked again elsewhere`
    : "cannot move this conversation";
  context.terminal.warn(`${what}: ${why}`);
}
