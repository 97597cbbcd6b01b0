// The search for lines of an assistant or a user among bytes, as fast as the runtime allows.

const QUOTE = 0x22, LETTER_A = 0x61;
const ASSISTANT = new TextEncoder().encode('"assistant"');
const USER = new TextEncoder().encode('"user"');
/** Bytes of the two words that the search compares: all of `"user"`. */
const WINDOW = USER.length;
/** How far the search may go on when a byte stands at the end of its window (Horspool). */
const JUMPS = jumpsFor([ASSISTANT, USER]);

/** Offset of the next `"assistant"` or `"user"` between two offsets, or -1. */
export function findRole(bytes: Uint8Array, from: number, to: number): number {
  let at = from + WINDOW - 1;
  while (at < to) {
    const jump = JUMPS[bytes[at] as number] as number;
    if (jump > 0) {
      at += jump;
      continue;
    }
    const start = at - WINDOW + 1;
    if (bytes[start] === QUOTE) {
      const word = bytes[start + 1] === LETTER_A ? ASSISTANT : USER;
      if (start + word.length <= to && holds(bytes, start, word)) return start;
    }
    at++;
  }
  return -1;
}

function holds(bytes: Uint8Array, start: number, word: Uint8Array): boolean {
  for (let i = 1; i < word.length; i++) if (bytes[start + i] !== word[i]) return false;
  return true;
}

function jumpsFor(words: readonly Uint8Array[]): Uint8Array {
  const jumps = new Uint8Array(256).fill(WINDOW);
  for (const word of words) {
    for (let i = 0; i < WINDOW; i++) {
      const byte = word[i] as number;
      jumps[byte] = Math.min(jumps[byte] as number, WINDOW - 1 - i);
    }
  }
  return jumps;
}
