// The conversation whose launcher was killed at the limit: the next launch in its folder offers it.
import type { Context } from "../ports/context.ts";
import { namesConversation } from "../claude/arguments.ts";
import { transcriptOf } from "../claude/session_files.ts";
import { openProcess } from "../claude/running.ts";
import { formatClock } from "../text/format.ts";
import { closeLostSessions } from "../accounts/lost_sessions.ts";
import type { LimitedConversation } from "./limits.ts";
import { limitedConversation } from "./limits.ts";
import type { LaunchRequest } from "./request.ts";
import type { Action } from "./state.ts";

/**
 * The interrupted conversation, offered only once, and only if `cl` was typed without a conversation
 * or a prompt; otherwise null.
 */
export function interruptedConversation(
  context: Context,
  { config: { accounts, handoff }, args, named, cwd }: LaunchRequest,
): LimitedConversation | null {
  const mayAsk = args.kind === "interactive" && !namesConversation(args) && named === null &&
    handoff !== "off" && context.terminal.interactive;
  if (!mayAsk) return null;
  try {
    const ledger = context.ledger({ tolerant: true });
    closeLostSessions(context, ledger);
    const lost = ledger.lostConversation(cwd);
    const account = accounts.find(({ name }) => name === lost?.account);
    if (lost === null || account === undefined) return null;
    const limited = limitedConversation(context, {
      session: lost.id,
      account,
      readsTranscript: false,
    });
    if (limited === null || limited.id === null) return null;
    ledger.markOffered(lost.id);
    const { id } = limited;
    const isOpen = openProcess(context, { accounts, id }) !== null;
    return isOpen || transcriptOf(context, { account, id }) === null ? null : limited;
  } catch {
    // The choice of an account reports a ledger that fails.
    return null;
  }
}

/** Asks whether to continue it; returns what was typed. */
export async function askToContinue(
  context: Context,
  { limited: { limit }, isAgain }: Extract<Action, { do: "ask whether to continue" }>,
): Promise<string | null> {
  const until = formatClock(limit.untilMs, context.clock.nowMs());
  if (isAgain !== true) {
    context.terminal.note(
      `A conversation in this folder was interrupted: "${limit.account}" is limited until ${until}.`,
    );
  }
  return await context.terminal.ask("Continue it on another account? [Y/n] ");
}
