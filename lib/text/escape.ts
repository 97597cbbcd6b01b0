// Text made safe to write to a terminal.

/** Control characters except line ends, tabs and colours; characters that change the text direction. */
const HARMFUL =
  // deno-lint-ignore no-control-regex
  /\x1b(?!\[[\d;]*m)|[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name as part of a line: it can't start a colour or another line. */
export function nameInLine(name: string): string {
  return name.replace(/\p{C}|\p{Zl}|\p{Zp}/gu, "\ufffd");
}

/** The text with every harmful character shown as `\uXXXX`, which means the same in JSON. */
export function harmless(text: string): string {
  return text.replace(HARMFUL, escaped);
}

/** A text in double quotes, for a message: at most 60 characters, invisible ones escaped. */
export function quoted(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  const invisible = /[\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;
  return JSON.stringify(cut).replace(invisible, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
