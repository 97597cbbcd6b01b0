// What `config` does: keys and values, changes checked before they are written, the editor.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { findAccount, quoted } from "../config/account.ts";
import { parseConfig } from "../config/rules.ts";
import type { ConfigField } from "../config/schema.ts";
import { ACCOUNT_FIELDS, SETTABLE_FIELDS } from "../config/schema.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { SEGMENTS } from "../statusline/segments/mod.ts";
import { nearest } from "../text/nearest.ts";
import { writeShellFiles } from "./shell_files.ts";

/** A key that was named: what it means, and where in config.json it stands. */
interface Place {
  field: ConfigField;
  path: Array<string | number>;
}

/** Prints the value of a key, or of every key. */
export function get(context: Context, key: string | undefined): void {
  const { terminal } = context;
  const values = context.configFile.values();
  const members = key === undefined ? [] : membersOf(key);
  if (key !== undefined && members.length === 0) {
    const { field, path } = placeOf(context, key);
    const value = at(values, path);
    if (value !== undefined || field.standard !== "") terminal.print(shown(value, field));
    return;
  }
  const fields = members.length > 0 ? members : SETTABLE_FIELDS;
  const width = Math.max(...fields.map((field) => field.key.length));
  for (const field of fields) {
    const value = at(values, field.key.split("."));
    const mark = value !== undefined ? "" : field.standard === "" ? "(not set)" : "  (default)";
    terminal.print(`${field.key.padEnd(width)}  ${shown(value, field)}${mark}`.trimEnd());
  }
}

/** The keys of a group, as those of `limits`; none when it is no group. */
function membersOf(key: string): ConfigField[] {
  return SETTABLE_FIELDS.filter((field) => field.key.startsWith(`${key}.`));
}

/** The value that the file holds at a key; undefined when its default holds. */
function at(values: Record<string, unknown>, path: Place["path"]): unknown {
  let value: unknown = values;
  for (const name of path) {
    value = typeof value === "object" && value !== null
      ? (value as Record<string | number, unknown>)[name]
      : undefined;
  }
  return value;
}

function shown(value: unknown, { standard }: ConfigField): string {
  const found = value ?? (standard === "" ? "" : JSON.parse(standard));
  return typeof found === "string" ? found : JSON.stringify(found);
}

/**
 * Sets a key to a value, or takes it out, and prints what holds then.
 * @throws UserError (usage) when there is no such key or it does not take the value.
 */
export function change(
  context: Context,
  options: { action: string; key: string | undefined; value: string | undefined },
): void {
  const { action, key, value: text } = options;
  if (key === undefined) {
    const example = action === "set" ? "set policy paced" : "unset policy";
    throw usage(`Cannot ${action} a key: none is given`, `claude-multi config ${example}`);
  }
  const { field, path } = placeOf(context, key);
  if (action === "set" && text === undefined) {
    throw usage(
      `Cannot set "${key}": no value is given`,
      `claude-multi config set ${key} ${exampleOf(field, "")}`,
    );
  }
  const value = text === undefined ? undefined : valueFor(field, text);
  if (key === "statusline.segments") checkSegments(value);
  const account = accountOf(key);
  const wanted = account === null
    ? path.reduceRight<unknown>((inner, name) => ({ [name]: inner }), value)
    : { accounts: [{ name: account.name, [account.key]: value }] };
  const result = parseConfig(wanted);
  if ("problems" in result) {
    throw usage(
      `Cannot set "${key}": ${result.problems[0]?.message ?? "that is no value for it"}`,
      `claude-multi config set ${key} ${exampleOf(field, text ?? "")}`,
    );
  }
  // The place of an account is looked up again under the lock.
  context.configFile.edit(({ accounts }) => [{ path: pathOf(key, accounts), value }]);
  const mark = value !== undefined ? "" : field.standard === "" ? "(not set)" : "  (default)";
  context.terminal.print(`${key}  ${shown(value, field)}${mark}`);
}

