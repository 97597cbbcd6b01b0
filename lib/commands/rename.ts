// `rename`: another name for an account; its folder never moves, since on macOS its path is its login's key.
import { findAccount, parseAccountName } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { sessionCommand } from "../setup/next_steps.ts";
import type { Command } from "../cli/command.ts";
import { writeShellFiles } from "../setup/shell_files.ts";

/** The declaration of `rename`. */
export const rename: Command = {
  name: "rename",
  repeatable: true,
  group: "accounts",
  summary: "Give an account another name; its folder stays",
  positionals: [
    { name: "NAME", summary: "the account" },
    { name: "NEW", summary: "its new name" },
  ],
  flags: [],
  details: [
    "Only the label changes, in config.json, in the ledger and in the shell files. The folder keeps its name: on macOS its path is the key to the login.",
  ],
  examples: [["claude-multi rename work office", "cl-office from now on"]],
  run(context, input) {
    const [from = "", to = ""] = input.positionals;
    const config = context.configFile.read();
    const account = findAccount(config.accounts, from);
    const name = parseAccountName(to, `claude-multi rename ${account.name}`);
    if (name === account.name) return EXIT.ok;
    const taken = config.accounts.find((other) =>
      other.name === name || (!other.inPlace && other !== account && other.folder === name)
    );
    if (taken !== undefined) {
      throw new UserError(
        taken.name === name
          ? `Cannot rename "${from}": there is an account "${name}"`
          : `Cannot rename "${from}": the folder "${name}" belongs to the account "${taken.name}"`,
        { hint: "claude-multi list", exit: EXIT.usage },
      );
    }
    // The ledger goes first: killed in between, the same command completes it.
    const ledger = context.ledger({ kept: true });
    ledger.immediately(() => ledger.renameAccount(account.name, name));
    context.configFile.edit((config) => {
      const index = config.accounts.findIndex((other) => other.name === account.name);
      if (index < 0) return [];
      const folder = account.inPlace || account.folder === name ? undefined : account.folder;
      return [
        { path: ["accounts", index, "name"], value: name },
        { path: ["accounts", index, "folder"], value: folder },
        ...config.pins.flatMap((pin, i) =>
          pin.account === account.name ? [{ path: ["pins", i, "account"], value: name }] : []
        ),
      ];
    });
    writeShellFiles(context, context.configFile.read());
    context.terminal.print(`renamed "${from}" to "${name}"`);
    context.terminal.print(`next: ${sessionCommand(context, name)}`);
    return EXIT.ok;
  },
};
