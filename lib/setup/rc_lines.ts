// Our lines in a shell's start file: added to its text, found in it, and removed again.

/** The end of each of our lines; a line of the user's own may end with it, too. */
const MARK = "# claude-multi";

/** What reads a start file; that decides how our line is written. */
export type StartFileKind = "bash" | "zsh" | "fish" | "sh";

/**
 * The line that loads our file, and does nothing once that is gone. `sh` is for ~/.profile, which
 * other shells read too: they must not run what only bash understands.
 */
export function startLine(kind: StartFileKind, quotedPath: string): string {
  if (kind === "fish") return `test -f ${quotedPath}; and source ${quotedPath} ${MARK}`;
  const onlyBash = kind === "sh" ? '[ -n "${BASH_VERSION-}" ] && ' : "";
  return `${onlyBash}[ -f ${quotedPath} ] && . ${quotedPath} ${MARK}`;
}

/**
 * The ~/.bash_profile that we create if a login bash reads no other file. It would hide a ~/.profile
 * that is created later, so it reads that too; ~/.bashrc, which has our line, is read only once.
 */
export const MADE_BASH_PROFILE = `[ ! -f ~/.profile ] || . ~/.profile ${MARK}
[ -n "\${__claude_multi-}" ] || [ ! -f ~/.bashrc ] || . ~/.bashrc ${MARK}
`;

/** Our lines up to their mark, with any path: the home may have been renamed, for example. */
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

/** Text after the mark that something else appended to a line of ours. */
const GLUED = /^(?:[\w#[(~/"$]|\. )/;

/** The bytes of a text in UTF-8, one character for each. */
export function inBytes(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join("");
}

/** Whether a start file has our line, or loads our file in another way. */
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

/** Whether the last line of a text has no newline, which {@link withStartLine} then adds. */
export function lacksEnd(text: string): boolean {
  return text !== "" && !text.endsWith("\n");
}

/** The text with our line added at its end; the rest stays byte for byte. */
export function withStartLine(text: string, line: string): string {
  return `${text}${lacksEnd(text) ? "\n" : ""}${line}\n`;
}

/**
 * The text without our lines, as it was before {@link withStartLine}. With `endAdded` the newline
 * before ours goes as well, unless something follows ours.
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
