// Words quoted for shells.

/** Quotes a word for bash, zsh and sh. */
export function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** A word as you would type it in bash, zsh or sh: quoted only if it must be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : shellQuoted(word);
}

/** Quotes a word for fish, where a backslash escapes inside single quotes. */
export function fishQuoted(word: string): string {
  return `'${word.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}

/** Longer words are not repeated in a hint. */
const SHOWN_WORD = 200;

/** The words as one line to paste; null if one is too long or has invisible characters. */
export function pasteable(words: readonly string[]): string | null {
  const isShown = words.every((word) => word.length <= SHOWN_WORD && !/\p{C}/u.test(word));
  return isShown ? words.map(shellWord).join(" ") : null;
}
