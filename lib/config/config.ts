// The settings as a value: those in config.json, and the defaults from FIELDS for the others.
import { nameProblem } from "./account.ts";
import type { Field, Rows, Values } from "./fields.ts";
import { FIELDS, REMOVED } from "./fields.ts";
import { isObject, objectOf } from "../text/json_object.ts";

/** The settings of claude-multi, complete. */
export interface Config extends Values<typeof FIELDS> {}

/** A folder tree that uses only one account or one group of accounts. */
export type Pin = Config["pins"][number];

/** The keys and list positions that lead to a value. */
export type Path = ReadonlyArray<string | number>;

/** Something in config.json that doesn't match {@link FIELDS}. */
export interface Fault {
  path: Path;
  /** `unknown` and `removed` keys are harmless. */
  kind: "value" | "missing" | "clash" | "unknown" | "removed";
  /** The value in the file. */
  value: unknown;
  /** What is allowed there; null if nothing is. */
  row: Rows[string] | null;
}

/** The settings of a parsed config.json, with all its faults. */
export function readConfig(value: unknown): { config: Config; faults: Fault[] } {
  const faults: Fault[] = [];
  const config = completed(value, faults);
  addStrays(FIELDS, { value, path: [], faults });
  addClashes(config.accounts, faults);
  return { config, faults };
}

/**
 * The settings of a parsed config.json, whatever it is. Invalid values get their default and are added
 * to `faults`; in lists they are left out; numbers out of range are moved to the nearer end.
 */
export function completed(value: unknown, faults: Fault[] = []): Config {
  return readGroup(FIELDS, { value, path: [], faults }) as unknown as Config;
}

/** The settings of an empty config.json. */
export function defaultConfig(): Config {
  return completed({});
}

/** Whether a row is a single setting. */
export function isField(row: Rows[string]): row is Field {
  return typeof (row as Rows)["type"] === "string";
}

/** Whether a row is a list of groups. */
export function isList(row: Rows[string]): row is readonly [Rows] {
  return Array.isArray(row);
}

interface Found {
  value: unknown;
  path: Path;
  faults: Fault[];
}

/** The values of a group whose keys are all missing. */
interface Outline {
  defaults: Record<string, unknown>;
  required: string[];
  /** Keys that default to the value of another key. */
  copies: Array<{ key: string; of: string }>;
}

const OUTLINES = new Map<Rows, Outline>();

/** Computed once per group: every start of a program reads the settings first. */
function outlineOf(rows: Rows): Outline {
  const known = OUTLINES.get(rows);
  if (known !== undefined) return known;
  const outline: Outline = { defaults: {}, required: [], copies: [] };
  OUTLINES.set(rows, outline);
  for (const [key, row] of Object.entries(rows)) {
    if (isField(row)) {
      outline.defaults[key] = row.default ?? null;
      if (row.required) outline.required.push(key);
      if (row.sameAs) outline.copies.push({ key, of: row.sameAs });
    } else if (isList(row)) outline.defaults[key] = [];
    else {
      const { defaults, required } = outlineOf(row);
      outline.defaults[key] = required.length > 0 ? null : defaults;
    }
  }
  return outline;
}

/** The settings of a group; null if a required one is missing. */
function readGroup(rows: Rows, { value, path, faults }: Found): Record<string, unknown> | null {
  const given = objectOf(value);
  if (given !== value) faults.push({ kind: "value", path, value, row: rows });
  const { defaults, required, copies } = outlineOf(rows);
  const result = { ...defaults };
  for (const key of Object.keys(given)) {
    const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
    if (row === undefined) continue;
    const found = { value: given[key], path: [...path, key], faults };
    const read = isField(row)
      ? readField(row, found)
      : isList(row)
      ? readList(row, found)
      : readGroup(row, found);
    result[key] = read ?? defaults[key];
  }
  for (const { key, of } of copies) result[key] ??= result[of];
  for (const key of required) {
    if (given === value && !Object.hasOwn(given, key)) {
      faults.push({ kind: "missing", path: [...path, key], value: undefined, row: null });
    }
  }
  return required.every((key) => result[key] !== null) ? result : null;
}

