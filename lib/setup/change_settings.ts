// Settings by key: their values, and changes that are checked before they are written.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { askGroup } from "../accounts/groups.ts";
import { findAccount, nearestName } from "../config/account.ts";
import { quoted } from "../text/escape.ts";
import type { Path } from "../config/config.ts";
import { accepted } from "../config/config.ts";
import { describeFault, nearestKey, unknownSetting } from "../config/faults.ts";
import type { Field } from "../config/fields.ts";
import { REMOVED } from "../config/fields.ts";
import { rowOf, ROWS, settableKeys, valuesOf } from "../config/keys.ts";
import { usageError, type UserError } from "../text/errors.ts";
import { didYouMean, orList } from "../text/format.ts";
import { SEGMENTS } from "../statusline/segments/mod.ts";
import { isObject } from "../text/json_object.ts";
import { nearest, nearestNumber } from "../text/nearest.ts";
import { shellWord } from "../text/shell_quote.ts";

/** A setting and its value. */
export interface Setting {
  key: string;
  /** In the file, or the default; null for neither. */
  value: unknown;
  /** Whether the file doesn't have it. */
  isDefault: boolean;
}

/**
 * A setting, the settings of a group such as `limits`, or all of them if there is no key.
 * @throws UserError (usage) if the key is unknown.
 */
export function findSettings(context: Context, key: string | undefined): Setting | Setting[] {
  const names = context.configFile.read().accounts.map(({ name }) => name);
  const keys = settableKeys(names).filter((other) =>
    key === undefined || other.startsWith(`${key}.`)
  );
  return key === undefined || keys.length > 0 ? settingsOf(context, keys) : settingOf(context, key);
}

/** Whether this is a setting, or a group of settings such as `limits`. */
export function isKey(key: string): boolean {
  const general = key.replace(/^accounts\.[^.]+/, "accounts[]");
  return rowOf(key) !== null || [...ROWS.keys()].some((other) => other.startsWith(`${general}.`));
}

/**
 * Sets a key to the value that a text means. In a terminal, asks about a group that resembles another.
 * @throws UserError (usage) if the key is unknown or doesn't accept the value.
 */
export async function setSetting(
  context: Context,
  key: string,
  text: string,
): Promise<Setting> {
  const field = settable(context, key, { action: "set", text });
  const value = valueFor(field, text);
  if (isNothing(field, text)) throw cannotBeNothing(key, { field, text });
  if (accepted(field, value) === undefined) {
    throw usageError(
      describeFault({ kind: "value", path: [key], value, row: field }) +
        didYouMean(nearest(text, valuesOf(field))),
      `claude-multi config set ${key} ${exampleOf(key, text)}`,
    );
  }
  if (key === "statusline.segments") checkSegments(value);
  if (key === "notify") checkNotice(context, value);
  const name = /^accounts\.([^.]+)\.group$/.exec(key)?.[1];
  return written(
    context,
    key,
    name === undefined ? value : await askGroup(context, { name, group: text }),
  );
}

/**
 * Removes a key from the file, so that its default applies; returns null if it isn't a setting.
 * @throws UserError (usage) if the key is neither a setting nor in the file.
 */
export function unsetSetting(context: Context, key: string): Setting | null {
  const { configFile } = context;
  const { accounts } = configFile.read();
  const inFile = key.replace(/^accounts\.([^.]+)/, (whole, name: string) => {
    const index = accounts.findIndex((account) => account.name === name);
    return index < 0 ? whole : `accounts[${index}]`;
  });
  const stray = configFile.notices().find((notice) => notice.key === inFile);
  if (stray === undefined) {
    settable(context, key, { action: "unset" });
    return written(context, key, undefined);
  }
  configFile.edit([{ path: stray.path, value: undefined }]);
  return null;
}

/** What is done with a key, and the value that it is to get. */
type Use = { action: "get" | "unset" } | { action: "set"; text: string };

/** The row of a key. @throws UserError (usage) if it is unknown, or another command sets it. */
function settable(context: Context, key: string, use: Use): Field {
  const { accounts } = context.configFile.read();
  pathOf(key, accounts, use);
  const field = rowOf(key);
  if (field === null) throw notFound(key, { use, accounts });
  if (!field.setBy) return field;
  const command = `claude-multi ${field.setBy}`;
  throw usageError(`"${key}" is set by "${command}"`, `${command} --help`);
}

function written(context: Context, key: string, value: unknown): Setting {
  // The position of an account is looked up again under the lock.
  context.configFile.edit(({ accounts }) => [{ path: pathOf(key, accounts), value }]);
  return settingOf(context, key);
}

