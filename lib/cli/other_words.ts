// Words of other tools, and what does the same here; loaded only for a wrong word.

/**
 * Each row: the words; the line that was meant, in which NAME is the next word and `…` all that follow;
 * the line without a next word, if that is another one.
 */
const ROWS: ReadonlyArray<readonly [words: string, line: string, alone?: string]> = [
  ["use switch select start launch open exec", "run --account NAME", "pick"],
  ["next best", "pick"],
  ["current limits limited quota usage left", "status"],
  ["ls accounts groups profile profiles who whoami", "list"],
  ["create new", "add NAME …", "add --help"],
  ["rm del delete", "remove NAME …", "remove --help"],
  ["mv", "rename NAME …", "rename --help"],
  ["unpin", "pin --clear"],
  ["unlimit unblock", "limit NAME --clear", "limit --help"],
  ["block", "limit NAME", "limit --help"],
  ["pause skip", "disable NAME", "disable --help"],
  ["unpause unskip", "enable NAME", "enable --help"],
  ["signin sign-in log-in auth", "login NAME", "login --help"],
  ["logout signout sign-out log-out", "run --account NAME -- auth logout", "list"],
  ["init install", "setup"],
  ["check diagnose health", "doctor"],
  ["continue", "resume --last"],
  ["history log logs", "sessions"],
  ["set", "config set …", "config set policy weighted"],
  ["get", "config get …"],
  ["unset", "config unset …", "config --help"],
  ["edit", "config edit"],
  ["settings", "config"],
];

/**
 * The words of ours that do what these would in another tool, such as `remove work` for `rm work`; null if
 * the first one is no such word.
 */
export function inOurWords(typed: readonly string[]): string[] | null {
  const [word = "", ...rest] = typed;
  const row = ROWS.find(([words]) => words.split(" ").includes(word));
  if (row === undefined) return null;
  const [, line, alone = line] = row;
  const [name = "", ...more] = rest;
  const isNamed = name !== "" && !name.startsWith("-");
  return (isNamed ? line : alone).split(" ").flatMap((part) =>
    part === "NAME" ? [name] : part !== "…" ? [part] : line.includes("NAME") ? more : rest
  );
}
