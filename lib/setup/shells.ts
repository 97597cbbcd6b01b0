// The supported shells and their snippets: templates with the lines for this program and its accounts.
import bashTemplate from "../../shell/cl.bash" with { type: "text" };
import fishTemplate from "../../shell/cl.fish" with { type: "text" };
import zshTemplate from "../../shell/cl.zsh" with { type: "text" };
import type { Context } from "../ports/context.ts";
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

/** The file with the snippet of a shell; shells reload it when accounts change. */
export function initFileOf(context: Context, shell: Shell): string {
  return `${context.layout.shell}/init.${shell}`;
}

/** Writes the snippets for the accounts in config.json; returns the files that changed. */
export function writeShellFiles(context: Context): string[] {
  const { files, layout } = context;
  files.makePrivateDirectory(layout.shell);
  return SHELLS.flatMap((shell) => {
    const path = initFileOf(context, shell);
    const text = renderShell(context, shell);
    if (files.readText(path) === text) return [];
    files.writeText(path, text, 0o600);
    return [path];
  });
}

/**
 * Renders the snippet of a shell: `cl`, `claude-multi`, and `cl-NAME` for each account. `program` is the
 * path that it names.
 */
export function renderShell(
  context: Context,
  shell: Shell,
  program: string = lastingPath(context),
): string {
  const lines = (shell === "fish" ? fishLines : posixLines)({
    program,
    init: initFileOf(context, shell),
    names: context.configFile.read().accounts.map((account) => account.name),
  });
  return TEMPLATES[shell].replace(MARKER, () => lines.join("\n"));
}

/**
 * Our path as the start files should name it. Package managers put each version into a folder of its own
 * and a link to the current one on PATH: the link outlives an upgrade.
 */
export function lastingPath({ files, processes }: Context): string {
  const own = processes.executable();
  const real = files.resolve(own);
  return processes.find("claude-multi", (path) => files.resolve(path) === real) ?? own;
}

interface Values {
  /** Absolute path of claude-multi. */
  program: string;
  init: string;
  /** Account names, which need no quotes in a shell. */
  names: readonly string[];
}

function posixLines({ program, init, names }: Values): string[] {
  return [
    `__claude_multi=${shellQuoted(program)}`,
    `__claude_multi_init=${shellQuoted(init)}`,
    `__claude_multi_names=(${names.map((name) => `cl-${name}`).join(" ")})`,
    ...names.flatMap((name) => [
      `unalias cl-${name} 2> /dev/null || :`,
      `function cl-${name} { __claude_multi_run run --account ${name} -- "$@"; }`,
    ]),
  ];
}

function fishLines({ program, init, names }: Values): string[] {
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
