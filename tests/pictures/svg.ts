// Draws terminal output as SVG, with our own colours, and block characters as shapes.
import { cellWidth, loadWidths } from "../../lib/text/cells.ts";

/** The background that a picture is for. */
export type Theme = "dark" | "light";

const CELL = { width: 8.43, height: 22 };
const PADDING = 14;
/** The colours of a picture; numbers are SGR codes. */
const COLORS: Readonly<Record<Theme, Readonly<Record<string, string>>>> = {
  dark: {
    background: "#16181d",
    text: "#c3c8d1",
    bold: "#f3f4f6",
    dim: "#7d8593",
    31: "#f85353",
    32: "#4ade80",
    33: "#facc15",
    94: "#60a5fa",
  },
  light: {
    background: "#fafafa",
    text: "#3b4350",
    bold: "#111827",
    dim: "#7d8593",
    31: "#b91c1c",
    32: "#15803d",
    33: "#a16207",
    94: "#1d4ed8",
  },
};

/** How a piece of text is drawn. */
interface Look {
  color: string | null;
  isBold: boolean;
  isDim: boolean;
}

/** Draws lines of terminal output as an SVG. */
export async function drawLines(lines: readonly string[], theme: Theme): Promise<string> {
  await loadWidths(lines.join(""));
  // deno-lint-ignore no-control-regex
  const plain = lines.map((line) => line.replace(/\x1b\[[\d;]*m/g, ""));
  const columns = Math.max(...plain.map(cellWidth));
  const width = Math.ceil(2 * PADDING + columns * CELL.width);
  const height = lines.length * CELL.height + 2 * PADDING;
  const body = lines.map((line, index) =>
    drawLine(line, { y: PADDING + (index + 1) * CELL.height - 6, theme })
  ).filter((text) => text !== "");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" ` +
    `width="${width}" height="${height}" ` +
    `font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" font-size="14">` +
    `<rect width="100%" height="100%" rx="8" fill="${COLORS[theme]["background"]}"/>\n` +
    `${body.join("\n")}\n</svg>\n`;
}

function drawLine(line: string, { y, theme }: { y: number; theme: Theme }): string {
  const parts: string[] = [];
  let column = 0;
  let look: Look = { color: null, isBold: false, isDim: false };
  // deno-lint-ignore no-control-regex
  for (const [, codes, text = ""] of line.matchAll(/\x1b\[([\d;]*)m|([^\x1b]+)/g)) {
    if (codes !== undefined) look = changed(look, { codes, theme });
    for (const [word] of text.matchAll(/[▏▎▍▌▋▊▉█]|░+|▒+|▓+| +|[^ ▏▎▍▌▋▊▉█░▒▓]+/gu)) {
      parts.push(drawWord(word, { column, y, look, theme }));
      column += cellWidth(word);
    }
  }
  return parts.join("");
}

function drawWord(
  word: string,
  { column, y, look, theme }: { column: number; y: number; look: Look; theme: Theme },
): string {
  if (word.trim() === "") return "";
  const x = (PADDING + column * CELL.width).toFixed(2);
  const colors = COLORS[theme];
  const fill = look.color ?? colors[look.isDim ? "dim" : look.isBold ? "bold" : "text"];
  const eighths = "▏▎▍▌▋▊▉█".indexOf(word) + 1;
  const shade = "░▒▓".indexOf(word.charAt(0));
  if (eighths > 0 || shade >= 0) {
    // Block characters are drawn as shapes, because some fonts leave gaps between them.
    const rect = (cells: number, look: string): string =>
      `<rect x="${x}" y="${y - 13}" width="${(CELL.width * cells + 0.2).toFixed(2)}" ` +
      `height="16" ${look}/>`;
    const empty = `fill="${colors["dim"]}" opacity="0.35"`;
    // A light shade is the empty end of a bar, unless it is in the colour of a heat map.
    const isEmpty = shade === 0 && fill !== colors[32];
    if (shade >= 0) {
      return rect(word.length, isEmpty ? empty : `fill="${fill}" opacity="${0.3 + shade / 4}"`);
    }
    return (eighths < 8 ? rect(1, empty) : "") + rect(eighths / 8, `fill="${fill}"`);
  }
  const escaped = word.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const weight = look.isBold ? ' font-weight="700"' : "";
  // Every word takes the width of its cells, whatever the font.
  const length = (cellWidth(word) * CELL.width).toFixed(2);
  return `<text x="${x}" y="${y}" textLength="${length}" fill="${fill}"${weight}>${escaped}</text>`;
}

/** The look after an SGR sequence; knows those that our programs write. */
function changed(look: Look, { codes, theme }: { codes: string; theme: Theme }): Look {
  const numbers = codes.split(";").map(Number);
  const rgb = /38;2;(\d+);(\d+);(\d+)/.exec(codes);
  if (rgb !== null) {
    return { ...look, color: `rgb(${rgb.slice(1).join(",")})`, isBold: numbers[0] === 1 };
  }
  return numbers.reduce((now: Look, code): Look => {
    if (code === 0) return { color: null, isBold: false, isDim: false };
    if (code === 1) return { ...now, isBold: true };
    if (code === 2) return { ...now, isDim: true };
    if (code === 22) return { ...now, isBold: false, isDim: false };
    if (code === 39) return { ...now, color: null };
    const color = COLORS[theme][code];
    if (color === undefined) throw new Error(`Cannot draw SGR ${code}`);
    return { ...now, color };
  }, look);
}
