// The port to the terminal that a command runs on.
import type { Held } from "./processes.ts";

/** Something that shows text. */
export interface Surface {
  /** Whether text on it has colours. */
  readonly color: boolean;
  /** Its width in cells; without a terminal COLUMNS, or Infinity. */
  readonly columns: number;
}

/** The terminal, or the files and pipes in its place. */
export interface Terminal extends Surface {
  /** Whether the user can be asked: stdin and stderr are terminals. */
  readonly interactive: boolean;
  /** stderr, for messages; the terminal itself is stdout. */
  readonly messages: Surface;
  /** All of stdin as text, up to a number of bytes. */
  readInput(bytes: number): string;
  /** All of stdin, or null if it is a terminal. */
  takeInput(): Promise<Uint8Array | null>;
  /** Writes bytes to stdout as they are. */
  pass(bytes: Uint8Array): void;
  /** Writes as it is what a program wrote to stdout and stderr; what it said on both, only once on a terminal. */
  passOn(written: Held): void;
  /**
   * Asks on stderr and resolves to the line typed, without its newline; null at the end of input and at Ctrl-C.
   * What is written next begins a line. After Ctrl-C nothing may read from the terminal any more.
   */
  ask(question: string): Promise<string | null>;
  /** When something was last typed, to 8 seconds; null if that is unknown, or stdin is no terminal. */
  typedAtMs(): number | null;
  /** Rewrites the current line of stderr, for countdowns, cut to its width; only on a terminal. */
  rewrite(text: string): void;
  /** Sets the terminal's title, without control characters; "" clears it. Only on a terminal. */
  title(text: string): void;
  /** Rings the bell, or makes the terminal show a message (OSC 9 or 777). Only on a terminal. */
  alert(how: "bell" | "osc", text: string): void;
  /** Writes text and a newline to stdout. */
  print(text: string): void;
  /** Writes a line to stderr, prefixed with our name. */
  warn(text: string): void;
  /** Writes a line to stderr as it is. */
  note(text: string): void;
  /**
   * From now on, `take` gets every warning and note, nothing is written to stderr, and nobody can be
   * asked: both belong to a program that we start.
   */
  divert(take: (text: string) => void): void;
}
