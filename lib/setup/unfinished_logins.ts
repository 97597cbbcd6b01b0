// The accounts whose login is missing, or is somebody else's.
import { readLogins } from "../accounts/logins.ts";
import type { Account } from "../config/account.ts";
import { isSameIdentity, SHARED_HOME_ACCOUNT, twinFix } from "../config/account.ts";
import { wrongLogin } from "../launch/refusals.ts";
import type { Context } from "../ports/context.ts";

/** An account that can't be used yet. */
export interface UnfinishedLogin {
  account: Account;
  /** That somebody else's login is there; null if there is none. */
  wrong: string | null;
  /** The command that mends it. */
  fix: string;
}

/** The accounts without a login of their own, in the order of config.json. */
export function unfinishedLogins(context: Context): UnfinishedLogin[] {
  return readLogins(context, context.configFile.read()).flatMap((found): UnfinishedLogin[] => {
    const { account } = found;
    if (found.login !== "present") {
      return [{ account, wrong: null, fix: missingLoginFix(context, account) }];
    }
    const error = wrongLogin(found);
    if (error === null) return [];
    return [{ account, wrong: error.message, fix: error.hint ?? twinFix(account) }];
  });
}

/** What gives an account without a login its own: if that is the one of plain claude, `save` moves it there. */
export function missingLoginFix({ claudeHome, configFile }: Context, account: Account): string {
  const { accounts } = configFile.read();
  const isFree = !accounts.some(({ inPlace }) => inPlace) &&
    claudeHome.login(SHARED_HOME_ACCOUNT) === "present";
  const live = isFree ? claudeHome.identity(SHARED_HOME_ACCOUNT) : null;
  const isTheirs = live !== null && account.identity !== null &&
    isSameIdentity(account.identity, live);
  return `claude-multi ${isTheirs ? "save" : "login"} ${account.name}`;
}
