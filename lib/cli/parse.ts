// Parsing of a command line into a command and its input.
import { quoted } from "../text/escape.ts";
import type { UserError } from "../text/errors.ts";
import { usageError } from "../text/errors.ts";
import { didYouMean } from "../text/format.ts";
import { pasteable, shellWord } from "../text/shell_quote.ts";
import type { Command, Input } from "./command.ts";
import type { OurWords } from "./other_words.ts";

/** What a command line asks for. */
export type Request =
  | { kind: "help"; command: Command | null }
  | { kind: "version" }
  | { kind: "run"; command: Command; input: Input };

/** What finds the words that were meant; null if there are none. */
export interface Guesses {
  /** The name that a mistyped word probably means. */
  nearest(word: string, names: readonly string[]): string | null;
  /** What to say about a command line of another tool, whose first word is none of the `commands`. */
  inOurWords(typed: readonly string[], commands: readonly string[]): OurWords | null;
  /** The names of accounts, which somebody may type where none is expected. */
  accounts: readonly string[];
}

const NO_GUESSES: Guesses = { nearest: () => null, inOurWords: () => null, accounts: [] };

/**
 * Parses the arguments of `claude-multi`.
 * @throws UserError (usage) for an unknown command or option; the hint is the whole line with what was
 * probably meant instead of the wrong word.
 */
export function parseRequest(
  args: readonly string[],
  commands: readonly Command[],
  guesses: Guesses = NO_GUESSES,
): Request {
  const [first, ...others] = args;
  if (first === undefined || first === "--help" || first === "-h") {
    return { kind: "help", command: null };
  }
  if (first === "--version" || first === "-v" || first === "-V") return { kind: "version" };
  if (first === "help") {
    const topic = others[0];
    return { kind: "help", command: topic === undefined ? null : find(topic) };
  }
  if (first === "version") return { kind: "version" };
  const command = find(first);
  const own = others.includes("--") ? others.slice(0, others.indexOf("--")) : others;
  if (own.includes("--help") || own.includes("-h")) return { kind: "help", command };
  return { kind: "run", command, input: parseInput(command, others, guesses) };

  function find(word: string): Command {
    const found = commands.find((command) => command.name === word);
    if (found) return found;
    const what = word.startsWith("-") ? "option" : "command";
    const names = commands.map((command) => command.name);
    if (args[0] === word && guesses.accounts.includes(word)) {
      const line = runOn(find("run"), { account: word, words: others });
      throw usageError(`${quoted(word)} is an account, not a command`, line);
    }
    const ours = guesses.inOurWords(args, names);
    if (ours !== null) {
      throw usageError(
        `unknown ${what} ${quoted(word)}${ours.said}`,
        ["claude-multi", ...ours.words.map(shellWord)].join(" "),
      );
    }
    const near = guesses.nearest(word, names);
    const command = args.length === 1 ? commands.find(({ name }) => name === near) : undefined;
    const form = command === undefined ? near : neededForm(command);
    throw usageError(
      `unknown ${what} ${quoted(word)}${didYouMean(form)}`,
      near === null
        ? "claude-multi --help"
        : command === undefined || form === near
        ? corrected(args, { word, by: near })
        // Without its arguments, the line would fail.
        : `claude-multi ${command.name} --help`,
    );
  }
}

/** A command with the arguments that it needs, such as `limit NAME`. */
export function neededForm({ name, positionals = [] }: Command): string {
  const needed = positionals.filter(({ optional }) => !optional);
  return [name, ...needed.map((one) => one.name)].join(" ");
}

/** The line that was probably meant. */
export function corrected(
  words: readonly string[],
  { word, by }: { word: string; by: string },
): string {
  return ["claude-multi", ...words.map((w) => shellWord(w === word ? by : w))].join(" ");
}

