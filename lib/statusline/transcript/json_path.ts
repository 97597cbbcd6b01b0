// The one place that reads a JSON line byte by byte and keeps only the few values that matter.

import {
  BLOCK,
  BLOCK_TYPE,
  CONTENT,
  FIRST_SCALAR,
  keyHint,
  KeyTable,
  MESSAGE,
  PROMPT_TEXT,
  ROOT,
  SKIPPED,
  type Slot,
  SLOTS,
  TYPE,
} from "./json_keys.ts";
import { isJsonScalar } from "./json_scalar.ts";
import type { LineFields } from "./line.ts";
import { LONGEST_ID } from "./line.ts";

const IN_VALUE = 0, IN_KEY = 1, IN_COLON = 2, IN_AFTER = 3, IN_STRING = 4, IN_SCALAR = 5;
const IN_FIRST_VALUE = 6, IN_FIRST_KEY = 7, IN_END = 8, IN_FAULT = 9;

const QUOTE = 0x22, BACKSLASH = 0x5c, COMMA = 0x2c, COLON = 0x3a;
const OPEN_BRACE = 0x7b, CLOSE_BRACE = 0x7d, OPEN_BRACKET = 0x5b, CLOSE_BRACKET = 0x5d;

const LETTER_U = 0x75;
const AT_LETTER = 5;
/** 1 for each byte that may follow a backslash, u aside. */
const SIMPLE_ESCAPES = marked('"\\\\/bfnrt');
const HEX_DIGITS = marked("0123456789abcdefABCDEF");

function marked(signs: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of new TextEncoder().encode(signs)) table[byte] = 1;
  return table;
}

/** Room for a value: ids and times are shorter, of a prompt only the beginning is looked at. */
const KEPT_BYTES = LONGEST_ID + 1;
/** A line nested deeper than this is no line of a transcript. */
const DEEPEST = 2000;
const UNSET = -1;

const decoder = new TextDecoder();

/**
 * Reads one line of JSON in pieces of any size, in constant memory: `begin`, then `feed` for each
 * piece, then `finish`. Nested and escaped look-alikes are told apart by their path. Text may be
 * invalid UTF-8.
 */
export class JsonPathReader {
  readonly #table = new KeyTable();
  #state = IN_END;
  #depth = 0;
  #kinds = new Uint8Array(64);
  #objects = new Uint8Array(64);
  /** What the next value is: a slot, minus a kind of container, or 0 for neither. */
  #next = 0;
  #isKey = false;
  /** Inside an escape: AT_LETTER behind the backslash, then how many digits of \\u are to come. */
  #escape = 0;
  #settled = false;
  /** The slot being filled, or UNSET while bytes are only passed over. */
  #filling = UNSET;
  readonly #kept = new Uint8Array(SLOTS.length * KEPT_BYTES);
  readonly #lengths = new Int16Array(SLOTS.length);
  readonly #escapes = new Uint8Array(SLOTS.length);

  #hasText = false;
  #hasToolResult = false;

  /** Starts a new line. */
  begin(): void {
    this.#state = IN_VALUE;
    this.#depth = 0;
    this.#next = -ROOT;
    this.#settled = false;
    this.#escape = 0;
    this.#filling = UNSET;
    this.#hasText = false;
    this.#hasToolResult = false;
    this.#lengths.fill(UNSET);
  }

  /** Whether the line was one complete JSON object that may matter. */
  finish(): boolean {
    return this.#state === IN_END && !this.#settled;
  }

  /** The values of the line that matter, texts at most 256 bytes long. */
  fields(): LineFields {
    return {
      type: this.#text("type"),
      requestId: this.#text("requestId"),
      timestamp: this.#text("timestamp"),
      uuid: this.#text("uuid"),
      messageId: this.#text("messageId"),
      model: this.#text("model"),
      originKind: this.#text("originKind"),
      isSidechain: this.#text("isSidechain") === "true",
      isMeta: this.#text("isMeta") === "true",
      isCompactSummary: this.#text("isCompactSummary") === "true",
      isApiErrorMessage: this.#text("isApiErrorMessage") === "true",
      tokens: {
        freshInput: this.#number("inputTokens"),
        cacheWrite: this.#number("cacheWriteTokens"),
        cacheRead: this.#number("cacheReadTokens"),
        output: this.#number("outputTokens"),
      },
      hasText: this.#hasText,
      hasToolResult: this.#hasToolResult,
      promptText: this.#text("promptText"),
    };
  }

