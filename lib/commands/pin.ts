// `pin`: binds a folder tree to an account or a group; kept in config.json, never in the repository.
import type { Context } from "../context.ts";
import { findAccount, quoted } from "../core/account.ts";
import type { Config } from "../core/config.ts";
import { EXIT, UserError } from "../core/errors.ts";
import { tildePath } from "../core/paths.ts";
import type { Command } from "./declaration.ts";
import { shortPath } from "./fitting.ts";
import type { Cell } from "./table.ts";
import { renderTable } from "./table.ts";

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
    const folder = context.files.resolve(context.processes.cwd()) ?? context.processes.cwd();
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
    if (name !== undefined) findAccount(config.accounts, name);
    if (group !== undefined && !config.accounts.some((account) => account.group === group)) {
      throw new UserError(`Cannot pin to the group ${quoted(group)}: no account is in it`, {
        hint: `give an account "group": ${quoted(group)} in ${context.layout.configFile}`,
        exit: EXIT.usage,
      });
    }
    const own = clear
      ? []
      : [{ path: folder, ...name === undefined ? { group } : { account: name } }];
    let had = false;
    context.configFile.edit(({ pins }) => {
      had = pins.some((p) => p.path === folder);
      const others = pins.filter((p) => p.path !== folder).map((p) => ({
        path: p.path,
        ...p.account === null ? {} : { account: p.account },
        ...p.group === null ? {} : { group: p.group },
      }));
      return [{ path: ["pins"], value: [...others, ...own] }];
    });
    const shown = tildePath(folder, context.layout.home);
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
