// The request for a launch: what the user asked for, before an account is chosen.
import type { Context } from "../ports/context.ts";
import type { PolicyName } from "../balance/policy.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import { readClientArguments } from "../claude/arguments.ts";
import type { Settings } from "../claude/settings.ts";
import type { Config } from "../config/config.ts";
import { callersSettings } from "./settings.ts";

/** A launch that has no account yet. */
export interface LaunchRequest {
  config: Config;
  policy: PolicyName;
  args: ClientArguments;
  /** The account that the user named, or null. */
  named: string | null;
  /** Folder that the session runs in. */
  cwd: string;
  /** The caller's own `--settings`. */
  callers: Settings;
  /** Whether the session is recorded in the ledger. */
  records: boolean;
  /** Whether to wait for a reset if every account is limited. */
  wait: boolean;
  /** With -p: whether a reply that hits a limit is retried once on another account. */
  failover: boolean;
  /** Whether accounts are asked for their figures first, whatever the configuration says. */
  refresh?: boolean;
  /** Whether only the plan is shown, so that there is nothing to wait for. */
  planOnly?: boolean;
  /** The account whose -p request is retried: the retry stays in its group. */
  owner?: string;
  /** The session whose conversation is continued on another account. */
  handedFrom?: number;
  /** Accounts that must not be chosen, because the conversation comes from them. */
  except?: readonly string[];
}

/**
 * Makes the request for a launch of the client with these words.
 * @throws UserError (usage) if the caller's own `--settings` can't be read.
 */
export function launchRequest(
  context: Context,
  { words, ...asked }:
    & { words: readonly string[] }
    & Pick<LaunchRequest, "config" | "policy" | "named" | "wait" | "failover" | "cwd" | "refresh">,
): LaunchRequest {
  const args = readClientArguments(words);
  const records = args.kind === "interactive" || args.kind === "print";
  return { ...asked, args, records, callers: callersSettings(context, args) };
}
