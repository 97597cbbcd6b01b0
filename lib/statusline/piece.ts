// The pieces of segments: coloured text that is shortened or dropped if space is short.
import type { Paint } from "./color.ts";
import type { Facts } from "./facts.ts";

/** Text of one colour. */
export interface Span {
  text: string;
  paint: Paint;
}

/** One way to show something. */
export interface Form {
  /** Its importance, 0–100: if a line is too wide, the least important form gives way first. */
  worth: number;
  spans: readonly Span[];
}

/** Something shown: its longest form first, then shorter ones, then nothing. */
export type Piece = readonly Form[];

/** A part of the line: it draws pieces, separated by one space. */
export interface Segment {
  /** Its name in `config.json`. */
  name: string;
  /** One sentence for the docs. */
  summary: string;
  /** Returns null or no pieces if it has nothing to show. */
  draw(facts: Facts): readonly Piece[] | null;
}

/** A text of one colour. */
export function span(text: string, paint: Paint): Span {
  return { text, paint };
}

/** A piece with a single form. */
export function piece(worth: number, ...spans: Span[]): Piece {
  return [{ worth, spans }];
}
