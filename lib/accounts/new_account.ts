// Adds an account: its folder, its entry in config.json, and the owner of a login that is already there.
import type { Context } from "../ports/context.ts";
import type { Account, Plan } from "../config/account.ts";
import { identityKey, personText, SHARED_HOME_ACCOUNT } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { addEntry } from "./entry_changes.ts";
import { prepareFolder } from "./folder.ts";
import { findDuplicate } from "./identity.ts";

/**
 * Creates an account's folder and then its entry in config.json, so that every entry has a folder.
 * Whoever is already logged in there becomes the owner, except the owner of another account: then it has none.
 * @throws UserError if the name or its folder is taken, or if the login of an account in place is another one's.
 */
export function addAccount(
  context: Context,
  options: { name: string; plan?: Plan | null; group?: string | null; inPlace: boolean },
): Account {
  const { name, plan = null, group = null, inPlace } = options;
  const config = context.configFile.read();
  const taken = config.accounts.find((other) =>
    other.name === name || (inPlace ? other.inPlace : !other.inPlace && other.folder === name)
  );
  if (taken !== undefined) {
    const why = taken.name === name
      ? "there is already an account of that name"
      : inPlace
      ? `the account "${taken.name}" is already in place`
      : `the folder "${name}" belongs to the account "${taken.name}"`;
    throw new UserError(`cannot add "${name}": ${why}`, {
      hint: taken.name === name && group !== null
        ? `claude-multi config set accounts.${name}.group ${group}`
        : "claude-multi list",
      exit: EXIT.usage,
    });
  }
  const account: Account = { ...SHARED_HOME_ACCOUNT, name, plan, group, inPlace, folder: name };
  // In ~/.claude, or in a folder that an earlier account left, someone may already be logged in.
  const present = context.claudeHome.login(account) === "present";
  const identity = present ? context.claudeHome.identity(account) : null;
  const twin = identity === null ? null : findDuplicate(context, { config, name, identity });
  if (identity !== null && twin !== null) {
    const where = tildePath(configDirOf(account, context.layout), context.layout.home);
    const why = `${where} is logged in as ${
      personText(identity)
    }, which is the account "${twin.name}"`;
    if (inPlace) {
      const hint = `claude-multi run --account ${twin.name}`;
      throw new UserError(`cannot add "${name}": ${why}`, { hint, exit: EXIT.refused });
    }
    // A removed account may come back with the wrong login that it had.
    context.terminal.warn(why);
  }
  const owner = twin === null ? identity : null;
  const isBack = context.files.kind(configDirOf(account, context.layout)) !== "missing";
  prepareFolder(context, account);
  addEntry(context, {
    entry: {
      name,
      ...plan === null ? {} : { plan },
      ...group === null ? {} : { group },
      ...inPlace ? { inPlace } : {},
      ...owner === null ? {} : { identity: owner },
    },
    whose: identityKey(owner),
    isBack,
  });
  return { ...account, identity: owner };
}
