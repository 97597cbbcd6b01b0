// The one place that knows how JSON writes numbers and literals.

const MINUS = 0x2d, PLUS = 0x2b, POINT = 0x2e, ZERO = 0x30, LETTER_E = 0x65;
const LITERALS = ["true", "false", "null"].map((word) => new TextEncoder().encode(word));

/** Whether the bytes from `start` up to `end` are `true`, `false`, `null` or a number. */
export function isJsonScalar(bytes: Uint8Array, start: number, end: number): boolean {
  const word = LITERALS.find((literal) => literal[0] === bytes[start]);
  if (word !== undefined) {
    return word.length === end - start && word.every((byte, i) => bytes[start + i] === byte);
  }
  let at = start;
  const digits = (): boolean => {
    const before = at;
    while (at < end && isDigit(bytes[at] as number)) at++;
    return at > before;
  };
  if (bytes[at] === MINUS) at++;
  if (at < end && bytes[at] === ZERO) at++;
  else if (!digits()) return false;
  if (at < end && bytes[at] === POINT) {
    at++;
    if (!digits()) return false;
  }
  if (at < end && ((bytes[at] as number) | 0x20) === LETTER_E) {
    at++;
    if (at < end && (bytes[at] === MINUS || bytes[at] === PLUS)) at++;
    if (!digits()) return false;
  }
  return at === end;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= ZERO + 9;
}
