// `env`: the variables that make any program's claude use an account.
import { EXIT } from "../text/errors.ts";
import { findAccount } from "../config/account.ts";
import { accountVariables } from "../claude/environment.ts";
import type { Command } from "../cli/command.ts";
import { oneOf } from "../cli/values.ts";
import { fishQuoted, shellQuoted } from "../text/shell_quote.ts";
import { SHELLS } from "../setup/shells.ts";

/** The declaration of `env`. */
export const env: Command = {
  name: "env",
  group: "accounts",
  summary: "Print the variables that make plain claude use an account",
  positionals: [{ name: "NAME", summary: "the account" }],
  flags: [
    {
      name: "shell",
      value: "SHELL",
      summary: `for this shell: ${SHELLS.join(", ")}; default: any POSIX shell`,
    },
    { name: "json", summary: "print JSON: version, account, set, unset" },
  ],
  details: [
    "For programs that start claude themselves and can't use cl or claude-multi-ide. No secret is printed: the login stays in the account's folder. Sessions that such a program starts are not recorded, and don't move at a limit.",
  ],
  examples: [
    ['eval "$(claude-multi env work)"', "plain claude uses work in this shell"],
    ["claude-multi env work --shell fish", "for fish: pipe it into source"],
  ],
  run({ configFile, layout, terminal }, { positionals: [name = ""], switches, values }) {
    const shell = values["shell"];
    if (shell !== undefined) {
      const line = `claude-multi env ${name} --shell`;
      oneOf(shell, { option: "--shell", line, words: SHELLS });
    }
    const account = findAccount(configFile.read().accounts, name);
    const { set, unset } = accountVariables(account, layout);
    if (switches.has("json")) {
      terminal.print(JSON.stringify({ version: 1, account: account.name, set, unset }));
      return EXIT.ok;
    }
    const isFish = shell === "fish";
    for (const [name, value] of Object.entries(set)) {
      terminal.print(
        isFish ? `set -gx ${name} ${fishQuoted(value)}` : `export ${name}=${shellQuoted(value)}`,
      );
    }
    terminal.print(`${isFish ? "set -e" : "unset"} ${unset.join(" ")}`);
    return EXIT.ok;
  },
};
