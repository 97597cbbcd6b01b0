// Writes .tar.gz files that have the same bytes whenever and wherever they are written.

/** A file to put into an archive. */
export interface Entry {
  readonly name: string;
  readonly mode: number;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

const BLOCK_BYTES = 512;

/** The header of a regular file in POSIX ustar form, with no owner and time zero. */
function header({ name, mode, bytes }: Entry): Uint8Array<ArrayBuffer> {
  const block = new Uint8Array(BLOCK_BYTES);
  const put = (text: string, offset: number) => block.set(new TextEncoder().encode(text), offset);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, "0") + "\0";
  if (new TextEncoder().encode(name).length > 100) {
    throw new Error(`cannot archive "${name}": name too long`);
  }
  put(name, 0);
  put(octal(mode, 7), 100);
  put(octal(0, 7), 108);
  put(octal(0, 7), 116);
  put(octal(bytes.length, 11), 124);
  put(octal(0, 11), 136);
  put("        0", 148);
  put("ustar\0" + "00", 257);
  put(octal(block.reduce((sum, byte) => sum + byte, 0), 6) + " ", 148);
  return block;
}

function* tarBlocks(entries: readonly Entry[]): Generator<Uint8Array<ArrayBuffer>> {
  for (const entry of entries.toSorted((a, b) => a.name < b.name ? -1 : 1)) {
    yield header(entry);
    yield entry.bytes;
    yield new Uint8Array((BLOCK_BYTES - entry.bytes.length % BLOCK_BYTES) % BLOCK_BYTES);
  }
  yield new Uint8Array(2 * BLOCK_BYTES);
}

/** Writes entries, sorted by name, as a gzipped tar file. */
export async function writeArchive(path: string, entries: readonly Entry[]) {
  const file = await Deno.open(path, { write: true, create: true, truncate: true });
  await ReadableStream.from(tarBlocks(entries))
    .pipeThrough(new CompressionStream("gzip"))
    .pipeTo(file.writable);
}