/** A value that a key accepts, similar to a text that it doesn't. */
export function exampleOf(key: string, text = ""): string {
  const field = rowOf(key);
  if (field === null) return "VALUE";
  const values = valuesOf(field);
  if (field.type === "path") return "/usr/local/bin/claude";
  // No reserve is 100 %.
  if (Number(text) === 0 && /(^|\.)reserve\./.test(key)) return "100";
  const number = field.range === undefined ? null : nearestNumber(text, field.range);
  if (number !== null) return String(field.whole ? Math.round(number) : number);
  const name = nearestName(text);
  const isName = values.length === 0 && name !== null && accepted(field, name) !== undefined;
  return nearest(text, values) ?? values[0] ?? (isName ? name : String(field.default ?? "VALUE"));
}

function settingOf(context: Context, key: string): Setting {
  return settingsOf(context, [key])[0] as Setting;
}

function settingsOf({ configFile }: Context, keys: readonly string[]): Setting[] {
  const [config, values] = [configFile.read(), configFile.values()];
  return keys.map((key) => {
    const path = pathOf(key, config.accounts);
    return { key, value: at(config, path) ?? null, isDefault: at(values, path) === undefined };
  });
}

function at(root: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, name) => isObject(value) || Array.isArray(value) ? value[name as never] : undefined,
    root,
  );
}

/**
 * The path of a key in config.json.
 * @throws UserError (usage) if it isn't a setting, or its account doesn't exist.
 */
function pathOf(
  key: string,
  accounts: readonly Account[],
  use: Use = { action: "get" },
): Array<string | number> {
  const [list, name = "", ...names] = key.split(".");
  if (rowOf(key) === null) {
    const named = withName(key, accounts);
    if (named === key) throw notFound(key, { use, accounts });
    throw usageError(
      `${quoted(key)} doesn't say which account: use the form of ${quoted(named)}`,
      lineWith(named, use),
    );
  }
  if (list !== "accounts") return key.split(".");
  const known = accounts.map((account) => account.name);
  const meant = known.includes(name) ? null : nearest(name, known);
  if (meant !== null) {
    throw usageError(
      `unknown account ${quoted(name)}${didYouMean(meant)}`,
      lineWith([list, meant, ...names].join("."), use),
    );
  }
  return ["accounts", accounts.indexOf(findAccount(accounts, name)), ...names];
}

/** A key in the form of lists, such as `accounts[].plan`, with the name of an account instead. */
function withName(key: string, accounts: readonly Account[]): string {
  return key.replace(/^accounts\[(.*?)\]\./, (whole, which: string) => {
    const meant = accounts.find(({ name }, index) => name === which || String(index) === which);
    const name = (meant ?? accounts[0])?.name;
    return name === undefined ? whole : `accounts.${name}.`;
  });
}

/** The error for a key that can't be used, with the line that was probably meant. */
function notFound(
  key: string,
  { use, accounts }: { use: Use; accounts: readonly Account[] },
): UserError {
  const [example] = accounts;
  if (Object.hasOwn(REMOVED, key)) {
    const hint = `claude-multi config unset ${key}`;
    return usageError(`"${key}" is no longer a setting: ${REMOVED[key]}`, hint);
  }
  const [, account, last] = /^(accounts\.[^.]+)\.(.+)$/.exec(key) ?? [];
  const members = account === undefined
    ? membersOf(key)
    : membersOf(`accounts[].${last}`).map((member) => member.replace("accounts[]", account));
  if (members.length > 0) {
    const message = `${quoted(key)} is a group of settings: ${members.join(", ")}`;
    return usageError(message, `claude-multi config get ${key}`);
  }
  const member = last === undefined ? null : nearestKey(`accounts[].${last}`);
  if (
    account !== undefined && member?.startsWith("accounts[].") &&
    ROWS.get(member)?.setBy === undefined
  ) {
    const meant = member.slice("accounts[].".length);
    return usageError(
      `unknown setting ${quoted(key)}${didYouMean(meant)}`,
      lineWith(`${account}.${meant}`, use),
    );
  }
  if (/^accounts\b/.test(key)) {
    const message = "use the account commands, or a key such as accounts.NAME.plan";
    return usageError(`${quoted(key)} is not a setting: ${message}`, "claude-multi list");
  }
  if (/^pins\b/.test(key)) {
    return usageError(`${quoted(key)} is set by "claude-multi pin"`, "claude-multi pin --help");
  }
  const ofAccount = ROWS.get(`accounts[].${key}`);
  if (example !== undefined && ofAccount !== undefined && ofAccount.setBy === undefined) {
    return usageError(
      `unknown setting ${quoted(key)}: every account has its own`,
      lineWith(`accounts.${example.name}.${key}`, use),
    );
  }
  const own = ofAnAccount(key, accounts);
  if (own !== null) {
    return usageError(`unknown setting ${quoted(key)}${didYouMean(own)}`, lineWith(own, use));
  }
  const near = nearestKey(key);
  return usageError(
    unknownSetting(key),
    near === null ? "claude-multi config get" : lineWith(near, use),
  );
}

