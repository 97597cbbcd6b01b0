// Which account a conversation could move to, or why it can't.
import type { Context } from "../ports/context.ts";
import { isStreaming, withPrompt } from "../claude/arguments.ts";
import { transcriptOf } from "../claude/session_files.ts";
import { openConversations, openText } from "../claude/running.ts";
import { standingsFor } from "./choose_account.ts";
import { closedTo } from "./closed.ts";
import type { Conversation } from "./conversation.ts";
import { requestElsewhere } from "./conversation.ts";
import { otherModels } from "./model.ts";
import { movesLeft, sendingAfter } from "./sending.ts";
import { pinnedAway } from "./pinned_away.ts";
import { AllLimited } from "./all_limited.ts";
import type { Standing, Standings } from "../accounts/standings.ts";
import { isOpenFor } from "../accounts/openings.ts";
import { figuresAgeMs, staleMs } from "../balance/staleness.ts";
import { accountWindow, measuredUse } from "../balance/windows.ts";
import { pasteable } from "../text/shell_quote.ts";
import { restrictionText } from "../balance/reasons.ts";
import type { LaunchRequest } from "./request.ts";
import type { Event, Move, Offer } from "./state.ts";

/** A conversation that should move. */
export type Moving = { conversation: Conversation; move: Move };

/** The request that continues a conversation elsewhere, without the accounts that may not open it. */
export function elsewhere(context: Context, { conversation, move }: Moving): LaunchRequest {
  const request = requestElsewhere(conversation, move);
  const closed = closedAfter(context, { conversation, move });
  return closed.length === 0
    ? request
    : { ...request, except: [...request.except ?? [], ...closed] };
}

function closedAfter(context: Context, { conversation, move }: Moving): string[] {
  const { request: { config: { accounts } }, lease: { account } } = conversation;
  return closedTo(context, { accounts, account, id: move.limited.id });
}

/** The best account to move to now, and the standings that say so. */
export function bestElsewhere(
  context: Context,
  { conversation, move }: Moving,
): { offer: Offer | null; standings: Standings } {
  const request = elsewhere(context, { conversation, move });
  // The table of resets shows the accounts that it has run on, too.
  const standings = standingsFor(context, { ...request, except: [] });
  const best = standings.ranked.find(({ name }) => !request.except?.includes(name));
  const standing = standings.accounts.find(({ account }) => account.name === best?.name);
  if (standing === undefined || best?.limited) return { offer: null, standings };
  return { offer: offerOf(standing), standings };
}

/** An account as an offer: how much of it is used, and how old that is. */
export function offerOf({ account, windows }: Standing): Offer {
  const percentUsed = measuredUse(accountWindow(windows, "five_hour"));
  const ageMs = percentUsed === null ? null : staleMs(figuresAgeMs(windows));
  return { account: account.name, percentUsed, ...ageMs === null ? {} : { ageMs } };
}

/**
 * Once the client has ended: the account to offer, or why the conversation can't move. An offer that
 * the move already has is kept.
 * @throws AllLimited if every account that it may move to is limited.
 */
export function findOffer(context: Context, moving: Moving): Event {
  const { conversation: { request }, move } = moving;
  const { limited: { id }, mode } = move;
  if (mode === "retry" && isStreaming(request.args)) {
    return { on: "blocked", why: "its output is streamed and can't be taken back" };
  }
  const open = openElsewhere(context, moving);
  if (open !== null) return open;
  const found = move.offer === null ? bestElsewhere(context, moving) : { ...move, standings: null };
  const { offer, standings } = found;
  const other = mode === "ask" ? withOtherModel(context, { ...moving, standings }) : null;
  if (offer === null) {
    if (other === null) return nowhere(context, { ...moving, standings });
    const first = request.wait && standings !== null ? soonest(standings) : null;
    return surveyed(context, { ...moving, offer: first, other });
  }
  const account = request.config.accounts.find(({ name }) => name === offer.account);
  const isUnseen = mode !== "retry" && id !== null && account !== undefined &&
    transcriptOf(context, { account, id }) === null;
  if (!isUnseen) return surveyed(context, { ...moving, offer, other });
  const why = "its transcript is missing or not shared; try: claude-multi setup";
  return { on: "blocked", why: `"${offer.account}" can't see it: ${why}` };
}

