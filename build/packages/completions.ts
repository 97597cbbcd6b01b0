// The completion files of packages: what the shells load by themselves when someone types Tab.
// They hold the functions of the shell snippets, without cl itself, which packages install as a program.
import { ROOT } from "../toolchain.ts";

/** Completion files by name, as the archives and packages have them. */
export function completionFiles(): Map<string, string> {
  return new Map([
    ["claude-multi.bash", bash()],
    ["_claude-multi", zsh()],
    ["claude-multi.fish", fish()],
  ]);
}

function bash(): string {
  return [
    "# Completion of claude-multi and cl for bash.",
    `: "\${__claude_multi:=claude-multi}"`,
    functionIn("cl.bash", "__claude_multi_complete"),
    "complete -F __claude_multi_complete claude-multi cl",
    "",
  ].join("\n");
}

function zsh(): string {
  return [
    "#compdef claude-multi cl",
    `: "\${__claude_multi:=claude-multi}"`,
    functionIn("cl.zsh", "__claude_multi_lines"),
    functionIn("cl.zsh", "__claude_multi_complete"),
    `__claude_multi_complete "$@"`,
    "",
  ].join("\n");
}

function fish(): string {
  return [
    "# Completion of claude-multi and cl for fish.",
    "set -q __claude_multi; or set -g __claude_multi claude-multi",
    functionIn("cl.fish", "__claude_multi_complete"),
    "complete -c claude-multi -f -k -a '(__claude_multi_complete)'",
    "complete -c cl -f -k -a '(__claude_multi_complete run --)'",
    "",
  ].join("\n");
}

/** A function of a snippet, from its first line to the line that ends it. @throws Error if it has none. */
function functionIn(snippet: string, name: string): string {
  const text = Deno.readTextFileSync(`${ROOT}/shell/${snippet}`);
  const end = snippet.endsWith(".fish") ? "end" : "\\}";
  const found = new RegExp(`^function ${name}\\b[^]*?^${end}$`, "m").exec(text);
  if (found === null) throw new Error(`shell/${snippet} has no function ${name}`);
  return found[0];
}
