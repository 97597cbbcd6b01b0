// `config`: reads and changes the settings in config.json, keeping its comments and layout.
import { quoted } from "../text/escape.ts";
import { EXIT, usageError } from "../text/errors.ts";
import { configJsonSchema } from "../config/json_schema.ts";
import { oneOf } from "../cli/values.ts";
import type { Setting } from "../setup/change_settings.ts";
import {
  exampleOf,
  findSettings,
  isKey,
  setSetting,
  unsetSetting,
} from "../setup/change_settings.ts";
import { nearestKey as meantKey } from "../config/faults.ts";
import { wrapped } from "../cli/columns.ts";
import { didYouMean } from "../text/format.ts";
import { nearest } from "../text/nearest.ts";
import { shellWord } from "../text/shell_quote.ts";
import { noteChange } from "../setup/setting_notes.ts";
import { editSettings } from "../setup/edit_settings.ts";
import type { Command, Input } from "../cli/command.ts";

const ACTIONS = [
  ["get", "print the value of a key, or of all keys"],
  ["set", "give a key a value"],
  ["unset", "remove a key, so that its default applies"],
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
      summary: ACTIONS.map(([name, meaning]) => `${name}: ${meaning}`).join("; ") +
        "; default: get",
      choices: ACTIONS,
      optional: true,
    },
    { name: "KEY", summary: "such as policy or limits.burstHours", optional: true },
    { name: "VALUE", summary: "the new value; lists are separated by commas", optional: true },
  ],
  flags: [{
    name: "json",
    summary: "with get KEY: print its value as JSON; with get: print JSON: version, settings",
  }],
  details: [
    "A change is checked before it is written, and the previous file is kept in backups/. It also counts for sessions that are running; where it can't, set and unset say from when on it does. Accounts have their own commands: add, remove, rename, enable, disable; here you can set accounts.NAME.plan, group, last, reserve, landingCap and price.",
    "edit opens a copy in $VISUAL or $EDITOR. config.json is replaced only when the copy has no errors; if it has, you are asked whether to edit again. If config.json has changed meanwhile, you are asked before it is replaced. An edit that was not saved is offered the next time.",
  ],
  examples: [
    ["claude-multi config", "every key and its value"],
    ["claude-multi config policy", "one key"],
    ["claude-multi config get policy --json", "for scripts"],
    ["claude-multi config set policy paced", "choose by another policy"],
    ["claude-multi config unset policy", "back to the default"],
    ["claude-multi config set accounts.work.plan ultra", "after you change plans"],
  ],
  async run(context, input) {
    const [action = "get", key = "", text = ""] = checkedWords(withAction(withPair(input)));
    const { configFile, terminal } = context;
    switch (action) {
      case "get": {
        const found = findSettings(context, key || undefined);
        if (input.switches.has("json")) terminal.print(JSON.stringify(jsonOf(found)));
        else if (!Array.isArray(found)) {
          if (found.value !== null) terminal.print(shown(found.value));
        } else terminal.print(key === "" ? overview(found, terminal.columns) : table(found));
        break;
      }
      case "set": {
        const { accounts } = configFile.read();
        terminal.print(table([await setSetting(context, key, text)]));
        noteChange(context, key, accounts);
        break;
      }
      case "unset": {
        const { accounts } = configFile.read();
        const setting = unsetSetting(context, key);
        terminal.print(setting === null ? `${key}  removed` : table([setting]));
        noteChange(context, key, accounts);
        break;
      }
      case "edit":
        await editSettings(context);
        break;
      case "path":
        terminal.print(context.layout.configFile);
        break;
      case "schema":
        terminal.print(JSON.stringify(configJsonSchema(), null, 2));
    }
    return EXIT.ok;
  },
};

/** A last word `KEY=VALUE` stands for both, after `set` or alone. */
function withPair(input: Input): Input {
  const [pair = "", ...more] = input.positionals[0] === "set"
    ? input.positionals.slice(1)
    : input.positionals;
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
  return key === undefined || value === undefined || more.length > 0
    ? input
    : { ...input, positionals: ["set", key, value] };
}

