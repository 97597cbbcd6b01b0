// What claude-multi-statusline can be asked for: its help, and its man page, are made from this.

/** What the program does, in a line. */
export const SUMMARY = "the status line of Claude Code with accounts, tokens and limits";

/** What its help says before the flags. */
export const ABOUT =
  `It reads the JSON that Claude Code gives its status line on standard input and prints one line.
"claude-multi setup" installs it.`;

/** Its flags. */
export const FLAGS: ReadonlyArray<readonly [flag: string, meaning: string]> = [
  ["--record", "only record limits in the ledger, print nothing"],
  ["--explain", "print as JSON where the numbers come from"],
  ["--version", "print the version"],
  ["--help", "print this help"],
];

/** The help of the program. */
export function renderUsage(): string {
  const flags = FLAGS.map(([flag, meaning]) => `  ${flag.padEnd(10)}  ${meaning}\n`).join("");
  return `claude-multi-statusline: ${SUMMARY}\n\n${ABOUT}\n\n${flags}`;
}
