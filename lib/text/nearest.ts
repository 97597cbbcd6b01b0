// The word that a mistyped one probably means; loaded only for a wrong word.
import { closest, distance } from "fastest-levenshtein";

/** The name that a mistyped one probably means, or null. */
export function nearest(word: string, names: readonly string[]): string | null {
  if (word === "" || names.length === 0) return null;
  const swapped = names.find((name) => isSwapped(word, name));
  if (swapped !== undefined) return swapped;
  const near = closest(word, names as string[]);
  // Two changes make another word of a short one.
  const allowed = Math.max(near.length < 6 ? 1 : 2, Math.floor(near.length / 3));
  return distance(word, near) <= allowed ? near : null;
}

/** Whether they differ by two neighbouring letters that changed places, the commonest slip of all. */
function isSwapped(word: string, name: string): boolean {
  if (word.length !== name.length) return false;
  const at = [...word].findIndex((letter, index) => letter !== name[index]);
  return at >= 0 && word[at] === name[at + 1] && word[at + 1] === name[at] &&
    word.slice(at + 2) === name.slice(at + 2);
}
