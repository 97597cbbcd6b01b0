// Help texts, rendered from the declared commands.
import { EXIT_MEANINGS } from "../text/errors.ts";
import { OWN_VARIABLES } from "../claude/environment.ts";
import { wrapped } from "./columns.ts";
import type { Command } from "./command.ts";

/** The width of help in cells, unless the terminal is narrower. */
export const HELP_CELLS = 80;
/** Less than this is too little for a text beside another one. */
const LEAST = 24;

/** The groups of commands and their titles. */
export const GROUPS: ReadonlyArray<readonly [Command["group"], string]> = [
  ["everyday", "Everyday"],
  ["accounts", "Accounts"],
  ["more", "More"],
];

/** The usage line of a command, without the program's name. */
export function usageOf(command: Command): string {
  const parts = [shortUsage(command)];
  for (const f of command.flags) parts.push(`[--${f.name}${f.value ? ` ${f.value}` : ""}]`);
  if (command.rest) parts.push(`[-- ${command.rest.name}]`);
  return parts.join(" ");
}

/** The name of a command and its positional arguments. */
export function shortUsage(command: Command): string {
  const words = (command.positionals ?? []).map(({ name, optional, repeats }) => {
    const word = repeats ? `${name}…` : name;
    return optional ? `[${word}]` : word;
  });
  return [command.name, ...words].join(" ");
}

/** The help of the whole program, without commands that only programs call. */
export function renderHelp(
  commands: readonly Command[],
  { version, cells = HELP_CELLS }: { version: string; cells?: number },
): string {
  const columns = columnsFor(cells);
  const lines = [
    ...wrapped(`claude-multi ${version}: several Claude subscriptions, one terminal`, cells),
    "",
    "Usage:",
    ...columns([
      ["claude-multi COMMAND [ARGUMENTS]", "one of the commands below"],
      ["cl [ARGUMENTS OF claude]", "run claude on the account with the most room"],
      ["cl-NAME [ARGUMENTS OF claude]", "run claude on the account NAME"],
    ]),
  ];
  for (const [group, title] of GROUPS) {
    const members = commands.filter((command) => command.group === group && !command.internal);
    lines.push("", `${title}:`, ...columns(members.map((c) => [shortUsage(c), c.summary])));
  }
  lines.push(
    "",
    "Variables:",
    ...columns(OWN_VARIABLES),
    "",
    ...wrapped("Exit codes (`run` exits with the code of claude):", cells),
    ...columns(EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning] as const)),
    "",
    ...wrapped("For more about a command: claude-multi COMMAND --help", cells),
    ...wrapped(
      "To upgrade, install it again in the same way; accounts, settings and the ledger stay.",
      cells,
    ),
  );
  return lines.join("\n");
}

/** The help of one command: summary, usage, examples, then the details. */
export function renderCommandHelp(command: Command, cells = HELP_CELLS): string {
  const columns = columnsFor(cells);
  const usage = wrapped(`Usage: claude-multi ${usageOf(command)}`, cells, { indent: "    " });
  const lines = [...wrapped(command.summary, cells), "", ...usage];
  if (command.examples.length > 0) lines.push("", "Examples:", ...columns(command.examples));
  for (const paragraph of command.details ?? []) lines.push("", ...wrapped(paragraph, cells));
  const words = [...command.positionals ?? [], ...command.rest ? [command.rest] : []];
  if (words.length > 0) {
    lines.push("", "Arguments:", ...columns(words.map((p) => [p.name, p.summary])));
  }
  const flags = command.flags.map((f) =>
    [`--${f.name}${f.value ? ` ${f.value}` : ""}`, f.summary] as const
  );
  lines.push("", "Options:", ...columns([...flags, ["--help", "show this help"]]));
  return lines.join("\n");
}

type Rows = ReadonlyArray<readonly [string, string]>;

/** Two columns in so many cells; if the second had too little room, it stands below the first. */
function columnsFor(cells: number): (rows: Rows) => string[] {
  return (rows) => {
    const width = Math.max(...rows.map(([left]) => left.length));
    const rest = cells - 4 - width;
    if (width > HELP_CELLS / 2 || rest < LEAST) {
      return rows.flatMap(([left, right]) => [
        `  ${left}`,
        ...wrapped(right, cells - 6).map((line) => `      ${line}`),
      ]);
    }
    return rows.flatMap(([left, right]) => {
      const [head = "", ...tail] = wrapped(right, rest);
      return [
        `  ${left.padEnd(width)}  ${head}`,
        ...tail.map((line) => `  ${" ".repeat(width)}  ${line}`),
      ];
    });
  };
}
