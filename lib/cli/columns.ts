// Text and table columns, fitted to the width of a terminal.
import { cellWidth, fitText } from "../text/cells.ts";

/** How a column behaves if the terminal is too narrow. */
export interface Narrowing {
  /** Blanks before it (default: 2). */
  gap?: number;
  /** The width in cells that it may shrink to before another column is left out. */
  least?: number;
  /** Columns are left out in the order of their rank, highest first; without one, never. */
  rank?: number;
}

/** Text over several lines, none wider than `cells` unless a single word is; all but the first indented. */
export function wrapped(text: string, cells: number, { indent = "" } = {}): string[] {
  if (cellWidth(text) <= cells) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && cellWidth(longer) > cells) {
      lines.push(line);
      line = indent + word;
    } else line = longer;
  }
  // The last word isn't left alone if the one before it can join it.
  const [above, before] = /^(.* .* .*) (\S+)$/.exec(lines.at(-1) ?? "")?.slice(1) ?? [];
  const last = line.slice(indent.length);
  const joined = `${indent}${before} ${last}`;
  return above === undefined || last.includes(" ") || cellWidth(joined) > cells
    ? [...lines, line]
    : [...lines.slice(0, -1), above, joined];
}

/** A line of a report, wrapped so that what follows its label of ten cells stays in one column. */
export function labelled(text: string, cells: number): string {
  return wrapped(text, cells, { indent: " ".repeat(10) }).join("\n");
}

/** Text with a command to copy behind it, which is never broken: if it doesn't fit there, it has its own line. */
export function beforeCommand(
  text: string,
  { command, cells }: { command: string; cells: number },
): string {
  const line = `${text} ${command}`;
  return cellWidth(line) <= cells ? line : `${wrapped(text, cells).join("\n")}\n${command}`;
}

/** A path cut in the middle to at most `cells`: its start and end say most. */
export function shortPath(path: string, cells: number): string {
  if (cellWidth(path) <= cells) return path;
  const parts = path.split("/");
  const first = path.startsWith("~") ? "~/" : "/";
  for (let from = 2; from < parts.length; from++) {
    const shorter = `${first}…/${parts.slice(from).join("/")}`;
    if (cellWidth(shorter) <= cells) return shorter;
  }
  return fitText(parts.at(-1) ?? path, cells);
}

/** Widths of columns that fit: they first shrink, then are left out by rank (width 0), then are cut. */
export function fitted(
  columns: readonly Narrowing[],
  options: { natural: readonly number[]; available: number },
): number[] {
  const { natural, available } = options;
  const kept = natural.map(() => true);
  for (;;) {
    const widths = natural.map((width, i) => kept[i] ? width : 0);
    const least = columns.map(({ least }, i) => Math.min(widths[i] ?? 0, least ?? Infinity));
    // Columns that may be left out shrink before names and states do.
    const lesser = least.map((cells, i) => columns[i]?.rank === undefined ? widths[i] ?? 0 : cells);
    if (narrowed(widths, { columns, least: lesser, available })) return widths;
    if (narrowed(widths, { columns, least, available })) return widths;
    const highest = Math.max(-1, ...columns.map(({ rank }, i) => kept[i] ? rank ?? -1 : -1));
    if (highest < 0) {
      const one = widths.map((width) => Math.min(width, 1));
      if (narrowed(widths, { columns, least: one, available })) return widths;
      const last = kept.lastIndexOf(true);
      if (last < 0) return widths;
      kept[last] = false;
      continue;
    }
    columns.forEach(({ rank }, i) => {
      if (rank === highest) kept[i] = false;
    });
  }
}

/** Blanks before a column; its own gap applies only if the column before it is shown. */
export function gapBefore(
  index: number,
  { columns, widths }: { columns: readonly Narrowing[]; widths: readonly number[] },
): number {
  return (widths[index - 1] ?? 0) > 0 ? columns[index]?.gap ?? 2 : 2;
}

/** Takes cells from the columns with the most to spare until all fit; false if that isn't possible. */
function narrowed(
  widths: number[],
  options: { columns: readonly Narrowing[]; least: readonly number[]; available: number },
): boolean {
  const { columns, least, available } = options;
  for (;;) {
    let total = 0;
    let widest = -1;
    let mostSpare = 0;
    widths.forEach((width, i) => {
      if (width === 0) return;
      total += width + (total === 0 ? 0 : gapBefore(i, { columns, widths }));
      const spare = width - (least[i] ?? 0);
      if (spare > mostSpare) [widest, mostSpare] = [i, spare];
    });
    if (total <= available) return true;
    if (mostSpare === 0) return false;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
}
