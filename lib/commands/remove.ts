// `remove`: takes an account out of config.json; its folder is kept, or destroyed with --purge.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { findAccount } from "../config/account.ts";
import { EXIT, usageError } from "../text/errors.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { askYes } from "../cli/prompt.ts";
import { warnOfEmptyGroup } from "../accounts/groups.ts";
import { lineIn } from "../accounts/eligible.ts";
import { refuseWhileRunning, removeAccount } from "../accounts/removal.ts";
import { undoLine } from "../accounts/undo_removal.ts";
import { unpinAccount } from "../accounts/pins.ts";
import { ourName } from "../setup/next_steps.ts";
import type { Command } from "../cli/command.ts";
import { writeShellFiles } from "../setup/shells.ts";

/** The declaration of `remove`. */
export const remove: Command = {
  name: "remove",
  group: "accounts",
  summary: "Remove an account; its folder with the login goes to backups/",
  positionals: [{ name: "NAME", summary: "the account" }],
  flags: [
    { name: "purge", summary: "destroy the folder and the login in it instead" },
    { name: "yes", summary: "with --purge: don't ask" },
  ],
  details: [
    "Refuses while a session or a background daemon of the account is running. What it shares with ~/.claude stays, such as conversations, which keep to their group, and so do its sessions in the history and the login of an in-place account. Its readings and limits stay in the ledger; --purge deletes them. If another account gets the name, its history goes on as that of `work (removed)`; it comes back with the undo, or once the same person logs in to an account of that name. The lines `undo with` are the commands that bring back the account, and then a pin that you gave up. --purge can't be undone: it asks first, and needs --yes if there is no terminal to ask on.",
  ],
  examples: [
    ["claude-multi remove work", "its folder is kept in backups/"],
    ["claude-multi remove work --purge", "its folder and login are gone for good"],
  ],
  async run(context, input) {
    const { layout, terminal } = context;
    const account = findAccount(context.configFile.read().accounts, input.positionals[0] ?? "");
    const { name } = account;
    const purge = input.switches.has("purge");
    const again = `claude-multi remove ${name}${purge ? " --purge" : ""}`;
    refuseWhileRunning(context, { accounts: [account], what: "remove", again });
    if (
      purge && !account.inPlace && !input.switches.has("yes") && !await mayDestroy(context, account)
    ) {
      terminal.print("nothing was changed");
      return EXIT.cancelled;
    }
    const isLoggedIn = context.claudeHome.login(account) !== "missing";
    const folder = isLoggedIn ? "its folder with the login" : "its folder";
    const { kept, keptFigures } = removeAccount(context, { account, purge });
    writeShellFiles(context);
    terminal.print(`removed "${name}"`);
    if (keptFigures) terminal.print("kept      its conversations, sessions, readings and limits");
    else {
      const destroyed = purge && !account.inPlace ? `${folder}, ` : "";
      terminal.print(`deleted   ${destroyed}its readings and limits`);
      terminal.print("kept      its conversations and sessions");
    }
    if (kept !== null) {
      terminal.print(`kept      ${folder}: ${tildePath(kept, layout.home)}`);
      const line = undoLine(account, { program: ourName(context), kept, layout });
      terminal.print(`undo with ${line}`);
    }
    await offerToUnpin(context, { name, canReturn: kept !== null });
    if (account.group !== null) warnOfEmptyGroup(context, account.group);
    return EXIT.ok;
  },
};

async function mayDestroy(context: Context, account: Account): Promise<boolean> {
  const { layout, terminal } = context;
  const shown = tildePath(configDirOf(account, layout), layout.home);
  if (!terminal.interactive) {
    const hint = `claude-multi remove ${account.name} --purge --yes`;
    throw usageError(`no terminal to ask on: use --yes to destroy "${shown}"`, hint);
  }
  const text = `Permanently delete ${shown}, including its login?`;
  return await askYes(context, { text, standard: false, ended: false });
}

/**
 * In a folder pinned to a removed account, no account can be used; without the pin, every account
 * can. So the pin is only removed if the user agrees; for an account that can return, the line follows
 * that pins the folder again.
 */
async function offerToUnpin(
  context: Context,
  { name, canReturn }: { name: string; canReturn: boolean },
): Promise<void> {
  const { configFile, layout, terminal } = context;
  const paths = configFile.read().pins.filter((p) => p.account === name).map((p) => p.path);
  if (paths.length === 0) return;
  const shown = paths.map((path) => tildePath(path, layout.home)).join(", ");
  const text = `Unpin ${shown}, so that any account can be used there?`;
  if (!terminal.interactive || !await askYes(context, { text, standard: true, ended: false })) {
    terminal.warn(
      `${shown} stays pinned to "${name}"; to unpin it, run claude-multi pin --clear there`,
    );
    return;
  }
  unpinAccount(context, name);
  terminal.print(`unpinned  ${shown}`);
  if (!canReturn) return;
  const again = `${ourName(context)} pin ${name}`;
  for (const path of paths) terminal.print(`undo with ${lineIn(path, again)}`);
}
