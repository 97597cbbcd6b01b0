// The one place that watches a running client for its limit: the terminal's title, and its end.
import type { Context } from "../ports/context.ts";
import { formatClock, formatPercent } from "../text/format.ts";
import { configDirOf } from "../config/paths.ts";
import type { Child, Limit } from "../ports/mod.ts";
import type { Episode, Stranded } from "./handoff.ts";
import { nextRequest, strandedConversation } from "./handoff.ts";
import { surveyForLease } from "./choose_account.ts";
import { noticeLimit } from "./limits.ts";
import { readObject } from "../claude/running.ts";
import { lookAgain } from "./prepare.ts";

const WATCH_MS = 1000;
/** The client writes that it is idle just after its hook has run. */
const SETTLING_MS = 5_000;
const WRITTEN_MS = 1_000;

/** What the client's own record of its session says. */
interface Standing {
  status: unknown;
  changedAtMs: number;
}

/** Whether a launch is watched at all: neither the title nor an automatic hand-off is the default. */
export function isWatched(context: Context, config: Episode["config"]): boolean {
  return context.terminal.interactive && (config.handoff === "auto" || config.handoffTitle);
}

/**
 * Watches for the limit while the client runs. With `handoffTitle` the title of the terminal then
 * names the account with room. With `handoff: "auto"` the client is ended once it sits idle at the
 * limit with no background task, if another account has room; it would otherwise wait and go on by
 * itself (CONTRACT §8).
 */
export function watchForLimit(
  context: Context,
  options: { episode: Episode; child: Child },
): { stop(): void } {
  const { child } = options;
  const { account } = options.episode.lease;
  const record = `${configDirOf(account, context.layout)}/sessions/${child.pid}.json`;
  let stopped = false;
  /** When the limit was met that the title tells of. */
  let titleOfMs: number | null = null;
  /** Whether this client's record has shown that it counts background tasks as no idling. */
  let tellsTasks = false;

  async function look(): Promise<"go on" | "ended"> {
    const { session, ledger } = options.episode.lease;
    if (session === null) return "go on";
    const found = readObject(context, record);
    const standing = {
      status: found?.["status"],
      changedAtMs: Number(found?.["statusUpdatedAt"] ?? NaN),
    };
    if (standing.status === "shell") tellsTasks = true;
    const nowMs = context.clock.nowMs();
    const met = ledger.limitMetBy(session, nowMs);
    if (met === null) return "go on";
    if (met.kind === "cooldown") noticeLimit(context, { session, account });
    const stranded = strandedConversation(context, options.episode);
    if (stranded === null) return "go on";
    if (isBusySince(standing, { metAtMs: met.recordedAtMs, nowMs })) tellsTasks = true;
    if (!isIdleSince(standing, { metAtMs: met.recordedAtMs, nowMs })) return "go on";
    const isTold = titleOfMs === met.recordedAtMs;
    const config = await lookAgain(context, options.episode.config);
    const tasks = ledger.session(session)?.backgroundTasks ?? 0;
    // The hooks that tell of tasks are there only where the launch was automatic already.
    const isAuto = options.episode.config.handoff === "auto" && config.handoff === "auto";
    const mayEnd = isAuto && nowMs - met.recordedAtMs >= SETTLING_MS &&
      (tasks === 0 || tellsTasks);
    if (!mayEnd && (isTold || !config.handoffTitle)) return "go on";
    const best = bestFor(context, { episode: { ...options.episode, config }, stranded });
    if (stopped) return "ended";
    if (config.handoffTitle && !isTold) {
      context.terminal.title(titleText(context, { limit: met, best }));
      titleOfMs = met.recordedAtMs;
    }
    if (!mayEnd || best === null) return "go on";
    child.end();
    return "ended";
  }

  void (async () => {
    while (!stopped) {
      await context.clock.sleep(WATCH_MS);
      if (stopped) return;
      try {
        if (await look() === "ended") return;
      } catch {
        // A ledger that is busy now is read again in a moment.
      }
    }
  })();
  return {
    stop() {
      stopped = true;
      // As the client itself leaves it at its end.
      if (titleOfMs !== null) context.terminal.title("");
    },
  };
}

type Best = ReturnType<typeof surveyForLease>["best"];

function bestFor(context: Context, options: { episode: Episode; stranded: Stranded }): Best {
  return surveyForLease(context, nextRequest(options.episode, options.stranded)).best;
}

function titleText(context: Context, options: { limit: Limit; best: Best }): string {
  const { limit, best } = options;
  const until = formatClock(limit.untilMs, context.clock.nowMs());
  if (best === null) return `${limit.account} is limited until ${until}`;
  const window = best.windows.five_hour;
  const room = window === null ? "" : ` (${formatPercent(100 - window.percentUsed)} of 5h left)`;
  return `${limit.account} is limited → ${best.account.name}${room}`;
}

/** Whether the client sits idle at the limit: no task runs, and nothing was sent since. */
function isIdleSince(standing: Standing, at: { metAtMs: number; nowMs: number }): boolean {
  return standing.status === "idle" && at.nowMs - at.metAtMs >= WRITTEN_MS &&
    standing.changedAtMs <= at.metAtMs + SETTLING_MS;
}

/** Whether its turn is over, refused, and it still calls itself busy: with a task. */
function isBusySince(standing: Standing, at: { metAtMs: number; nowMs: number }): boolean {
  return standing.status === "busy" && at.nowMs - at.metAtMs >= WRITTEN_MS &&
    standing.changedAtMs <= at.metAtMs;
}
