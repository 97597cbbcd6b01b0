// Changes to an account's entry in config.json: added, renamed, enabled or disabled.
import type { Context } from "../ports/context.ts";
import type { ConfigChanges } from "../ports/mod.ts";
import type { Account } from "../config/account.ts";
import { figuresKey, isSameIdentity } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { freeName } from "../config/new_name.ts";
import { tildePath } from "../config/paths.ts";
import { EXIT, UserError } from "../text/errors.ts";
import type { Taker } from "./taken_names.ts";
import { takeName } from "./taken_names.ts";

/**
 * Adds an entry, unless another process has added an account of that name in the meantime. It gets the history
 * of an earlier account of that name only if it is that one.
 */
export function addEntry(
  context: Context,
  { entry, ...taker }: { entry: { name: string } } & Taker,
): void {
  const ledger = context.ledger({ tolerant: true });
  ledger.immediately(() => takeName(ledger, entry.name, taker));
  context.configFile.edit(({ accounts }) =>
    accounts.some((account) => account.name === entry.name)
      ? []
      : [{ path: ["accounts", accounts.length], value: entry }]
  );
}

/** Changes the entry of an account, whose path is `at`; does nothing if it is gone. */
export function editEntry(
  context: Context,
  { name, edit }: {
    name: string;
    edit: (found: { account: Account; at: [string, number]; config: Config }) => ConfigChanges;
  },
): void {
  context.configFile.edit((config) => {
    const index = config.accounts.findIndex((account) => account.name === name);
    const account = config.accounts[index];
    return account === undefined ? [] : edit({ account, at: ["accounts", index], config });
  });
}

/**
 * Renames an account in the ledger, in config.json and in its pins. Its folder keeps the old name,
 * since on macOS the path is the key to the login. The ledger goes first: after an interruption,
 * renaming again finishes it.
 * @throws UserError (usage) if the name, or the folder of that name, belongs to another account.
 */
export function renameAccount(context: Context, change: { account: Account; to: string }): void {
  const { account, to } = change;
  const taken = context.configFile.read().accounts.find((other) =>
    other.name === to || (!other.inPlace && other.name !== account.name && other.folder === to)
  );
  if (taken !== undefined) {
    const isName = taken.name === to;
    const why = isName
      ? `there is already an account "${to}"`
      : `the folder "${to}" belongs to the account "${taken.name}", which was called so`;
    const free = freeName(context.configFile.read().accounts, to);
    throw new UserError(`cannot rename "${account.name}": ${why}`, {
      hint: isName ? "claude-multi list" : `claude-multi rename ${account.name} ${free}`,
      exit: EXIT.usage,
    });
  }
  const ledger = context.ledger({ kept: true });
  const whose = figuresKey(account.identity, () => context.claudeHome.identity(account));
  const wasAnothers = ledger.immediately(() => {
    // Its own figures are signed first, so that renaming again doesn't take them for those of an earlier one.
    if (whose !== null) ledger.signFigures(account.name, whose);
    // An interrupted rename has left nothing under the old name.
    const isBack = !ledger.namesLike(account.name).some(({ name }) => name === account.name);
    const isFreed = takeName(ledger, to, { whose, isBack });
    ledger.renameAccount(account.name, to);
    return isFreed;
  });
  if (wasAnothers) sayWhatIsPinned(context, to);
  const folder = account.inPlace || account.folder === to || isInFolder(context, { account, to })
    ? undefined
    : account.folder;
  editEntry(context, {
    name: account.name,
    edit: ({ at, config }) => [
      { path: [...at, "name"], value: to },
      { path: [...at, "folder"], value: folder },
      ...config.pins.flatMap((pin, i) =>
        pin.account === account.name ? [{ path: ["pins", i, "account"], value: to }] : []
      ),
    ],
  });
}

/** Says that folders are still pinned to the name of a removed account, which another one gets now. */
function sayWhatIsPinned({ configFile, layout, terminal }: Context, name: string): void {
  const paths = configFile.read().pins.filter(({ account }) => account === name)
    .map(({ path }) => tildePath(path, layout.home));
  if (paths.length === 0) return;
  terminal.warn(
    `still pinned to "${name}", and so to this account now: ${
      paths.join(", ")
    }; to unpin, run claude-multi pin --clear there`,
  );
}

/** Whether the login of an account, which its own folder lacks, is in the folder of a name: a rename by hand left it. */
export function isInFolder(
  { claudeHome }: Context,
  { account, to }: { account: Account; to: string },
): boolean {
  const { identity: owner, inPlace } = account;
  if (owner === null || inPlace || claudeHome.login(account) !== "missing") return false;
  const there = { ...account, folder: to };
  const identity = claudeHome.identity(there);
  return claudeHome.login(there) === "present" && identity !== null &&
    isSameIdentity(owner, identity);
}

/** Enables or disables an account; a disabled one is used only if it is named. */
export function setDisabled(
  context: Context,
  { account, disabled }: { account: Account; disabled: boolean },
): void {
  if (account.disabled === disabled) return;
  editEntry(context, {
    name: account.name,
    edit: ({ at }) => [{ path: [...at, "disabled"], value: disabled || undefined }],
  });
}
