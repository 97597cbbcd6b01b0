// The one place that puts our single line into a shell's start file, and takes it out again.

/** What the line ends with; a line of the user's own never does. */
const MARK = "# claude-multi";

/** The line for a POSIX shell or fish: it does nothing once our file is gone. */
export function startLine(shell: "bash" | "zsh" | "fish", quotedPath: string): string {
  return shell === "fish"
    ? `test -f ${quotedPath}; and source ${quotedPath} ${MARK}`
    : `[ -f ${quotedPath} ] && . ${quotedPath} ${MARK}`;
}

/** Whether a start file has our line, or loads our file in the user's own way. */
export function hasStartLine(text: string, initFile: string): boolean {
  return text.split("\n").some((line) =>
    line.trimEnd().endsWith(MARK) || (!line.trimStart().startsWith("#") && line.includes(initFile))
  );
}

/** The text with our line as its last; what was there stays byte for byte. */
export function withStartLine(text: string, line: string): string {
  if (text === "" || text.endsWith("\n")) return `${text}${line}\n`;
  // A file that does not end its last line gets ours without an end, so that it can be undone.
  return `${text}\n${line}`;
}

/** The text without our line, as it was before {@link withStartLine}. */
export function withoutStartLine(text: string): string {
  const isOurs = (line: string) => line.trimEnd().endsWith(MARK);
  return text.split("\n").filter((line) => !isOurs(line)).join("\n");
}
