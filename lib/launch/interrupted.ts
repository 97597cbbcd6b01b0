// The conversation in a folder whose launcher was killed at its limit, offered by the next launch.
import type { Context } from "../ports/context.ts";
import { namesConversation } from "../claude/arguments.ts";
import { liveConversations } from "../claude/running.ts";
import { formatClock } from "../text/format.ts";
import { closeLostSessions } from "../accounts/standings.ts";
import type { LimitedConversation } from "./limits.ts";
import { transcriptOf } from "../claude/conversations.ts";
import { limitedConversation } from "./limits.ts";
import type { LaunchRequest } from "./prepare.ts";

/**
 * The conversation to offer, once, where `cl` was typed without a conversation or a prompt of its
 * own; null when there is none.
 */
export function interruptedConversation(
  context: Context,
  { config, args, named, cwd }: LaunchRequest,
): LimitedConversation | null {
  const mayAsk = args.kind === "interactive" && !namesConversation(args) && named === null &&
    config.handoff !== "off" && context.terminal.interactive;
  if (!mayAsk) return null;
  try {
    const ledger = context.ledger({ tolerant: true });
    closeLostSessions(context, ledger);
    const lost = ledger.lostConversation(cwd);
    const account = config.accounts.find(({ name }) => name === lost?.account);
    if (lost === null || account === undefined) return null;
    const limited = limitedConversation(context, { session: lost.id, account, hasEnded: false });
    if (limited === null || limited.id === null) return null;
    ledger.markOffered(lost.id);
    const { id } = limited;
    const isOpen = liveConversations(context, config.accounts)
      .some((live) => live.sessionId === id);
    return isOpen || transcriptOf(context, { account, id }) === null ? null : limited;
  } catch {
    // A failing ledger knows of no lost conversation; the lease says that it fails.
    return null;
  }
}

/** The question whether to continue it; returns what was typed. */
export function askToContinue(context: Context, { limit }: LimitedConversation): string | null {
  const until = formatClock(limit.untilMs, context.clock.nowMs());
  context.terminal.note(
    `A conversation in this folder was cut off: "${limit.account}" is limited until ${until}.`,
  );
  return context.terminal.ask("Continue it on another account? [Y/n] ");
}
