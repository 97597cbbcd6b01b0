// The port to the files that Claude Code keeps in an account's config dir.
import type { Reading } from "../balance/windows.ts";
import type { Account, Identity, Plan } from "../config/account.ts";

/** The state of a credentials file. */
export type LoginState = "present" | "blank" | "missing" | "unreadable";

/** The facts of a credentials file, without its secrets. */
export interface LoginFacts {
  state: LoginState;
  /** Whose login it is; null if the client didn't write it (CONTRACT §4). */
  accountUuid: string | null;
  /** A salted hash of the refresh token: equal for two copies of one login. */
  fingerprint: string | null;
}

/** The files of the client in an account's config dir. */
export interface ClaudeHome {
  login(account: Account): LoginState;
  /** Reads the credentials file at every call. */
  loginFacts(account: Account): LoginFacts;
  /** Forgets what was read, so that the next call reads again. */
  forget(): void;
  /** The account's `.claude.json`, as first read since {@link forget}; null if missing or broken. */
  globalConfig(account: Account): Readonly<Record<string, unknown>> | null;
  /** Who is logged in, from `.claude.json`; null if nobody is. */
  identity(account: Account): Identity | null;
  /** The plan that the login's own record names; null if it names none. */
  plan(account: Account): Plan | null;
  /** Readings from the usage answer that the client cached. */
  cachedUsage(account: Account): Reading[];
  /** Until when an unused limit reset of whoever is logged in can be redeemed; null without one. */
  unusedResetUntilMs(account: Account): number | null;
  /** The settings.json that all accounts share; null if missing or broken. */
  sharedSettings(): Record<string, unknown> | null;
}
