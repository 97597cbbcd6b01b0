// Fingerprints of the part of a file that was read: a cheap check that it hasn't been rewritten.
import type { OpenTranscript } from "../../ports/mod.ts";

const SAMPLES = 16, SAMPLE_BYTES = 256, TAIL_BYTES = 1024;
/** Words, since hashing a word takes no longer than hashing a byte. */
const words = new Uint32Array((SAMPLES * SAMPLE_BYTES + TAIL_BYTES) / 4);
const bytes = new Uint8Array(words.buffer);

/** The fingerprint of nothing. */
export const EMPTY_FINGERPRINT = 0x811c9dc5;

/**
 * A number computed from what is before an offset: from all of it in a small file; in a larger one
 * from samples at even distances and the last kilobyte.
 */
export function fingerprint(file: OpenTranscript, offset: number): number {
  let filled = 0;
  const take = (at: number, length: number): void => {
    const got = file.readAt(bytes.subarray(filled, filled + length), at);
    filled += Math.max(0, got);
  };
  if (offset <= bytes.length) {
    if (offset > 0) take(0, offset);
  } else {
    const step = Math.floor((offset - TAIL_BYTES) / SAMPLES);
    for (let i = 0; i < SAMPLES; i++) take(i * step, SAMPLE_BYTES);
    take(offset - TAIL_BYTES, TAIL_BYTES);
  }
  const used = Math.ceil(filled / 4);
  bytes.fill(0, filled, used * 4);
  let hash = EMPTY_FINGERPRINT;
  for (let i = 0; i < used; i++) {
    hash = Math.imul(hash ^ (words[i] as number), 0x01000193);
    hash ^= hash >>> 15;
  }
  return hash >>> 0;
}
