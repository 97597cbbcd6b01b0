// The one place that offers a conversation whose launcher was killed at its limit.
import type { Context } from "../ports/context.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import { namesConversation, resumeArguments } from "../claude/arguments.ts";
import { formatClock } from "../text/format.ts";
import type { LeaseRequest } from "./choose_account.ts";
import { transcriptOf } from "./limits.ts";
import { liveConversations } from "../claude/running.ts";
import { closeLostSessions } from "../accounts/standings.ts";

/**
 * Offers to go on with the conversation that was lost at a limit in this folder, once, where `cl`
 * was typed without a conversation or a prompt of its own. Null when there is none or it is declined.
 */
export function offerStranded(
  context: Context,
  wish: Pick<LeaseRequest, "config" | "args" | "named" | "cwd">,
): { args: ClientArguments; lease: Pick<LeaseRequest, "handedFrom" | "except"> } | null {
  const { config, args } = wish;
  const mayAsk = args.kind === "interactive" && !namesConversation(args) && wish.named === null &&
    config.handoff !== "off" && context.terminal.interactive;
  if (!mayAsk) return null;
  try {
    return ask(context, wish);
  } catch {
    // A failing ledger knows of no lost conversation; the lease tells of it.
    return null;
  }
}

function ask(
  context: Context,
  wish: Pick<LeaseRequest, "config" | "args" | "cwd">,
): ReturnType<typeof offerStranded> {
  const { config, args } = wish;
  const ledger = context.ledger({ tolerant: true });
  closeLostSessions(context, ledger);
  const lost = ledger.lostConversation(wish.cwd);
  if (lost === null || lost.clientSessionId === null) return null;
  const limit = ledger.limitMetBy(lost.id, context.clock.nowMs());
  if (limit?.kind !== "limit") return null;
  ledger.markOffered(lost.id);
  const account = config.accounts.find((a) => a.name === lost.account);
  const id = lost.clientSessionId;
  if (account === undefined || transcriptOf(context, { account, id }) === null) return null;
  if (liveConversations(context, config.accounts).some((live) => live.sessionId === id)) {
    return null;
  }
  const until = formatClock(limit.untilMs, context.clock.nowMs());
  context.terminal.note(
    `A conversation in this folder was cut off: "${account.name}" is limited until ${until}.`,
  );
  const answer = context.terminal.ask("Go on with it where there is room? [Y/n] ");
  if (answer === null || !/^(y(es)?)?$/i.test(answer.trim())) return null;
  return {
    args: resumeArguments(args, id),
    lease: { handedFrom: lost.id, except: [lost.account] },
  };
}
