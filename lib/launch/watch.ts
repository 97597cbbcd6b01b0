// Watching a running client: whether its account is limited, what it does, and the terminal's title.
import type { Context } from "../ports/context.ts";
import { promptIn } from "../claude/arguments.ts";
import { activityOf } from "../claude/running.ts";
import type { Config } from "../config/config.ts";
import { handoffInForce } from "../config/handoff.ts";
import { formatClock } from "../text/format.ts";
import type { Conversation } from "./conversation.ts";
import { useText } from "./handoff_words.ts";
import type { LimitedConversation } from "./limits.ts";
import { limitedByDialog, limitedByWindow, limitedConversation } from "./limits.ts";
import { mostAtLimit, updated } from "./prepare.ts";
import type { Action, Look } from "./state.ts";

/**
 * By the first time, the hook has told of a refusal, if it could; from then until the second, the launcher
 * looks for one itself, since a ledger that was locked may be free again.
 */
const HOOK_FAILED_MS = 10_000;
const LOOKED_ENOUGH_MS = 60_000;

/** Whether a client is watched at all: by default there is no title, no notice and no automatic move. */
export function isWatched(context: Context, config: Config): boolean {
  return context.terminal.interactive &&
    (config.handoff === "auto" || config.handoffTitle || config.notify !== "off");
}

/** Looks at the running client of a conversation; null if its session is not recorded. */
export async function lookAtClient(
  context: Context,
  { conversation, pid }: { conversation: Conversation; pid: number },
): Promise<Look | null> {
  const { request, lease: { session, account } } = conversation;
  if (session === null) return null;
  const activity = activityOf(context, { account, pid });
  const nowMs = context.clock.nowMs();
  const waitsMs = ["idle", "dialog"].includes(String(activity.status))
    ? nowMs - activity.changedAtMs
    : NaN;
  const readsTranscript = waitsMs >= HOOK_FAILED_MS && waitsMs < LOOKED_ENOUGH_MS;
  const met = limitedConversation(context, { session, account, readsTranscript });
  const limited = met ??
    (activity.status === "dialog"
      ? limitedAtDialog(context, { conversation, session, openedAtMs: activity.changedAtMs })
      : null);
  const { config } = limited === null ? request : await updated(context, request);
  const row = limited === null ? null : context.ledger({ tolerant: true }).session(session);
  return {
    nowMs,
    ...activity,
    limited,
    typedAtMs: limited === null ? null : context.terminal.typedAtMs(),
    tasks: row?.backgroundTasks ?? 0,
    isAuto: handoffInForce(config.handoff, mostAtLimit(context, request)) === "auto",
    wantsTitle: config.handoffTitle,
    wantsNotice: config.notify !== "off",
  };
}

/** Whether a client that has a dialog open asks there what to do at a limit. */
function limitedAtDialog(
  context: Context,
  { conversation: { request, lease: { account } }, session, openedAtMs }: {
    conversation: Conversation;
    session: number;
    openedAtMs: number;
  },
): LimitedConversation | null {
  const met = limitedByDialog(context, { session, account, openedAtMs });
  // Without a prompt there is nothing that it could have failed to send.
  if (met !== null || promptIn(request.args) === null) return met;
  return limitedByWindow(context, { session, account, evenIfItWorks: false });
}

/** The title of a terminal whose client waits for a reset. */
export function titleText(
  context: Context,
  { limited: { limit }, offer }: Extract<Action, { do: "set title" }>,
): string {
  return offer === null
    ? `${limit.account} is limited until ${formatClock(limit.untilMs, context.clock.nowMs())}`
    : `${limit.account} is limited → ${offer.account}${useText(offer)}`;
}
