// Foreign text, made harmless and cut to the width of a terminal line.

/** Says how many cells a text takes, and where to cut it. */
type WidthTable = typeof import("fast-string-truncated-width").default;

/** What the plain signs need nothing of, so it is loaded for text that has others. */
let table: WidthTable | null = null;

/** Loads the table of cell widths, unless all of a text is ASCII. */
export async function loadWidths(text: string): Promise<void> {
  if (!ASCII.test(text)) table ??= (await import("fast-string-truncated-width")).default;
}

const ASCII = /^[\0-\x7f]*$/;
const PLAIN = /^[\x20-\x7e]*$/;
/** The signs of our own segments: one cell each, known without the table, which is slow to load. */
const OWN_SIGNS = "│█▉▊▋▌▍▎▏░●○→≥–…⎇";

/** A sign that is seen: no joiner, filler or blank pattern, and no mark without a letter. */
const VISIBLE = /[^\p{M}\p{Z}\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\u2800]/u;

/**
 * Text from outside as one safe line: no escape sequence, control, bidi override or invisible
 * character; runs of blanks become one space; empty when nothing of it is seen. Long input is cut
 * before any work is done.
 */
export function cleanText(text: string): string {
  const head = text.slice(0, 400);
  if (PLAIN.test(head)) return head.trim();
  const clean = head
    // Whole escape sequences: OSC, DCS, SOS, PM, APC up to their end; CSI; those of two characters.
    .replace(
      // deno-lint-ignore no-control-regex
      /(?:\x1b[\]PX^_]|[\x9d\x90\x98\x9e\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[ -/]*[0-~]?/g,
      "",
    )
    .replace(/\s+/gu, " ")
    // Controls, line ends, what turns the direction of text, what nobody sees, halves of pairs.
    .replace(
      /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\p{Co}\u00ad\u061c\u180e\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffc\u{e0000}-\u{e0fff}]/gu,
      "",
    )
    .replace(/ {2,}/g, " ")
    .normalize("NFC")
    // Marks piled up on one letter would reach into the lines above and below.
    .replace(/(\p{M}{3})\p{M}+/gu, "$1")
    .trim();
  return VISIBLE.test(clean) ? clean : "";
}

/**
 * Cells that a text takes in a terminal: 2 for CJK and emoji, 0 for combining marks. Before
 * {@link loadWidths} every sign that is not plain counts as wide.
 */
export function cellWidth(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit < 0x20 || unit > 0x7e) && !OWN_SIGNS.includes(text.charAt(i))) {
      return table === null ? 2 * text.length : table(text).width;
    }
  }
  return text.length;
}

/** The text cut to at most `cells`, with an ellipsis where something is missing. */
export function fitText(text: string, cells: number): string {
  if (cellWidth(text) <= cells) return text;
  if (cells < 1) return "";
  const { index } = table === null
    ? { index: cells }
    : table(text, { limit: cells, ellipsis: "…", ellipsisWidth: 1 });
  // The table's idea of where to cut is a little generous where wide signs follow narrow ones.
  const signs = Array.from(text.slice(0, index).replace(/[\ud800-\udbff]$/, ""));
  while (cellWidth(signs.join("")) > cells - 1) signs.pop();
  return `${signs.join("").trimEnd()}…`;
}
