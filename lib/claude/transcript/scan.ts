// The one place that walks through the bytes of a transcript, line by line, in constant memory.
import type { OpenTranscript } from "../../ports/mod.ts";
import type { LineFields, LineMeaning } from "./line.ts";
import { fieldsOf, meaningOf } from "./line.ts";

/** Where a scan starts and what it may do. */
export interface ScanOptions {
  /** Offset of the first byte to read. */
  from: number;
  /** Bytes from here on are not read: the size of the file when it was looked at. */
  to: number;
  /** The scan starts inside a line that is too long to matter. */
  insideLongLine: boolean;
  /** Asked between pieces of work; false ends the scan early. */
  mayGoOn: () => boolean;
  /** Is given each line that means something. */
  onLine: (meaning: LineMeaning) => void;
}

/** Reads lines byte by byte; see bytewise.ts. */
export interface BytewiseReader {
  /** Starts a new line. */
  begin(): void;
  /** Reads the bytes of the line from `from` up to `to`. */
  feed(bytes: Uint8Array, from: number, to: number): void;
  /** What the line holds; null when it is broken or cannot matter. */
  fields(): LineFields | null;
  /** Offset of the next word that an assistant's or a user's line must have, or -1. */
  findRole(bytes: Uint8Array, from: number, to: number): number;
}

/** How far a scan came. */
export interface ScanResult {
  /** Offset behind the last line that was read to its end. */
  offset: number;
  /** `offset` lies inside a line that is too long to matter. */
  insideLongLine: boolean;
  /** Everything up to `to` was read; what is left, if anything, is a line without its newline. */
  complete: boolean;
}

/** Size of the pieces in which files are read. */
export const CHUNK_BYTES = 256 * 1024;
/** No API call and no prompt is longer than this; the rest of such a line is skipped. */
export const LONGEST_LINE_BYTES = 64 * 1024 * 1024;
/**
 * So much of a line that a scan began with is read though the scan should end: else the next one
 * would come no further. What is longer and too much for one scan is skipped like the longest.
 */
export const READ_ON_BYTES = 16 * 1024 * 1024;
/**
 * So much is parsed with JSON.parse, which is fast from the first byte on but makes garbage of every
 * line. Beyond it, and for lines longer than the buffer, the bytewise reader keeps memory small.
 */
export const PARSED_WHOLE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
/** Where a line says that it is an assistant's or a user's. */
const ROLE = /"type"\s{0,9}:\s{0,9}"(?:assistant|user)"/g;

/** Scans files one after the other with one buffer. */
export class LineScanner {
  /** Made by the first scan: most calls have nothing to read. */
  #buffer = new Uint8Array();
  #parsedWhole: number;
  readonly #readOnBytes: number;
  #bytewise: BytewiseReader | null = null;
  /** A scan ended early for want of a bytewise reader. */
  wantsBytewise = false;

  /** The limits are {@link PARSED_WHOLE_BYTES} and {@link READ_ON_BYTES} unless given. */
  constructor(options: { parsedWholeBytes?: number; readOnBytes?: number } = {}) {
    this.#parsedWhole = options.parsedWholeBytes ?? PARSED_WHOLE_BYTES;
    this.#readOnBytes = options.readOnBytes ?? READ_ON_BYTES;
  }

  /** Gives it what it wants. */
  use(bytewise: BytewiseReader): void {
    this.#bytewise = bytewise;
    this.wantsBytewise = false;
  }

