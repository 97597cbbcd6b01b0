// From what a person asks to the lease and the plan of the launch.
import type { Context } from "../ports/context.ts";
import { readClientArguments } from "../claude/arguments.ts";
import type { Config } from "../config/config.ts";
import type { LaunchPlan } from "../ports/mod.ts";
import type { Settings } from "../claude/settings.ts";
import { planLaunch } from "./plan.ts";
import { findClient } from "../claude/executable.ts";
import { callersSettings, launchSettings } from "./settings.ts";
import type { Lease, LeaseRequest } from "./choose_account.ts";
import { AllLimited, takeLease } from "./choose_account.ts";
import { waitForOpening } from "./wait.ts";

/** What a person asks for: a launch that has no account yet. */
export interface LaunchRequest extends LeaseRequest {
  /** The caller's own `--settings`. */
  callers: Settings;
  /** Whether to wait for an account when every one is limited. */
  wait: boolean;
  /** Whether a printed reply that hits a limit is asked for once more on another account. */
  failover: boolean;
}

/**
 * Makes the request for a launch of the client with these words.
 * @throws UserError (usage) when the caller's own `--settings` cannot be read.
 */
export function launchRequest(
  context: Context,
  { words, ...asked }:
    & { words: readonly string[] }
    & Pick<LaunchRequest, "config" | "policy" | "named" | "wait" | "failover" | "cwd">,
): LaunchRequest {
  const args = readClientArguments(words);
  const records = args.kind === "interactive" || args.kind === "print";
  return { ...asked, args, records, callers: callersSettings(context, args) };
}

/**
 * Takes a lease for a request; when all accounts are limited, shows the resets, and waits if asked to.
 * @throws AllLimited
 * @throws UserError when no account can be used.
 */
export async function leaseFor(context: Context, request: LaunchRequest): Promise<Lease> {
  let now = request;
  for (let isFirst = true;; isFirst = false) {
    try {
      return takeLease(context, now);
    } catch (error) {
      if (!(error instanceof AllLimited)) throw error;
      const { wait } = request;
      if (isFirst && (!wait || !context.terminal.interactive)) await showResets(context, error);
      if (!wait) throw error;
      await waitForOpening(context, { standings: error.standings, isFirst });
      now = { ...now, config: await lookAgain(context, now.config) };
    }
  }
}

/**
 * The configuration as it is now, after a client ran or a countdown; what config dirs say is read
 * again as well. A file that was broken meanwhile is ignored.
 */
export async function lookAgain(context: Context, before: Config): Promise<Config> {
  context.claudeHome.forget();
  try {
    await context.configFile.ready("read");
    const config = context.configFile.read();
    return config.accounts.length === 0 ? before : config;
  } catch {
    return before;
  }
}

/** The launch on a lease as a value. */
export function planFor(
  context: Context,
  { request, lease }: { request: LaunchRequest; lease: Lease },
): LaunchPlan {
  return planLaunch({
    program: findClient(context, request.config),
    args: request.args,
    account: lease.account,
    layout: context.layout,
    cwd: request.cwd,
    settings: launchSettings(context, request),
    sessionNumber: lease.session,
    launcherPid: context.processes.ownPid,
  });
}

/** Prints the table of resets, for when every account is limited. */
export async function showResets(context: Context, error: AllLimited): Promise<void> {
  const { conclusion, renderRanking } = await import("../accounts/table.ts");
  const shown = { standings: error.standings, surface: context.terminal.messages };
  const table = await renderRanking(context, shown);
  for (const line of `${table}\n\n${conclusion(context, shown)}`.split("\n")) {
    context.terminal.note(line);
  }
}
