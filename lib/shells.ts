// The one place that renders shell snippets: quoting, and the lines behind the marker.
import bashTemplate from "../shell/cl.bash" with { type: "text" };
import fishTemplate from "../shell/cl.fish" with { type: "text" };
import zshTemplate from "../shell/cl.zsh" with { type: "text" };

/** Shells that have a snippet. */
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

/** Quotes a word for bash, zsh and sh. */
export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Quotes a word for fish, where a backslash escapes inside single quotes. */
export function fishQuoted(word: string): string {
  return `'${word.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/**
 * Renders the snippet of a shell: `cl`, and `cl-NAME` for each account. Names are checked account
 * names, so they are shell words; `program` is the absolute path of claude-multi.
 */
export function renderShell(
  shell: Shell,
  options: { program: string; names: readonly string[] },
): string {
  const lines = shell === "fish"
    ? [
      `set -g __claude_multi ${fishQuoted(options.program)}`,
      ...options.names.flatMap((name) => [
        `function cl-${name} --description 'claude on the account ${name}'`,
        `    $__claude_multi run --account ${name} -- $argv`,
        `end`,
      ]),
    ]
    : [
      `__claude_multi=${shellQuoted(options.program)}`,
      ...options.names.flatMap((name) => [
        `unalias cl-${name} 2> /dev/null || :`,
        `function cl-${name} { "$__claude_multi" run --account ${name} -- "$@"; }`,
      ]),
    ];
  return TEMPLATES[shell].replace(MARKER, () => lines.join("\n"));
}
