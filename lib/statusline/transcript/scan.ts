// The one place that walks through the bytes of a transcript, line by line, in constant memory.
import type { OpenTranscript } from "../../ports.ts";
import { JsonPathReader } from "./json_path.ts";
import type { LineMeaning } from "./line.ts";
import { meaningOf } from "./line.ts";

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
  /** Is given each line that means something, and the offset of its first byte. */
  onLine: (meaning: LineMeaning, at: number) => void;
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

const NEWLINE = 0x0a;
const buffer = new Uint8Array(CHUNK_BYTES);
const reader = new JsonPathReader();

/**
 * Reads the complete lines between two offsets. A last line without newline is left for the next
 * scan. Lines that hold neither `"assistant"` nor `"user"` are passed over without being parsed;
 * lines longer than the buffer are parsed in pieces.
 */
export function scanLines(
  read: OpenTranscript["readAt"],
  options: ScanOptions,
): ScanResult {
  const { to, mayGoOn, onLine } = options;
  let { insideLongLine } = options;
  /** File offset of buffer[0], which is the start of a line unless a long line is being read. */
  let base = options.from;
  let filled = 0;
  /** A line that began at `base - longBytes` and is longer than the buffer. */
  let longBytes = 0;

  for (;;) {
    const wanted = Math.min(buffer.length - filled, to - base - filled);
    const got = wanted > 0 ? read(buffer.subarray(filled, filled + wanted), base + filled) : 0;
    if (got <= 0) {
      const offset = insideLongLine ? base : base - longBytes;
      return { offset, insideLongLine, complete: true };
    }
    const fresh = filled;
    filled += got;
    let start = 0;

    if (insideLongLine || longBytes > 0) {
      const newline = indexOf(NEWLINE, 0, filled);
      const end = newline === -1 ? filled : newline;
      if (longBytes > 0 && !insideLongLine) {
        reader.feed(buffer, 0, end);
        longBytes += end;
        if (newline !== -1) emit(base + end - longBytes);
      }
      if (newline === -1) {
        base += filled;
        filled = 0;
        if (longBytes > LONGEST_LINE_BYTES) {
          insideLongLine = true;
          longBytes = 0;
        }
        if (!mayGoOn()) return stopped();
        continue;
      }
      start = newline + 1;
      longBytes = 0;
      insideLongLine = false;
    }

    const last = buffer.lastIndexOf(NEWLINE, filled - 1);
    const end = last < Math.max(start, fresh) ? start : last + 1;
    while (start < end) {
      const found = findRole(buffer, start, end);
      if (found === -1) break;
      const before = found === 0 ? -1 : buffer.lastIndexOf(NEWLINE, found - 1);
      const lineStart = before < start ? start : before + 1;
      const lineEnd = indexOf(NEWLINE, found, end);
      reader.begin();
      reader.feed(buffer, lineStart, lineEnd);
      emit(base + lineStart);
      start = lineEnd + 1;
    }

    // Keep the unfinished line; when it fills the buffer, read it in pieces.
    if (end === 0 && filled === buffer.length) {
      reader.begin();
      reader.feed(buffer, 0, filled);
      longBytes = filled;
      base += filled;
      filled = 0;
    } else {
      if (end > 0) buffer.copyWithin(0, end, filled);
      base += end;
      filled -= end;
    }
    if (!mayGoOn()) return stopped();
  }

  function stopped(): ScanResult {
    const offset = insideLongLine ? base : base - longBytes;
    return { offset, insideLongLine, complete: base + filled >= to };
  }

  function emit(at: number): void {
    if (!reader.finish()) return;
    const meaning = meaningOf(reader, String(at));
    if (meaning !== null) onLine(meaning, at);
  }
}

function indexOf(byte: number, from: number, to: number): number {
  const found = buffer.subarray(from, to).indexOf(byte);
  return found === -1 ? -1 : found + from;
}

const QUOTE = 0x22;
const ASSISTANT = new TextEncoder().encode('"assistant"');
const USER = new TextEncoder().encode('"user"');
/** How far the search may jump when a byte stands where `"assis` and `"user"` end (Horspool). */
const JUMP = jumps(['"assis', '"user"']);

function jumps(patterns: string[]): Uint8Array {
  const table = new Uint8Array(256).fill(6);
  for (const pattern of patterns) {
    for (let i = 0; i < 6; i++) {
      const byte = pattern.charCodeAt(i);
      table[byte] = Math.min(table[byte] as number, 5 - i);
    }
  }
  return table;
}

/** Offset of the next `"assistant"` or `"user"`, or -1. */
function findRole(bytes: Uint8Array, from: number, to: number): number {
  let at = from + 5;
  while (at < to) {
    const jump = JUMP[bytes[at] as number] as number;
    if (jump > 0) {
      at += jump;
      continue;
    }
    const start = at - 5;
    if (bytes[start] === QUOTE) {
      const word = bytes[start + 1] === 0x61 ? ASSISTANT : USER;
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
