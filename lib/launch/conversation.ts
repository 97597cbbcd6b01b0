// A conversation as a value: what was asked for, and the account that it runs on now.
import { resumeArguments, retryArguments, withModel } from "../claude/arguments.ts";
import type { Lease } from "./choose_account.ts";
import type { LaunchRequest } from "./request.ts";
import type { Move } from "./state.ts";

/** A conversation that has an account. */
export interface Conversation {
  /** With the arguments of the present launch and the newest configuration. */
  request: LaunchRequest;
  lease: Lease;
  /** The accounts that it has run on, the present one last. */
  chain: readonly string[];
  /** How often it has moved by itself since it last finished a turn. */
  moves: number;
}

/**
 * The request that continues a conversation on another account, or on its own account with another model
 * if that is the offer; its owner is the account that it is on, as `latest` says. It returns to an account that it has run on only if the limit there is over, and
 * if the user waits even to the present one. A retry with -p is a new conversation, but stays in the same
 * group, and never returns.
 */
export function requestElsewhere(
  from: Pick<Conversation, "request" | "chain">,
  { limited, mode, offer }: Move,
): LaunchRequest {
  const { request, chain } = from;
  const args = mode === "retry" || limited.id === null
    ? retryArguments(request.args)
    : resumeArguments(request.args, limited.id);
  const next = { ...request, args, handedFrom: limited.session };
  if (offer?.model !== undefined) {
    return { ...next, args: withModel(args, offer.model), named: offer.account };
  }
  const except = mode === "retry" ? chain : request.wait ? [] : chain.slice(-1);
  return { ...next, named: null, except };
}