/** The comparison of accounts as an event, with what a move would send. */
function surveyed(
  context: Context,
  { offer, other, ...moving }: Moving & { offer: Offer | null; other: Offer | null },
): Event {
  const isRetry = moving.move.mode === "retry";
  return {
    on: "surveyed",
    offer,
    other,
    nowMs: context.clock.nowMs(),
    movesLeft: isRetry ? 1 : movesLeft(context, moving),
    sending: isRetry ? { prompt: null, why: null } : sendingAfter(context, moving),
  };
}

/**
 * The same account with another model, if the limit is one of a model: the first of
 * {@link otherModels} that has room there. null if there is none.
 */
function withOtherModel(
  context: Context,
  { conversation, move, standings }: Moving & { standings: Standings | null },
): Offer | null {
  const { account, model: limited } = move.limited.limit;
  if (limited === null || move.limited.id === null) return null;
  const { request } = conversation;
  const found = standings ?? standingsFor(context, requestElsewhere(conversation, move));
  const standing = found.accounts.find((one) => one.account.name === account);
  if (standing?.state !== "open" && standing?.state !== "limited") return null;
  const model = otherModels(context, { cwd: request.cwd, limited }).find((model) =>
    isOpenFor([model], standing, request.config)
  );
  const percentUsed = measuredUse(accountWindow(standing.windows, "five_hour"));
  return model === undefined ? null : { account, percentUsed, model };
}

/** Two processes on one conversation would fork it; `own` is the one that it runs in. */
export function openElsewhere(
  context: Context,
  { conversation, move, own = null }: Moving & { own?: number | null },
): Event | null {
  const { limited: { id }, mode } = move;
  if (mode === "retry" || id === null) return null;
  const open = openConversations(context, conversation.request.config.accounts, own).get(id);
  if (open === undefined) return null;
  const where = `${openText(context, open)}, in process ${open.pid}`;
  const why = `it is ${where}; leave claude there first, and then: claude-multi resume ${id}`;
  return { on: "blocked", why };
}

/**
 * Why there is no offer. With one account that is obvious, so `why` is null.
 * @throws AllLimited if every account that it may move to is limited, also if that is only its own.
 * @throws UserError (no account) if a pin keeps all of them out.
 */
function nowhere(
  context: Context,
  { conversation, move, standings }: Moving & { standings: Standings | null },
): Event {
  const isRetry = move.mode === "retry";
  const { config: { accounts }, wait } = conversation.request;
  const isAlone = accounts.length <= 1 && !wait;
  if ((isAlone || !move.limited.isRefused) && !isRetry) return { on: "blocked", why: null };
  const closed = closedAfter(context, { conversation, move });
  const isKept = closed.length > 0 &&
    accounts.every(({ name }) => name === move.limited.limit.account || closed.includes(name));
  if (isKept && !isRetry) return { on: "blocked", why: "only its own organization may open it" };
  const kept = restrictionText(standings?.eligible?.restrictions ?? []);
  if (isRetry && standings !== null && standings.ranked.length > 1) {
    const why = kept === ""
      ? "every other account is limited"
      : `every other account that may take it is limited: ${kept}`;
    return { on: "blocked", why };
  }
  if (!isRetry && standings !== null && standings.ranked.length > 0) {
    const first = soonest(standings);
    if (wait && first !== null) {
      return surveyed(context, { conversation, move, offer: first, other: null });
    }
    const request = elsewhere(context, { conversation, move });
    // What `auto` would have sent, the line to type sends, too.
    const prompt = move.mode === "auto"
      ? sendingAfter(context, { conversation, move }).prompt
      : null;
    const args = prompt === null || pasteable([prompt]) === null
      ? request.args
      : withPrompt(request.args, prompt);
    throw new AllLimited(context, { standings, request: { ...request, args } });
  }
  const request = elsewhere(context, { conversation, move });
  const { limit } = move.limited;
  const away = isRetry || standings === null
    ? null
    : pinnedAway(context, { standings, request, limit });
  if (away !== null) throw away;
  const why = kept || "no other account is logged in and enabled";
  const { id } = move.limited;
  const later = isRetry || id === null ? "" : `; to continue it later: claude-multi resume ${id}`;
  return { on: "blocked", why: `${why}${later}` };
}

/** The account that opens first, for a user who waits; null if no reset is known. */
function soonest({ accounts, ranked }: Standings): Offer | null {
  const offers = accounts.flatMap(({ account: { name }, limitedUntilMs: opensAtMs }) =>
    opensAtMs !== null && ranked.some((one) => one.name === name)
      ? [{ account: name, percentUsed: null, opensAtMs }]
      : []
  );
  return offers.sort((a, b) => a.opensAtMs - b.opensAtMs)[0] ?? null;
}
