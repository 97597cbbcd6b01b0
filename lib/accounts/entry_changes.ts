// Changes to an account's entry in config.json: another name, enabled or disabled.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";

/**
 * Gives an account another name in the ledger, in config.json and in its pins. Its folder keeps the
 * old name, since on macOS the path is the key to the login. The ledger goes first: if this is
 * interrupted, doing it again finishes it.
 * @throws UserError (usage) when the name, or the folder of that name, belongs to another account.
 */
export function renameAccount(context: Context, change: { account: Account; to: string }): void {
  const { account, to } = change;
  const taken = context.configFile.read().accounts.find((other) =>
    other.name === to || (!other.inPlace && other.name !== account.name && other.folder === to)
  );
  if (taken !== undefined) {
    const why = taken.name === to
      ? `there is already an account "${to}"`
      : `the folder "${to}" belongs to the account "${taken.name}"`;
    throw new UserError(`Cannot rename "${account.name}": ${why}`, {
      hint: "claude-multi list",
      exit: EXIT.usage,
    });
  }
  const ledger = context.ledger({ kept: true });
  ledger.immediately(() => ledger.renameAccount(account.name, to));
  context.configFile.edit((config) => {
    const index = config.accounts.findIndex((other) => other.name === account.name);
    if (index < 0) return [];
    const folder = account.inPlace || account.folder === to ? undefined : account.folder;
    return [
      { path: ["accounts", index, "name"], value: to },
      { path: ["accounts", index, "folder"], value: folder },
      ...config.pins.flatMap((pin, i) =>
        pin.account === account.name ? [{ path: ["pins", i, "account"], value: to }] : []
      ),
    ];
  });
}

/** Enables or disables an account: whether it is chosen when none is named. */
export function setDisabled(
  context: Context,
  change: { account: Account; disabled: boolean },
): void {
  const { account, disabled } = change;
  if (account.disabled === disabled) return;
  context.configFile.edit(({ accounts }) => {
    const index = accounts.findIndex((other) => other.name === account.name);
    if (index < 0) return [];
    return [{ path: ["accounts", index, "disabled"], value: disabled ? true : undefined }];
  });
}
