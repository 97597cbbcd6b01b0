// A launch of the client as a value: program, settings, environment, folder.
import type { Account } from "../config/account.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import {
  accountVariables,
  LAUNCHER_VARIABLE,
  NESTED_VARIABLES,
  SESSION_VARIABLES,
} from "../claude/environment.ts";
import type { Settings } from "../claude/settings.ts";
import type { Config } from "../config/config.ts";
import { HANDOFF_VARIABLE } from "../config/handoff.ts";
import type { Layout } from "../config/paths.ts";
import type { LaunchPlan } from "../ports/mod.ts";

/**
 * Plans a launch of the client on an account. `settings` is the merged `--settings`, null or empty
 * for none; `before` are arguments before all others; `nested` are the variables of an outer session to
 * remove; `sessionNumber` is the session in the ledger, or null; `atLimit` is the most that this process
 * does when that session hits a limit; `launcherPid` is this process.
 */
export function planLaunch(options: {
  program: string;
  before?: readonly string[];
  args: ClientArguments;
  account: Account;
  layout: Layout;
  cwd: string;
  settings: Settings | null;
  nested?: readonly string[];
  sessionNumber: number | null;
  atLimit: Config["handoff"];
  launcherPid: number;
}): LaunchPlan {
  const { before = [], nested = NESTED_VARIABLES, settings } = options;
  const variables = accountVariables(options.account, options.layout);
  const set: Record<string, string> = {
    ...variables.set,
    [LAUNCHER_VARIABLE]: `${options.launcherPid}:${options.program}`,
  };
  const unset = [...variables.unset, ...nested];
  if (options.sessionNumber === null) unset.push(...SESSION_VARIABLES);
  else {
    set["CLAUDE_MULTI_SESSION"] = String(options.sessionNumber);
    set[HANDOFF_VARIABLE] = options.atLimit;
  }
  const added = settings !== null && Object.keys(settings).length > 0
    ? ["--settings", JSON.stringify(settings)]
    : [];
  return {
    program: options.program,
    args: [...before, ...added, ...options.args.rest],
    set,
    unset,
    cwd: options.cwd,
  };
}
