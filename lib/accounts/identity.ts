// The owner of an account, and people who are logged in under two names.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { isSameIdentity } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { editEntry } from "./entry_changes.ts";
import { reclaim } from "./taken_names.ts";

/**
 * Records in config.json whose account it is; does nothing if that is known or the account is gone. What a
 * removed account of that name and person has left in the ledger comes back.
 */
export function pinIdentity(
  context: Context,
  { name, identity }: { name: string; identity: Identity },
): void {
  reclaim(context.ledger({ tolerant: true }), name, identity);
  editEntry(context, {
    name,
    edit: ({ account, at }) =>
      account.identity?.accountUuid === identity.accountUuid
        ? []
        : [{ path: [...at, "identity"], value: identity }],
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
