// The owner of an account, and logins that are under two names.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { isSameIdentity } from "../config/account.ts";
import type { Config } from "../config/config.ts";

/** Writes whose account it is into config.json; nothing happens when that is known or it is gone. */
export function pinIdentity(
  context: Context,
  pin: { name: string; identity: Identity },
): void {
  context.configFile.edit(({ accounts }) => {
    const index = accounts.findIndex((account) => account.name === pin.name);
    if (index < 0 || accounts[index]?.identity?.accountUuid === pin.identity.accountUuid) return [];
    return [{ path: ["accounts", index, "identity"], value: pin.identity }];
  });
}

/** Another account that is the same person in the same organisation, or null. */
export function findDuplicate(
  context: Context,
  options: { config: Config; name: string; identity: Identity },
): Account | null {
  const { config, name, identity } = options;
  return config.accounts.find((other) => {
    if (other.name === name) return false;
    const holder = other.identity ??
      (context.claudeHome.login(other) === "present" ? context.claudeHome.identity(other) : null);
    return holder !== null && isSameIdentity(holder, identity);
  }) ?? null;
}
