// Our lines in the text of a start file: adds, finds and removes them.

/** The end of each of our lines; a user's own line may have it too. */
const MARK = "# claude-multi";

/**
 * The line that loads our file, or does nothing if the file is gone. It succeeds either way: it may be
 * the last line, or be read under `set -e`. `sh` is for ~/.profile, which other shells read too: they
 * must not run what only bash understands.
 */
export function startLine(kind: "bash" | "zsh" | "fish" | "sh", quotedPath: string): string {
  if (kind === "fish") return `test ! -f ${quotedPath}; or source ${quotedPath} ${MARK}`;
  const onlyBash = kind === "sh" ? '[ -z "${BASH_VERSION-}" ] || ' : "";
  return `${onlyBash}[ ! -f ${quotedPath} ] || . ${quotedPath} ${MARK}`;
}

/**
 * The ~/.bash_profile that we create if a login bash would read no file. It hides a ~/.profile that is
 * created later, so it reads that too. It reads ~/.bashrc, which has our line, only once.
 */
export const CREATED_BASH_PROFILE = `[ ! -f ~/.profile ] || . ~/.profile ${MARK}
[ -n "\${__claude_multi-}" ] || [ ! -f ~/.bashrc ] || . ~/.bashrc ${MARK}
`;

/**
 * Our lines up to their mark, with any path, since the home may have been renamed. The last two are
 * older: they fail if the file is gone, or if another shell than bash reads them.
 */
const OURS = new RegExp(
  `^\\s*(?:${
    [
      String.raw`test ! -f (.+/shell/init\.fish'); or source \1`,
      String
        .raw`(?:\[ -z "\$\{BASH_VERSION-\}" \] \|\| )?\[ ! -f (.+/shell/init\.\w+') \] \|\| \. \2`,
      String.raw`test -f (.+/shell/init\.fish'); and source \3`,
      String.raw`(?:\[ -n "\$\{BASH_VERSION-\}" \] && )?\[ -f (.+/shell/init\.\w+') \] && \. \4`,
      String.raw`\[ ! -f ~/\.profile \] \|\| \. ~/\.profile`,
      String.raw`\[ -n "\$\{__claude_multi-\}" \] \|\| \[ ! -f ~/\.bashrc \] \|\| \. ~/\.bashrc`,
    ].join("|")
  }) ${MARK}`,
);

/** Text that something else appended to our line. */
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

/** The text with the older forms of `line` in its place; the rest stays byte for byte. */
export function withNewerLine(text: string, line: string): string {
  const older = line.replace('[ -z "${BASH_VERSION-}" ] || ', '[ -n "${BASH_VERSION-}" ] && ')
    .replace("[ ! -f ", "[ -f ").replace("] || . ", "] && . ")
    .replace("test ! -f ", "test -f ").replace("; or source ", "; and source ");
  return text.split("\n").map((one) => one === older ? line : one).join("\n");
}

/** Whether the last line of a text lacks its newline, which {@link withStartLine} then adds. */
export function lacksEnd(text: string): boolean {
  return text !== "" && !text.endsWith("\n");
}

/** The text with our line added at its end; the rest stays byte for byte. */
export function withStartLine(text: string, line: string): string {
  return `${text}${lacksEnd(text) ? "\n" : ""}${line}\n`;
}

/**
 * The text without our lines, as it was before {@link withStartLine}. With `endAdded`, the newline
 * before our line is removed too, unless something follows our line.
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
