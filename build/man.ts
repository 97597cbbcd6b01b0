// The man pages, rendered from the declared commands with the macros that Linux and macOS know.
import type { Command } from "../lib/cli/command.ts";
import { GROUPS } from "../lib/cli/help.ts";
import { OWN_VARIABLES } from "../lib/claude/environment.ts";
import { EXIT_MEANINGS } from "../lib/text/errors.ts";
import { SEGMENTS } from "../lib/statusline/segments/mod.ts";
import { ABOUT, FLAGS, SUMMARY } from "../lib/statusline/usage.ts";

const FILES: ReadonlyArray<readonly [string, string]> = [
  ["~/.claude-multi/config.json", "accounts and settings"],
  ["~/.claude-multi/config/NAME/", "the folder of an account, with its login"],
  ["~/.claude-multi/ledger.db", "sessions, readings, limits and choices"],
  ["~/.claude-multi/backups/", "earlier versions of changed files"],
];

/** claude-multi.1. */
export function renderProgramPage(commands: readonly Command[], version: string): string {
  return page("claude-multi", version, [
    section("NAME", [text("claude-multi - several Claude subscriptions, one terminal")]),
    section("SYNOPSIS", [
      "\\fBclaude-multi\\fR \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]",
      ".br",
      "\\fBcl\\fR [\\fIARGUMENTS OF claude\\fR]",
      ".br",
      "\\fBcl-\\fINAME\\fR [\\fIARGUMENTS OF claude\\fR]",
    ]),
    section("DESCRIPTION", [
      text(
        "cl starts the official claude on the account with the most room; cl-NAME starts it on the account NAME. Each account keeps its own login; settings, skills, memory and conversations are shared. Only claude itself talks to the network.",
      ),
    ]),
    section(
      "COMMANDS",
      GROUPS.flatMap(([group, title]) => [
        `.SS ${title}`,
        ...commands.filter((command) => command.group === group).flatMap(commandLines),
      ]),
    ),
    section("EXIT STATUS", [
      text("run, and so cl, exits with the code of claude. Otherwise:"),
      ...items(EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning])),
    ]),
    section("ENVIRONMENT", items(OWN_VARIABLES)),
    section("FILES", items(FILES)),
    section("SEE ALSO", [text("claude-multi-statusline(1)")]),
  ]);
}

/** claude-multi-statusline.1. */
export function renderStatuslinePage(version: string): string {
  return page("claude-multi-statusline", version, [
    section("NAME", [text(`claude-multi-statusline - ${SUMMARY}`)]),
    section("SYNOPSIS", [
      `\\fBclaude-multi-statusline\\fR ${FLAGS.map(([flag]) => `[${text(flag)}]`).join(" ")}`,
    ]),
    section("DESCRIPTION", [text(ABOUT.replaceAll("\n", " "))]),
    section("OPTIONS", items(FLAGS)),
    section("SEGMENTS", [
      text('"statusline": { "segments": [...] } in config.json chooses and orders them.'),
      ...items(SEGMENTS.map(({ name, summary }) => [name, summary])),
    ]),
    section("EXIT STATUS", [text("Always 0.")]),
    section("SEE ALSO", [text("claude-multi(1)")]),
  ]);
}

function commandLines(command: Command): string[] {
  const words = [
    ...(command.positionals ?? []).map((p) =>
      p.optional ? `[\\fI${p.name}\\fR]` : `\\fI${p.name}\\fR`
    ),
    ...command.flags.map((f) => `[${text(`--${f.name}`)}${f.value ? ` \\fI${f.value}\\fR` : ""}]`),
    ...command.rest ? [`[\\-\\- \\fI${command.rest.name}\\fR]`] : [],
  ];
  const meanings: Array<readonly [string, string]> = [
    ...[...command.positionals ?? [], ...command.rest ? [command.rest] : []]
      .map((p) => [p.name, p.summary] as const),
    ...command.flags.map((f) => [`--${f.name}${f.value ? ` ${f.value}` : ""}`, f.summary] as const),
  ];
  return [
    ".TP",
    [`\\fB${text(command.name)}\\fR`, ...words].join(" "),
    text(`${command.summary}.`),
    ...command.examples.flatMap(([line, meaning]) => [
      ".IP",
      `\\fB${text(line)}\\fR`,
      ".br",
      text(meaning),
    ]),
    ...(command.details ?? []).flatMap((paragraph) => [".IP", text(paragraph)]),
    ...meanings.length === 0 ? [] : [".RS", ...items(meanings), ".RE"],
  ];
}

function page(name: string, version: string, sections: readonly string[]): string {
  const head = `.TH ${name.toUpperCase().replaceAll("-", "\\-")} 1 "" "claude-multi ${version}"`;
  return `.\\" Made from the code by make docs.\n${head}\n.nh\n${sections.join("\n")}\n`;
}

function section(title: string, lines: readonly string[]): string {
  return [`.SH ${title}`, ...lines].join("\n");
}

function items(rows: ReadonlyArray<readonly [string, string]>): string[] {
  return rows.flatMap(([term, meaning]) => [".TP", `\\fB${text(term)}\\fR`, text(meaning)]);
}

/** Plain text as roff: hyphens stay hyphens, and no line starts a request. */
function text(plain: string): string {
  return plain.replaceAll("\\", "\\e").replaceAll("-", "\\-").replaceAll("~", "\\(ti")
    .replace(/^([.'])/, "\\&$1")
    .replace(
      /[^\0-\x7f]/gu,
      (c) => `\\[u${c.codePointAt(0)?.toString(16).toUpperCase().padStart(4, "0")}]`,
    );
}
