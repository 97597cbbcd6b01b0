// Moves a conversation to another account.
import type { Context } from "../ports/context.ts";
import { withPrompt } from "../claude/arguments.ts";
import type { Session } from "../balance/session.ts";
import type { Account } from "../config/account.ts";
import { isSameAccount } from "../config/account.ts";
import type { Lease } from "./choose_account.ts";
import { takeLease } from "./choose_account.ts";
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
  const request = await updated(context, conversation.request);
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
