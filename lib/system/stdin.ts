// Standard input, read to its end.

const FIRST_BYTES = 16 * 1024;

/** All of stdin as text, up to `most` bytes. */
export function readStdin(most: number): string {
  let buffer = new Uint8Array(Math.min(most, FIRST_BYTES));
  let filled = 0;
  for (;;) {
    const got = Deno.stdin.readSync(buffer.subarray(filled)) ?? 0;
    filled += got;
    if (got === 0 || filled === most) break;
    if (filled < buffer.length) continue;
    const larger = new Uint8Array(Math.min(most, buffer.length * 4));
    larger.set(buffer);
    buffer = larger;
  }
  return new TextDecoder().decode(buffer.subarray(0, filled));
}
