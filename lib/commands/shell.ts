// `shell`: prints the snippet that defines cl and cl-NAME.
import { EXIT } from "../text/errors.ts";
import { renderShell, SHELLS } from "../setup/shells.ts";
import type { Command } from "../cli/command.ts";
import { oneOf } from "../cli/values.ts";

/** The declaration of `shell`. */
export const shell: Command = {
  name: "shell",
  group: "more",
  summary: "Print the shell snippet that defines cl and cl-NAME",
  positionals: [{ name: "SHELL", summary: SHELLS.join(", ") }],
  flags: [],
  details: ["setup writes the same text to ~/.claude-multi/shell/init.SHELL."],
  examples: [['eval "$(claude-multi shell bash)"', "define cl in this shell, now"]],
  run(context, input) {
    const name = oneOf(input.positionals[0] ?? "", {
      option: "SHELL",
      line: "claude-multi shell",
      words: SHELLS,
    });
    context.terminal.print(renderShell(context, name).trimEnd());
    return EXIT.ok;
  },
};
