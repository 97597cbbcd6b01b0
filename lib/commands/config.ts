// `config`: reads and changes the settings in config.json, keeping its comments and layout.
import { quoted } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { configJsonSchema } from "../config/json_schema.ts";
import { nearest } from "../text/nearest.ts";
import { change, edit, get } from "../setup/change_settings.ts";
import type { Command } from "../cli/command.ts";

const ACTIONS = [
  ["get", "print the value of a key, or of all keys"],
  ["set", "give a key a value"],
  ["unset", "take a key out, so that its default holds"],
  ["edit", "open the file in your editor"],
  ["path", "print where the file is"],
  ["schema", "print its JSON Schema"],
] as const;

/** The declaration of `config`. */
export const config: Command = {
  name: "config",
  group: "more",
  summary: "Read or change the settings in config.json",
  positionals: [
    {
      name: "ACTION",
      summary: ACTIONS.map(([name, meaning]) => `${name}: ${meaning}`).join("; "),
      choices: ACTIONS,
    },
    { name: "KEY", summary: "like policy or limits.burstHours", optional: true },
    {
      name: "VALUE",
      summary: "the new value; names of a list are separated by commas",
      optional: true,
    },
  ],
  flags: [],
  details: [
    "A change is checked before it is written, and the file as it was is kept in backups/. Accounts have commands of their own: add, remove, rename, enable, disable; accounts.NAME.plan and accounts.NAME.group are set here.",
  ],
  examples: [
    ["claude-multi config get", "every key and its value"],
    ["claude-multi config set policy paced", "choose by another policy"],
    ["claude-multi config unset policy", "back to the default"],
    ["claude-multi config set accounts.work.plan max5", "after another plan was bought"],
  ],
  async run(context, input) {
    const [action = "", key, value] = input.positionals;
    const most = { get: 1, set: 2, unset: 1 }[action] ?? 0;
    if (!ACTIONS.some(([name]) => name === action)) {
      const near = nearest(action, ACTIONS.map(([name]) => name));
      throw usage(
        `Cannot use ${quoted(action)} with "config": say ${ACTIONS.map(([n]) => n).join(", ")}`,
        `claude-multi config ${near ?? "get"}`,
      );
    }
    const extra = [key, value][most];
    if (extra !== undefined) {
      throw usage(
        `Cannot use ${quoted(extra)} with "config ${action}": it is one word too many`,
        "claude-multi config --help",
      );
    }
    switch (action) {
      case "get":
        get(context, key);
        break;
      case "set":
      case "unset":
        change(context, { action, key, value });
        break;
      case "edit":
        return await edit(context);
      case "path":
        context.terminal.print(context.layout.configFile);
        break;
      case "schema": {
        context.terminal.print(JSON.stringify(configJsonSchema(), null, 2));
      }
    }
    return EXIT.ok;
  },
};

function usage(message: string, hint: string): UserError {
  return new UserError(message, { hint, exit: EXIT.usage });
}
