// The port to the terminal that a command talks to.

/** Something that shows text. */
export interface Surface {
  /** Whether it is a terminal that wants colour. */
  readonly color: boolean;
  /** Its width in cells; without a terminal that of COLUMNS, else Infinity. */
  readonly columns: number;
}

/** The terminal, or the files and pipes in its place. */
export interface Terminal extends Surface {
  /** Whether a person can be asked: stdin and stderr are terminals. */
  readonly interactive: boolean;
  /** stderr, where messages go; the terminal itself is stdout. */
  readonly messages: Surface;
  /** All of stdin up to a number of bytes, as text. */
  readInput(bytes: number): string;
  /** All of stdin, or null when it is a terminal. */
  takeInput(): Promise<Uint8Array | null>;
  /** Writes bytes to stdout as they are. */
  pass(bytes: Uint8Array): void;
  /** Asks on stderr and returns the line typed, without its end; null at the end of input. */
  ask(question: string): string | null;
  /** Rewrites the current line of stderr, for countdowns, cut to its width; only on a terminal. */
  rewrite(text: string): void;
  /** Sets the terminal's title without control characters; "" clears it. Does nothing elsewhere. */
  title(text: string): void;
  /** Writes text to stdout; a newline is added. */
  print(text: string): void;
  /** Writes a line to stderr, with our name before it. */
  warn(text: string): void;
  /** Writes a line to stderr as it is. */
  note(text: string): void;
}
