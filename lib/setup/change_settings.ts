// Settings by their keys: what each is, changes that are checked before they are written, the editor.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { findAccount } from "../config/account.ts";
import { quoted } from "../text/escape.ts";
import type { Path } from "../config/config.ts";
import { isAccepted } from "../config/config.ts";
import { describeFault, nearestKey, notASetting } from "../config/faults.ts";
import type { Field } from "../config/fields.ts";
import { REMOVED } from "../config/fields.ts";
import { rowOf, ROWS, settableKeys, valuesOf } from "../config/keys.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { SEGMENTS } from "../statusline/segments/mod.ts";
import { isObject } from "../text/json_object.ts";
import { nearest } from "../text/nearest.ts";
import { writeShellFiles } from "./shell_files.ts";

/** A setting as it is. */
export interface Setting {
  key: string;
  /** Of the file, or the default; null for none. */
  value: unknown;
  /** Whether the file leaves it out. */
  isDefault: boolean;
}

/**
 * The setting of a key, or the list of those of a group, like `limits`, or of all without a key.
 * @throws UserError (usage) when there is no such key.
 */
export function findSettings(context: Context, key: string | undefined): Setting | Setting[] {
  const names = context.configFile.read().accounts.map(({ name }) => name);
  const keys = settableKeys(names).filter((other) =>
    key === undefined || other.startsWith(`${key}.`)
  );
  return key === undefined || keys.length > 0 ? settingsOf(context, keys) : settingOf(context, key);
}

/**
 * Sets a key to what a text stands for.
 * @throws UserError (usage) when there is no such key or it does not take the value.
 */
export function setSetting(context: Context, key: string, text: string): Setting {
  const field = settable(context, key);
  const value = valueFor(field, text);
  if (!isAccepted(field, value)) {
    throw usage(
      describeFault({ kind: "value", path: [key], value, row: field }),
      `claude-multi config set ${key} ${exampleOf(key, text)}`,
    );
  }
  if (key === "statusline.segments") checkSegments(value);
  return written(context, key, value);
}

/**
 * Takes a key out, so that its default counts; null for one that is not a setting, and is gone.
 * @throws UserError (usage) when there is no such key.
 */
export function unsetSetting(context: Context, key: string): Setting | null {
  const { configFile } = context;
  const values = configFile.values();
  const stray = configFile.notices().find((notice) => notice.key === key);
  if (stray === undefined) {
    settable(context, key);
    return written(context, key, undefined);
  }
  // A group of removed settings of which nothing is left goes with the last.
  const parent = stray.path.slice(0, -1);
  const isLast = stray.isRemoved && Object.keys(at(values, parent) ?? {}).length === 1;
  configFile.edit([{ path: isLast ? parent : stray.path, value: undefined }]);
  return null;
}

/** The row of a key. @throws UserError (usage) when there is none, or another command sets it. */
function settable(context: Context, key: string): Field {
  pathOf(key, context.configFile.read().accounts);
  const field = rowOf(key);
  if (field === null) throw notFound(key);
  if (!field.setBy) return field;
  const command = `claude-multi ${field.setBy}`;
  throw usage(`"${key}" is set by "${command}"`, `${command} --help`);
}

function written(context: Context, key: string, value: unknown): Setting {
  // The place of an account is looked up again under the lock.
  context.configFile.edit(({ accounts }) => [{ path: pathOf(key, accounts), value }]);
  return settingOf(context, key);
}

/** A value that a key takes, near to a text that it does not. */
export function exampleOf(key: string, text = ""): string {
  const field = rowOf(key);
  if (field === null) return "VALUE";
  const values = valuesOf(field);
  if (field.type === "path") return "/usr/local/bin/claude";
  return nearest(text, values) ?? values[0] ?? String(field.default ?? "VALUE");
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
 * Where a key stands in config.json.
 * @throws UserError (usage) when it is not a setting, or names an account that is not there.
 */
function pathOf(key: string, accounts: readonly Account[]): Array<string | number> {
  const [list, name = "", ...names] = key.split(".");
  if (rowOf(key) === null) throw notFound(key);
  if (list !== "accounts") return key.split(".");
  return ["accounts", accounts.indexOf(findAccount(accounts, name)), ...names];
}

/** Why a key cannot be used. */
function notFound(key: string): UserError {
  const reason = REMOVED[key];
  if (reason !== undefined) {
    return usage(`"${key}" is no longer a setting: ${reason}`, `claude-multi config unset ${key}`);
  }
  if (/^accounts\b/.test(key)) {
    return usage(
      `${
        quoted(key)
      } is not a setting: accounts have commands of their own, and accounts.NAME.plan and accounts.NAME.group`,
      "claude-multi list",
    );
  }
  if (/^pins\b/.test(key)) {
    return usage(`${quoted(key)} is not a setting: pins have a command`, "claude-multi pin --help");
  }
  const members = [...ROWS.keys()].filter((other) => other.startsWith(`${key}.`));
  if (members.length > 0) {
    return usage(
      `${quoted(key)} is a group: ${members.join(", ")}`,
      `claude-multi config get ${key}`,
    );
  }
  return usage(notASetting(key), `claude-multi config get ${nearestKey(key) ?? ""}`.trimEnd());
}

function checkSegments(names: unknown): void {
  const known = SEGMENTS.map((segment) => segment.name);
  const list = Array.isArray(names) ? names.map(String) : [];
  const unknown = list.find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const meant = list.flatMap((name) => known.includes(name) ? name : nearest(name, known) ?? []);
  throw usage(
    `${quoted(unknown)} is not a segment; the segments are ${known.join(", ")}`,
    `claude-multi config set statusline.segments ${meant.join(",") || known[0]}`,
  );
}

/** What a text on the command line stands for; the text itself where that is nothing. */
function valueFor({ type }: Field, text: string): unknown {
  if (type === "number") return text.trim() === "" || isNaN(Number(text)) ? text : Number(text);
  if (type === "boolean") return text === "true" || (text === "false" ? false : text);
  if (type !== "strings") return text;
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/**
 * Opens config.json in the user's editor and checks what came out.
 * @throws UserError with line and column when the file is broken now.
 */
export async function editSettings(context: Context): Promise<void> {
  const { configFile, env, layout, processes, terminal } = context;
  const editor = env.get("VISUAL") ?? env.get("EDITOR") ?? "vi";
  // An edit without changes makes the file.
  if (context.files.kind(layout.configFile) === "missing") configFile.edit([]);
  else context.files.backUp(layout.configFile);
  const outcome = await processes.launch({
    program: "/bin/sh",
    args: ["-c", `${editor} "$1"`, "sh", layout.configFile],
    set: {},
    unset: [],
    cwd: processes.cwd(),
  }).ended;
  if (outcome.code !== 0) {
    throw new UserError(`Cannot edit the configuration: "${editor}" ended with ${outcome.code}`, {
      hint: "EDITOR=nano claude-multi config edit",
    });
  }
  configFile.read();
  for (const { message } of configFile.notices()) terminal.warn(message);
  writeShellFiles(context);
}

function usage(message: string, hint: string): UserError {
  return new UserError(message, { hint, exit: EXIT.usage });
}
