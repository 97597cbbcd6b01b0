// Shell snippets: the templates with the lines for this program and these accounts.
import bashTemplate from "../../shell/cl.bash" with { type: "text" };
import fishTemplate from "../../shell/cl.fish" with { type: "text" };
import zshTemplate from "../../shell/cl.zsh" with { type: "text" };
import { fishQuoted, shellQuoted } from "../text/shell_quote.ts";

/** Supported shells. */
export const SHELLS = ["bash", "zsh", "fish"] as const;
/** One of {@link SHELLS}. */
export type Shell = typeof SHELLS[number];

const TEMPLATES: Readonly<Record<Shell, string>> = {
  bash: bashTemplate,
  zsh: zshTemplate,
  fish: fishTemplate,
};

/** The line in each template that the rendered lines replace. */
const MARKER = "# @claude-multi@";

/** What a snippet is rendered for. */
export interface Snippet {
  /** Absolute path of claude-multi. */
  program: string;
  /** Absolute path of the file with the snippet, which shells reload when accounts change. */
  init: string;
  /** Account names; being checked, they need no quotes in a shell. */
  names: readonly string[];
}

/** Renders the snippet of a shell: `cl`, `claude-multi`, and `cl-NAME` for each account. */
export function renderShell(shell: Shell, snippet: Snippet): string {
  const lines = shell === "fish" ? fishLines(snippet) : posixLines(snippet);
  return TEMPLATES[shell].replace(MARKER, () => lines.join("\n"));
}

function posixLines({ program, init, names }: Snippet): string[] {
  return [
    `__claude_multi=${shellQuoted(program)}`,
    `__claude_multi_init=${shellQuoted(init)}`,
    `__claude_multi_names=${shellQuoted(names.map((name) => `cl-${name}`).join(" "))}`,
    ...names.flatMap((name) => [
      `unalias cl-${name} 2> /dev/null || :`,
      `function cl-${name} { __claude_multi_run run --account ${name} -- "$@"; }`,
    ]),
  ];
}

function fishLines({ program, init, names }: Snippet): string[] {
  return [
    `set -g __claude_multi ${fishQuoted(program)}`,
    `set -g __claude_multi_init ${fishQuoted(init)}`,
    ["set -g __claude_multi_names", ...names.map((name) => `cl-${name}`)].join(" "),
    ...names.flatMap((name) => [
      `function cl-${name} --description 'claude on the account ${name}'`,
      `    __claude_multi_run run --account ${name} -- $argv`,
      `end`,
    ]),
  ];
}
