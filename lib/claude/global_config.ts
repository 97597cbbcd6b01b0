// Moves who is logged in between the `.claude.json` files of accounts.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { objectOf } from "../text/json_object.ts";
import { editObject, readObject } from "./json_files.ts";
import { globalConfigOf } from "./logged_in.ts";

/** Keys that say whether onboarding is done, and in which version. */
const ONBOARDING_KEYS = ["hasCompletedOnboarding", "lastOnboardingVersion"];

/**
 * Copies who is logged in, and that onboarding is done, to another account's `.claude.json`, whose
 * lock the caller has. Does nothing if nobody is logged in.
 */
export function copyIdentity(
  context: Context,
  { from, to }: { from: Account; to: Account },
): void {
  const source = readObject(context, globalConfigOf(from, context.layout)) ?? {};
  const { oauthAccount } = source;
  if (oauthAccount === undefined) return;
  const onboarding = Object.entries(source).filter(([key]) => ONBOARDING_KEYS.includes(key));
  editObject(context, {
    path: globalConfigOf(to, context.layout),
    edit: (config) => ({ ...Object.fromEntries(onboarding), ...config, oauthAccount }),
  });
}

/**
 * Removes who is logged in from an account's `.claude.json`, whose lock the caller has; with
 * `accountUuid`, only if it is that person.
 */
export function removeIdentity(
  context: Context,
  { account, accountUuid }: { account: Account; accountUuid?: string },
): void {
  editObject(context, {
    path: globalConfigOf(account, context.layout),
    edit: ({ oauthAccount, ...rest }) =>
      oauthAccount === undefined ||
        (accountUuid !== undefined && objectOf(oauthAccount)["accountUuid"] !== accountUuid)
        ? null
        : rest,
  });
}
