// Accounts that were renamed by hand in config.json: their folder and history follow, as with `rename`.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { isSameAccount, isSameIdentity } from "../config/account.ts";
import { editEntry, renameAccount } from "./entry_changes.ts";

/**
 * Renames, as `rename` does, each account whose entry got another name since the accounts were `before`.
 * Returns the old and new names.
 */
export function finishRenames(
  context: Context,
  before: readonly Account[],
): Array<{ from: string; to: string }> {
  const { accounts } = context.configFile.read();
  const isKept = (one: Account) => before.some(({ name }) => name === one.name);
  const renamed = accounts.filter((one) => !isKept(one)).flatMap((now) => {
    const was = before.find((one) => isOne(one, now));
    const isGone = was !== undefined && !accounts.some(({ name }) => name === was.name);
    return isGone ? [{ was, to: now.name }] : [];
  });
  for (const { was, to } of renamed) {
    editEntry(context, {
      name: to,
      edit: ({ at }) => [
        { path: [...at, "name"], value: was.name },
        { path: [...at, "folder"], value: was.folder === was.name ? undefined : was.folder },
      ],
    });
    renameAccount(context, { account: was, to });
  }
  return renamed.map(({ was, to }) => ({ from: was.name, to }));
}

/** Whether two entries are one account: by its folder, or by its owner if the folder was named after it. */
function isOne(was: Account, now: Account): boolean {
  if (isSameAccount(was, now)) return true;
  const isNamedAfter = !now.inPlace && now.folder === now.name;
  return was.inPlace === now.inPlace && isNamedAfter && was.identity !== null &&
    now.identity !== null && isSameIdentity(was.identity, now.identity);
}

/**
 * What is wrong with names that accounts took from others that keep theirs, as in a swap: the entries have
 * moved, but the folders with the logins haven't.
 */
export function swapProblems(before: readonly Account[], now: readonly Account[]): string[] {
  return now.flatMap((one) => {
    const had = before.find(({ name }) => name === one.name);
    const was = before.find((other) => other.name !== one.name && isSamePerson(other, one));
    if (had === undefined || was === undefined || isSamePerson(had, one)) return [];
    return [
      `"${one.name}" has the entry of "${was.name}" now, but not its folder with the login: accounts can't swap names`,
    ];
  });
}

function isSamePerson({ identity: a }: Account, { identity: b }: Account): boolean {
  return a !== null && b !== null && isSameIdentity(a, b);
}
