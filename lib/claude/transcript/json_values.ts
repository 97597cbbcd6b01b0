// The one place that keeps the bytes of the few values of a line that matter, in constant memory.
import { keyHint, KeyTable, PROMPT_TEXT, type Slot, SLOTS } from "./json_keys.ts";
import { isJsonScalar } from "./json_scalar.ts";
import type { LineFields } from "./line.ts";
import { LONGEST_ID } from "./line.ts";

/** Room for a value: ids and times are shorter, of a prompt only the beginning is looked at. */
const KEPT_BYTES = LONGEST_ID + 1;
const UNSET = -1;
/** The slot of keys, and of scalars that are only checked. */
const SCRATCH = 0;

const decoder = new TextDecoder();

/** The slots of one line: one of them is being filled, or bytes are only passed over. */
export class KeptValues {
  readonly #table = new KeyTable();
  readonly #kept = new Uint8Array(SLOTS.length * KEPT_BYTES);
  readonly #lengths = new Int16Array(SLOTS.length);
  readonly #escapes = new Uint8Array(SLOTS.length);
  #filling = UNSET;
  /** Bytes are kept now. */
  filling = false;

  /** Forgets everything. */
  begin(): void {
    this.stop();
    this.#lengths.fill(UNSET);
  }

  /** Keeps what comes in a slot, from its beginning. */
  fill(slot: number): void {
    this.#filling = slot;
    this.filling = true;
    this.#lengths[slot] = 0;
    this.#escapes[slot] = 0;
  }

  /** Keeps a key, or a scalar that is only to be checked. */
  fillScratch(): void {
    this.fill(SCRATCH);
  }

  /** Keeps nothing of what comes. */
  stop(): void {
    this.#filling = UNSET;
    this.filling = false;
  }

  /** Keeps a byte, as long as there is room. */
  keep(byte: number): void {
    const slot = this.#filling;
    const length = this.#lengths[slot] as number;
    this.#kept[slot * KEPT_BYTES + length] = byte;
    this.#lengths[slot] = length + 1;
    if (length + 1 === KEPT_BYTES) this.stop();
  }

  /** The text being kept has an escape in it. */
  markEscape(): void {
    this.#escapes[this.#filling] = 1;
  }

  /** Whether what was kept last is a number or a literal. */
  isScalar(): boolean {
    const start = this.#filling * KEPT_BYTES;
    return isJsonScalar(this.#kept, start, start + (this.#lengths[this.#filling] as number));
  }

  /** Whether a slot holds something. */
  has(slot: number): boolean {
    return this.#lengths[slot] !== UNSET;
  }

  /** Empties a slot. */
  unset(slot: number): void {
    this.#lengths[slot] = UNSET;
  }

  /** Empties the slots that lie in a kind of container. */
  unsetWithin(kind: number): void {
    for (const slot of this.#table.slots[kind] ?? []) this.unset(slot);
  }

  /** What the value of the key is that was kept last, in a kind of container; 0: nothing wanted. */
  meaningOfKey(kind: number): number {
    const kept = this.#kept;
    const length = this.#lengths[SCRATCH] as number;
    if (this.#escapes[SCRATCH] === 1) {
      const spelled = new TextEncoder().encode(this.decoded(SCRATCH));
      kept.set(spelled.subarray(0, KEPT_BYTES));
      this.#lengths[SCRATCH] = Math.min(KEPT_BYTES, spelled.length);
      this.#escapes[SCRATCH] = 0;
      return this.meaningOfKey(kind);
    }
    if (length === 0) return 0;
    const hint = keyHint(length, kept[length - 1] as number, kept[0] as number);
    const key = this.#table.keys[kind]?.get(hint);
    if (key === undefined) return 0;
    for (let i = 1; i < length; i++) if (kept[i] !== key.name[i]) return 0;
    return key.meaning;
  }

  /** The values of the line that matter, texts at most 256 bytes long. */
  fields(content: Pick<LineFields, "hasText" | "hasToolResult">): LineFields {
    return {
      type: this.text("type"),
      requestId: this.text("requestId"),
      timestamp: this.text("timestamp"),
      uuid: this.text("uuid"),
      messageId: this.text("messageId"),
      model: this.text("model"),
      originKind: this.text("originKind"),
      isSidechain: this.text("isSidechain") === "true",
      isMeta: this.text("isMeta") === "true",
      isCompactSummary: this.text("isCompactSummary") === "true",
      isApiErrorMessage: this.text("isApiErrorMessage") === "true",
      tokens: {
        freshInput: this.number("inputTokens"),
        cacheWrite: this.number("cacheWriteTokens"),
        cacheRead: this.number("cacheReadTokens"),
        output: this.number("outputTokens"),
      },
      ...content,
      promptText: this.text("promptText"),
    };
  }

  /** The text of a slot; null when it is empty or too long to be an id. */
  text(slot: Slot): string | null {
    const index = SLOTS.indexOf(slot);
    // Of a prompt the beginning is enough; what else is too long to be kept is no id and no number.
    const tooLong = this.#lengths[index] === KEPT_BYTES && index !== PROMPT_TEXT;
    return !this.has(index) || tooLong ? null : this.decoded(index);
  }

  /** The number of a slot; null when it is empty or holds a literal. */
  number(slot: Slot): number | null {
    const text = this.text(slot);
    return text === null || !/^[-\d]/.test(text) ? null : Number(text);
  }

  /** What a slot holds, as far as it was kept. */
  decoded(slot: number): string {
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
