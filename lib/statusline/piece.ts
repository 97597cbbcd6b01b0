// The pieces of segments: coloured text that can be dropped if space is short.
import type { Paint } from "./color.ts";
import type { Facts } from "./facts.ts";

/** Text of one colour. */
export interface Span {
  text: string;
  paint: Paint;
}

/** One way to show something. */
export interface Form {
  /** What it is worth, 0–100: of all forms on a line that is too wide, the least gives way first. */
  worth: number;
  spans: readonly Span[];
}

/** Something shown: its fullest form first, then shorter ones, then nothing. */
export type Piece = readonly Form[];

/** What a segment draws: its pieces, which stand apart by one space. */
export interface Segment {
  /** Its name in `config.json`. */
  name: string;
  /** One sentence for the docs. */
  summary: string;
  /** Returns null or no pieces when it has nothing to say. */
  draw(facts: Facts): readonly Piece[] | null;
}

/** One coloured text. */
export function span(text: string, paint: Paint): Span {
  return { text, paint };
}

/** A piece with a single form. */
export function piece(worth: number, ...spans: Span[]): Piece {
  return [{ worth, spans }];
}
