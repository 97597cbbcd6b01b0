// Who is logged in to each account, and what the config dirs say besides.
import type { Reading } from "../balance/windows.ts";
import type { Account, Identity, Plan } from "../config/account.ts";
import { isSameIdentity } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import type { ClaudeHome, LoginState } from "../ports/mod.ts";

/** What an account can be used for right now. */
export type AccountState = "open" | "limited" | "disabled" | "login" | "drift";

/** What an account's config dir says. */
export interface AccountLogin {
  account: Account;
  /** As far as the login decides it: only the ledger knows whether the account is limited. */
  state: AccountState;
  login: LoginState;
  /** Who is logged in now; may differ from the account's owner. */
  identity: Identity | null;
  /** The account that is the same person already; then this one is not used, as after a wrong login. */
  twin: string | null;
  /** The plan in config.json, or else the one that the login's own record names; null if neither does. */
  plan: Plan | null;
  /** Readings from the usage answer that the client cached. */
  cached: readonly Reading[];
  /** Until when an unused limit reset can be redeemed; null without one. */
  unusedResetUntilMs: number | null;
}

type ReadOfLogins = "login" | "identity" | "plan" | "cachedUsage" | "unusedResetUntilMs";

/** What the config dirs say about every account; to be read before the ledger is locked. */
export function readLogins(
  { claudeHome }: { claudeHome: Pick<ClaudeHome, ReadOfLogins> },
  { accounts }: Pick<Config, "accounts">,
): AccountLogin[] {
  const views = accounts.map((account) => ({
    account,
    login: claudeHome.login(account),
    identity: claudeHome.identity(account),
  }));
  return views.map((view) => {
    const { account, ...logged } = view;
    const found = { ...logged, twin: twinOf(view, views) };
    const state = stateOf(account, found);
    const plan = account.plan ?? claudeHome.plan(account);
    const cached = claudeHome.cachedUsage(account);
    const unusedResetUntilMs = claudeHome.unusedResetUntilMs(account);
    return { account, state, ...found, plan, cached, unusedResetUntilMs };
  });
}

type View = Pick<AccountLogin, "account" | "login" | "identity">;

/**
 * The account that is the same person in the same organisation and comes before this one: its owner is
 * recorded and that of this one isn't, or else it is earlier in config.json. null if there is none.
 */
function twinOf(view: View, views: readonly View[]): string | null {
  const holder = holderOf(view);
  if (holder === null) return null;
  const rank = (one: View) =>
    (one.account.identity === null ? views.length : 0) + views.indexOf(one);
  return views.find((other) => {
    const theirs = rank(other) < rank(view) ? holderOf(other) : null;
    return theirs !== null && isSameIdentity(theirs, holder);
  })?.account.name ?? null;
}

/** Whose account it is: its owner, or as long as nobody is recorded, whoever is logged in. */
function holderOf({ account, login, identity }: View): Identity | null {
  return account.identity ?? (login === "present" ? identity : null);
}

function stateOf(
  account: Account,
  found: Pick<AccountLogin, "login" | "identity" | "twin">,
): AccountState {
  if (found.login !== "present") return account.disabled ? "disabled" : "login";
  if (found.twin !== null && !account.disabled) return "drift";
  const owner = account.identity;
  if (owner !== null && found.identity !== null && !isSameIdentity(owner, found.identity)) {
    return "drift";
  }
  return account.disabled ? "disabled" : "open";
}