function parseInput(command: Command, args: readonly string[], guesses: Guesses): Input {
  const split = args.indexOf("--");
  const own = split < 0 ? args : args.slice(0, split);
  const rest = split < 0 ? [] : args.slice(split + 1);
  const values: Record<string, string> = {};
  const switches = new Set<string>();
  const positionals: string[] = [];
  const declared = command.positionals ?? [];
  const needed = declared.filter(({ optional }) => !optional).length;
  for (let i = 0; i < own.length; i++) {
    const word = own[i] ?? "";
    if (word === "-" || !word.startsWith("-")) {
      positionals.push(word);
      continue;
    }
    const [, name = word, assigned] = /^([^=]+)=(.*)$/s.exec(word) ?? [];
    const flag = command.flags.find((f) => name === `--${f.name}`);
    if (flag === undefined) throw unknownFlag(name);
    if (flag.value === undefined) {
      if (assigned !== undefined) throw wrong(command, `option "${name}" takes no value`);
      switches.add(flag.name);
      continue;
    }
    let value = assigned ?? own[++i];
    if (!value) throw wrong(command, `option "${name}" needs a value: ${flag.value}`);
    if (flag.takesWords && positionals.length >= needed) {
      while (own[i + 1]?.startsWith("-") === false) value += ` ${own[++i]}`;
    }
    values[flag.name] = value;
  }
  const extra = positionals[declared.length];
  if (extra !== undefined && !declared.at(-1)?.repeats) {
    throw usageError(
      `unexpected argument ${quoted(extra)} for "${command.name}"`,
      command.name === "run" && own.length === 1 && guesses.accounts.includes(extra)
        ? runOn(command, { account: extra, words: ["--", ...rest] })
        : passedOn(command, { own, rest }),
    );
  }
  const missing = declared[positionals.length];
  if (missing !== undefined && !missing.optional) {
    throw wrong(command, `missing argument ${missing.name} for "${command.name}"`);
  }
  if (rest.length > 0 && command.rest === undefined) {
    throw wrong(command, `"${command.name}" takes no arguments after "--"`);
  }
  return { values, switches, positionals, rest };

  function unknownFlag(flag: string): UserError {
    const name = guesses.nearest(flag.replace(/^-+/, ""), command.flags.map((f) => f.name));
    const near = name === null ? null : `--${name}`;
    return usageError(
      `unknown option ${quoted(flag)} for "${command.name}"${didYouMean(near)}`,
      near === null
        ? passedOn(command, { own, rest })
        : corrected([command.name, ...args], { word: flag, by: near }),
    );
  }
}

function wrong(command: Command, message: string): UserError {
  return usageError(message, `claude-multi ${command.name} --help`);
}

/** The line that starts claude on an account, with options of `run` and words for claude. */
function runOn(run: Command, { account, words }: { account: string; words: readonly string[] }) {
  const split = words.includes("--") ? words.indexOf("--") : words.length;
  const own = ["--account", account, ...words.slice(0, split)];
  return passedOn(run, { own, rest: words.slice(split + 1) });
}

/** The words that a command takes, and all others, which may be for claude. */
export function sortedWords(
  { flags, positionals = [] }: Pick<Command, "flags" | "positionals">,
  given: readonly string[],
): { own: string[]; others: string[] } {
  const words = [...given];
  const own: string[] = [];
  const others: string[] = [];
  let places = positionals.at(-1)?.repeats ? Infinity : positionals.length;
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const flag = flags.find((f) => word?.split("=")[0] === `--${f.name}`);
    const isPlaced = !word.startsWith("-") && others.length === 0 && places-- > 0;
    (flag === undefined && !isPlaced ? others : own).push(word);
    if (flag?.value !== undefined && !word.includes("=")) own.push(...words.splice(0, 1));
  }
  return { own, others };
}

/** The line with everything that isn't ours moved behind `--`, or the command's help if it takes no `--`. */
function passedOn(
  command: Command,
  typed: { own: readonly string[]; rest: readonly string[] },
): string {
  const { own, others } = sortedWords(command, typed.own);
  const passed = [...others, ...typed.rest];
  const line = pasteable([
    ...["claude-multi", command.name, ...own],
    ...passed.length === 0 ? [] : ["--", ...passed],
  ]);
  return command.rest === undefined || line === null ? `claude-multi ${command.name} --help` : line;
}
