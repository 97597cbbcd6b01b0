// The word or number that a wrong one probably means; loaded only for a wrong one.
import { closest, distance } from "fastest-levenshtein";

/** The name that a mistyped one probably means, or null. */
export function nearest(word: string, names: readonly string[]): string | null {
  if (word === "" || names.length === 0) return null;
  const swapped = names.find((name) => isSwapped(word, name));
  if (swapped !== undefined) return swapped;
  const first = closest(word, names as string[]);
  // Of names that are equally far, one that lacks a letter is meant more often than one with a wrong letter.
  const near =
    names.find((name) =>
      isShortFor(word, name) && distance(word, name) === distance(word, first)
    ) ?? first;
  // One letter of two is no likeness.
  if (near.length < 3 && near.length === word.length) return null;
  // Two changes make another word of a short one.
  const allowed = Math.max(near.length < 6 ? 1 : 2, Math.floor(near.length / 3));
  if (distance(word, near) <= allowed) return near;
  const [longer, other] = names.filter((name) => isShortFor(word, name));
  if (longer !== undefined && other === undefined) return longer;
  return names.find((name) => name.length >= 4 && word.startsWith(name)) ?? null;
}

/** The number in a range that is nearest to a text such as `90%`; null if the text is no number. */
export function nearestNumber(
  text: string,
  [least, most]: readonly [least: number, most: number],
): number | null {
  const [, number] = /^(-?\d+(?:\.\d+)?)\s*%?$/.exec(text.trim()) ?? [];
  return number === undefined ? null : Math.min(most, Math.max(least, Number(number)));
}

/** Whether a word of three letters or more leaves out letters of a name, but not its first: `grp`, `stat`. */
function isShortFor(word: string, name: string): boolean {
  if (word.length < 3 || word[0] !== name[0]) return false;
  let at = -1;
  return [...word].every((letter) => (at = name.indexOf(letter, at + 1)) >= 0);
}

/** Whether they differ by two neighbouring letters that changed places, the commonest slip of all. */
function isSwapped(word: string, name: string): boolean {
  if (word.length !== name.length) return false;
  const at = [...word].findIndex((letter, index) => letter !== name[index]);
  return at >= 0 && word[at] === name[at + 1] && word[at + 1] === name[at] &&
    word.slice(at + 2) === name.slice(at + 2);
}
