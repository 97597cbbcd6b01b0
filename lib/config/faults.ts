// The faults of a config.json in words; loaded only if it has any.
import { nameProblem } from "./account.ts";
import { quoted } from "../text/escape.ts";
import type { Fault, Path } from "./config.ts";
import { isField, isList } from "./config.ts";
import { REMOVED } from "./fields.ts";
import { ROWS } from "./keys.ts";
import { didYouMean, orList } from "../text/format.ts";
import { nearest } from "../text/nearest.ts";

/** A fault in one line: the key and what is wrong with it. */
export function describeFault({ kind, path, value, row }: Fault): string {
  const key = keyOf(path);
  if (kind === "unknown") return unknownSetting(key);
  if (kind === "removed") return `"${key}" is no longer a setting: ${REMOVED[key]}`;
  if (kind === "missing") return `"${key}" is missing`;
  if (kind === "clash") {
    return key.endsWith(".name")
      ? `account "${value}" is listed twice`
      : key.endsWith(".inPlace")
      ? "only one account can be in place"
      : `two accounts use the folder "${value}"`;
  }
  const subject = key === "" ? "the file" : `"${key}"`;
  if (row !== null && isField(row) && row.type === "name" && typeof value === "string") {
    return `${subject} can't be ${quoted(value)}: ${nameProblem(value)}`;
  }
  return `${subject} must be ${wantedBy(row)}, not ${shown(value)}`;
}

/** Says that a key is unknown, and which one was probably meant. */
export function unknownSetting(key: string): string {
  const groups = [...new Set([...ROWS.keys()].map((other) => other.split(/[.[]/, 1)[0] ?? ""))];
  const near = nearestKey(key) ?? nearest(key, groups);
  const parent = key.replace(/[^.]*$/, "").replace(/\[\d+\]/, "[]");
  // In the same group, the last word is enough.
  const meant = near?.startsWith(parent) ? near.slice(parent.length) : near;
  return `unknown setting ${quoted(key)}${didYouMean(meant)}`;
}

/** Windows as the tables call them. */
const WINDOW_OF_WORD: ReadonlyMap<string, string> = new Map([
  ["5h", "five_hour"],
  ["7d", "seven_day"],
]);

/** The key that was probably meant by one that is mistyped or lacks its group; else null. */
export function nearestKey(key: string): string | null {
  const [, parent = "", last = ""] = /^(.*\.)?([^.]*)$/.exec(key.replace(/\[\d+\]/, "[]")) ?? [];
  const keys = [...ROWS.keys()];
  const siblings = keys.filter((other) => other.startsWith(parent))
    .map((other) => other.slice(parent.length));
  const near = nearest(WINDOW_OF_WORD.get(last) ?? last, siblings);
  if (near !== null) return parent + near;
  // Without its group, or with another one.
  const inGroups = keys.filter((other) => other.includes(".") && !other.includes("[]"));
  const leaf = (other: string) => other.slice(other.lastIndexOf(".") + 1);
  const meant = nearest(last, inGroups.map(leaf));
  return inGroups.find((other) => leaf(other) === meant) ?? null;
}

/** A path as people write it, such as `accounts[0].name`. */
export function keyOf(path: Path): string {
  return path.map((key) => typeof key === "number" ? `[${key}]` : `.${key}`).join("").slice(1);
}

function wantedBy(row: Fault["row"]): string {
  if (row === null) return "left out";
  if (isList(row)) return "a list in brackets";
  if (!isField(row)) return "an object in braces";
  const { type, choices, range, nullable } = row;
  if (choices) {
    const words = choices.map((choice) => `"${choice}"`);
    return orList(type === "strings" ? [...words, "a list of strings"] : words);
  }
  if (type === "number") return range ? `a number from ${range[0]} to ${range[1]}` : "a number";
  if (type === "boolean") return "true or false";
  if (type === "path") return "an absolute path";
  if (type === "strings") return "a list of strings";
  return nullable ? "a string or null" : "a string in double quotes";
}

function shown(value: unknown): string {
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}
