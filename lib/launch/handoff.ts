// Moving a conversation to another account: which one, the question, and what is said about it.
import type { Context } from "../ports/context.ts";
import { isStreaming, withPrompt } from "../claude/arguments.ts";
import { transcriptOf } from "../claude/session_files.ts";
import { opensFor, restrictionOf } from "../claude/transcript/restriction.ts";
import { openProcess } from "../claude/running.ts";
import { formatClock, formatDuration, formatPercent } from "../text/format.ts";
import type { Session } from "../balance/session.ts";
import type { Lease } from "./choose_account.ts";
import { standingsFor, takeLease } from "./choose_account.ts";
import type { Conversation } from "./conversation.ts";
import { requestElsewhere } from "./conversation.ts";
import { otherModels } from "./model.ts";
import { notify } from "./notice.ts";
import { leaseFor, updated } from "./prepare.ts";
import { closeSession } from "./run_client.ts";
import { costText, inLastMode, movesAfter, movesLeft, sendingAfter } from "./sending.ts";
import { AllLimited } from "./refusals.ts";
import type { Standings } from "../accounts/standings.ts";
import { isOpenFor } from "../accounts/openings.ts";
import { figuresAgeMs, staleMs } from "../balance/staleness.ts";
import { windowOfType } from "../claude/limit_types.ts";
import { accountWindow, measuredUse, noWindowText } from "../balance/windows.ts";
import { restrictionText, UNUSED_RESET } from "../balance/reasons.ts";
import type { LaunchRequest } from "./request.ts";
import type { Action, Event, Move, Offer, Sending } from "./state.ts";

type Moving = { conversation: Conversation; move: Move };

/** The request that continues a conversation elsewhere, without the accounts that may not open it. */
function elsewhere(context: Context, { conversation, move }: Moving): LaunchRequest {
  const request = requestElsewhere(conversation, move);
  const closed = closedTo(context, { conversation, id: move.limited.id });
  return closed.length === 0
    ? request
    : { ...request, except: [...request.except ?? [], ...closed] };
}