  /**
   * Reads the complete lines between two offsets. A last line without newline is left for the next
   * scan. Lines that are neither an assistant's nor a user's are passed over without being parsed;
   * lines longer than the buffer are parsed in pieces. Without a bytewise reader the scan ends where
   * one is wanted.
   */
  scan(read: OpenTranscript["readAt"], options: ScanOptions): ScanResult {
    const { to, mayGoOn } = options;
    if (this.#buffer.length === 0) this.#buffer = new Uint8Array(CHUNK_BYTES);
    const buffer = this.#buffer;
    let { insideLongLine } = options;
    /** File offset of buffer[0]. */
    let base = options.from;
    let filled = 0;
    /** Bytes of a line longer than the buffer that were read already, before `base`. */
    let longBytes = 0;

    for (;;) {
      if (this.wantsBytewise) return result(false);
      const wanted = Math.min(buffer.length - filled, to - base - filled);
      const got = wanted > 0 ? read(buffer.subarray(filled, filled + wanted), base + filled) : 0;
      if (got <= 0) return result(true);
      const fresh = filled;
      filled += got;
      let start = 0;

      if (insideLongLine || longBytes > 0) {
        const newline = this.#newlineWithin(0, filled);
        const end = newline === -1 ? filled : newline;
        if (longBytes > 0) {
          this.#bytewise?.feed(buffer, 0, end);
          if (newline !== -1) this.#emit(base - longBytes, options);
          longBytes += end;
        }
        if (newline === -1) {
          base += filled;
          filled = 0;
          if (longBytes > LONGEST_LINE_BYTES) {
            insideLongLine = true;
            longBytes = 0;
          }
          if (!mayGoOn() && stops(this.#readOnBytes)) return result(base >= to);
          continue;
        }
        start = newline + 1;
        longBytes = 0;
        insideLongLine = false;
      }

      const last = buffer.lastIndexOf(NEWLINE, filled - 1);
      const end = last < Math.max(start, fresh) ? start : last + 1;
      if (end > start && !this.#lines({ start, end, base }, options)) {
        // Nothing of these lines was read: they are the next scan's.
        base += start;
        this.wantsBytewise = true;
        return result(false);
      }

      if (end === 0 && filled === buffer.length) {
        // A line that fills the buffer is read in pieces.
        if (this.#bytewise === null) {
          this.wantsBytewise = true;
          return result(false);
        }
        this.#bytewise.begin();
        this.#bytewise.feed(buffer, 0, filled);
        longBytes = filled;
        base += filled;
        filled = 0;
      } else {
        if (end > 0) buffer.copyWithin(0, end, filled);
        base += end;
        filled -= end;
      }
      if (!mayGoOn() && stops(this.#readOnBytes)) return result(base + filled >= to);
    }

    /** Out of time: ends the scan, unless its first line is to be read on; too long a one is given up. */
    function stops(readOnBytes: number): boolean {
      const atFirstLine = longBytes > 0 && base - longBytes === options.from;
      if (!atFirstLine || base >= to) return true;
      if (longBytes < readOnBytes) return false;
      insideLongLine = true;
      longBytes = 0;
      return true;
    }

    function result(complete: boolean): ScanResult {
      return { offset: insideLongLine ? base : base - longBytes, insideLongLine, complete };
    }
  }

  #lines(region: { start: number; end: number; base: number }, options: ScanOptions): boolean {
    const left = this.#parsedWhole - (region.end - region.start);
    if (left >= 0) {
      this.#parsedWhole = left;
      this.#parseLines(region, options);
    } else if (this.#bytewise !== null) this.#readLines(this.#bytewise, { region, options });
    return left >= 0 || this.#bytewise !== null;
  }

  /** With what the runtime has built in. */
  #parseLines(region: { start: number; end: number; base: number }, options: ScanOptions): void {
    const text = decoder.decode(this.#buffer.subarray(region.start, region.end));
    for (let from = 0; from < text.length;) {
      ROLE.lastIndex = from;
      const found = ROLE.exec(text)?.index ?? -1;
      if (found === -1) return;
      const start = text.lastIndexOf("\n", found) + 1;
      const end = text.indexOf("\n", found);
      from = end + 1;
      let value: unknown;
      try {
        value = JSON.parse(text.slice(start, end));
      } catch {
        continue;
      }
      const fields = fieldsOf(value);
      const meaning = fields === null ? null : meaningOf(fields, () => {
        const linesBefore = text.slice(0, start).split("\n").length - 1;
        let at = region.start;
        for (let i = 0; i < linesBefore; i++) at = this.#newlineWithin(at, region.end) + 1;
        return String(region.base + at);
      });
      if (meaning !== null) options.onLine(meaning);
    }
  }

  /** Byte by byte. */
  #readLines(
    bytewise: BytewiseReader,
    within: { region: { start: number; end: number; base: number }; options: ScanOptions },
  ): void {
    const buffer = this.#buffer;
    const { end, base } = within.region;
    for (let { start } = within.region; start < end;) {
      const found = bytewise.findRole(buffer, start, end);
      if (found === -1) return;
      const before = found === 0 ? -1 : buffer.lastIndexOf(NEWLINE, found - 1);
      const lineStart = before < start ? start : before + 1;
      const lineEnd = this.#newlineWithin(found, end);
      bytewise.begin();
      bytewise.feed(buffer, lineStart, lineEnd);
      this.#emit(base + lineStart, within.options);
      start = lineEnd + 1;
    }
  }

  #emit(at: number, options: ScanOptions): void {
    const fields = this.#bytewise?.fields() ?? null;
    const meaning = fields === null ? null : meaningOf(fields, () => String(at));
    if (meaning !== null) options.onLine(meaning);
  }

  #newlineWithin(from: number, to: number): number {
    const found = this.#buffer.subarray(from, to).indexOf(NEWLINE);
    return found === -1 ? -1 : found + from;
  }
}
