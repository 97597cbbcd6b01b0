// The one place that carries a conversation on when its account has run dry.
import type { Context } from "../ports/context.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import { resumeArguments } from "../claude/arguments.ts";
import type { Config } from "../config/config.ts";
import { formatClock, formatDuration, formatPercent } from "../text/format.ts";
import type { PolicyName } from "../balance/policy.ts";
import type { Limit } from "../ports/mod.ts";
import type { Lease } from "./choose_account.ts";
import { AllLimited, surveyForLease, takeLease } from "./choose_account.ts";
import { transcriptOf } from "./limits.ts";
import { liveConversations } from "../claude/running.ts";
import { lookAgain } from "./prepare.ts";
import type { AccountView } from "../accounts/standings.ts";

/** A reset so near is named as the better choice, and Enter waits for it. */
const NEAR_MS = 10 * 60_000;

/** A launch that may have met a limit, and those before it in the same conversation. */
export interface Episode {
  config: Config;
  policy: PolicyName;
  args: ClientArguments;
  lease: Lease;
  cwd: string;
  /** Accounts that this conversation came through, the present one last. */
  chain: readonly string[];
}

/** A limit that a session met, with what is needed to go on elsewhere. */
export interface Stranded {
  limit: Limit;
  clientSessionId: string;
  session: number;
}

/**
 * After the client has ended: when it met a limit, offers the account with the most room, or takes
 * it at once with `handoff: "auto"`. Returns the next launch, or null when there is none.
 * @throws AllLimited when no account that the conversation may go to has room.
 */
export async function continueElsewhere(
  context: Context,
  ended: Episode,
): Promise<Pick<Episode, "config" | "lease" | "args"> | null> {
  const stranded = strandedConversation(context, ended);
  if (stranded === null || !context.terminal.interactive) return null;
  const config = await lookAgain(context, ended.config);
  const episode = { ...ended, config };
  const { lease } = episode;
  if (config.handoff === "off") return null;
  if (isOpenElsewhere(context, { config, stranded })) return null;
  const request = nextRequest(episode, stranded);
  const best = surveyForLease(context, request).best;
  if (best === null) return nowhere(context, { episode, stranded });
  const conversation = { account: best.account, id: stranded.clientSessionId };
  if (transcriptOf(context, conversation) === null) {
    context.terminal.warn(
      `"${best.account.name}" does not see this conversation: it is gone, or not shared; try: claude-multi setup`,
    );
    return null;
  }
  if (config.handoff === "ask" && !agreed(context, { best, limit: stranded.limit })) return null;
  // Much can change while a question stands.
  const latest = await lookAgain(context, config);
  if (isOpenElsewhere(context, { config: latest, stranded })) return null;
  const next = takeLease(context, { ...request, config: latest });
  if (next.account.name !== best.account.name) {
    context.terminal.note(`"${best.account.name}" is not the best choice any more`);
  }
  context.terminal.note(`continuing "${lease.account.name}" on "${next.account.name}"`);
  return { config: latest, lease: next, args: request.args };
}

/** Two processes on one conversation would fork it. */
function isOpenElsewhere(
  context: Context,
  options: { config: Config; stranded: Stranded },
): boolean {
  const id = options.stranded.clientSessionId;
  const open = liveConversations(context, options.config.accounts)
    .find((live) => live.sessionId === id);
  if (open === undefined) return false;
  context.terminal.warn(`this conversation is still open in process ${open.pid}; it stays there`);
  return true;
}

/** The launch that would carry the conversation on. */
export function nextRequest(
  episode: Episode,
  stranded: Stranded,
): Parameters<typeof takeLease>[1] {
  return {
    config: episode.config,
    policy: episode.policy,
    cwd: episode.cwd,
    args: resumeArguments(episode.args, stranded.clientSessionId),
    named: null,
    records: true,
    handedFrom: stranded.session,
    except: episode.chain,
  };
}

/** The conversation that an episode left at its limit, or null. */
export function strandedConversation(context: Context, episode: Episode): Stranded | null {
  const { ledger, session } = episode.lease;
  if (session === null || episode.args.kind !== "interactive") return null;
  const limit = ledger.limitMetBy(session, context.clock.nowMs());
  const clientSessionId = ledger.session(session)?.clientSessionId ?? null;
  if (limit === null || limit.kind !== "limit" || clientSessionId === null) return null;
  return { limit, clientSessionId, session };
}

/** Says why the conversation stays; all accounts limited is told with the table of resets. */
function nowhere(
  context: Context,
  options: { episode: Episode; stranded: Stranded },
): null {
  const { episode } = options;
  if (episode.config.accounts.length <= 1) return null;
  const { survey } = surveyForLease(context, {
    ...nextRequest(episode, options.stranded),
    except: [],
  });
  if (survey.ranked.length > 1) {
    throw new AllLimited(context, { survey, request: nextRequest(episode, options.stranded) });
  }
  const why = survey.scope?.why ?? "no other account is logged in and enabled";
  context.terminal.warn(`this conversation cannot go on elsewhere: ${why}`);
  return null;
}

function agreed(context: Context, options: { best: AccountView; limit: Limit }): boolean {
  const { best, limit } = options;
  const nowMs = context.clock.nowMs();
  const waitMs = limit.untilMs - nowMs;
  const near = waitMs <= NEAR_MS;
  const window = best.windows.five_hour;
  const room = window === null ? "" : ` (${formatPercent(100 - window.percentUsed)} of 5h left)`;
  context.terminal.note(
    `\n"${limit.account}" is limited until ${formatClock(limit.untilMs, nowMs)}, in ${
      formatDuration(waitMs)
    }.${near ? " Waiting for it costs less than reading the conversation anew." : ""}`,
  );
  const question = `Continue this conversation on "${best.account.name}"${room}?`;
  const answer = context.terminal.ask(`${question} ${near ? "[y/N]" : "[Y/n]"} `);
  if (answer === null) return false;
  return answer.trim() === "" ? !near : /^y(es)?$/i.test(answer.trim());
}
