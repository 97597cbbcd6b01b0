// A conversation as a value: what was asked for, and the launch that carries it now.
import { resumeArguments, retryArguments } from "../claude/arguments.ts";
import type { Lease } from "./choose_account.ts";
import type { LaunchRequest } from "./prepare.ts";
import type { Move } from "./state.ts";

/** A conversation that has an account. */
export interface Conversation {
  /** What was asked for; arguments and configuration are those of the present launch. */
  request: LaunchRequest;
  lease: Lease;
  /** Accounts that it came through, the present one last: it never returns to one. */
  chain: readonly string[];
}

/**
 * The request that carries a conversation on, elsewhere than on the accounts it came through. A
 * printed reply that is asked for once more is a conversation of its own, in the same group.
 */
export function requestElsewhere(
  from: Pick<Conversation, "request" | "chain">,
  { limited, mode }: Move,
): LaunchRequest {
  const { request, chain } = from;
  const more = mode === "retry" || limited.id === null
    ? { args: retryArguments(request.args), owner: limited.limit.account }
    : { args: resumeArguments(request.args, limited.id) };
  return { ...request, ...more, named: null, handedFrom: limited.session, except: chain };
}
