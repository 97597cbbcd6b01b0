// `pin`: binds a folder tree to an account or a group; kept in config.json, never in the repository.
import type { Context } from "../ports/context.ts";
import { findAccount, quoted } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import { tildePath } from "../config/paths.ts";
import { nameInLine } from "../text/escape.ts";
import type { Command } from "../cli/command.ts";
import { shortPath } from "../cli/columns.ts";
import { pinFolder } from "../accounts/pin_changes.ts";
import { realFolder } from "../accounts/pins.ts";
import type { Cell } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";

/** The declaration of `pin`. */
export const pin: Command = {
  name: "pin",
  group: "accounts",
  summary: "Bind this folder and all below it to an account or a group",
  positionals: [{
    name: "NAME",
    summary: "the account; without it, the pins are listed",
    optional: true,
  }],
  flags: [
    { name: "group", value: "GROUP", summary: "bind to the accounts of this group instead" },
    { name: "clear", summary: "take the pin of this folder away" },
    { name: "json", summary: "with the list: print JSON: version, pins" },
  ],
  details: [
    "In a pinned folder cl chooses only among the pinned accounts. The deepest pin counts. cl-NAME still takes the account you name.",
  ],
  examples: [
    ["claude-multi pin work", "this folder tree uses work only"],
    ["claude-multi pin --group office", "… or any account of a group"],
    ["claude-multi pin --clear", "no pin here any more"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    const folder = realFolder(context, context.processes.cwd());
    const name = input.positionals[0];
    const group = input.values["group"];
    const clear = input.switches.has("clear");
    if ([name !== undefined, group !== undefined, clear].filter(Boolean).length > 1) {
      throw new UserError("Cannot pin: give a name, --group or --clear, and only one of them", {
        hint: "claude-multi pin --help",
        exit: EXIT.usage,
      });
    }
    if (name === undefined && group === undefined && !clear) {
      return await listPins(context, { config, input });
    }
    if (input.switches.has("json")) {
      throw new UserError('Cannot use "--json" with a pin to set or to clear: it is for the list', {
        hint: "claude-multi pin --json",
        exit: EXIT.usage,
      });
    }
    if (name !== undefined) findAccount(config.accounts, name);
    if (group !== undefined && !config.accounts.some((account) => account.group === group)) {
      throw new UserError(`Cannot pin to the group ${quoted(group)}: no account is in it`, {
        hint: `claude-multi config set accounts.NAME.group ${shellWord(group)}`,
        exit: EXIT.usage,
      });
    }
    const target = name !== undefined ? { account: name } : group !== undefined ? { group } : null;
    const had = pinFolder(context, { folder, target });
    const shown = nameInLine(tildePath(folder, context.layout.home));
    context.terminal.print(
      clear
        ? `${shown} ${had ? "has no pin any more" : "had no pin"}`
        : `${shown} uses ${name ?? `group ${group}`} only`,
    );
    return EXIT.ok;
  },
};

async function listPins(
  context: Context,
  options: { config: Config; input: { switches: ReadonlySet<string> } },
): Promise<number> {
  const { terminal, layout } = context;
  const { pins } = options.config;
  if (options.input.switches.has("json")) terminal.print(JSON.stringify({ version: 1, pins }));
  else if (pins.length === 0) terminal.warn("no folder is pinned; try: claude-multi pin NAME");
  else {
    const rows = pins.map((p): Cell[] => [
      tildePath(p.path, layout.home),
      { text: p.account ?? "", style: "bold" },
      p.group ?? "",
    ]);
    const folder = { head: "folder", least: 12, shorten: shortPath };
    terminal.print(await renderTable(terminal, { columns: [folder, "account", "group"], rows }));
  }
  return EXIT.ok;
}
