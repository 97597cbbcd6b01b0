// The one place that turns a wish into a lease and the plan of its launch.
import type { Context } from "../ports/context.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import type { Config } from "../config/config.ts";
import type { LaunchPlan } from "../ports/mod.ts";
import type { Settings } from "./plan.ts";
import { planLaunch } from "./plan.ts";
import type { PolicyName } from "../balance/policy.ts";
import { findClient } from "../claude/executable.ts";
import { launchSettings } from "./settings.ts";
import type { Lease, LeaseRequest } from "./choose_account.ts";
import { AllLimited, takeLease } from "./choose_account.ts";
import { waitForRoom } from "./wait.ts";

/** What a person asks for. */
export interface Wish {
  config: Config;
  policy: PolicyName;
  args: ClientArguments;
  /** The caller's own `--settings`. */
  callers: Settings;
  /** The account named, or null. */
  named: string | null;
  /** Whether to wait for room when every account is limited. */
  wait: boolean;
  /** Whether a printed answer that ends at a limit is asked for once more elsewhere. */
  failover: boolean;
  /** Folder to run in. */
  cwd: string;
}

/** Takes a lease for a wish; when all accounts are limited, shows the resets, and waits if wished. */
export async function leaseFor(
  context: Context,
  options:
    & { wish: Wish; records: boolean }
    & Pick<LeaseRequest, "handedFrom" | "except" | "planOnly">,
): Promise<Lease> {
  const { wish: { wait, ...wish }, ...more } = options;
  let request: LeaseRequest = { ...wish, ...more };
  for (let isFirst = true;; isFirst = false) {
    try {
      return takeLease(context, request);
    } catch (error) {
      if (!(error instanceof AllLimited)) throw error;
      if (isFirst && (!wait || !context.terminal.interactive)) await showResets(context, error);
      if (!wait) throw error;
      await waitForRoom(context, { survey: error.survey, isFirst });
      request = { ...request, config: await lookAgain(context, request.config) };
    }
  }
}

/**
 * The configuration as it is by now, after a client ran or a countdown went; what config dirs say is
 * read anew as well. A file that is broken by now is passed over.
 */
export async function lookAgain(context: Context, before: Config): Promise<Config> {
  context.claudeHome.forget();
  for (const isPlain of [true, false]) {
    try {
      if (!isPlain) await context.configFile.ready();
      const config = context.configFile.read();
      return config.accounts.length === 0 ? before : config;
    } catch {
      // What is not plain needs more to be read, and may be broken even so.
    }
  }
  return before;
}

/** The launch of a lease as a value. */
export function planFor(
  context: Context,
  options: { wish: Wish; lease: Lease; args: ClientArguments },
): LaunchPlan {
  const { wish, lease, args } = options;
  return planLaunch({
    program: findClient(context, wish.config),
    args,
    account: lease.account,
    layout: context.layout,
    cwd: wish.cwd,
    settings: launchSettings(context, wish),
    sessionNumber: lease.session,
    launcherPid: context.processes.ownPid,
  });
}

/** The table of resets, when nothing has room. */
export async function showResets(context: Context, error: AllLimited): Promise<void> {
  const { conclusion, renderRanking } = await import("../accounts/table.ts");
  const shown = { survey: error.survey, surface: context.terminal.messages };
  const table = await renderRanking(context, shown);
  for (const line of `${table}\n\n${conclusion(context, shown)}`.split("\n")) {
    context.terminal.note(line);
  }
}
