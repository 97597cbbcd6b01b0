// `uninstall`: undoes what setup did outside our own folder; logins are kept.
import { EXIT, usageError } from "../text/errors.ts";
import { tildePath } from "../config/paths.ts";
import { beforeCommand, labelled } from "../cli/columns.ts";
import { askYes } from "../cli/prompt.ts";
import type { Command } from "../cli/command.ts";
import { planUndo } from "../setup/undo.ts";

/** The declaration of `uninstall`. */
export const uninstall: Command = {
  name: "uninstall",
  group: "more",
  summary: "Undo setup. Logins are kept; --restore moves one back to ~/.claude",
  flags: [
    { name: "restore", value: "NAME", summary: "move this account's login back to ~/.claude" },
    { name: "keep-programs", summary: "leave the programs and man pages in ~/.claude-multi" },
    { name: "dry-run", summary: "show what would be done without doing it" },
    { name: "yes", summary: "don't ask" },
  ],
  details: [
    "Removes our lines from shell start files, our status line from settings.json, the shell files, the installed programs, and those folders we made in ~/.claude that are still empty and that no remaining login uses. Changed files are backed up first. Accounts, logins, the ledger and backups stay in ~/.claude-multi; remove that folder yourself when you no longer need them.",
  ],
  examples: [
    ["claude-multi uninstall --dry-run", "what would be done"],
    ["claude-multi uninstall --restore personal", "plain claude is logged in as personal again"],
  ],
  async run(context, input) {
    const { terminal, layout } = context;
    const dryRun = input.switches.has("dry-run");
    const print = (line: string) => terminal.print(labelled(line, terminal.columns));
    const { steps, kept, run } = planUndo(context, {
      restore: input.values["restore"] ?? null,
      keepPrograms: input.switches.has("keep-programs"),
      showOnly: dryRun,
    });
    if (dryRun || !input.switches.has("yes")) {
      if (steps.length === 0) terminal.print("there is nothing to undo");
      else if (!dryRun && !terminal.interactive) {
        const message = "no terminal to ask on: use --yes to uninstall";
        throw usageError(message, "claude-multi uninstall --dry-run");
      }
      for (const { what } of steps) print(`would     ${what}`);
      for (const line of kept.splice(0)) terminal.print(line);
      if (dryRun) return EXIT.ok;
      if (
        steps.length > 0 &&
        !await askYes(context, { text: "Continue?", standard: false, ended: false })
      ) {
        terminal.print("nothing was changed");
        return EXIT.cancelled;
      }
    }
    await run(({ what }) => print(`done      ${what}`));
    for (const line of kept) terminal.print(line);
    const say = (text: string, command: string) =>
      terminal.print(beforeCommand(text, { command, cells: terminal.columns }));
    say(
      "to delete all of it, accounts and logins included:",
      `rm -r ${tildePath(layout.root, layout.home)}`,
    );
    if (steps.length > 0) say("to remove cl from open shells, too:", 'exec "$SHELL"');
    return EXIT.ok;
  },
};
