// Reads the complete lines of a transcript, piece by piece.
import type { OpenTranscript } from "../../ports/mod.ts";

/** Where a scan starts and what it may do. */
interface ScanOptions {
  /** Offset of the first byte to read. */
  from: number;
  /** Bytes from here on aren't read: the size of the file when it was checked. */
  to: number;
  /** The scan starts inside a line that is too long to be read. */
  insideLongLine: boolean;
  /** Asked after each piece; false ends the scan. */
  mayGoOn: () => boolean;
  /** Whether to read a line that starts like this; gets all of a short line. */
  isWanted: (beginning: string) => boolean;
  /** Gets each wanted line without its newline, and the offset of its first byte. */
  onLine: (line: string, offset: number) => void;
}

/** How far a scan got. */
export interface ScanResult {
  /** Offset of the first byte still to be read: the start of a line, or inside a line that is too long. */
  offset: number;
  /** `offset` is inside a line that is too long to be read. */
  insideLongLine: boolean;
  /** Everything up to `to` was read, except perhaps a last line without a newline. */
  complete: boolean;
}

/** How much is read before the scan asks again whether it may go on. */
export const PIECE_BYTES = 256 * 1024;
/** A line longer than this, including its newline, is skipped. */
export const LONGEST_LINE_BYTES = 16 * 1024 * 1024;
/** A longer line is decoded only if its start says that it is wanted. */
const SHORT_LINE_BYTES = 4096;
const BEGINNING_BYTES = 512;

const NEWLINE = 0x0a;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** Scans one file after another with one buffer. */
export class LineScanner {
  /** Grows with the lines; empty at first, because most calls have nothing to read. */
  #buffer = new Uint8Array();
  readonly #pieceBytes: number;
  readonly #longestLineBytes: number;

  /** Defaults: {@link PIECE_BYTES} and {@link LONGEST_LINE_BYTES}. */
  constructor(options: { pieceBytes?: number; longestLineBytes?: number } = {}) {
    this.#pieceBytes = options.pieceBytes ?? PIECE_BYTES;
    this.#longestLineBytes = options.longestLineBytes ?? LONGEST_LINE_BYTES;
  }

  /**
   * Reads the complete lines between two offsets. A last line without a newline is left for the next
   * scan. A scan that may not go on still finishes its first line; otherwise a line that takes longer
   * than a scan may last would never be read.
   */
  scan(read: OpenTranscript["readAt"], options: ScanOptions): ScanResult {
    const { from, to, mayGoOn, isWanted, onLine } = options;
    let { insideLongLine } = options;
    /** Offset of buffer[0] in the file. */
    let offset = from;
    let filled = 0;
    for (;;) {
      const end = Math.min(filled + this.#pieceBytes, this.#longestLineBytes, to - offset);
      const buffer = this.#bufferOf(end);
      const got = end > filled ? read(buffer.subarray(filled, end), offset + filled) : 0;
      if (got <= 0) return { offset, insideLongLine, complete: true };
      const bytes = buffer.subarray(0, filled + got);
      let start = 0;
      for (let at = filled;; at = start) {
        const newline = bytes.indexOf(NEWLINE, at);
        if (newline === -1) break;
        if (!insideLongLine) {
          const line = bytes.subarray(start, newline);
          const isShort = line.length <= SHORT_LINE_BYTES;
          const beginning = decoder.decode(isShort ? line : line.subarray(0, BEGINNING_BYTES));
          if (isWanted(beginning)) {
            onLine(isShort ? beginning : decoder.decode(line), offset + start);
          }
        }
        insideLongLine = false;
        start = newline + 1;
      }
      if (start === 0 && bytes.length === this.#longestLineBytes) insideLongLine = true;
      if (insideLongLine) start = bytes.length;
      buffer.copyWithin(0, start, bytes.length);
      offset += start;
      filled = bytes.length - start;
      if (offset > from && !mayGoOn()) {
        return { offset, insideLongLine, complete: offset + filled >= to };
      }
    }
  }

  /** The buffer with its content, at least `bytes` long. */
  #bufferOf(bytes: number): Uint8Array {
    const { buffer, length } = this.#buffer;
    if (length < bytes) this.#buffer = new Uint8Array(buffer.transfer(Math.max(bytes, 2 * length)));
    return this.#buffer;
  }
}
