// The time that a wrong one probably means.
import { DAY_WORDS, parseMoment } from "./moment.ts";
import { nearest } from "./nearest.ts";

/**
 * The time that was probably meant: a number with the unit that it lacks, or mistyped words as they are
 * spelled. null if there is none. `nowMs` is in milliseconds since the epoch.
 */
export function nearMoment(text: string, nowMs: number): string | null {
  const plain = text.trim().toLowerCase();
  const near = /^\d+$/.test(plain)
    ? `${plain}${Number(plain) <= MOST_HOURS ? "h" : "m"}`
    : plain.replace(/[a-z]{3,}/g, (word) => nearest(word, DAY_WORDS) ?? word);
  return near !== plain && parseMoment(near, nowMs).problem === null ? near : null;
}

/** A number up to this is one of hours, a larger one of minutes. */
const MOST_HOURS = 12;
