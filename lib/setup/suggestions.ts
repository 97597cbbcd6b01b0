// Completion of a command line, from the declared commands.
import { CLIENT_SUBCOMMANDS } from "../claude/arguments.ts";
import { CLIENT_FLAGS } from "../claude/flags.ts";
import { FIELDS } from "../config/fields.ts";
import { rowOf, settableKeys, valuesOf } from "../config/keys.ts";
import { EDITORS } from "./editors.ts";
import { SHELLS } from "./shells.ts";
import { SEGMENTS } from "../statusline/segments/mod.ts";
import type { Command } from "../cli/command.ts";

/** A suggested word and its meaning. */
export interface Suggestion {
  value: string;
  about: string;
}

/** Suggestions that have to be looked up; each kind is read only when it is needed. */
export interface Sources {
  accounts(): Suggestion[];
  groups(): Suggestion[];
  /** Numbers of sessions, newest first. */
  sessions(): Suggestion[];
  /** Ids of conversations that start with a text, newest first. */
  conversations(prefix: string): Suggestion[];
}

/** The words before the cursor, read as a command line. */
interface Line {
  command: Command;
  /** Words after the command, without the current one. */
  before: readonly string[];
  current: string;
  sources: Sources;
}

type Lookup = (line: Line) => Suggestion[] | "files";

const nothing = (): Suggestion[] => [];
const words = (values: readonly string[]) => (): Suggestion[] =>
  values.map((value) => ({ value, about: "" }));

const SEGMENT_NAMES = SEGMENTS.map(({ name, summary }) => ({ value: name, about: summary }));

/**
 * The suggestions for each placeholder in the declarations; "files" leaves them to the shell. Words that
 * only the user can know have none.
 */
export const PLACEHOLDERS: Readonly<Record<string, Lookup>> = {
  ACTION: ({ command }) =>
    (command.positionals ?? []).filter((p) => p.name === "ACTION")
      .flatMap((p) => p.choices ?? []).map(([value, about]) => ({ value, about })),
  ARGS: (line) => ["run", "resume", "ide"].includes(line.command.name) ? ofClient(line) : "files",
  EDITORS: ({ current }) => ofList(current, words(EDITORS)()),
  EVENT: nothing,
  FILE: () => "files",
  FOLDER: () => "files",
  GROUP: ({ sources }) => sources.groups(),
  WORD: ({ sources, current }) => sources.conversations(current),
  KEY: ({ before, sources }) =>
    !["get", "set", "unset"].includes(before[0] ?? "")
      ? []
      : settableKeys(sources.accounts().map(({ value }) => value))
        .map((key) => ({ value: key, about: rowOf(key)?.about ?? "" })),
  MODEL: words(CLIENT_FLAGS["--model"]?.values ?? []),
  N: nothing,
  NAME: ({ sources }) => sources.accounts(),
  NAMES: (line) => ofList(line.current, line.sources.accounts()),
  NEW: nothing,
  PLAN: words(FIELDS.accounts[0].plan.choices),
  POLICY: words(FIELDS.policy.choices),
  PRICES: nothing,
  SEGMENTS: ({ current }) => [
    ...current.includes(",") ? [] : [{ value: "all", about: "all segments" }],
    ...ofList(current, SEGMENT_NAMES),
  ],
  SECONDS: nothing,
  SESSION: ({ sources }) => sources.sessions(),
  SHARE: nothing,
  SHELL: (line) => [
    ...SHELLS.map((value) => ({ value, about: `the shell ${value}` })),
    ...line.command.name === "setup"
      ? [
        { value: "auto", about: "your login shell" },
        { value: "all", about: "and every shell that has a start file" },
        { value: "none", about: "no shell" },
      ]
      : [],
  ],
  THEME: words(FIELDS.statusline.theme.choices),
  TIME: nothing,
  VALUE: (line) => {
    const [action, key = ""] = line.before;
    if (action !== "set") return [];
    if (key === "statusline.segments") return ofList(line.current, SEGMENT_NAMES);
    if (/^accounts\.[^.]+\.group$/.test(key)) return line.sources.groups();
    const field = rowOf(key);
    return field === null ? [] : words(valuesOf(field))();
  },
  WORDS: nothing,
  YES: words(["yes", "no"]),
};

/** Placeholders for a new name. */
const NEW_NAMES = ["add NAME", "setup --in-place", "setup --add"];

/**
 * Suggestions for the last of `typed`, the words between the program's name and the cursor. They aren't
 * filtered by what that word starts with: the shell does that. "files" means file names.
 */
