// Values of options: one of a set of words, or a whole number.
import { quoted } from "../text/escape.ts";
import type { UserError } from "../text/errors.ts";
import { usageError } from "../text/errors.ts";
import { didYouMean, orList } from "../text/format.ts";
import { nearest, nearestNumber } from "../text/nearest.ts";

/** Where a value is used. */
export interface Place {
  /** As typed, such as `--policy`. */
  option: string;
  /** The command line up to the value, such as `claude-multi pick --policy`. */
  line: string;
}

/** The error for a value that an option doesn't accept; `good`, which it accepts, is for the hint. */
export function invalidValue(
  value: string,
  { option, line, expected, good, meant = null }: Place & {
    expected: string;
    good: string | number;
    /** What was probably meant. */
    meant?: string | null;
  },
): UserError {
  return usageError(
    `invalid value ${quoted(value)} for ${option}: use ${expected}${didYouMean(meant)}`,
    `${line} ${good}`,
  );
}

/**
 * Checks that a value is one of a set of words.
 * @throws UserError (usage) that lists the words; the hint has the nearest, or else `usual`.
 */
export function oneOf<Word extends string>(
  value: string,
  options: Place & { words: readonly Word[]; usual?: NoInfer<Word> },
): Word {
  const { words } = options;
  const found = words.find((word) => word === value);
  if (found !== undefined) return found;
  const meant = nearest(value, words);
  const good = meant ?? options.usual ?? words[0] ?? "";
  throw invalidValue(value, {
    ...options,
    expected: orList(words),
    good,
    meant: words.length > 1 ? meant : null,
  });
}

/**
 * Checks that each part of a list with commas is one of a set of words.
 * @throws UserError (usage) that lists the words; the hint has the whole list, with the nearest.
 */
export function eachOf<Word extends string>(
  text: string,
  { words, ...place }: Place & { words: readonly Word[] },
): Word[] {
  const parts = text.split(",");
  return parts.map((part) => {
    const found = words.find((word) => word === part);
    if (found !== undefined) return found;
    const good = parts.map((one) => nearest(one, words) ?? words[0] ?? "").join(",");
    throw invalidValue(part, {
      ...place,
      expected: orList(words),
      good,
      meant: nearest(part, words),
    });
  });
}

/**
 * Reads a whole number from `least` to `most`.
 * @throws UserError (usage) for any other value; the hint has `usual`, or `most` where that is exceeded.
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
    good: nearestNumber(value, [least, most]) === most ? most : usual,
  });
}
