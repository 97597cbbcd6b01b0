// Values given to options: words of a set and whole numbers, with the error for any other value.
import { quoted } from "../text/escape.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { nearest } from "../text/nearest.ts";

/** An option, and the line that it stands in up to its value, such as `claude-multi pick --policy`. */
export interface Place {
  /** As typed, such as `--policy`. */
  option: string;
  line: string;
}

/** The error for a value that an option does not take. `good` is one that it takes, for the hint. */
export function invalidValue(
  value: string,
  { option, line, expected, good }: Place & { expected: string; good: string | number },
): UserError {
  return new UserError(`invalid value ${quoted(value)} for ${option}: use ${expected}`, {
    hint: `${line} ${good}`,
    exit: EXIT.usage,
  });
}

/**
 * One of a set of words. The hint names the nearest, or `usual` if none is near.
 * @throws UserError (usage) listing the words.
 */
export function oneOf<Word extends string>(
  value: string,
  options: Place & { words: readonly Word[]; usual?: NoInfer<Word> },
): Word {
  const { words } = options;
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const good = nearest(value, words) ?? options.usual ?? words[0] ?? "";
  throw invalidValue(value, { ...options, expected: listed(words), good });
}

/**
 * A whole number from `least` to `most`.
 * @throws UserError (usage) saying so; the hint names `usual`.
 */
export function wholeNumber(
  value: string,
  options: Place & { least: number; most: number; usual: number },
): number {
  const { least, most, usual } = options;
  const number = /^\d+$/.test(value) ? Number(value) : NaN;
  if (number >= least && number <= most) return number;
  throw invalidValue(value, {
    ...options,
    expected: `a whole number from ${least} to ${most}`,
    good: usual,
  });
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}
