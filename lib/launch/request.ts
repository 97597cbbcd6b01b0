// The request for a launch: what the user asked for, before an account is chosen.
import type { Context } from "../ports/context.ts";
import type { PolicyName } from "../balance/policy.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import { readClientArguments } from "../claude/arguments.ts";
import { isClientSessionId } from "../claude/session_files.ts";
import type { GivenClient } from "../claude/given_client.ts";
import type { Settings } from "../claude/settings.ts";
import type { Flag, Input } from "../cli/command.ts";
import type { Config } from "../config/config.ts";
import type { UserError } from "../text/errors.ts";
import { usageError } from "../text/errors.ts";
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
  /** Whether the named account may continue a conversation of another group. */
  acrossGroups?: boolean;
  /** Whether the conversation may continue on any account with room, without a question. */
  mayLeave?: boolean;
  /** The client's id of the conversation to continue, if it was looked up; see {@link conversationOf}. */
  conversation?: string;
  /** The account of the conversation to continue, as far as that was looked up. */
  owner?: string;
  /** The removed account that the conversation to continue last ran on. */
  formerOwner?: string;
  /** The group of the conversation to continue, if only that is known. */
  wall?: { group: string | null };
  /** Set after a yes to opening a conversation that is open elsewhere. */
  mayShare?: boolean;
  /** The session whose conversation is continued on another account. */
  handedFrom?: number;
  /** Set if another program starts the client through us; `client` is the one that it names. */
  forEditor?: { client: GivenClient | null };
  /** Accounts that must not be chosen, because the conversation comes from them. */
  except?: readonly string[];
}

/** The client's id of the conversation to continue; null if it isn't known, or there is none. */
export function conversationOf({ args: { resume }, conversation }: LaunchRequest): string | null {
  return resume !== null && isClientSessionId(resume) ? resume : conversation ?? null;
}

/** The flag that lets a named account continue a conversation of another group, for `run` and `resume`. */
export const ACROSS_GROUPS: Flag = {
  name: "across-groups",
  summary: "with --account: even if the conversation belongs to another group",
};

/** The command that continues a copy of a conversation, on the account that was named. */
export function copyLine(
  id: string,
  { named, acrossGroups = false }: Pick<LaunchRequest, "named" | "acrossGroups">,
): string {
  const account = named === null ? [] : [`--account ${named}`];
  const across = acrossGroups ? [`--${ACROSS_GROUPS.name}`] : [];
  return ["claude-multi resume", id, ...account, ...across, "-- --fork-session"].join(" ");
}

/**
 * Whether {@link ACROSS_GROUPS} was given.
 * @throws UserError (usage) if it was given without an account.
 */
export function acrossGroups({ values, switches }: Input): boolean {
  const isGiven = switches.has(ACROSS_GROUPS.name);
  if (isGiven && values["account"] === undefined) throw withoutAccount();
  return isGiven;
}

function withoutAccount(): UserError {
  return usageError('"--across-groups" needs "--account"', "claude-multi list");
}

/**
 * Makes the request for a launch of the client with these words. Our {@link ACROSS_GROUPS} among them is taken
 * out, as in `cl-work --across-groups -c`: the client has no such option.
 * @throws UserError (usage) if the caller's own `--settings` can't be read, or no account is named for that.
 */
export function launchRequest(
  context: Context,
  { words, ...asked }:
    & { words: readonly string[] }
    & Pick<
      LaunchRequest,
      "config" | "policy" | "named" | "wait" | "failover" | "cwd" | "refresh" | "acrossGroups"
    >,
): LaunchRequest {
  const flag = `--${ACROSS_GROUPS.name}`;
  const end = words.includes("--") ? words.indexOf("--") : words.length;
  const isGiven = words.slice(0, end).includes(flag);
  if (isGiven && asked.named === null) throw withoutAccount();
  const args = readClientArguments(words.filter((word, i) => i >= end || word !== flag));
  const records = args.kind === "interactive" || args.kind === "print";
  const callers = callersSettings(context, args);
  return { ...asked, ...isGiven ? { acrossGroups: true } : {}, args, records, callers };
}
