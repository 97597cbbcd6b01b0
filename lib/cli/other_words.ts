// Words of other tools, and what does the same here; loaded only for a wrong word.
import { didYouMean } from "../text/format.ts";
import { nearest } from "../text/nearest.ts";
import { shellWord } from "../text/shell_quote.ts";

/**
 * Each row: the words; the line that was meant, in which NAME is the next word and `…` all that follow, or
 * if nothing does, what is behind it; the line without a next word, if that is another one.
 */
const ROWS: ReadonlyArray<readonly [words: string, line: string, alone?: string]> = [
  ["use switch select", "run --account NAME", "run --help"],
  ["start launch open exec", "run --account NAME", "run"],
  ["next best", "pick"],
  ["current limits limited quota usage left info", "status"],
  ["ls accounts groups profile profiles who whoami", "list"],
  ["group", "config set accounts.NAME.group …office", "list"],
  ["ungroup", "config unset accounts.NAME.group", "list"],
  ["set-default default prefer", "pin NAME", "pin --help"],
  ["create new", "add NAME …", "add --help"],
  ["rm del delete", "remove NAME …", "remove --help"],
  ["mv", "rename NAME …", "rename --help"],
  ["unpin", "pin --clear"],
  ["unlimit unblock reset", "limit NAME --clear", "limit --help"],
  ["block", "limit NAME", "limit --help"],
  ["pause skip", "disable NAME", "disable --help"],
  ["unpause unskip", "enable NAME", "enable --help"],
  ["signin sign-in log-in auth", "login NAME", "login --help"],
  ["logout signout sign-out log-out", "run --account NAME -- auth logout", "run --help"],
  ["init install", "setup"],
  ["check diagnose health", "doctor"],
  ["continue", "resume --last"],
  ["history log logs", "sessions"],
  ["set", "config set …", "config set policy weighted"],
  ["get", "config get …"],
  ["unset", "config unset …", "config --help"],
  ["edit", "config edit"],
  ["settings", "config"],
  ["policy", "config set policy …", "config get policy"],
  ["handoff", "config set handoff …", "config get handoff"],
];

/** Words for what no command does: why, and the line to type all the same. */
const EXPLAINED: ReadonlyArray<readonly [words: string, why: string, line: string]> = [
  [
    "update upgrade",
    "to upgrade, install the newer version as you installed this one; accounts and settings stay",
    "--version",
  ],
];

/** What to say about a word of another tool, and what to type instead. */
export interface OurWords {
  /** The end of the message. */
  said: string;
  words: string[];
}

/**
 * The words of ours that do what these would in another tool, such as `remove work` for `rm work`; null if
 * the first one is no such word. It may be mistyped, unless it is more like one of the `commands`.
 */
export function inOurWords(
  typed: readonly string[],
  commands: readonly string[] = [],
): OurWords | null {
  const isHelp = typed[0] === "help";
  const [word = "", ...rest] = isHelp ? typed.slice(1, 2) : typed;
  const explained = rowWith(EXPLAINED, word);
  if (explained !== undefined) return { said: `: ${explained[1]}`, words: [explained[2]] };
  const row = rowWith(ROWS, word) ??
    (nearest(word, commands) === null
      ? rowWith(ROWS, nearest(word, ROWS.flatMap(([words]) => words.split(" "))) ?? "")
      : undefined);
  if (row === undefined) return null;
  const [, line, alone = line] = row;
  if (isHelp) {
    const [command = ""] = alone.split(" ");
    return { said: didYouMean(command), words: [command, "--help"] };
  }
  const [name = "", ...more] = rest;
  const isNamed = name !== "" && !name.startsWith("-");
  const words = (isNamed ? line : alone).split(" ").flatMap((part) => {
    if (!part.startsWith("…")) return part.replace("NAME", () => name);
    const left = line.includes("NAME") ? more : rest;
    return left.length > 0 || part === "…" ? left : part.slice(1);
  });
  // The help of a command is what to type without a name, but not what was meant.
  const isForm = !isNamed && alone.endsWith(" --help") && line.includes("NAME");
  const meant = isForm ? line.replace(/ …$/, "") : words.map(shellWord).join(" ");
  return { said: didYouMean(meant), words };
}

/** The row that has a word. */
function rowWith<Row extends readonly [words: string, ...more: unknown[]]>(
  rows: readonly Row[],
  word: string,
): Row | undefined {
  return rows.find(([words]) => words.split(" ").includes(word));
}
