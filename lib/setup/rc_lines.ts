// The one place that puts our lines into a shell's start file, and takes them out again.

/** What each of them ends with; a line of the user's own may, too. */
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

/** Our lines to their mark, whatever path they have: of a home, say, that was called otherwise. */
const OURS = new RegExp(
  `^\\s*(?:${
    [
      String.raw`test -f (.+/shell/init\.fish'); and source \1`,
      String.raw`(?:\[ -n "\$\{BASH_VERSION-\}" \] && )?\[ -f (.+/shell/init\.\w+') \] && \. \2`,
      String.raw`\[ ! -f ~/\.profile \] \|\| \. ~/\.profile`,
      String.raw`\[ -n "\$\{__claude_multi-\}" \] \|\| \[ ! -f ~/\.bashrc \] \|\| \. ~/\.bashrc`,
    ].join("|")
  }) ${MARK}`,
);

/** What stands at the mark where something was written to the end of a line of ours. */
const GLUED = /^(?:[\w#[(~/"$]|\. )/;

/** Text as the bytes that it is written with, one character each. */
export function inBytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** Whether a start file has our line, or loads our file in the user's own way. */
export function hasStartLine(text: string, initFile: string): boolean {
  return text.split("\n").some((line) =>
    OURS.test(line) || (!isComment(line) && line.includes(initFile))
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

/** Whether {@link withStartLine} must end the last line of a text first. */
export function lacksEnd(text: string): boolean {
  return text !== "" && !text.endsWith("\n");
}

/** The text with our line as its last; what was there stays byte for byte. */
export function withStartLine(text: string, line: string): string {
  return `${text}${lacksEnd(text) ? "\n" : ""}${line}\n`;
}

/**
 * The text without our lines, as it was before {@link withStartLine}; with `endAdded`, the end of the
 * line before ours goes as well, unless something came after ours.
 */
export function withoutStartLine(text: string, options = { endAdded: false }): string {
  const kept: string[] = [];
  let isLast = false;
  for (const line of text.split("\n")) {
    const [ours] = OURS.exec(line) ?? [];
    const rest = line.slice(ours?.length ?? 0);
    const isKept = ours === undefined || GLUED.test(rest);
    if (isKept) kept.push(rest);
    isLast = !isKept || (isLast && line === "");
  }
  const left = kept.join("\n");
  return options.endAdded && isLast && left.endsWith("\n") ? left.slice(0, -1) : left;
}

function isComment(line: string): boolean {
  return line.trimStart().startsWith("#");
}
