// Moves a conversation to another account.
import type { Context } from "../ports/context.ts";
import { withPrompt } from "../claude/arguments.ts";
import type { Session } from "../balance/session.ts";
import type { Account } from "../config/account.ts";
import { UserError } from "../text/errors.ts";
import { isSameAccount } from "../config/account.ts";
import type { Lease } from "./choose_account.ts";
import { standingsFor, takeLease } from "./choose_account.ts";
import { AllLimited } from "./all_limited.ts";
import type { Conversation } from "./conversation.ts";
import { notify } from "./notice.ts";
import { leaseFor, updated } from "./prepare.ts";
import { closeSession } from "./run_client.ts";
import { inLastMode, movesAfter } from "./sending.ts";
import type { LaunchRequest } from "./request.ts";
import type { Event, Sending } from "./state.ts";
import type { Moving } from "./offers.ts";
import { elsewhere, openElsewhere } from "./offers.ts";
import { withModelText } from "./handoff_words.ts";

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
  const lease = request.wait ? await leaseFor(context, request) : leaseNow(context, request);
  const { name } = lease.account;
  const { limited: { id, session: from } } = moving.move;
  const first = mode === "retry" || id === null
    ? null
    : continuedBefore(context, { id, lease, from });
  if (first !== null) {
    await closeSession(context, { lease, outcome: null });
    return { on: "blocked", why: `process ${first} already continues it` };
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
        ? `continuing on "${name}" instead of "${limit.account}"`
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

/**
 * The process that has begun to continue a conversation before ours got its row in the ledger; null if there
 * is none. Its client may not have recorded yet what it has open. `from` is the session that it comes from.
 */
function continuedBefore(
  context: Context,
  { id, lease: { session }, from }: { id: string; lease: Lease; from: number },
): number | null {
  if (session === null) return null;
  const ledger = context.ledger({ tolerant: true });
  const idOf = ({ clientSessionId, handedFrom }: Session) =>
    clientSessionId ?? (handedFrom === null ? null : ledger.session(handedFrom)?.clientSessionId);
  const first = ledger.openSessions().find((row) =>
    row.id < session && row.id !== from && idOf(row) === id
  );
  return first === undefined ? null : first.pid ?? first.launcherPid;
}

/**
 * An account to move to; if there is none because only the one that the conversation leaves may take it, that one
 * is limited like all others that may.
 * @throws AllLimited
 * @throws UserError if no account can be chosen.
 */
function leaseNow(context: Context, request: LaunchRequest): Lease {
  try {
    return takeLease(context, request);
  } catch (error) {
    if (!(error instanceof UserError) || error instanceof AllLimited) throw error;
    const standings = standingsFor(context, { ...request, except: [] });
    const { ranked } = standings;
    throw ranked.length > 0 && ranked.every(({ limited }) => limited)
      ? new AllLimited(context, { standings, request })
      : error;
  }
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

/** The conversation with the configuration as it is now, in which its accounts may have other names. */
export async function latest(context: Context, conversation: Conversation): Promise<Conversation> {
  const { lease, chain } = conversation;
  const { accounts: before } = conversation.request.config;
  // Once it was removed, another account may have its name.
  const owner = before.find((one) => isSameAccount(one, lease.account))?.name;
  const request = await updated(context, {
    ...conversation.request,
    ...owner === undefined ? {} : { owner },
  });
  const present = (account: Account): Account =>
    request.config.accounts.find((one) => isSameAccount(one, account)) ?? account;
  const nameNow = (name: string): string => {
    const account = before.find((one) => one.name === name);
    return account === undefined ? name : present(account).name;
  };
  return {
    ...conversation,
    request,
    lease: { ...lease, account: present(lease.account) },
    chain: chain.map(nameNow),
  };
}
