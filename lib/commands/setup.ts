// `setup`: makes and repairs what every account needs; safe to run again at any time.
import { EXIT } from "../core/errors.ts";
import { configDirOf, tildePath } from "../core/paths.ts";
import { SHELLS } from "../shells.ts";
import { prepareFolder } from "./account_folder.ts";
import type { Command } from "./declaration.ts";
import { writeShellFiles } from "./shell_files.ts";

/** The declaration of `setup`. */
export const setup: Command = {
  name: "setup",
  group: "accounts",
  summary: "Make or repair folders, links and shell files; run it as often as you like",
  flags: [],
  details: [
    "Makes config.json, the folder of every account with its links to ~/.claude, and the shell files that define cl and cl-NAME. What is there already stays. It ends with the lines to add to your shell's start file.",
  ],
  examples: [["claude-multi setup", "make or repair everything"]],
  run(context) {
    const { files, layout, terminal } = context;
    files.makePrivateDirectory(layout.root);
    if (files.kind(layout.configFile) === "missing") {
      context.configFile.edit([{ path: ["accounts"], value: [] }]);
      terminal.print(`made      ${tildePath(layout.configFile, layout.home)}`);
    }
    const config = context.configFile.read();
    for (const account of config.accounts) {
      const report = prepareFolder(context, account);
      const dir = tildePath(configDirOf(account, layout), layout.home);
      const done = report.linked.length === 0 ? "in order" : `linked ${report.linked.join(", ")}`;
      terminal.print(`account   ${account.name}: ${dir}: ${done}`);
      for (const { name, why } of report.own) {
        terminal.warn(`${dir}/${name} is not shared: ${why}`);
      }
    }
    const changed = writeShellFiles(context, config);
    terminal.print(`shell     ${changed.length === 0 ? "in order" : "written"}`);
    if (config.accounts.length === 0) {
      terminal.print("\nnext: claude-multi add personal");
      return EXIT.ok;
    }
    terminal.print("\nnext, once, in the start file of your shell:");
    const starts = { bash: "~/.bashrc", zsh: "~/.zshrc", fish: "~/.config/fish/config.fish" };
    for (const shell of SHELLS) {
      const path = tildePath(`${layout.shell}/init.${shell}`, layout.home);
      terminal.print(`  ${shell.padEnd(4)}  ${starts[shell].padEnd(27)} source ${path}`);
    }
    return EXIT.ok;
  },
};
