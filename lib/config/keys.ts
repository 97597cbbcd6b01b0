// The keys of settings as users type them: `limits.burstHours`, `accounts.work.plan`.
import { isField, isList } from "./config.ts";
import type { Field, Rows } from "./fields.ts";
import { FIELDS } from "./fields.ts";

/** All rows by key, such as `limits.burstHours` or `accounts[].plan`. */
export const ROWS: ReadonlyMap<string, Field> = new Map(rowsBelow(FIELDS, ""));

function rowsBelow(rows: Rows, prefix: string): Array<[string, Field]> {
  return Object.entries(rows).flatMap(([name, row]): Array<[string, Field]> =>
    isField(row)
      ? [[prefix + name, row]]
      : isList(row)
      ? rowsBelow(row[0], `${prefix}${name}[].`)
      : rowsBelow(row, `${prefix}${name}.`)
  );
}

/** The row of a key; null if it isn't a setting. Without the name of an account, a key of accounts is none. */
export function rowOf(key: string): Field | null {
  if (key.includes("[")) return null;
  return ROWS.get(key.replace(/^accounts\.[^.]+\./, "accounts[].")) ?? null;
}

/** Every key that `config set` accepts, including those of these accounts. */
export function settableKeys(accountNames: readonly string[]): string[] {
  return [...ROWS].filter(([, field]) => field.setBy === undefined).flatMap(([key]) =>
    key.startsWith("accounts[]") ? accountNames.map((name) => key.replace("[]", `.${name}`)) : [key]
  );
}

/** The values that a row accepts, if there are only a few; else none. */
export function valuesOf({ type, choices }: Field): readonly string[] {
  return type === "boolean" ? ["true", "false"] : choices ?? [];
}