/**
 * A key without an action stands for its value.
 * @throws UserError (usage) if a value follows, or if the word is neither an action nor a key.
 */
function withAction(input: Input): Input {
  const [word, ...rest] = input.positionals;
  if (word === undefined || ACTIONS.some(([name]) => name === word)) return input;
  const key = isKey(word) ? word : meantKey(word);
  if (key === null || nearest(word, ACTIONS.map(([name]) => name)) !== null) return input;
  const line = ["claude-multi config", rest.length === 0 ? "get" : "set", key, ...rest];
  if (rest.length === 0 && key === word) return { ...input, positionals: ["get", key] };
  throw usageError(
    key === word
      ? `"config" needs an action before ${quoted(word)}: set`
      : `invalid value ${quoted(word)} for ACTION${didYouMean(line.slice(1).join(" "))}`,
    line.map((part, at) => at === 0 ? part : shellWord(part)).join(" "),
  );
}

/** Checks that there are as many words as the action takes. @throws UserError (usage) */
function checkedWords({ positionals, switches }: Input): readonly string[] {
  const [action = "get", key = "policy"] = positionals;
  const words = ACTIONS.map(([name]) => name);
  oneOf(action, { option: "ACTION", line: "claude-multi config", words });
  const [least = 0, most = 0] = { get: [1, 2], set: [3, 3], unset: [2, 2] }[action] ?? [1, 1];
  const extra = positionals[most];
  if (extra !== undefined) {
    const message = `unexpected argument ${quoted(extra)} for "config ${action}"`;
    throw usageError(message, "claude-multi config --help");
  }
  if (positionals.length > 0 && positionals.length < least) {
    const needs = ["a key", "a value"].slice(positionals.length - 1, least - 1).join(" and ");
    const example = action === "set" ? `${key} ${exampleOf(key)}` : key;
    const hint = `claude-multi config ${action} ${example}`;
    throw usageError(`"config ${action}" needs ${needs}`, hint);
  }
  if (switches.has("json") && action !== "get") {
    const message = `unexpected option "--json" for "config ${action}"`;
    throw usageError(message, "claude-multi config get --json");
  }
  return positionals;
}

function jsonOf(found: Setting | Setting[]): unknown {
  if (!Array.isArray(found)) return found.value;
  const settings = found.map(({ key, ...setting }) => [key, setting]);
  return { version: 1, settings: Object.fromEntries(settings) };
}

function table(settings: readonly Setting[]): string {
  const width = Math.max(...settings.map(({ key }) => key.length));
  return settings.map(({ key, value, isDefault }) => {
    const mark = !isDefault ? "" : value === null ? "(not set)" : "  (default)";
    return `${key.padEnd(width)}  ${value === null ? "" : shown(value)}${mark}`;
  }).join("\n");
}

/** What the file sets, then the defaults, then the keys without a value. */
function overview(settings: readonly Setting[], columns: number): string {
  const [missing, there] = [true, false].map((isMissing) =>
    settings.filter(({ value }) => (value === null) === isMissing)
  ) as [Setting[], Setting[]];
  const lines = table(there.toSorted((a, b) => Number(a.isDefault) - Number(b.isDefault)));
  if (missing.length === 0) return lines;
  const list = wrapped(`not set: ${namesOf(missing, settings).join(", ")}`, columns, {
    indent: "  ",
  });
  return [lines, "", ...list].join("\n");
}

/** The keys of some settings; one that all of several accounts have among them, once, with NAME. */
function namesOf(some: readonly Setting[], all: readonly Setting[]): string[] {
  const general = (key: string) => key.replace(/^accounts\.[^.]+/, "accounts.NAME");
  const times = (settings: readonly Setting[], key: string) =>
    settings.filter((setting) => general(setting.key) === key).length;
  const names = some.map(({ key }) => {
    const count = times(all, general(key));
    return count > 1 && times(some, general(key)) === count ? general(key) : key;
  });
  return [...new Set(names)];
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
