// Untrusted text, made safe and cut to the width of a terminal line.

/** Measures how many cells a text takes, and where to cut it. */
type WidthTable = typeof import("fast-string-truncated-width").default;

/** Slow to load, so it stays null until a text has characters other than ASCII. */
let table: WidthTable | null = null;

/** Loads the table of cell widths unless a text is all ASCII. */
export async function loadWidths(text: string): Promise<void> {
  if (!ASCII.test(text)) table ??= (await import("fast-string-truncated-width")).default;
}

const ASCII = /^[\0-\x7f]*$/;
const PLAIN = /^[\x20-\x7e]*$/;
/** The characters of our own segments: one cell each, so they don't need the table. */
const OWN_SIGNS = "│█▉▊▋▌▍▎▏░●○→≥–…⎇";

/** A visible character: not a joiner, filler or blank pattern, nor a mark without a letter. */
const VISIBLE = /[^\p{M}\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * Untrusted text as one safe line: without escape sequences, control characters, bidi overrides and
 * invisible characters; runs of blanks become one space; "" if nothing visible is left. Long input is
 * cut before any work is done.
 */
export function cleanText(text: string): string {
  const head = text.slice(0, 400);
  if (PLAIN.test(head)) return head.trim();
  const clean = head
    // Whole escape sequences: OSC, DCS, SOS, PM, APC up to their end; CSI; two-character ones.
    .replace(
      // deno-lint-ignore no-control-regex
      /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g,
      "",
    )
    .replace(/\s+/gu, " ")
    // Control characters, line ends, direction overrides, invisible characters, lone surrogates.
    .replace(
      /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\u{e0000}-\u{e0fff}]/gu,
      "",
    )
    .replace(/ {2,}/g, " ")
    .normalize("NFC")
    // Marks stacked on one letter would reach into the lines above and below.
    .replace(/(\p{M}{3})\p{M}+/gu, "$1")
    .trim();
  return VISIBLE.test(clean) ? clean : "";
}

/**
 * Cells that a text takes in a terminal: 2 for CJK and emoji, 0 for combining marks. Before
 * {@link loadWidths}, it may be too much but not too little.
 */
export function cellWidth(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit < 0x20 || unit > 0x7e) && !OWN_SIGNS.includes(text.charAt(i))) {
      return table === null ? mostCells(text) : table(text).width;
    }
  }
  return text.length;
}

/** The cells of a text if everything from U+1100 on is wide, except for our own characters. */
function mostCells(text: string): number {
  let cells = text.length;
  for (const sign of text) {
    // One beyond U+FFFF already has the length 2.
    if (sign.length === 1 && sign >= "\u1100" && !OWN_SIGNS.includes(sign)) cells++;
  }
  return cells;
}

/** The text cut to at most `cells`, with an ellipsis if something is missing. */
export function fitText(text: string, cells: number): string {
  if (cellWidth(text) <= cells) return text;
  if (cells < 1) return "";
  const { index } = table === null
    ? { index: cells }
    : table(text, { limit: cells, ellipsis: "…", ellipsisWidth: 1 });
  // The table cuts slightly too late where wide characters follow narrow ones.
  const kept = Array.from(text.slice(0, index).replace(/[\ud800-\udbff]$/, ""));
  while (cellWidth(kept.join("")) > cells - 1) kept.pop();
  return `${kept.join("").trimEnd()}…`;
}
