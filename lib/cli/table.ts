// Tables and colours for people; loaded only if a table is shown.
import { styleText } from "node:util";
import { formatBar } from "../text/format.ts";
import type { Surface } from "../ports/mod.ts";
import { cellWidth, cleanText, fitText, loadWidths } from "../text/cells.ts";
import type { Narrowing } from "./columns.ts";
import { fitted, gapBefore, wrapped } from "./columns.ts";

/** Styles that tables use. */
export type Style = "bold" | "dim" | "green" | "blue" | "yellow" | "red";

/** Text in one of our styles; escape sequences in it are removed. */
export interface Span {
  text: string;
  style: Style;
}

/** A bar as wide as its column. */
export interface Bar {
  /** 0–100. */
  percent: number;
  style: Style;
}

/** Text that may be untrusted. */
export type Text = string | Span | ReadonlyArray<string | Span>;

/** The content of one place in a table. */
export type Cell = Text | Bar;

/** A column; it is left out if all its cells are empty. */
export interface Column extends Narrowing {
  /** With a gap of 1, it starts above the column before it, if that has no head. */
  head: string;
  /** Whether it is aligned right, as numbers are. */
  right?: boolean;
  /** Shortens a text (default: cut its end). */
  shorten?: (text: string, cells: number) => string;
  /** Whether long text continues on the next line. */
  wraps?: boolean;
}

/** A table; a `line` among the rows spans all columns. */
export interface Table {
  columns: ReadonlyArray<string | Column>;
  rows: ReadonlyArray<readonly Cell[] | { line: Text }>;
}

/** Cells of a bar if there is enough space. */
const BAR_CELLS = 8;

/** Text in a style; plain if the terminal has no colours. */
export function paint(surface: Surface, style: Style, text: string): string {
  if (!surface.color || text === "") return text;
  // Plain blue is hard to read on black in many terminals.
  return styleText(style === "blue" ? "blueBright" : style, text, { validateStream: false });
}

/** The style of a percentage used: green, blue from 25 %, yellow from 60 %, red from 85 %. */
export function percentStyle(percentUsed: number): Style {
  if (percentUsed >= 85) return "red";
  if (percentUsed >= 60) return "yellow";
  return percentUsed >= 25 ? "blue" : "green";
}

/** Renders a head and rows in aligned columns, no wider than the surface. */
export async function renderTable(surface: Surface, table: Table): Promise<string> {
  const columns = table.columns.map((c): Column => typeof c === "string" ? { head: c } : c);
  const rows = table.rows.map((row) =>
    "line" in row ? { line: spansOf(row.line) } : row.map((c) => isBar(c) ? c : spansOf(c))
  );
  await loadWidths(JSON.stringify([columns, rows]));
  const cells = rows.flatMap((row) => "line" in row ? [] : [row]);
  const widest = columns.map((_, i) => Math.max(0, ...cells.map((row) => widthOf(row[i] ?? []))));
  const leastOf = (i: number) => Math.max(widest[i] ?? 0, cellWidth(firstWord(columns[i])));
  const natural = columns.map((column, i) => {
    if (widest[i] === 0) return 0;
    const isShared = columns[i + 1]?.gap === 1 || column.gap === 1;
    return isShared ? leastOf(i) : Math.max(widest[i] ?? 0, cellWidth(column.head));
  });
  // Before anything is cut, a head may shrink to its first word: `5h used` to `5h`.
  const narrowing = columns.map((column, i) => ({ ...column, least: column.least ?? leastOf(i) }));
  const widths = fitted(narrowing, { natural, available: surface.columns });
  // All bars get the same width, so that they can be compared.
  const bars = columns.flatMap((_, i) =>
    cells.some((row) => "percent" in (row[i] ?? [])) ? [i] : []
  );
  for (const i of bars) widths[i] = Math.min(...bars.map((bar) => widths[bar] ?? 0));
  const draw = (row: ReadonlyArray<Bar | Span[]>): string[] => {
    const drawn = columns.map((column, i) =>
      widths[i] === 0 ? [] : linesOf(surface, row[i] ?? [], { column, cells: widths[i] ?? 0 })
    );
    const height = Math.max(1, ...drawn.map((lines) => lines.length));
    return Array.from({ length: height }, (_, y) => {
      let line = "";
      columns.forEach((column, i) => {
        const width = widths[i] ?? 0;
        if (width === 0) return;
        const { text, cells } = drawn[i]?.[y] ?? { text: "", cells: 0 };
        const blank = " ".repeat(Math.max(0, width - cells));
        line += (line === "" ? "" : " ".repeat(gapBefore(i, { columns, widths }))) +
          (column.right ? blank + text : text + blank);
      });
      return line.trimEnd();
    });
  };
  return [
    paint(surface, "dim", headOf(columns, widths)),
    ...rows.flatMap((row) =>
      "line" in row ? [painted(surface, cut(row.line, surface.columns)).text] : draw(row)
    ),
  ].join("\n");
}

