// From a request to an account and the plan of the launch.
import type { Context } from "../ports/context.ts";
import type { LaunchPlan } from "../ports/mod.ts";
import { haveWalls } from "../accounts/eligible.ts";
import { planLaunch } from "./plan.ts";
import { removedForHost } from "../claude/environment.ts";
import { findClient } from "../claude/executable.ts";
import { isSameAccount } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { launchSettings } from "./settings.ts";
import { latestConfig } from "./latest_config.ts";
import type { Lease } from "./choose_account.ts";
import { standingsFor, takeLease } from "./choose_account.ts";
import { AllLimited } from "./all_limited.ts";
import type { LaunchRequest } from "./request.ts";
import { conversationOf } from "./request.ts";
import { waitForOpening } from "./wait.ts";

/**
 * The request with what is known about the conversation that it continues; every launch asks here before it
 * chooses an account. If accounts have groups, that has to be known.
 * @throws UserError (refused, usage, cancelled) if it isn't known whose conversation that is.
 * @throws UserError (usage) if it isn't known whose login a command of the client would change.
 */
export async function settled(context: Context, request: LaunchRequest): Promise<LaunchRequest> {
  const { args: { kind, resume, continues, finds }, config, owner, acrossGroups } = request;
  if (kind === "command") {
    (await import("./unnamed_login.ts")).refuseUnnamedLogin(context, request);
  }
  const isNew = resume === null && !continues && finds === null;
  // A hand-off knows all that already.
  if (isNew || config.accounts.length === 0 || request.handedFrom !== undefined) return request;
  const { withFormerGroup, withKnownOwner, withOwner } = await import("./ownership.ts");
  const { withoutClosed } = await import("./closed.ts");
  if (owner !== undefined) return withoutClosed(context, request);
  if (acrossGroups) return withoutClosed(context, withKnownOwner(context, request));
  const found = haveWalls(config.accounts)
    ? await withOwner(context, request)
    : await withFormerGroup(context, withKnownOwner(context, request));
  // It may have asked.
  return withoutClosed(context, await updated(context, found));
}

/**
 * Chooses an account for a request. If every account is limited, shows the resets, and waits if the
 * request says so. What was opened elsewhere during the wait is asked about, or refused.
 * @throws AllLimited
 * @throws UserError if no account can be used, or the conversation was opened elsewhere.
 */
export async function leaseFor(context: Context, request: LaunchRequest): Promise<Lease> {
  let now = request;
  for (let isFirst = true;; isFirst = false) {
    try {
      if (!isFirst) {
        const { askToShare } = await import("./leaving.ts");
        // Only once an account can take it.
        const mayShare = await askToShare(context, { ...now, wait: false });
        if (mayShare) now = { ...now, mayShare };
      }
      const lease = takeLease(context, now);
      if (!isFirst) {
        const { notify } = await import("./notice.ts");
        notify(context, {
          config: now.config,
          notice: { about: "room", account: lease.account.name },
        });
      }
      return lease;
    } catch (error) {
      if (!(error instanceof AllLimited)) throw error;
      const { wait } = request;
      if (isFirst && (!wait || !context.terminal.interactive)) {
        await showResets(context, error, { isExplained: !wait });
      }
      if (!wait) throw error;
      if (isFirst) sayHowToResume(context, request);
      await waitForOpening(context, { standings: error.standings, isFirst });
      now = await updated(context, now);
    }
  }
}

/** Before the wait of a conversation that moved: what continues it after Ctrl-C, which says no more. */
function sayHowToResume({ terminal }: Context, request: LaunchRequest): void {
  const id = request.handedFrom === undefined ? null : conversationOf(request);
  if (id !== null && terminal.interactive) {
    terminal.note(`after Ctrl-C, this continues it later: claude-multi resume ${id}`);
  }
}

/**
 * The request with the {@link latestConfig}. Accounts that it names keep being meant if they were renamed; if
 * the owner of its conversation was removed, the conversation keeps to its group.
 */
export async function updated(context: Context, request: LaunchRequest): Promise<LaunchRequest> {
  const { config: { accounts: before }, named, owner, except, ...rest } = request;
  const config = await latestConfig(context, request.config);
  const accountOf = (name: string) => before.find((one) => one.name === name);
  const nameNow = (name: string): string => {
    const account = accountOf(name);
    const now = account && config.accounts.find((one) => isSameAccount(one, account));
    return now?.name ?? name;
  };
  const former = owner === undefined ? undefined : accountOf(owner);
  const isRemoved = former !== undefined &&
    !config.accounts.some((one) => isSameAccount(one, former));
  return {
    ...rest,
    config,
    named: named === null ? null : nameNow(named),
    ...except === undefined ? {} : { except: except.map(nameNow) },
    ...isRemoved
      ? { formerOwner: former.name, wall: { group: former.group } }
      : owner === undefined
      ? {}
      : { owner: nameNow(owner) },
  };
}

/** The launch on the chosen account as a value. */
export function planFor(
  context: Context,
  { request, lease }: { request: LaunchRequest; lease: Lease },
): LaunchPlan {
  const { args, cwd, config, forEditor } = request;
  const client = forEditor?.client ?? { program: findClient(context, config) };
  return planLaunch({
    ...client,
    args,
    account: lease.account,
    layout: context.layout,
    cwd,
    ...forEditor === undefined ? {} : { nested: removedForHost(context.env) },
    settings: launchSettings(context, request),
    sessionNumber: lease.session,
    atLimit: mostAtLimit(context, request),
    launcherPid: context.processes.ownPid,
  });
}

/**
 * The most that this process does when the client of a request hits its limit; the configuration of that time
 * may say less. Without `auto` a client is not ended, since its hooks don't count tasks.
 */
export function mostAtLimit(
  { terminal }: Context,
  { args, config }: Pick<LaunchRequest, "args" | "config">,
): Config["handoff"] {
  if (args.kind !== "interactive" || !terminal.interactive) return "off";
  return config.handoff === "auto" ? "auto" : "ask";
}

/** Prints when each account resets. With `isExplained`, the error that follows names the pin and the group. */
export async function showResets(
  context: Context,
  { standings: found, request }: AllLimited,
  { isExplained }: { isExplained: boolean },
): Promise<void> {
  const { conclusion, renderRanking } = await import("../accounts/table.ts");
  // The account that a conversation leaves may be the first that opens.
  const standings = request.except === undefined
    ? found
    : standingsFor(context, { ...request, except: [] });
  const shown = { standings, surface: context.terminal.messages, isExplained };
  const table = await renderRanking(context, shown);
  for (const line of `${table}\n\n${conclusion(context, shown)}`.split("\n")) {
    context.terminal.note(line);
  }
}
