// Words after `cl` that name a command or an account of ours, or begin with our --account: claude would take
// them for a prompt or refuse the option, so the user is asked.
import type { Context } from "../ports/context.ts";
import { CLIENT_SUBCOMMANDS, readClientArguments } from "../claude/arguments.ts";
import { CLIENT_FLAGS } from "../claude/flags.ts";
import type { Command, Flag } from "../cli/command.ts";
import type { Request } from "../cli/parse.ts";
import { neededForm, parseRequest, sortedWords } from "../cli/parse.ts";
import { askYes } from "../cli/prompt.ts";
import { nearest } from "../text/nearest.ts";
import { UserError } from "../text/errors.ts";
import { pasteable } from "../text/shell_quote.ts";

/** What words for claude may have been meant as. */
interface Meant {
  /** What is wrong with them. */
  why: string;
  /** What to type instead, as people type it. */
  shown: readonly string[];
  /** The same as a command line of ours. */
  words: readonly string[];
}

/**
 * The request for a command, or for a launch on an account, if these words for claude are one and the user
 * says so. Asks every time, but only in a terminal. null if they are for claude: that is also what `--`
 * before them says, and `-p` among them, which no command of ours has. Our --account that goes to claude so is told.
 * @throws UserError (cancelled) at the end of input; (usage) if it is a command that needs more words.
 */
export async function ownCommand(
  context: Context,
  { words, commands }: { words: readonly string[]; commands: readonly Command[] },
): Promise<Extract<Request, { kind: "run" }> | null> {
  const { terminal } = context;
  const option = accountOption(context, { words, commands });
  if (option !== null && (!terminal.interactive || option.prints)) {
    // Nobody is asked; claude ends with an error that doesn't know of us.
    terminal.warn(`${option.why}, not of claude`);
    const line = pasteable(["claude-multi", ...option.words]);
    if (line !== null) terminal.note(`try: ${line}`);
    return null;
  }
  if (!terminal.interactive) return null;
  const names = commands.flatMap(({ name, internal }) => internal === true ? [] : [name]);
  const meant = option ?? ownWord(context, { words, names });
  const request = meant === null ? null : requestOf(meant.words, commands);
  if (meant === null || request === null) return null;
  const command = commands.find(({ name }) => name === meant.words[0]);
  const isIncomplete = request instanceof UserError && command !== undefined;
  const line = isIncomplete ? `claude-multi ${neededForm(command)}` : pasteable(meant.shown);
  if (line === null) return null;
  const text = `${meant.why}. Did you mean "${line}"? (n sends it to claude)`;
  if (!await askYes(context, { text, standard: true })) return null;
  if (request instanceof UserError) throw request;
  return request;
}

/** A word that is long enough to be a mistyped command, and not in capitals or of another language. */
const TYPED = /^[a-z-]{4,}$/;

/** A first word that is a command, or an only word that is an account or nearly a command. */
function ownWord(
  context: Context,
  { words, names }: { words: readonly string[]; names: readonly string[] },
): Meant | null {
  const [first = ""] = words;
  if (CLIENT_SUBCOMMANDS.includes(first)) return null;
  if (names.includes(first)) {
    const why = `"${first}" is a command of claude-multi`;
    return { why, shown: ["claude-multi", ...words], words };
  }
  if (words.length !== 1) return null;
  if (isAccount(context, first)) {
    const why = `"${first}" is an account`;
    return { why, shown: [`cl-${first}`], words: ["run", "--account", first] };
  }
  const near = TYPED.test(first) ? nearest(first, names) : null;
  if (near === null || !isSlip(first, near)) return null;
  return { why: `"${first}" is no command`, shown: ["claude-multi", near], words: [near] };
}

/** Whether letters only changed places, or one is missing or too much: `lint` for `list` is another word. */
function isSlip(word: string, name: string): boolean {
  const letters = (text: string) => [...text].toSorted().join("");
  return letters(word) === letters(name) || Math.abs(word.length - name.length) === 1;
}

/** Our --account with the name of an account, as long as claude has no such option. */
function accountOption(
  context: Context,
  { words, commands }: { words: readonly string[]; commands: readonly Command[] },
): Meant & { prints: boolean } | null {
  const [option = "", assigned] = /^(--account)(?:=(.*))?$/.exec(words[0] ?? "")?.slice(1) ?? [];
  if (option === "" || Object.hasOwn(CLIENT_FLAGS, option)) return null;
  const [name = "", ...rest] = assigned === undefined
    ? words.slice(1)
    : [assigned, ...words.slice(1)];
  const flags = commands.find(({ name }) => name === "run")?.flags ?? [];
  const { own, others } = ownAndOthers(rest, flags);
  if (!isAccount(context, name)) return null;
  const line = ["run", option, name, ...own, ...others.length === 0 ? [] : ["--", ...others]];
  return {
    why: `"${option}" is an option of claude-multi run`,
    shown: own.length === 0 ? [`cl-${name}`, ...others] : ["claude-multi", ...line],
    words: line,
    prints: readClientArguments(others).kind === "print",
  };
}

/** Options of `run` that claude doesn't have, and the words for claude; those behind `--` always are. */
function ownAndOthers(
  words: readonly string[],
  flags: readonly Flag[],
): { own: readonly string[]; others: readonly string[] } {
  const split = words.includes("--") ? words.indexOf("--") : words.length;
  const ours = flags.filter(({ name }) => !Object.hasOwn(CLIENT_FLAGS, `--${name}`));
  const { own, others } = sortedWords({ flags: ours }, words.slice(0, split));
  return { own, others: [...others, ...words.slice(split)] };
}

function isAccount({ configFile }: Context, word: string): boolean {
  return configFile.read().accounts.some(({ name }) => name === word);
}

/** The words as a command line of ours; null if they aren't a valid one, and the error if they are only a command. */
function requestOf(
  words: readonly string[],
  commands: readonly Command[],
): Extract<Request, { kind: "run" }> | UserError | null {
  try {
    const request = parseRequest(words, commands);
    return request.kind === "run" ? request : null;
  } catch (error) {
    return words.length === 1 && error instanceof UserError ? error : null;
  }
}