export function suggest(
  typed: readonly string[],
  options: { commands: readonly Command[]; sources: Sources },
): Suggestion[] | "files" {
  const { commands, sources } = options;
  // bash splits --flag=value into three words, and expects only the value.
  const joined = joinEquals(typed);
  const [first = "", ...others] = joined.words;
  if (others.length === 0) return first.startsWith("-") ? PROGRAM_FLAGS : firstWords(commands);
  const current = others.at(-1) ?? "";
  const before = others.slice(0, -1);
  if (first === "help") return before.length === 0 ? firstWords(commands) : [];
  const command = commands.find((c) => c.name === first);
  if (command === undefined) return [];
  const line: Line = { command, before, current, sources };
  const isRest = before.includes("--");
  const [flagged, assigned] = splitAssignment(current);
  if (assigned !== null) {
    const found = (isRest ? ofClientFlag : ofFlag)({ ...line, current: assigned }, flagged);
    if (found === null || found === "files") return isRest ? "files" : [];
    const prefix = joined.wasSplit ? "" : `${flagged}=`;
    return found.map(({ value, about }) => ({ value: `${prefix}${value}`, about }));
  }
  if (isRest) return command.rest ? lookUp(line, command.rest.name) : [];
  const ofPrevious = ofFlag(line, before.at(-1) ?? "");
  if (ofPrevious !== null) return ofPrevious;
  if (current.startsWith("-")) return flagsOf(line);
  const position = positionalsBefore(line);
  const { positionals = [] } = command;
  const last = positionals.at(-1);
  const declared = positionals[position.length] ?? (last?.repeats ? last : undefined);
  if (declared === undefined) return current === "" ? flagsOf(line) : [];
  return lookUp({ ...line, before: position }, declared.name);
}

const PROGRAM_FLAGS: Suggestion[] = [
  { value: "--help", about: "list the commands" },
  { value: "--version", about: "show the version" },
];

function firstWords(commands: readonly Command[]): Suggestion[] {
  const shown = commands.filter((c) => !c.internal);
  return [
    ...shown.map(({ name, summary }) => ({ value: name, about: summary })),
    { value: "help", about: "Show the help for a command" },
  ];
}

function joinEquals(typed: readonly string[]): { words: string[]; wasSplit: boolean } {
  const joined: string[] = [];
  let wasSplit = false;
  for (let i = 0; i < typed.length; i++) {
    const [word = "", last = ""] = [typed[i], joined.at(-1)];
    wasSplit = word === "=" && last.startsWith("--") && !last.includes("=");
    if (!wasSplit) joined.push(word);
    else joined.push(`${joined.pop()}=${typed[++i] ?? ""}`);
  }
  return { words: joined, wasSplit };
}

function splitAssignment(word: string): [flag: string, value: string | null] {
  const at = word.startsWith("--") ? word.indexOf("=") : -1;
  return at < 0 ? [word, null] : [word.slice(0, at), word.slice(at + 1)];
}

/** The values of a flag; null if it takes none. */
function ofFlag(line: Line, word: string): Suggestion[] | "files" | null {
  const flag = line.command.flags.find((f) => `--${f.name}` === word);
  if (flag?.value === undefined) return null;
  if (NEW_NAMES.includes(`${line.command.name} ${word}`)) return [];
  return lookUp(line, flag.value);
}

/** Suggestions for the client's own arguments: its flags, their values, its commands. */
function ofClient(line: Line): Suggestion[] | "files" {
  const { before, current } = line;
  const typed = before.slice(before.indexOf("--") + 1);
  if (current.startsWith("-")) {
    return Object.entries(CLIENT_FLAGS).flatMap(([value, { about }]) =>
      about ? { value, about } : []
    );
  }
  const ofPrevious = ofClientFlag(line, typed.at(-1) ?? "");
  if (ofPrevious !== null) return ofPrevious;
  const commands = typed.length > 0 || current === ""
    ? []
    : CLIENT_SUBCOMMANDS.filter((name) => name.startsWith(current));
  return commands.length === 0 ? "files" : words(commands)();
}

/** The values of a flag of the client; null if they aren't a fixed set. */
function ofClientFlag({ current, sources }: Line, word: string): Suggestion[] | null {
  if (word === "--resume" || word === "-r") return sources.conversations(current);
  const values = CLIENT_FLAGS[word]?.values ?? [];
  return values.length === 0 ? null : words(values)();
}

function lookUp(line: Line, placeholder: string): Suggestion[] | "files" {
  if (NEW_NAMES.includes(`${line.command.name} ${placeholder}`)) return [];
  return (PLACEHOLDERS[placeholder] ?? nothing)(line);
}

function flagsOf({ command, before }: Line): Suggestion[] {
  const given = new Set(before.map((word) => splitAssignment(word)[0]));
  return [
    ...command.flags.map((flag) => ({ value: `--${flag.name}`, about: flag.summary })),
    { value: "--help", about: "show the help for this command" },
    ...command.rest ? [{ value: "--", about: command.rest.summary }] : [],
  ].filter(({ value }) => !given.has(value));
}

function positionalsBefore({ command, before }: Line): string[] {
  return before.filter((word, i) => {
    if (word.startsWith("-")) return false;
    const previous = command.flags.find((f) => `--${f.name}` === before[i - 1]);
    return previous?.value === undefined;
  });
}

/** Suggestions for the last name in a comma-separated list. */
function ofList(current: string, names: readonly Suggestion[]): Suggestion[] {
  const done = current.split(",").slice(0, -1);
  const prefix = done.map((name) => `${name},`).join("");
  return names.filter(({ value }) => !done.includes(value))
    .map(({ value, about }) => ({ value: `${prefix}${value}`, about }));
}
