// `enable` and `disable`: decide whether cl may choose an account.
import { findAccount } from "../config/account.ts";
import { setDisabled } from "../accounts/entry_changes.ts";
import { EXIT } from "../text/errors.ts";
import type { Command } from "../cli/command.ts";

/** The declaration of `enable`. */
export const enable: Command = switchOf("enable", "Let cl choose the account again");

/** The declaration of `disable`. */
export const disable: Command = switchOf(
  "disable",
  "Stop cl from choosing the account; cl-NAME still works",
);

function switchOf(name: "enable" | "disable", summary: string): Command {
  return {
    name,
    group: "accounts",
    summary,
    positionals: [{ name: "NAME", summary: "the account" }],
    flags: [],
    examples: [[`claude-multi ${name} work`, summary]],
    run(context, input) {
      const { accounts } = context.configFile.read();
      const account = findAccount(accounts, input.positionals[0] ?? "");
      setDisabled(context, { account, disabled: name === "disable" });
      context.terminal.print(`"${account.name}" is ${name}d`);
      return EXIT.ok;
    },
  };
}
