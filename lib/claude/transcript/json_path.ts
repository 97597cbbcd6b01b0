// The one place that reads a JSON line byte by byte and knows at which path it is.

import {
  BLOCK,
  BLOCK_TYPE,
  CONTENT,
  FIRST_SCALAR,
  MESSAGE,
  PROMPT_TEXT,
  ROOT,
  SKIPPED,
  TYPE,
} from "./json_keys.ts";
import { KeptValues } from "./json_values.ts";
import type { LineFields } from "./line.ts";

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

/** A line nested deeper than this is no line of a transcript. */
const DEEPEST = 2000;

/**
 * Reads one line of JSON in pieces of any size, in constant memory: `begin`, then `feed` for each
 * piece, then `finish`. Nested and escaped look-alikes are told apart by their path. Text may be
 * invalid UTF-8.
 */
export class JsonPathReader {
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
  readonly #values = new KeptValues();
  #hasText = false;
  #hasToolResult = false;

  /** Starts a new line. */
  begin(): void {
    this.#state = IN_VALUE;
    this.#depth = 0;
    this.#next = -ROOT;
    this.#settled = false;
    this.#escape = 0;
    this.#values.begin();
    this.#hasText = false;
    this.#hasToolResult = false;
  }

  /** Whether the line was one complete JSON object that may matter. */
  finish(): boolean {
    return this.#state === IN_END && !this.#settled;
  }

  /** The values of the line that matter, texts at most 256 bytes long. */
  fields(): LineFields {
    return this.#values.fields({
      hasText: this.#hasText,
      hasToolResult: this.#hasToolResult,
    });
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
          this.#state = this.#values.isScalar() ? IN_AFTER : IN_FAULT;
        } else {
          if (this.#values.filling) this.#values.keep(byte);
          else this.#state = IN_FAULT;
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
    if (kind === BLOCK) this.#values.unset(BLOCK_TYPE);
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
    const type = this.#values.text("blockType");
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
    const values = this.#values;
    if (isKey) {
      if (this.#kinds[this.#depth] === SKIPPED) values.stop();
      else values.fillScratch();
    } else if (this.#next === -CONTENT) {
      this.#hasText = true;
      values.fill(PROMPT_TEXT);
    } else if (this.#next > 0) {
      // A string where a number or a literal belongs says nothing; of texts the first counts.
      if (this.#next >= FIRST_SCALAR) values.unset(this.#next);
      const skip = this.#next >= FIRST_SCALAR ||
        (this.#next === PROMPT_TEXT && values.has(PROMPT_TEXT));
      if (skip) values.stop();
      else values.fill(this.#next);
    } else values.stop();
  }

  #string(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    const values = this.#values;
    while (at < to && (values.filling || this.#escape !== 0)) {
      const byte = bytes[at++] as number;
      if (this.#escape !== 0) this.#escapeGoesOn(byte);
      else if (byte === QUOTE) {
        this.#stringEnds();
        return at;
      } else if (byte === BACKSLASH) {
        this.#escape = AT_LETTER;
        if (values.filling) values.markEscape();
      } else if (byte < 0x20) this.#state = IN_FAULT;
      if (values.filling) values.keep(byte);
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
      const kind = this.#kinds[this.#depth] as number;
      this.#next = kind === SKIPPED ? 0 : this.#values.meaningOfKey(kind);
      this.#state = IN_COLON;
      // A repeated object takes the place of the first one, with all that was in it.
      if (this.#next < 0) this.#forget(-this.#next);
      return;
    }
    this.#state = IN_AFTER;
    if (this.#next === TYPE) {
      const type = this.#values.decoded(TYPE);
      if (type !== "assistant" && type !== "user") this.#settled = true;
    } else if (this.#next === BLOCK_TYPE) {
      // Neither a call nor a prompt, and often long: leave the rest unread.
      if (
        this.#values.decoded(BLOCK_TYPE) === "tool_result" && this.#values.text("type") === "user"
      ) {
        this.#settled = true;
      }
    }
    this.#next = 0;
  }

  #forget(kind: number): void {
    this.#values.unsetWithin(kind);
    if (kind === MESSAGE || kind === CONTENT) {
      this.#hasText = false;
      this.#hasToolResult = false;
    }
  }

  #scalarBegins(byte: number): void {
    if (this.#depth === 0) {
      this.#state = IN_FAULT;
      return;
    }
    this.#state = IN_SCALAR;
    // What has no slot of its own is kept in that of keys, only to be checked.
    if (this.#next >= FIRST_SCALAR) this.#values.fill(this.#next);
    else this.#values.fillScratch();
    this.#values.keep(byte);
    if (this.#next > 0 && this.#next < FIRST_SCALAR && this.#next !== PROMPT_TEXT) {
      this.#values.unset(this.#next);
    }
    this.#next = 0;
  }
}

function grown(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(bytes.length * 2);
  larger.set(bytes);
  return larger;
}
