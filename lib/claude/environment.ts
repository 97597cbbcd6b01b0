// Environment variables: those that decide the account, those of an outer session, and our own.
import type { Account } from "../config/account.ts";
import type { Layout } from "../config/paths.ts";
import type { Env } from "../ports/mod.ts";
import { HANDOFF_VARIABLE } from "../config/handoff.ts";
import { configDirOf } from "../config/paths.ts";

/**
 * Variables that make the client use another login than the account's (CONTRACT §4). The launcher
 * removes them and says so.
 */
export const OVERRIDING_VARIABLES: readonly string[] = [
  "ANTHROPIC_API_KEY",
  "ANTHROPIC_AUTH_TOKEN",
  "ANTHROPIC_IDENTITY_TOKEN",
  "ANTHROPIC_IDENTITY_TOKEN_FILE",
  "CLAUDE_CODE_API_KEY_FILE_DESCRIPTOR",
  "CLAUDE_CODE_GATEWAY_TOKEN",
  "CLAUDE_CODE_HOST_CREDS_FILE",
  "CLAUDE_CODE_OAUTH_REFRESH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN",
  "CLAUDE_CODE_OAUTH_TOKEN_FILE_DESCRIPTOR",
  "CLAUDE_CODE_USE_ANTHROPIC_AWS",
  "CLAUDE_CODE_USE_ANTHROPIC_GOOGLE_CLOUD",
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_FOUNDRY",
  "CLAUDE_CODE_USE_GATEWAY",
  "CLAUDE_CODE_USE_MANTLE",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_SECURESTORAGE_CONFIG_DIR",
];

/**
 * The variables that make the client use an account, and those that must not be set. The client treats
 * CLAUDE_CONFIG_DIR=~/.claude as another place than the variable unset (CONTRACT §1).
 */
export function accountVariables(
  account: Account,
  layout: Layout,
): { set: Record<string, string>; unset: string[] } {
  return account.inPlace ? { set: {}, unset: [...OVERRIDING_VARIABLES, "CLAUDE_CONFIG_DIR"] } : {
    set: { CLAUDE_CONFIG_DIR: configDirOf(account, layout) },
    unset: [...OVERRIDING_VARIABLES],
  };
}

/**
 * Variables that a running client sets for its children (CONTRACT §5, §10). A launch from inside a
 * session removes them silently, so that the new session is independent.
 */
export const NESTED_VARIABLES: readonly string[] = [
  "CLAUDECODE",
  "CLAUDE_BG_SESSION_CREDENTIAL",
  "CLAUDE_CODE_CHILD_NOTES_DIR",
  "CLAUDE_CODE_CHILD_SESSION",
  "CLAUDE_CODE_ENTRYPOINT",
  "CLAUDE_CODE_HOST_SHORT_TEMP_DIRS",
  "CLAUDE_CODE_LAUNCHED_BY_SESSION_IDS",
  "CLAUDE_CODE_MESSAGING_SOCKET",
  "CLAUDE_CODE_MESSAGING_TOKEN",
  "CLAUDE_CODE_SESSION_ATTENDED",
  "CLAUDE_CODE_SESSION_ID",
  "CLAUDE_EFFORT",
  "CLAUDE_ENV_FILE",
  "CLAUDE_PID",
  "CLAUDE_PROJECT_DIR",
];

/** Names the program that starts the client. */
const HOST_VARIABLE = "CLAUDE_CODE_ENTRYPOINT";

/**
 * The program that says it starts the client, such as `sdk-ts` or `claude-vscode`; null if none does.
 * What a client says of itself, `cli` or `sdk-cli`, is from an outer session (CONTRACT §9).
 */
export function hostOf(env: Env): string | null {
  const host = env.get(HOST_VARIABLE);
  return host === "cli" || host === "sdk-cli" ? null : host;
}

/** The variables to remove from a launch for a host, which has set {@link HOST_VARIABLE} for the client. */
export function removedForHost(env: Env): readonly string[] {
  return hostOf(env) === null
    ? NESTED_VARIABLES
    : NESTED_VARIABLES.filter((name) => name !== HOST_VARIABLE);
}

/** Set for the client: the process that launched it and as which program, to detect a wrapper. */
export const LAUNCHER_VARIABLE = "CLAUDE_MULTI_LAUNCHER";

/** Set for the client of a session, and removed from everything that is no session of its own. */
export const SESSION_VARIABLES: readonly string[] = ["CLAUDE_MULTI_SESSION", HANDOFF_VARIABLE];

/** Our own variables, for help and docs. */
export const OWN_VARIABLES: ReadonlyArray<readonly [string, string]> = [
  ["CLAUDE_MULTI_HOME", "directory of claude-multi's files (default: ~/.claude-multi)"],
  ["CLAUDE_MULTI_CLAUDE", "path of the official client (default: claude on PATH)"],
  ["CLAUDE_MULTI_SESSION", "set for the client: number of its session in the ledger"],
  [HANDOFF_VARIABLE, "set for the client: the most that its launcher does at a limit"],
  [
    LAUNCHER_VARIABLE,
    "set for the client: process and program, to detect a wrapper that calls claude-multi back",
  ],
  ["CLAUDE_MULTI_DEBUG", "set to 1 to see the stack trace of an error"],
];
