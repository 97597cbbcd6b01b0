// Who is logged in to an account: where its `.claude.json` is, and whom that names.
import type { Account, Identity } from "../config/account.ts";
import type { Layout } from "../config/paths.ts";
import { configDirOf } from "../config/paths.ts";
import { objectOf, textOf } from "../text/json_object.ts";

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
