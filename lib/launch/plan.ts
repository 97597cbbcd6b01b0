// A launch of the client as a value: program, settings, environment, folder.
import type { Account } from "../config/account.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import {
  LAUNCHER_VARIABLE,
  NESTED_VARIABLES,
  OVERRIDING_VARIABLES,
} from "../claude/environment.ts";
import type { Layout } from "../config/paths.ts";
import type { LaunchPlan } from "../ports/mod.ts";
import { configDirOf } from "../config/paths.ts";
import { isObject, objectOf } from "../text/json_object.ts";

/** A settings object as the client reads it. */
export type Settings = Record<string, unknown>;

/**
 * Folds the caller's settings into ours for the single `--settings` that the client reads
 * (CONTRACT §6): hooks are joined per event, `env` per key, any other key of the caller wins.
 * Anything but a list of hooks, or an object of them, leaves ours as they are.
 */
export function foldSettings(ours: Settings, callers: Settings): Settings {
  const folded: Settings = { ...ours, ...callers };
  const { hooks: ourHooks, env: ourEnv } = ours;
  if (isObject(ourHooks)) {
    const hooks: Settings = { ...ourHooks };
    for (const [event, entries] of Object.entries(objectOf(callers["hooks"]))) {
      const own = hooks[event];
      if (!Array.isArray(own)) hooks[event] = entries;
      else if (Array.isArray(entries)) hooks[event] = [...own, ...entries];
    }
    folded["hooks"] = hooks;
  }
  if (isObject(ourEnv)) folded["env"] = { ...ourEnv, ...objectOf(callers["env"]) };
  return folded;
}

/**
 * Plans a launch of the client under an account. `settings` is our folded `--settings`, null or
 * empty for none; `sessionNumber` is the ledger's row, null for none; `launcherPid` is this process.
 */
export function planLaunch(options: {
  program: string;
  args: ClientArguments;
  account: Account;
  layout: Layout;
  cwd: string;
  settings: Settings | null;
  sessionNumber: number | null;
  launcherPid: number;
}): LaunchPlan {
  const { account, settings } = options;
  const set: Record<string, string> = {
    [LAUNCHER_VARIABLE]: `${options.launcherPid}:${options.program}`,
  };
  const unset = [...OVERRIDING_VARIABLES, ...NESTED_VARIABLES];
  // The client treats CLAUDE_CONFIG_DIR=~/.claude as another place than the variable unset (CONTRACT §1).
  if (account.inPlace) unset.push("CLAUDE_CONFIG_DIR");
  else set["CLAUDE_CONFIG_DIR"] = configDirOf(account, options.layout);
  if (options.sessionNumber === null) unset.push("CLAUDE_MULTI_SESSION");
  else set["CLAUDE_MULTI_SESSION"] = String(options.sessionNumber);
  const added = settings !== null && Object.keys(settings).length > 0
    ? ["--settings", JSON.stringify(settings)]
    : [];
  return {
    program: options.program,
    args: [...added, ...options.args.rest],
    set,
    unset,
    cwd: options.cwd,
  };
}
