// Environment variables: those that override the choice of account, those of
// an outer session, and our own.

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
  "CLAUDE_CODE_USE_BEDROCK",
  "CLAUDE_CODE_USE_FOUNDRY",
  "CLAUDE_CODE_USE_VERTEX",
  "CLAUDE_SECURESTORAGE_CONFIG_DIR",
];

/**
 * Variables that a running client sets for its children (CONTRACT §5, §10). A launch from inside
 * a session drops them silently, so that the new session is one of its own.
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

/** Set for the client: who launched it, and as what program, so that a wrapper is noticed. */
export const LAUNCHER_VARIABLE = "CLAUDE_MULTI_LAUNCHER";

/** Our own variables, for help and docs. */
export const OWN_VARIABLES: ReadonlyArray<readonly [string, string]> = [
  ["CLAUDE_MULTI_HOME", "directory of claude-multi's files; ~/.claude-multi unless set"],
  ["CLAUDE_MULTI_CLAUDE", "path of the official client; found on PATH unless set"],
  ["CLAUDE_MULTI_SESSION", "set for the client: the ledger's number of its session"],
  [LAUNCHER_VARIABLE, "set for the client: process and program, to notice one that calls us back"],
  ["CLAUDE_MULTI_DEBUG", "1 shows the stack behind an error"],
];

/**
 * Keys below `env` in a shared settings.json that defeat the choice for every account
 * (CONTRACT §4): the variables above, and the config dir itself.
 */
export const OVERRIDING_SETTINGS_ENV: readonly string[] = [
  ...OVERRIDING_VARIABLES,
  "CLAUDE_CONFIG_DIR",
];
