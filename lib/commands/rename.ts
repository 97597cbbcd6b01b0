// `rename`: gives an account another name; its folder keeps the old one.
import { findAccount } from "../config/account.ts";
import { parseNewName } from "../config/new_name.ts";
import { EXIT } from "../text/errors.ts";
import { renameAccount } from "../accounts/entry_changes.ts";
import { sessionCommand } from "../setup/next_steps.ts";
import { sayHowToRenew } from "../setup/open_shells.ts";
import type { Command } from "../cli/command.ts";
import { writeShellFiles } from "../setup/shells.ts";

/** The declaration of `rename`. */
export const rename: Command = {
  name: "rename",
  repeatable: true,
  group: "accounts",
  summary: "Rename an account; its folder keeps its name",
  positionals: [
    { name: "NAME", summary: "the account" },
    { name: "NEW", summary: "its new name" },
  ],
  flags: [],
  details: [
    "Only the name changes: in config.json, in the ledger and in the shell files. The folder keeps its name, because on macOS its path is the key to the login.",
  ],
  examples: [["claude-multi rename work office", "cl-office from now on"]],
  run(context, input) {
    const [from = "", to = ""] = input.positionals;
    const { accounts } = context.configFile.read();
    const account = findAccount(accounts, from);
    const command = `claude-multi rename ${account.name}`;
    const name = parseNewName(to, { command, accounts, mustBeFree: true });
    if (name === account.name) {
      context.terminal.print(`"${name}" is called that already`);
      return EXIT.ok;
    }
    renameAccount(context, { account, to: name });
    writeShellFiles(context);
    context.terminal.print(`renamed "${from}" to "${name}"`);
    context.terminal.print(`next: ${sessionCommand(context, name)}`);
    sayHowToRenew(context, name);
    return EXIT.ok;
  },
};