/** The keys of a group of settings; none if the key isn't one. */
function membersOf(key: string): string[] {
  return [...ROWS].filter(([other, { setBy }]) =>
    other.startsWith(`${key}.`) && setBy === undefined
  ).map(([other]) => other);
}

/** The key of an account that is meant by one without `accounts`, such as `work.group`; null if none is. */
function ofAnAccount(key: string, accounts: readonly Account[]): string | null {
  const [, word = "", rest = ""] = /^([^.]+)\.(.+)$/.exec(key) ?? [];
  if (rest === "" || isKey(word)) return null;
  if (rest.includes(".") && nearest(word, ["accounts"]) !== null) return `accounts.${rest}`;
  const names = accounts.map(({ name }) => name);
  const name = names.includes(word) ? word : nearest(word, names);
  const member = nearestKey(`accounts[].${rest}`);
  return name === null || !member?.startsWith("accounts[].") ||
      ROWS.get(member)?.setBy !== undefined
    ? null
    : member.replace("[]", `.${name}`);
}

/** What to type to do the same with another key; a value that it doesn't accept becomes one that it does. */
function lineWith(key: string, use: Use): string {
  const line = `claude-multi config ${use.action} ${key}`;
  const field = rowOf(key);
  if (use.action !== "set" || field === null) return line;
  if (isNothing(field, use.text)) return `claude-multi config unset ${key}`;
  const isGood = accepted(field, valueFor(field, use.text)) !== undefined;
  return `${line} ${isGood ? shellWord(use.text) : exampleOf(key, use.text)}`;
}

/** @throws UserError (usage) if a notice is a command whose program can't be found: often a mistyped word. */
function checkNotice({ processes }: Context, value: unknown): void {
  const [program] = Array.isArray(value) ? value.map(String) : [];
  const isThere = program === undefined ||
    (program.startsWith("/") ? processes.isExecutable(program) : !program.includes("/") &&
      processes.find(program, () => true) !== null);
  if (isThere) return;
  const words = valuesOf(rowOf("notify") as Field);
  const meant = nearest(program, words);
  throw usageError(
    `"notify" can't be ${quoted(program)}: use ${orList(words)}, or a program that is there${
      didYouMean(meant)
    }`,
    `claude-multi config set notify ${meant ?? words[1]}`,
  );
}

function checkSegments(names: unknown): void {
  const known = SEGMENTS.map((segment) => segment.name);
  const list = Array.isArray(names) ? names.map(String) : [];
  const unknown = list.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const meant = list.flatMap((name) => known.includes(name) ? name : nearest(name, known) ?? []);
  throw usageError(
    `unknown segment ${quoted(unknown)}: use ${orList(known)}`,
    `claude-multi config set statusline.segments ${meant.join(",") || known[0]}`,
  );
}

/** Whether a text stands for no value, which a key can't have: it is unset instead. */
function isNothing(field: Field, text: string): boolean {
  const isFree = field.type === "string" && field.choices === undefined;
  if (text === "null") return !isFree;
  const isNone = text.trim() === "" || (text === "none" && field.default === undefined);
  return isNone && accepted(field, valueFor(field, text)) === undefined;
}

function cannotBeNothing(
  key: string,
  { field, text }: { field: Field; text: string },
): UserError {
  const what = text.trim() === "" ? "empty" : quoted(text);
  const instead = field.default === undefined
    ? "unset it instead"
    : `unset it for its default, ${JSON.stringify(field.default)}`;
  return usageError(`"${key}" can't be ${what}: ${instead}`, `claude-multi config unset ${key}`);
}

/** The value that a text on the command line means; the text itself if it has no meaning. */
function valueFor({ type, choices }: Field, text: string): unknown {
  if (type === "number") return text.trim() === "" || isNaN(Number(text)) ? text : Number(text);
  if (type === "boolean") return text === "true" || (text === "false" ? false : text);
  if (type !== "strings" || choices?.includes(text)) return text;
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}
