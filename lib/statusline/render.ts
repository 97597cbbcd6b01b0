// Fits segments into one line.
import type { ColorLevel, Theme } from "./color.ts";
import { sgr, SGR_RESET } from "./color.ts";
import { cellWidth, fitText } from "../text/cells.ts";
import type { Facts } from "./facts.ts";
import type { Form, Piece, Segment, Span } from "./piece.ts";
import { span } from "./piece.ts";

/** The look of the line. */
interface RenderOptions {
  segments: readonly Segment[];
  /** Cells that the line may use. */
  width: number;
  level: ColorLevel;
  theme: Theme;
}

/** A piece on the line, in one of its forms. */
interface Placed {
  piece: Piece;
  /** Index of the form that is shown; past the end if the piece is dropped. */
  form: number;
  segment: number;
}

/** Cells at the right edge that the client needs for itself (CONTRACT §5). */
const CLIENT_CELLS = 4;
const DEFAULT_COLUMNS = 80;
const SEPARATOR = " │ ";
/** Shown if no segment has anything to show: the line is never empty. */
const NOTHING = "claude-multi";

/**
 * Draws the segments in order on one line of at most `width` cells. If space is short, the least
 * important forms give way; what still doesn't fit is cut. A segment that throws is left out.
 */
export function renderLine(facts: Facts, options: RenderOptions): string {
  const placed: Placed[] = [];
  options.segments.forEach((segment, index) => {
    try {
      for (const piece of segment.draw(facts) ?? []) {
        placed.push({ piece, form: 0, segment: index });
      }
    } catch {
      // A broken segment must not break the whole line.
    }
  });
  const width = Math.max(1, Math.floor(options.width));
  while (lineWidth(placed) > width && giveWay(placed)) { /* until it fits or only one is left */ }
  const spans = spansOf(placed);
  const shown = spans.length === 0 ? [span(NOTHING, "muted")] : spans;
  return painted(cut(shown, width), options);
}

/** Width of the line in cells: the terminal's, minus what the client keeps free and pads. */
export function widthOf(columns: string | null, padding: number): number {
  const number = columns !== null && /^\d{1,6}$/.test(columns) ? Number(columns) : 0;
  return Math.max(1, (number > 0 ? number : DEFAULT_COLUMNS) - CLIENT_CELLS - 2 * padding);
}

function formOf(placed: Placed): Form | null {
  return placed.piece[placed.form] ?? null;
}

function lineWidth(placed: readonly Placed[]): number {
  let width = 0;
  let before = -1;
  for (const one of placed) {
    const form = formOf(one);
    if (form === null) continue;
    if (before !== -1) width += before === one.segment ? 1 : SEPARATOR.length;
    before = one.segment;
    for (const { text } of form.spans) width += cellWidth(text);
  }
  return width;
}

/** Replaces the least important form by the next; false if only one last form is left. */
function giveWay(placed: Placed[]): boolean {
  let least: Placed | null = null;
  let leastWorth = Infinity;
  let shown = 0;
  for (const one of placed) {
    const form = formOf(one);
    if (form === null) continue;
    shown++;
    // Of equally important forms the later one goes first.
    if (form.worth <= leastWorth) {
      least = one;
      leastWorth = form.worth;
    }
  }
  if (least === null || (shown === 1 && least.form === least.piece.length - 1)) return false;
  least.form++;
  return true;
}

function spansOf(placed: readonly Placed[]): Span[] {
  const spans: Span[] = [];
  let before = -1;
  for (const one of placed) {
    const form = formOf(one);
    if (form === null) continue;
    if (before !== -1) spans.push(span(before === one.segment ? " " : SEPARATOR, "faint"));
    before = one.segment;
    spans.push(...form.spans);
  }
  return spans;
}

function cut(spans: readonly Span[], width: number): Span[] {
  const kept: Span[] = [];
  let left = width;
  for (const one of spans) {
    const cells = cellWidth(one.text);
    if (cells <= left) {
      kept.push(one);
      left -= cells;
      continue;
    }
    kept.push(span(fitText(one.text, left), one.paint));
    break;
  }
  return kept;
}

/** Joins neighbours of the same colour; blanks need no colour. */
function painted(spans: readonly Span[], options: { level: ColorLevel; theme: Theme }): string {
  let line = "";
  let current = "";
  for (const { text, paint } of spans) {
    if (text === "") continue;
    const code = text.trim() === "" ? current : sgr(paint, options);
    line += code === current ? text : code + text;
    current = code;
  }
  return current === "" ? line : line + SGR_RESET;
}
