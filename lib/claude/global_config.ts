// The client's `.claude.json` of an account: where it is, and whose login it names.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import type { Layout } from "../config/paths.ts";
import { configDirOf } from "../config/paths.ts";
import { objectOf, textOf } from "../text/json_object.ts";
import { editObject, readObject } from "./json_files.ts";

/** Keys that say whether onboarding is done, and in which version. */
const ONBOARDING_KEYS = ["hasCompletedOnboarding", "lastOnboardingVersion"];

/** The path of an account's `.claude.json` (CONTRACT §1). */
export function globalConfigOf(
  account: Pick<Account, "inPlace" | "folder">,
  layout: Layout,
): string {
  return `${account.inPlace ? layout.home : configDirOf(account, layout)}/.claude.json`;
}

/** Who is logged in according to a `.claude.json`; null if it names nobody. */
export function identityIn(config: Readonly<Record<string, unknown>> | null): Identity | null {
  const named = objectOf(config?.["oauthAccount"]);
  const accountUuid = textOf(named["accountUuid"]);
  return accountUuid === null ? null : {
    accountUuid,
    organizationUuid: textOf(named["organizationUuid"]),
    email: textOf(named["emailAddress"]),
    organizationName: textOf(named["organizationName"]),
  };
}

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
