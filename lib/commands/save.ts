// `save`: moves the login of the shared home to an account, or copies it if asked to.
import type { Context } from "../ports/context.ts";
import type { Identity } from "../config/account.ts";
import { personText } from "../config/account.ts";
import { parseNewName } from "../config/new_name.ts";
import { EXIT } from "../text/errors.ts";
import { saveLogin } from "../accounts/save_login.ts";
import { sessionCommand } from "../setup/next_steps.ts";
import { noteFormerGroup } from "../accounts/groups.ts";
import type { Command } from "../cli/command.ts";
import { writeShellFiles } from "../setup/shells.ts";

/** The declaration of `save`. */
export const save: Command = {
  name: "save",
  group: "accounts",
  summary: "Move the login in ~/.claude to an account",
  positionals: [{ name: "NAME", summary: "the account; added if it is new" }],
  flags: [
    {
      name: "copy",
      summary: "copy instead of moving; both share one token, so one will log the other out",
    },
  ],
  details: [
    "Moves .credentials.json and the identity: the account is then logged in and ~/.claude is logged out. It refuses if the login belongs to another account, if the account already has a different login, if the tokens are blank, or while a session is running on ~/.claude. If interrupted, the login is still in exactly one place; run save again to finish.",
  ],
  examples: [
    ["claude-multi save personal", "after claude auth login"],
    ["claude-multi save work", "after logging in as someone else"],
  ],
  async run(context, input) {
    const { accounts } = context.configFile.read();
    const command = "claude-multi save";
    const name = parseNewName(input.positionals[0] ?? "", { command, accounts });
    const copy = input.switches.has("copy");
    const onSaved = () => writeShellFiles(context);
    printSaved(context, {
      name,
      copy,
      isNew: accounts.every((account) => account.name !== name),
      identity: await saveLogin(context, { name, copy, onSaved }),
    });
    return EXIT.ok;
  },
};

function printSaved(
  context: Context,
  saved: { name: string; identity: Identity; copy: boolean; isNew: boolean },
): void {
  const { terminal } = context;
  terminal.print(`saved the login of ${personText(saved.identity)} as "${saved.name}"`);
  if (saved.copy) {
    terminal.warn(
      `~/.claude and "${saved.name}" now share one refresh token, which works once: whichever uses it first logs the other out`,
    );
  } else terminal.print("~/.claude is now logged out; to add another account: claude auth login");
  if (saved.isNew) noteFormerGroup(context, saved.name);
  terminal.print(`next: ${sessionCommand(context, saved.name)}`);
}
