// The one place that follows a conversation from its first launch to its end, over all its accounts.
import type { Context } from "../ports/context.ts";
import { isStreaming, retryArguments } from "../claude/arguments.ts";
import { messageOf, UserError } from "../text/errors.ts";
import type { Child, LaunchOptions, Outcome } from "../ports/mod.ts";
import { refuseCallBack } from "./recursion_guard.ts";
import type { Episode } from "./handoff.ts";
import { continueElsewhere } from "./handoff.ts";
import { runClient, tellOfLedger, warnOfOverrides } from "./run_client.ts";
import type { LeaseRequest } from "./choose_account.ts";
import { AllLimited, pinIdentity, surveyForLease, takeLease } from "./choose_account.ts";
import { mirrorGlobalConfig } from "../accounts/mirror.ts";
import type { Wish } from "./prepare.ts";
import { leaseFor, planFor, showResets } from "./prepare.ts";
import { offerStranded } from "./interrupted.ts";
import { isWatched, watchForLimit } from "./watch.ts";

/** Runs the client, and goes on elsewhere when it met a limit; resolves to the exit code. */
export async function follow(context: Context, wished: Wish): Promise<number> {
  refuseCallBack(context);
  const { config, policy } = wished;
  const stranded = offerStranded(context, wished);
  const args = stranded === null ? wished.args : stranded.args;
  const wish = { ...wished, args };
  const isSession = args.kind === "interactive" || args.kind === "print";
  const lease = await leaseFor(context, { wish, records: isSession, ...stranded?.lease });
  warnOfOverrides(context, wish.callers);
  let episode: Episode = {
    config,
    policy,
    args,
    lease,
    cwd: wish.cwd,
    chain: [lease.account.name],
  };
  if (wish.failover && args.kind === "print") return await printOnce(context, { wish, episode });
  for (;;) {
    const outcome = await launch(context, { wish, episode });
    const next = await nextLaunch(context, episode);
    if (next === null) return endWith(context, outcome);
    episode = { ...episode, ...next, chain: [...episode.chain, next.lease.account.name] };
  }
}

async function launch(
  context: Context,
  options: { wish: Wish; episode: Episode; hold?: LaunchOptions["hold"]; held?: HeldOutput },
): Promise<Outcome> {
  const { wish, episode, hold, held } = options;
  const { config, lease, args } = episode;
  await pinIdentity(context, lease);
  await mirrorGlobalConfig(context, { config, account: lease.account });
  const watch = (child: Child) => {
    if (held) held.bytes = child.held;
    return isWatched(context, config)
      ? watchForLimit(context, { episode, child })
      : { stop: () => {} };
  };
  const plan = planFor(context, { wish, lease, args });
  return await runClient(context, { plan, lease, watch, ...hold && { launch: { hold } } });
}

interface HeldOutput {
  bytes: Promise<Uint8Array>;
}

/**
 * A printed answer with failover: what the client prints is held until it has ended; when it met a
 * limit, that text is dropped and the request is sent once more under the next account. An output
 * that streams cannot be taken back, so it is not held.
 */
async function printOnce(
  context: Context,
  options: { wish: Wish; episode: Episode },
): Promise<number> {
  const { wish, episode } = options;
  const streams = isStreaming(episode.args);
  const input = streams ? null : await context.terminal.takeInput();
  const held: HeldOutput = { bytes: Promise.resolve(new Uint8Array()) };
  const outcome = await launch(context, { ...options, held, ...!streams && { hold: { input } } });
  const text = await held.bytes;
  const next = outcome.code === 0 ? null : leaseElsewhere(context, options);
  const account = episode.lease.account.name;
  if (next === null || typeof next === "string") {
    context.terminal.pass(text);
    if (next !== null) {
      context.terminal.warn(`"${account}" met its limit; not asked again elsewhere: ${next}`);
    }
    return endWith(context, outcome);
  }
  context.terminal.warn(
    `"${account}" met its limit; asking again on "${next.lease.account.name}"`,
  );
  const again: Episode = { ...episode, ...next };
  const second: HeldOutput = { bytes: Promise.resolve(new Uint8Array()) };
  try {
    const answer = await launch(context, { wish, episode: again, hold: { input }, held: second });
    context.terminal.pass(await second.bytes);
    return endWith(context, answer);
  } catch (error) {
    // The client is gone by now: what it said before is all there is.
    context.terminal.pass(text);
    context.terminal.warn(messageOf(error));
    return endWith(context, outcome);
  }
}

/** The lease for a request that met a limit, elsewhere; why there is none; null where none was met. */
function leaseElsewhere(
  context: Context,
  { wish, episode }: { wish: Wish; episode: Episode },
): Pick<Episode, "lease" | "args"> | string | null {
  const { session, ledger, account } = episode.lease;
  if (session === null) return null;
  try {
    if (ledger.limitMetBy(session, context.clock.nowMs())?.kind !== "limit") return null;
    if (isStreaming(episode.args)) return "its output streams and cannot be taken back";
    const request: LeaseRequest = {
      ...wish,
      args: retryArguments(episode.args),
      named: null,
      records: true,
      owner: account.name,
      handedFrom: session,
      except: [account.name],
    };
    if (surveyForLease(context, request).best === null) return "no other account has room";
    return { lease: takeLease(context, request), args: request.args };
  } catch (error) {
    if (error instanceof UserError) return messageOf(error);
    tellOfLedger(context, error);
    return null;
  }
}

function endWith(context: Context, outcome: Outcome): number {
  if (outcome.signal !== null) context.processes.dieBy(outcome.signal);
  return outcome.code;
}

/** The next launch of a conversation that met a limit; shows the resets when nothing has room. */
async function nextLaunch(
  context: Context,
  episode: Episode,
): ReturnType<typeof continueElsewhere> {
  try {
    return await continueElsewhere(context, episode);
  } catch (error) {
    if (error instanceof AllLimited) await showResets(context, error);
    if (error instanceof UserError) throw error;
    tellOfLedger(context, error);
    return null;
  }
}
