// `shell`: prints the snippet that defines cl and cl-NAME.
import { quoted } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { renderShell, SHELLS } from "../setup/shells.ts";
import type { Command } from "../cli/command.ts";

/** The declaration of `shell`. */
export const shell: Command = {
  name: "shell",
  group: "more",
  summary: "Print the shell snippet that defines cl and cl-NAME",
  positionals: [{ name: "SHELL", summary: SHELLS.join(", ") }],
  flags: [],
  details: ["setup writes the same text to ~/.claude-multi/shell/init.SHELL."],
  examples: [['eval "$(claude-multi shell bash)"', "cl in this shell, at once"]],
  run(context, input) {
    const name = input.positionals[0] ?? "";
    const known = SHELLS.find((s) => s === name);
    if (known === undefined) {
      throw new UserError(
        `Cannot print a snippet for ${quoted(name)}: the shells are ${SHELLS.join(", ")}`,
        {
          hint: "claude-multi shell bash",
          exit: EXIT.usage,
        },
      );
    }
    const names = context.configFile.read().accounts.map((account) => account.name);
    context.terminal.print(
      renderShell(known, {
        program: context.processes.executable(),
        init: `${context.layout.shell}/init.${known}`,
        names,
      }).trimEnd(),
    );
    return EXIT.ok;
  },
};
