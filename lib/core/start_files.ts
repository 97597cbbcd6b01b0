// The one place that puts our lines into a shell's start file, and takes them out again.

/** What each of them ends with; a line of the user's own never does. */
const MARK = "# claude-multi";

/** A start file of the shell: what reads it decides how our line is written. */
export type StartFileKind = "bash" | "zsh" | "fish" | "sh";

/**
 * The line that loads our file, and does nothing once that is gone. `sh` is ~/.profile, which other
 * shells than bash read too: they must not meet what only bash understands.
 */
export function startLine(kind: StartFileKind, quotedPath: string): string {
  if (kind === "fish") return `test -f ${quotedPath}; and source ${quotedPath} ${MARK}`;
  const onlyBash = kind === "sh" ? '[ -n "${BASH_VERSION-}" ] && ' : "";
  return `${onlyBash}[ -f ${quotedPath} ] && . ${quotedPath} ${MARK}`;
}

/**
 * A ~/.bash_profile of ours, for a home where a login bash reads nothing. It stands in front of a
 * ~/.profile that may come later, so it reads that; ~/.bashrc, where our line is, is read once.
 */
export const MADE_BASH_PROFILE = `[ ! -f ~/.profile ] || . ~/.profile ${MARK}
[ -n "\${__claude_multi-}" ] || [ ! -f ~/.bashrc ] || . ~/.bashrc ${MARK}
`;

/** Whether a start file has our line, or loads our file in the user's own way. */
export function hasStartLine(text: string, initFile: string): boolean {
  return text.split("\n").some((line) =>
    line.trimEnd().endsWith(MARK) || (!isComment(line) && line.includes(initFile))
  );
}

/** Whether a start file reads another one, such as `.bashrc`. */
export function reads(text: string, name: ".bashrc" | ".profile"): boolean {
  const sourced = /(?:^|[\s;&|({])(?:\.|source)\s+([^;&|#]*)/g;
  return text.split("\n").filter((line) => !isComment(line)).some((line) =>
    [...line.matchAll(sourced)].some(([, file = ""]) =>
      file.trim().replace(/["']+$/, "").endsWith(`/${name}`)
    )
  );
}

/** The text with our line as its last; what was there stays byte for byte. */
export function withStartLine(text: string, line: string): string {
  if (text === "" || text.endsWith("\n")) return `${text}${line}\n`;
  // A file that does not end its last line gets ours without an end, so that it can be undone.
  return `${text}\n${line}`;
}

/** The text without our lines, as it was before {@link withStartLine}. */
export function withoutStartLine(text: string): string {
  const isOurs = (line: string) => line.trimEnd().endsWith(MARK);
  return text.split("\n").filter((line) => !isOurs(line)).join("\n");
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith("#");
}