  #text(slot: Slot): string | null {
    const index = SLOTS.indexOf(slot);
    const length = this.#lengths[index] as number;
    // Of a prompt the beginning is enough; what else is too long to be kept is no id and no number.
    const tooLong = length === KEPT_BYTES && slot !== "promptText";
    return length === UNSET || tooLong ? null : this.#decoded(index);
  }

  #number(slot: Slot): number | null {
    const text = this.#text(slot);
    return text === null || !/^[-\d]/.test(text) ? null : Number(text);
  }

  /** Reads the bytes from `from` up to `to`. */
  feed(bytes: Uint8Array, from: number, to: number): void {
    let at = from;
    while (at < to && !this.#settled && this.#state !== IN_FAULT) {
      if (this.#state === IN_STRING) {
        at = this.#string(bytes, at, to);
        continue;
      }
      const byte = bytes[at] as number;
      if (this.#state === IN_SCALAR) {
        if (byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || byte <= 0x20) {
          const start = this.#filling * KEPT_BYTES;
          const end = start + (this.#lengths[this.#filling] as number);
          this.#state = isJsonScalar(this.#kept, start, end) ? IN_AFTER : IN_FAULT;
        } else {
          if (this.#filling === UNSET) this.#state = IN_FAULT;
          else this.#keep(byte);
          at++;
        }
        continue;
      }
      at++;
      if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d && byte !== 0x0a) this.#structure(byte);
    }
  }

  #structure(byte: number): void {
    const state = this.#state;
    switch (state) {
      case IN_FIRST_KEY:
      case IN_KEY:
        if (byte === QUOTE) this.#stringBegins(true);
        else if (byte === CLOSE_BRACE && state === IN_FIRST_KEY) this.#close(1);
        else this.#state = IN_FAULT;
        break;
      case IN_COLON:
        this.#state = byte === COLON ? IN_VALUE : IN_FAULT;
        break;
      case IN_AFTER:
        if (byte === COMMA) {
          this.#state = this.#objects[this.#depth] === 1 ? IN_KEY : IN_VALUE;
          this.#next = this.#kinds[this.#depth] === CONTENT ? -BLOCK : 0;
        } else if (byte === CLOSE_BRACE) this.#close(1);
        else if (byte === CLOSE_BRACKET) this.#close(0);
        else this.#state = IN_FAULT;
        break;
      case IN_FIRST_VALUE:
      case IN_VALUE:
        if (byte === QUOTE) this.#stringBegins(false);
        else if (byte === OPEN_BRACE) this.#open(1);
        else if (byte === OPEN_BRACKET) this.#open(0);
        else if (byte === CLOSE_BRACKET && state === IN_FIRST_VALUE) this.#close(0);
        else this.#scalarBegins(byte);
        break;
      default:
        this.#state = IN_FAULT;
    }
  }

  #open(isObject: 0 | 1): void {
    const wanted = -this.#next;
    const fits = wanted > 0 && (wanted === CONTENT ? isObject === 0 : isObject === 1);
    const kind = fits ? wanted : SKIPPED;
    const depth = ++this.#depth;
    if (depth > DEEPEST || (depth === 1 && kind !== ROOT)) {
      this.#state = IN_FAULT;
      return;
    }
    if (depth >= this.#kinds.length) {
      this.#kinds = grown(this.#kinds);
      this.#objects = grown(this.#objects);
    }
    if (kind === BLOCK) this.#lengths[BLOCK_TYPE] = UNSET;
    this.#kinds[depth] = kind;
    this.#objects[depth] = isObject;
    this.#state = isObject === 1 ? IN_FIRST_KEY : IN_FIRST_VALUE;
    this.#next = kind === CONTENT ? -BLOCK : 0;
  }

  #close(isObject: 0 | 1): void {
    if (this.#objects[this.#depth] !== isObject) this.#state = IN_FAULT;
    else {
      if (this.#kinds[this.#depth] === BLOCK) this.#blockEnds();
      this.#state = --this.#depth === 0 ? IN_END : IN_AFTER;
    }
  }

  #blockEnds(): void {
    const type = this.#text("blockType");
    if (type === "text" || type === "image") this.#hasText = true;
    else if (type === "tool_result") this.#hasToolResult = true;
  }

  #stringBegins(isKey: boolean): void {
    if (this.#depth === 0) {
      this.#state = IN_FAULT;
      return;
    }
    this.#state = IN_STRING;
    this.#isKey = isKey;
    if (isKey) this.#fill(this.#kinds[this.#depth] === SKIPPED ? UNSET : 0);
    else if (this.#next === -CONTENT) {
      this.#hasText = true;
      this.#fill(PROMPT_TEXT);
    } else if (this.#next > 0) {
      // A string where a number or a literal belongs says nothing; of texts the first counts.
      if (this.#next >= FIRST_SCALAR) this.#lengths[this.#next] = UNSET;
      const skip = this.#next >= FIRST_SCALAR ||
        (this.#next === PROMPT_TEXT && this.#lengths[PROMPT_TEXT] !== UNSET);
      this.#fill(skip ? UNSET : this.#next);
    } else this.#filling = UNSET;
  }

  #string(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && (this.#filling !== UNSET || this.#escape !== 0)) {
      const byte = bytes[at++] as number;
      if (this.#escape !== 0) this.#escapeGoesOn(byte);
      else if (byte === QUOTE) {
        this.#stringEnds();
        return at;
      } else if (byte === BACKSLASH) {
        this.#escape = AT_LETTER;
        if (this.#filling !== UNSET) this.#escapes[this.#filling] = 1;
      } else if (byte < 0x20) this.#state = IN_FAULT;
      if (this.#filling !== UNSET) this.#keep(byte);
      if (this.#state === IN_FAULT) return to;
    }
    // What is left is not kept: the tightest loop of all, since most bytes pass through it.
    while (at < to) {
      const byte = bytes[at++] as number;
      if (byte === QUOTE) {
        this.#stringEnds();
        return at;
      }
      if (byte === BACKSLASH) {
        if (at < to && SIMPLE_ESCAPES[bytes[at] as number] === 1) {
          at++;
          continue;
        }
        this.#escape = AT_LETTER;
        return at;
      }
      if (byte < 0x20) {
        this.#state = IN_FAULT;
        return to;
      }
    }
    return to;
  }

  #escapeGoesOn(byte: number): void {
    if (this.#escape !== AT_LETTER) {
      if (HEX_DIGITS[byte] === 1) this.#escape--;
      else this.#state = IN_FAULT;
    } else if (SIMPLE_ESCAPES[byte] === 1) this.#escape = 0;
    else if (byte === LETTER_U) this.#escape = 4;
    else this.#state = IN_FAULT;
  }

  #stringEnds(): void {
    if (this.#isKey) {
      this.#next = this.#kinds[this.#depth] === SKIPPED ? 0 : this.#meaningOfKey();
      this.#state = IN_COLON;
      // A repeated object takes the place of the first one, with all that was in it.
      if (this.#next < 0) this.#forget(-this.#next);
      return;
    }
    this.#state = IN_AFTER;
    if (this.#next === TYPE) {
      const type = this.#decoded(TYPE);
      if (type !== "assistant" && type !== "user") this.#settled = true;
    } else if (this.#next === BLOCK_TYPE) {
      // Neither a call nor a prompt, and often long: leave the rest unread.
      if (this.#decoded(BLOCK_TYPE) === "tool_result" && this.#text("type") === "user") {
        this.#settled = true;
      }
    }
    this.#next = 0;
  }

  #forget(kind: number): void {
    for (const slot of this.#table.slots[kind] ?? []) this.#lengths[slot] = UNSET;
    if (kind === MESSAGE || kind === CONTENT) {
      this.#hasText = false;
      this.#hasToolResult = false;
    }
  }

  #meaningOfKey(): number {
    const kept = this.#kept;
    const length = this.#lengths[0] as number;
    if (this.#escapes[0] === 1) {
      const spelled = new TextEncoder().encode(this.#decoded(0));
      kept.set(spelled.subarray(0, KEPT_BYTES));
      this.#lengths[0] = Math.min(KEPT_BYTES, spelled.length);
      this.#escapes[0] = 0;
      return this.#meaningOfKey();
    }
    if (length === 0) return 0;
    const keys = this.#table.keys[this.#kinds[this.#depth] as number];
    const key = keys?.get(keyHint(length, kept[length - 1] as number, kept[0] as number));
    if (key === undefined) return 0;
    for (let i = 1; i < length; i++) if (kept[i] !== key.name[i]) return 0;
    return key.meaning;
  }

  #scalarBegins(byte: number): void {
    if (this.#depth === 0) {
      this.#state = IN_FAULT;
      return;
    }
    this.#state = IN_SCALAR;
    // What has no slot of its own is kept in that of keys, only to be checked.
    this.#fill(this.#next >= FIRST_SCALAR ? this.#next : 0);
    this.#keep(byte);
    if (this.#next > 0 && this.#next < FIRST_SCALAR && this.#next !== PROMPT_TEXT) {
      this.#lengths[this.#next] = UNSET;
    }
    this.#next = 0;
  }

  #fill(slot: number): void {
    this.#filling = slot;
    if (slot === UNSET) return;
    this.#lengths[slot] = 0;
    this.#escapes[slot] = 0;
  }

  #keep(byte: number): void {
    const slot = this.#filling;
    const length = this.#lengths[slot] as number;
    this.#kept[slot * KEPT_BYTES + length] = byte;
    this.#lengths[slot] = length + 1;
    if (length + 1 === KEPT_BYTES) this.#filling = UNSET;
  }

  #decoded(slot: number): string {
    const start = slot * KEPT_BYTES;
    const text = decoder.decode(
      this.#kept.subarray(start, start + (this.#lengths[slot] as number)),
    );
    if (this.#escapes[slot] === 0) return text;
    try {
      return JSON.parse(`"${text}"`) as string;
    } catch {
      // Cut within an escape.
      return text;
    }
  }
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}