/** The line of heads; a head may extend over adjacent columns without one. */
function headOf(columns: readonly Column[], widths: readonly number[]): string {
  const groups: Array<{ head: string; cells: number; right: boolean }> = [];
  columns.forEach(({ head, gap, right = false }, i) => {
    const cells = widths[i] ?? 0;
    if (cells === 0) return;
    const group = groups.at(-1);
    const isClose = gap === 1 && (widths[i - 1] ?? 0) > 0;
    if (group !== undefined && isClose && (head === "" || group.head === "")) {
      group.cells += 1 + cells;
      group.head ||= head;
    } else groups.push({ head, cells, right });
  });
  return groups.map(({ head, cells, right }) => {
    const text = cellWidth(head) <= cells ? head : fitText(firstWord({ head }), cells);
    const blank = " ".repeat(cells - cellWidth(text));
    return right ? blank + text : text + blank;
  }).join("  ").trimEnd();
}

function firstWord(column: Pick<Column, "head"> | undefined): string {
  return column?.head.split(" ")[0] ?? "";
}

function isBar(cell: Cell): cell is Bar {
  return typeof cell === "object" && "percent" in cell;
}

/** Makes untrusted text harmless: only our own escape sequences reach a terminal. */
function spansOf(cell: Text): Span[] {
  const parts = typeof cell === "object" && "text" in cell ? [cell] : [cell].flat();
  return (parts as Array<string | Span>).map((part) => {
    const { text, style } = typeof part === "string" ? { text: part, style: null } : part;
    const clean = cleanText(text);
    const [lead = "", trail = ""] = [/^ */.exec(text)?.[0], / *$/.exec(text)?.[0]];
    return { text: clean === "" ? "" : lead + clean + trail, style: style as Style };
  });
}

function widthOf(cell: Bar | Span[]): number {
  return "percent" in cell ? BAR_CELLS : cellWidth(cell.map(({ text }) => text).join(""));
}

function linesOf(
  surface: Surface,
  cell: Bar | Span[],
  options: { column: Column; cells: number },
): Array<{ text: string; cells: number }> {
  const { column, cells } = options;
  if ("percent" in cell) {
    const bar = formatBar(cell.percent, cells);
    const at = bar.indexOf("░") < 0 ? bar.length : bar.indexOf("░");
    const text = paint(surface, cell.style, bar.slice(0, at)) +
      paint(surface, "dim", bar.slice(at));
    return [{ text, cells }];
  }
  const whole = cell.map(({ text }) => text).join("");
  const style = cell[0]?.style;
  if (cellWidth(whole) > cells && (column.wraps || column.shorten)) {
    const texts = column.wraps ? wrapped(whole, cells) : [column.shorten?.(whole, cells) ?? whole];
    return texts.map((text) => painted(surface, cut([{ text, style } as Span], cells)));
  }
  return [painted(surface, cut(cell, cells))];
}

function painted(surface: Surface, spans: readonly Span[]): { text: string; cells: number } {
  return {
    text: spans.map(({ text, style }) => style ? paint(surface, style, text) : text).join(""),
    cells: cellWidth(spans.map(({ text }) => text).join("")),
  };
}

/** Spans cut to a number of cells. */
function cut(spans: readonly Span[], cells: number): Span[] {
  const kept: Span[] = [];
  let left = cells;
  for (const span of spans) {
    if (left < 1) break;
    const text = fitText(span.text, left);
    kept.push({ ...span, text });
    left -= cellWidth(text);
    if (text !== span.text) break;
  }
  return kept;
}
