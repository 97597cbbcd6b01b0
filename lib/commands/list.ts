// `list`: the accounts and who is logged in to them.
import { noAccountText } from "../accounts/no_account.ts";
import { EXIT } from "../text/errors.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import type { Command } from "../cli/command.ts";
import { readLogins } from "../accounts/logins.ts";
import { pinsText } from "../accounts/pins.ts";
import { shortPath, wrapped } from "../cli/columns.ts";
import type { Cell } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";

/** The declaration of `list`. */
export const list: Command = {
  name: "list",
  group: "accounts",
  summary: "List the accounts",
  flags: [{ name: "json", summary: "print JSON: version, accounts" }],
  examples: [["claude-multi list", "names, plans, logins, folders"]],
  async run(context, input) {
    const { terminal, layout } = context;
    const config = context.configFile.read();
    const logins = readLogins(context, config);
    if (input.switches.has("json")) {
      terminal.print(JSON.stringify({
        version: 1,
        accounts: logins.map(({ account, login, identity, plan }) => ({
          name: account.name,
          plan,
          disabled: account.disabled,
          group: account.group,
          inPlace: account.inPlace,
          configDir: configDirOf(account, layout),
          login,
          email: identity?.email ?? null,
        })),
      }));
    } else if (logins.length === 0) {
      terminal.warn(noAccountText(context));
    } else {
      const anyDisabled = logins.some(({ account }) => account.disabled);
      const rows = logins.map(({ account, login, identity, plan, state }): Cell[] => [
        { text: account.name, style: "bold" },
        ...anyDisabled ? [account.disabled ? "disabled" : "enabled"] : [],
        plan ?? "",
        account.group ?? "",
        state === "drift"
          ? { text: `${identity?.email ?? "logged in"}, wrong login`, style: "yellow" }
          : login === "present"
          ? identity?.email ?? "logged in"
          : { text: `login ${login}`, style: "yellow" },
        tildePath(configDirOf(account, layout), layout.home),
      ]);
      const columns = [
        { head: "account", least: 16 },
        ...anyDisabled ? [{ head: "state" }] : [],
        { head: "plan", rank: 1 },
        { head: "group" },
        { head: "login", least: 16 },
        { head: "folder", least: 16, rank: 2, shorten: shortPath },
      ];
      terminal.print(await renderTable(terminal, { columns, rows }));
      if (config.pins.length > 0) {
        const pinned = `pinned: ${pinsText(config.pins, layout.home)}`;
        terminal.print(`\n${wrapped(pinned, terminal.columns).join("\n")}`);
      }
    }
    return EXIT.ok;
  },
};
