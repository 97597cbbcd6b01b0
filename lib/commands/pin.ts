// `pin`: binds a folder tree to an account or a group, in config.json rather than in the repository.
import type { Context } from "../ports/context.ts";
import { findAccount, nearestName } from "../config/account.ts";
import type { Config, Pin } from "../config/config.ts";
import { EXIT, usageError, UserError } from "../text/errors.ts";
import { orList } from "../text/format.ts";
import { tildePath } from "../config/paths.ts";
import { nameInLine, quoted } from "../text/escape.ts";
import type { Command } from "../cli/command.ts";
import { shortPath } from "../cli/columns.ts";
import { unpinLine } from "../accounts/eligible.ts";
import { pinFolder, pinOf, realFolder, resolvedPins } from "../accounts/pins.ts";
import type { Cell } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";

/** The declaration of `pin`. */
export const pin: Command = {
  name: "pin",
  group: "accounts",
  summary: "Pin this folder and everything below it to an account or a group",
  positionals: [{
    name: "NAME",
    summary: "the account; default: list the pins",
    optional: true,
  }],
  flags: [
    { name: "group", value: "GROUP", summary: "pin to the accounts of this group instead" },
    { name: "clear", summary: "unpin this folder" },
    { name: "json", summary: "print the list as JSON: version, pins" },
  ],
  details: [
    "In a pinned folder cl only chooses among the accounts it is pinned to. The deepest pin counts. cl-NAME still takes the account you name, and says what the folder is pinned to.",
  ],
  examples: [
    ["claude-multi pin work", "in this folder tree, cl only takes work"],
    ["claude-multi pin --group office", "or any account of a group"],
    ["claude-multi pin --clear", "unpin it"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    const [name] = input.positionals;
    const group = input.values["group"];
    const clear = input.switches.has("clear");
    const json = input.switches.has("json");
    if ([name !== undefined, group !== undefined, clear].filter(Boolean).length > 1) {
      throw usageError("use only one of NAME, --group and --clear", "claude-multi pin --help");
    }
    if (name === undefined && group === undefined && !clear) {
      return await listPins(context, { config, json });
    }
    if (json) {
      throw usageError('option "--json" is only for the list of pins', "claude-multi pin --json");
    }
    if (name !== undefined) checkAccount(config, name);
    if (group !== undefined) checkGroup(config, group);
    const target = name !== undefined ? { account: name } : group !== undefined ? { group } : null;
    const folder = realFolder(context, context.processes.cwd());
    const before = pinFolder(context, { folder, target });
    const shown = nameInLine(tildePath(folder, context.layout.home));
    const above = clear && before === null
      ? pinOf(resolvedPins(context, config.pins), folder)
      : null;
    if (above !== null) {
      const pinned = tildePath(above.path, context.layout.home);
      throw new UserError(`${shown} is pinned by its folder ${nameInLine(pinned)}`, {
        hint: unpinLine(above),
      });
    }
    const was = before === null ? null : targetText(before);
    const now = targetText({ account: name ?? null, group: group ?? null });
    context.terminal.print(
      clear
        ? `${shown} ${was !== null ? "is no longer pinned" : "was not pinned"}`
        : `in ${shown} and below, cl now only takes ${now}${
          was === null || was === now ? "" : `, instead of ${was}`
        }`,
    );
    const pinned = config.accounts.filter((account) =>
      name === undefined ? account.group === group : account.name === name
    );
    if (target !== null && pinned.every(({ disabled }) => disabled)) {
      const [first] = pinned;
      const who = pinned.length === 1 ? `"${first?.name}" is` : "all of them are";
      context.terminal.warn(`${who} disabled; to use it again: claude-multi enable ${first?.name}`);
    }
    return EXIT.ok;
  },
};

function targetText({ account, group }: Pick<Pin, "account" | "group">): string {
  return account ?? `accounts of the group ${group}`;
}

/** @throws UserError (usage) if there is no account of that name. */
function checkAccount({ accounts }: Config, name: string): void {
  const isGroup = accounts.some((account) => account.group === name);
  if (isGroup && !accounts.some((account) => account.name === name)) {
    throw usageError(`"${name}" is a group, not an account`, `claude-multi pin --group ${name}`);
  }
  findAccount(accounts, name);
}

/** @throws UserError (usage) if no account is in a group of that name. */
function checkGroup({ accounts }: Config, group: string): void {
  const among = [...new Set(accounts.flatMap((account) => account.group ?? []))];
  if (among.includes(group)) return;
  const [first] = among;
  const wanted = nearestName(group) ?? "office";
  const name = accounts[0]?.name;
  throw new UserError(
    first === undefined
      ? `no account is in the group ${quoted(group)}, nor in another one: put one into it first`
      : `no account is in the group ${quoted(group)}: use ${orList(among)}`,
    {
      hint: first !== undefined
        ? `claude-multi pin --group ${first}`
        : name === undefined
        ? "claude-multi setup"
        : `claude-multi config set accounts.${name}.group ${wanted}`,
      exit: EXIT.usage,
      unknown: { word: group, among },
    },
  );
}

async function listPins(
  { terminal, layout }: Context,
  { config: { accounts, pins }, json }: { config: Config; json: boolean },
): Promise<number> {
  if (json) terminal.print(JSON.stringify({ version: 1, pins }));
  else if (pins.length === 0) {
    const [first] = accounts;
    const hint = first === undefined ? "setup" : `pin ${first.name}`;
    terminal.warn(`no folder is pinned; try: claude-multi ${hint}`);
  } else {
    const rows = pins.map(({ path, account, group }): Cell[] => [
      tildePath(path, layout.home),
      { text: account ?? "", style: "bold" },
      group ?? "",
    ]);
    const folder = { head: "folder", least: 12, shorten: shortPath };
    terminal.print(await renderTable(terminal, { columns: [folder, "account", "group"], rows }));
  }
  return EXIT.ok;
}
