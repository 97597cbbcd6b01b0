// `list`: the accounts and who they are.
import { EXIT } from "../text/errors.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import type { Command } from "../cli/command.ts";
import { readLogins } from "../accounts/standings.ts";
import { shortPath } from "../cli/columns.ts";
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
    const views = readLogins(context, context.configFile.read());
    if (input.switches.has("json")) {
      terminal.print(JSON.stringify({
        version: 1,
        accounts: views.map((view) => ({
          name: view.account.name,
          plan: view.account.plan,
          disabled: view.account.disabled,
          group: view.account.group,
          inPlace: view.account.inPlace,
          configDir: configDirOf(view.account, layout),
          login: view.login,
          email: view.identity?.email ?? null,
        })),
      }));
    } else if (views.length === 0) {
      terminal.warn("no account is set up yet; try: claude-multi setup");
    } else {
      const anyDisabled = views.some((view) => view.account.disabled);
      const rows = views.map((view): Cell[] => [
        { text: view.account.name, style: "bold" },
        ...anyDisabled ? [view.account.disabled ? "disabled" : "enabled"] : [],
        view.account.plan ?? "",
        view.state === "drift"
          ? { text: `${view.identity?.email ?? "logged in"}, wrong login`, style: "yellow" }
          : view.login === "present"
          ? view.identity?.email ?? "logged in"
          : { text: `login ${view.login}`, style: "yellow" },
        tildePath(configDirOf(view.account, layout), layout.home),
      ]);
      const columns = [
        { head: "account", least: 16 },
        ...anyDisabled ? [{ head: "state" }] : [],
        { head: "plan", rank: 1 },
        { head: "login", least: 16 },
        { head: "folder", least: 16, rank: 2, shorten: shortPath },
      ];
      terminal.print(await renderTable(terminal, { columns, rows }));
    }
    return EXIT.ok;
  },
};