/** The accounts that may not open a conversation, because its organization keeps it to its own. */
function closedTo(
  context: Context,
  { conversation: { request, lease }, id }: { conversation: Conversation; id: string | null },
): string[] {
  const path = id === null ? null : transcriptOf(context, { account: lease.account, id });
  if (path === null) return [];
  const { files, claudeHome } = context;
  const kept = restrictionOf({
    head: (bytes) => files.readHead(path, bytes),
    tail: (bytes) => files.readTail(path, bytes),
  });
  if (kept === null) return [];
  return request.config.accounts.filter((account) => {
    const identity = claudeHome.identity(account);
    return identity === null || !opensFor(kept, identity);
  }).map(({ name }) => name);
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
  const percentUsed = measuredUse(accountWindow(standing.windows, "five_hour"));
  const ageMs = percentUsed === null ? null : staleMs(figuresAgeMs(standing.windows));
  const age = ageMs === null ? {} : { ageMs };
  return { offer: { account: standing.account.name, percentUsed, ...age }, standings };
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

/** Two processes on one conversation would fork it. */
function openElsewhere(context: Context, { conversation, move }: Moving): Event | null {
  const { limited: { id }, mode } = move;
  if (mode === "retry" || id === null) return null;
  const pid = openProcess(context, { accounts: conversation.request.config.accounts, id });
  return pid === null ? null : { on: "blocked", why: `it is still open in process ${pid}` };
}

/**
 * Whether another launcher has begun to continue the conversation, before ours got its row in the ledger:
 * its client may not have recorded yet what it has open.
 */
function continuedBefore(
  context: Context,
  { move: { limited }, lease: { session } }: Moving & { lease: Lease },
): Event | null {
  if (limited.id === null || session === null) return null;
  const ledger = context.ledger({ tolerant: true });
  const idOf = ({ clientSessionId, handedFrom }: Session) =>
    clientSessionId ?? (handedFrom === null ? null : ledger.session(handedFrom)?.clientSessionId);
  const first = ledger.openSessions().find((row) =>
    row.id < session && row.id !== limited.session && idOf(row) === limited.id
  );
  if (first === undefined) return null;
  return { on: "blocked", why: `process ${first.pid ?? first.launcherPid} already continues it` };
}

/**
 * Why there is no offer. With one account that is obvious, so `why` is null.
 * @throws AllLimited if every account that it may move to is limited, also if that is only its own.
 */
function nowhere(
  context: Context,
  { conversation, move, standings }: Moving & { standings: Standings | null },
): Event {
  const isRetry = move.mode === "retry";
  const { config: { accounts }, wait } = conversation.request;
  const isAlone = accounts.length <= 1 && !wait;
  if ((isAlone || !move.limited.isRefused) && !isRetry) return { on: "blocked", why: null };
  const closed = closedTo(context, { conversation, id: move.limited.id });
  const isKept = closed.length > 0 &&
    accounts.every(({ name }) => name === move.limited.limit.account || closed.includes(name));
  if (isKept && !isRetry) return { on: "blocked", why: "only its own organization may open it" };
  if (isRetry && standings !== null && standings.ranked.length > 1) {
    return { on: "blocked", why: "every other account is limited" };
  }
  if (!isRetry && standings !== null && standings.ranked.length > 0) {
    const first = soonest(standings);
    if (wait && first !== null) {
      return surveyed(context, { conversation, move, offer: first, other: null });
    }
    throw new AllLimited(context, {
      standings,
      request: elsewhere(context, { conversation, move }),
    });
  }
  const why = restrictionText(standings?.eligible?.restrictions ?? []) ||
    "no other account is logged in and enabled";
  return { on: "blocked", why };
}

/** The account that opens first, for a user who waits; null if no reset is known. */
function soonest({ accounts, ranked }: Standings): Offer | null {
  const open =
    accounts.filter(({ account, limitedUntilMs: atMs }) =>
      atMs !== null && ranked.some(({ name }) => name === account.name)
    ).sort((a, b) => (a.limitedUntilMs ?? 0) - (b.limitedUntilMs ?? 0))[0];
  return open === undefined ? null : { account: open.account.name, percentUsed: null };
}

/** Asks whether to move after a limit; returns what was typed. */
export function askToMove(
  context: Context,
  { conversation, action }: { conversation: Conversation; action: Extract<Action, { do: "ask" }> },
): string | null {
  const { move, offer, other, isNear } = action;
  if (action.isAgain !== true) explainOffer(context, { conversation, action });
  const choices = [isNear ? "y" : "Y", isNear ? "N" : "n", ...other === null ? [] : ["m"]];
  const sends = canSend(move) ? ", s = yes, and send it again" : "";
  const question = `Continue this conversation on "${offer.account}"${withModelText(offer)}${
    useText(offer)
  }?`;
  return context.terminal.ask(`${question} [${choices.join("/")}${sends}] `);
}

function canSend({ sending }: Move): boolean {
  return sending !== null && sending.prompt !== null;
}

/** What stands above the question: the limit, what a move costs, and the other model. */
function explainOffer(
  context: Context,
  { conversation, action: { move, other, isNear } }: {
    conversation: Conversation;
    action: Extract<Action, { do: "ask" }>;
  },
): void {
  const { account, untilMs, model } = move.limited.limit;
  const nowMs = context.clock.nowMs();
  context.terminal.note(
    `\n"${account}" is limited${model === null ? "" : ` for ${limitName(move.limited)}`} until ${
      formatClock(untilMs, nowMs)
    }, in ${formatDuration(untilMs - nowMs)}.${
      hasUnusedReset(context, { conversation, account }) ? `\n${UNUSED_RESET}` : ""
    }${costText(context, { conversation, move, isNear })}`,
  );
  if (other === null) return;
  context.terminal.note(
    `Type m to stay on "${other.account}"${withModelText(other)}${
      canSend(move) ? ", or ms to send it again there" : ""
    }.`,
  );
}

function withModelText({ model }: Offer): string {
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

/**
 * Chooses the next account. Things may have changed since the offer, so the configuration, open
 * conversations and accounts are checked again.
 * @throws UserError if no account can be chosen any more.
 */
export async function moveLease(context: Context, moving: Moving): Promise<Event | Conversation> {
  const { move: { limited: { limit }, mode, offer } } = moving;
  const { terminal } = context;
  const conversation = await latest(context, moving.conversation);
  const open = openElsewhere(context, { ...moving, conversation });
  if (open !== null) return open;
  const request = elsewhere(context, { conversation, move: moving.move });
  // Without --wait, whoever ends the conversation shows the resets.
  const lease = request.wait ? await leaseFor(context, request) : takeLease(context, request);
  const { name } = lease.account;
  const busy = mode === "retry" ? null : continuedBefore(context, { ...moving, lease });
  if (busy !== null) {
    await closeSession(context, { lease, outcome: null });
    return busy;
  }
  if (mode === "retry") {
    terminal.warn(`"${limit.account}" hit its limit; retrying on "${name}"`);
  } else {
    if (name !== offer?.account) {
      terminal.note(`"${offer?.account}" is no longer the best choice`);
    }
    const moves = name !== limit.account;
    terminal.note(
      moves && offer?.model === undefined
        ? `continuing "${limit.account}" on "${name}"`
        : `continuing on "${name}"${offer === null ? "" : withModelText(offer)}`,
    );
    const notice = { about: "move", from: limit.account, to: name } as const;
    if (mode === "auto" && moves) notify(context, { config: request.config, notice });
  }
  const { args } = request;
  const asBefore = mode === "retry" ? args : inLastMode(context, { ...moving, conversation, args });
  const { sending } = moving.move;
  return {
    request: withSending(context, { request: { ...request, args: asBefore }, sending }),
    lease,
    chain: [...conversation.chain, name],
    moves: mode === "retry" ? 0 : movesAfter(context, { ...moving, conversation }),
  };
}

/** The request with the prompt that the client sends by itself; or why there is none, in one line. */
export function withSending(
  context: Context,
  { request, sending }: { request: LaunchRequest; sending: Sending | null },
): LaunchRequest {
  if (sending === null) return request;
  if (sending.prompt !== null) {
    return { ...request, args: withPrompt(request.args, sending.prompt) };
  }
  const { why } = sending;
  if (why !== null) context.terminal.note(`the refused prompt was not sent again: ${why}`);
  return request;
}

/** The conversation with the configuration as it is now. */
export async function latest(context: Context, conversation: Conversation): Promise<Conversation> {
  return { ...conversation, request: await updated(context, conversation.request) };
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
  { limited: { id }, answer }: Extract<Action, { do: "say how to continue" }>,
): void {
  try {
    const line = `to continue it later: claude-multi resume ${id}`;
    context.terminal.note(answer === null ? `\n${line}` : line);
  } catch {
    // The end of input may be that of the terminal.
  }
}
