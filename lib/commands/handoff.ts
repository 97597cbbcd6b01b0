// The one place that carries a conversation on when its account has run dry.
import type { Context } from "../context.ts";
import type { ClientArguments } from "../core/client_arguments.ts";
import { resumeArguments } from "../core/client_arguments.ts";
import type { Config } from "../core/config.ts";
import { formatClock, formatDuration, formatPercent } from "../core/format.ts";
import { configDirOf } from "../core/paths.ts";
import type { PolicyName } from "../core/policy.ts";
import type { Child, Limit } from "../ports.ts";
import type { Lease } from "./lease.ts";
import { AllLimited, surveyForLease, takeLease } from "./lease.ts";
import { noticeLimit, transcriptOf } from "./limits_met.ts";
import { liveConversations, readObject } from "./live_sessions.ts";
import type { AccountView } from "./survey.ts";

/** A reset so near is named as the better choice, and Enter waits for it. */
const NEAR_MS = 10 * 60_000;
const WATCH_MS = 1000;
/** The client writes that it is idle just after its hook has run. */
const SETTLING_MS = 5_000;

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
interface Stranded {
  limit: Limit;
  clientSessionId: string;
  session: number;
}

/**
 * After the client has ended: when it met a limit, offers the account with the most room, or takes
 * it at once with `handoff: "auto"`. Returns the next launch, or null when there is none.
 * @throws AllLimited when no account that the conversation may go to has room.
 */
export function continueElsewhere(
  context: Context,
  episode: Episode,
): { lease: Lease; args: ClientArguments } | null {
  const { config, lease } = episode;
  const stranded = strandedConversation(context, episode);
  if (stranded === null || config.handoff === "off" || !context.terminal.interactive) return null;
  const open = liveConversations(context, config.accounts).find((live) =>
    live.sessionId === stranded.clientSessionId
  );
  if (open !== undefined) {
    context.terminal.warn(`this conversation is still open in process ${open.pid}; it stays there`);
    return null;
  }
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
  const next = takeLease(context, request);
  context.terminal.note(`continuing "${lease.account.name}" on "${next.account.name}"`);
  return { lease: next, args: request.args };
}

/**
 * With `handoff: "auto"`: watches for the limit while the client runs, and ends the client once it
 * sits idle at it with no background task, if another account has room. A limited client would
 * otherwise wait and go on by itself (CONTRACT §8).
 */
export function watchForLimit(
  context: Context,
  options: { episode: Episode; child: Child },
): { stop(): void } {
  let stopped = false;
  const { episode, child } = options;
  void (async () => {
    while (!stopped) {
      await context.clock.sleep(WATCH_MS);
      if (stopped) return;
      try {
        const { session, ledger, account } = episode.lease;
        const met = session === null ? null : ledger.limitMetBy(session, context.clock.nowMs());
        if (session !== null && met?.kind === "cooldown") {
          noticeLimit(context, { session, account });
        }
        const stranded = strandedConversation(context, episode);
        if (stranded === null || !isIdleSince(context, { episode, child, stranded })) continue;
        if (surveyForLease(context, nextRequest(episode, stranded)).best === null) continue;
        child.end();
        return;
      } catch {
        // A ledger that is busy now is read again in a moment.
      }
    }
  })();
  return { stop: () => stopped = true };
}

function nextRequest(
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

function strandedConversation(context: Context, episode: Episode): Stranded | null {
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
  if (survey.ranked.length > 1) throw new AllLimited(survey);
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

/** Whether the client sits idle at the limit: nothing was sent since, and no task runs. */
function isIdleSince(
  context: Context,
  options: { episode: Episode; child: Child; stranded: Stranded },
): boolean {
  const { lease } = options.episode;
  const { ledger } = lease;
  const nowMs = context.clock.nowMs();
  const met = ledger.limitMetBy(options.stranded.session, nowMs);
  if (met === null || nowMs - met.recordedAtMs < SETTLING_MS) return false;
  if ((ledger.session(options.stranded.session)?.backgroundTasks ?? 0) > 0) return false;
  const dir = configDirOf(lease.account, context.layout);
  const live = readObject(context, `${dir}/sessions/${options.child.pid}.json`);
  const changedAtMs = Number(live?.["statusUpdatedAt"] ?? NaN);
  return live?.["status"] === "idle" && changedAtMs <= met.recordedAtMs + SETTLING_MS;
}
