// The one place that says in words what each key of config.json means, and lists its values.
import type * as v from "valibot";
import { configSchema } from "./rules.ts";

/** A key of config.json; `[]` stands for the members of a list. */
export interface ConfigField {
  /** Keys joined with dots, like `limits.burstHours`. */
  key: string;
  kind: "text" | "number" | "truth" | "list";
  about: string;
  /** Accepted values, where there are few. */
  values: readonly string[];
  /** What holds when the key is missing, as JSON; "" for none. */
  standard: string;
}

/** Meaning and default of each key, in the order of the documentation. */
const MEANINGS: Readonly<Record<string, readonly [about: string, standard: string]>> = {
  $schema: ["the JSON Schema of this file, for editors", ""],
  "accounts[].name": ["name of the account: a-z, 0-9 and -, at most 32", ""],
  "accounts[].plan": ["the subscription; it only labels", ""],
  "accounts[].disabled": ["leave the account out of every choice", "false"],
  "accounts[].group": ["conversations never move between groups", ""],
  "accounts[].inPlace": ["the account is the login in ~/.claude itself", "false"],
  "accounts[].folder": ["its folder below config/; the name unless given", ""],
  "accounts[].identity.accountUuid": ["who logged in first, compared at every launch", ""],
  "accounts[].identity.organizationUuid": ["the organisation of that login", ""],
  "accounts[].identity.email": ["the mail address of that login", ""],
  "accounts[].identity.organizationName": ["the name of that organisation", ""],
  policy: ["how an account is chosen", '"weighted"'],
  handoff: ["what happens to a conversation whose account is limited", '"ask"'],
  handoffTitle: ["at a limit the terminal's title names the account with room", "false"],
  "limits.burstHours": ["hours of sessions that fill a 5-hour window, for estimates", "4.5"],
  "limits.rollingHours": ["hours of sessions that fill a 7-day window, for estimates", "30"],
  "reserve.five_hour": ["percent used at which the 5-hour window counts as full", "100"],
  "reserve.seven_day": ["percent used at which the 7-day window counts as full", "100"],
  "share.memory": ["accounts share the memory of claude", "true"],
  claudePath: ["absolute path of claude; found on PATH unless given", ""],
  "pins[].path": ["absolute path of a folder", ""],
  "pins[].account": ["the account that is used there", ""],
  "pins[].group": ["the group whose accounts are used there", ""],
  "statusline.install": [
    "show our status line in sessions that cl starts; beside one of your own it only records",
    "true",
  ],
  "statusline.segments": [
    "names of the parts shown, in order; all the usual ones unless given",
    "",
  ],
  "statusline.theme": ["colours for a dark or a light background", '"auto"'],
  "statusline.barWidth": ["cells of the context bar, 0 for none", "8"],
  "statusline.padding": ["cells that claude leaves free on each side", "0"],
};

/** The keys of config.json as its schema has them. */
export const CONFIG_FIELDS: readonly ConfigField[] = fieldsOf(configSchema, "");

/** Keys that `config set` can name as they are: not those of the members of lists, nor our own. */
export const SETTABLE_FIELDS: readonly ConfigField[] = CONFIG_FIELDS.filter(({ key }) =>
  !key.includes("[]") && key !== "$schema"
);

/** Keys of an account that can be set later, below `accounts.NAME`. */
export const ACCOUNT_FIELDS: readonly ConfigField[] = CONFIG_FIELDS.filter(({ key }) =>
  ["accounts[].plan", "accounts[].group"].includes(key)
);

/** The parts of a schema that matter here. */
interface Schema {
  type: string;
  entries?: Record<string, Schema>;
  item?: Schema;
  wrapped?: Schema;
  options?: readonly string[];
}

function fieldsOf(schema: v.GenericSchema | Schema, key: string): ConfigField[] {
  const { type, entries, item, wrapped, options } = schema as Schema;
  if (wrapped) return fieldsOf(wrapped, key);
  if (entries) {
    return Object.entries(entries).flatMap(([name, entry]) =>
      fieldsOf(entry, key === "" ? name : `${key}.${name}`)
    );
  }
  if (item?.entries) return fieldsOf(item, `${key}[]`);
  const [about = "", standard = ""] = MEANINGS[key] ?? [];
  const kind = ({ number: "number", boolean: "truth", array: "list" } as const)[type] ?? "text";
  return [{
    key,
    kind,
    about,
    standard,
    values: type === "boolean" ? ["true", "false"] : options ?? [],
  }];
}
