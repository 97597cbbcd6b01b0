// The port to hashes and randomness.

/** Hashes and random values, in hexadecimal. */
export interface Hashing {
  /** HMAC-SHA-256 of a text with a key: 64 digits. */
  keyedHash(text: string, key: string): string;
  /** Random bytes, two digits each. */
  random(bytes: number): string;
}