/** A value that a key takes, near to one that it does not. */
function exampleOf({ key, values, standard }: ConfigField, text: string): string {
  if (key === "claudePath") return "/usr/local/bin/claude";
  return nearest(text, values) ?? values[0] ?? (standard === "" ? "VALUE" : standard);
}

function checkSegments(names: unknown): void {
  const known = SEGMENTS.map((segment) => segment.name);
  const unknown = Array.isArray(names) ? names.find((name) => !known.includes(name)) : undefined;
  if (unknown === undefined) return;
  throw usage(
    `Cannot show the segment ${quoted(String(unknown))}: the segments are ${known.join(", ")}`,
    `claude-multi config set statusline.segments ${
      (names as string[]).flatMap((name) =>
        known.includes(name) ? name : nearest(name, known) ?? []
      )
        .join(",") || known[0]
    }`,
  );
}

function valueFor({ kind }: ConfigField, text: string): unknown {
  if (kind === "number") return text.trim() === "" || isNaN(Number(text)) ? text : Number(text);
  if (kind === "truth") {
    return ({ true: true, false: false } as Record<string, unknown>)[text] ?? text;
  }
  if (kind === "list") {
    return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
  }
  return text;
}

/**
 * Opens config.json in the user's editor and checks what came out.
 * @throws UserError with line and column when the file is broken now.
 */
export async function edit(context: Context): Promise<number> {
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
  for (const key of configFile.unknownKeys()) terminal.warn(`"${key}" is no key that is known`);
  writeShellFiles(context);
  return EXIT.ok;
}

/** The account and its key in `accounts.NAME.plan` or `accounts.NAME.group`, or null. */
function accountOf(key: string): { name: string; key: string } | null {
  const [list, name, last, ...more] = key.split(".");
  const isKnown = ACCOUNT_FIELDS.some((field) => field.key === `accounts[].${last}`);
  if (list !== "accounts" || !name || !last || !isKnown || more.length > 0) return null;
  return { name, key: last };
}

function pathOf(key: string, accounts: readonly Account[]): Place["path"] {
  const account = accountOf(key);
  if (account === null) return key.split(".");
  return ["accounts", accounts.indexOf(findAccount(accounts, account.name)), account.key];
}

/** @throws UserError (usage) when nothing of that name can be set. */
function placeOf(context: Context, key: string): Place {
  const account = accountOf(key);
  const found = account === null
    ? SETTABLE_FIELDS.find((field) => field.key === key)
    : ACCOUNT_FIELDS.find((field) => field.key === `accounts[].${account.key}`);
  if (found) return { field: found, path: pathOf(key, context.configFile.read().accounts) };
  const members = membersOf(key);
  if (members.length > 0) {
    const names = members.map((field) => field.key);
    throw usage(
      `Cannot use the key ${quoted(key)} here: it holds ${names.join(", ")}`,
      `claude-multi config get ${key}`,
    );
  }
  if (/^accounts\b/.test(key)) {
    throw usage(
      `Cannot use the key ${
        quoted(key)
      } here: accounts have commands of their own; here only accounts.NAME.plan and accounts.NAME.group are set`,
      "claude-multi list",
    );
  }
  if (/^pins\b/.test(key)) {
    throw usage(
      `Cannot use the key ${quoted(key)} here: pins have a command of their own`,
      "claude-multi pin --help",
    );
  }
  if (key === "$schema") {
    throw usage('Cannot use the key "$schema" here: it is ours', "claude-multi config schema");
  }
  const near = nearest(key, SETTABLE_FIELDS.map((field) => field.key));
  throw usage(
    `Cannot use the key ${quoted(key)}: there is none of that name`,
    near === null ? "claude-multi config get" : `claude-multi config get ${near}`,
  );
}

function usage(message: string, hint: string): UserError {
  return new UserError(message, { hint, exit: EXIT.usage });
}
