// The usage of claude-multi-statusline, from which its help and man page are made.

/** What the program does, in one line. */
export const SUMMARY = "the status line of Claude Code with accounts, tokens and limits";

/** What its help says before the flags. */
export const ABOUT =
  `Reads the JSON that Claude Code sends its status line on standard input, and prints one line.
"claude-multi setup" installs it.`;

/** Its flags. */
export const FLAGS: ReadonlyArray<readonly [flag: string, meaning: string]> = [
  ["--record", "only record the limits in the ledger; print nothing"],
  ["--explain", "print, as JSON, where the numbers come from"],
  ["--version", "print the version"],
  ["--help", "print this help"],
];

/** The help of the program. */
export function renderUsage(): string {
  const flags = FLAGS.map(([flag, meaning]) => `  ${flag.padEnd(10)}  ${meaning}\n`).join("");
  return `claude-multi-statusline: ${SUMMARY}

Usage: claude-multi-statusline [--record | --explain]

${ABOUT}

Options:
${flags}`;
}