function readList(row: readonly [Rows], { value, path, faults }: Found): unknown[] {
  if (!Array.isArray(value)) {
    faults.push({ kind: "value", path, value, row });
    return [];
  }
  return value.map((item, index) =>
    readGroup(row[0], { value: item, path: [...path, index], faults })
  ).filter((item) => item !== null);
}

/** A single setting; null if its default applies. */
function readField(field: Field, { value, path, faults }: Found): unknown {
  const right = accepted(field, value);
  if (right !== undefined) return right;
  faults.push({ kind: "value", path, value, row: field });
  if (field.range && Number.isFinite(value)) {
    const [least, most] = field.range;
    return accepted(field, Math.min(most, Math.max(least, value as number)));
  }
  return field.type === "strings" && Array.isArray(value)
    ? value.filter((item) => typeof item === "string")
    : null;
}

/** The value of a setting for a value in the file; undefined if the row doesn't accept that. */
export function accepted(field: Field, value: unknown): unknown {
  const { type } = field;
  if (value === null) return field.nullable ? null : undefined;
  if (typeof value === "boolean") return type === "boolean" ? value : undefined;
  if (typeof value === "number") {
    const [least, most] = field.range ?? [-Infinity, Infinity];
    if (type !== "number" || value < least || value > most) return undefined;
    return field.whole ? Math.floor(value) : value;
  }
  if (typeof value === "string") {
    if (type === "name") return nameProblem(value) === null ? value : undefined;
    if (type === "path") return value.startsWith("/") ? withoutEndSlash(value) : undefined;
    return field.choices?.includes(value) ?? type === "string" ? value : undefined;
  }
  const isTexts = Array.isArray(value) && value.every((item) => typeof item === "string");
  return type === "strings" && isTexts ? value : undefined;
}

function withoutEndSlash(path: string): string {
  return path.replace(/(.)\/+$/, "$1");
}

/** Adds faults for the keys that aren't settings, at any depth. */
function addStrays(rows: Rows, { value, path, faults }: Found): void {
  if (!isObject(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    const found = { value: inner, path: [...path, key], faults };
    const row = Object.hasOwn(rows, key) ? rows[key] : undefined;
    if (row === undefined) addStray(found);
    else if (!isList(row) && !isField(row)) addStrays(row, found);
    else if (isList(row) && Array.isArray(inner)) {
      inner.forEach((item, i) =>
        addStrays(row[0], { value: item, path: [...found.path, i], faults })
      );
    }
  }
}

/** Adds a fault for a key that isn't a setting, or for each key of a removed group. */
function addStray({ value, path, faults }: Found): void {
  const key = path.join(".");
  const isGroup = Object.keys(REMOVED).some((removed) => removed.startsWith(`${key}.`));
  if (isGroup && isObject(value)) {
    for (const name of Object.keys(value)) {
      addStray({ value: value[name], path: [...path, name], faults });
    }
    return;
  }
  const kind = Object.hasOwn(REMOVED, key) ? "removed" : "unknown";
  faults.push({ kind, path, value, row: null });
}

/** Adds faults that no single key shows: two accounts with the same name or folder. */
function addClashes(accounts: Config["accounts"], faults: Fault[]): void {
  const names = new Set<string>();
  const folders = new Set<string>();
  accounts.forEach(({ name, inPlace, folder }, index) => {
    const place = inPlace ? "the shared home" : folder;
    const key = names.has(name)
      ? "name"
      : !folders.has(place)
      ? null
      : inPlace
      ? "inPlace"
      : "folder";
    const path = ["accounts", index, key ?? ""];
    if (key !== null) {
      faults.push({ kind: "clash", path, value: key === "name" ? name : folder, row: null });
    }
    names.add(name);
    folders.add(place);
  });
}
