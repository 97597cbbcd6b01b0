// The table of the keys that are looked for in a JSON line, and where their values are kept.

/** Kinds of containers that are looked into; all others are skipped. */
export const SKIPPED = 0,
  ROOT = 1,
  MESSAGE = 2,
  USAGE = 3,
  CONTENT = 4,
  BLOCK = 5,
  ORIGIN = 6;

/** Values that are kept; the last of a repeated key wins, as in JSON.parse. Slot 0 is for keys. */
export const SLOTS = [
  "(key)",
  "type",
  "requestId",
  "timestamp",
  "uuid",
  "messageId",
  "model",
  "originKind",
  "promptText",
  "blockType",
  "isSidechain",
  "isMeta",
  "isCompactSummary",
  "isApiErrorMessage",
  "inputTokens",
  "outputTokens",
  "cacheWriteTokens",
  "cacheReadTokens",
] as const;

/** Name of a kept value. */
export type Slot = Exclude<typeof SLOTS[number], "(key)">;

const slotOf = (name: Slot): number => SLOTS.indexOf(name);
/** Slots that need a second look when they are filled. */
export const TYPE = slotOf("type"),
  BLOCK_TYPE = slotOf("blockType"),
  PROMPT_TEXT = slotOf("promptText");
/** Slots before this one hold strings, this one and later ones hold numbers and literals. */
export const FIRST_SCALAR = slotOf("isSidechain");

/** A key that is looked for, and what its value is: a slot, or minus a kind of container. */
export interface Key {
  name: Uint8Array;
  meaning: number;
}

const WANTED: readonly Readonly<Record<string, number>>[] = [
  {},
  {
    type: TYPE,
    requestId: slotOf("requestId"),
    timestamp: slotOf("timestamp"),
    uuid: slotOf("uuid"),
    isSidechain: slotOf("isSidechain"),
    isMeta: slotOf("isMeta"),
    isCompactSummary: slotOf("isCompactSummary"),
    isApiErrorMessage: slotOf("isApiErrorMessage"),
    message: -MESSAGE,
    origin: -ORIGIN,
  },
  { id: slotOf("messageId"), model: slotOf("model"), usage: -USAGE, content: -CONTENT },
  {
    input_tokens: slotOf("inputTokens"),
    output_tokens: slotOf("outputTokens"),
    cache_creation_input_tokens: slotOf("cacheWriteTokens"),
    cache_read_input_tokens: slotOf("cacheReadTokens"),
  },
  {},
  { type: BLOCK_TYPE, text: PROMPT_TEXT },
  { kind: slotOf("originKind") },
];

/** Made for the first reader: most calls need none. */
export class KeyTable {
  /** The keys that are looked for in each kind of container, by {@link keyHint}. */
  readonly keys: ReadonlyArray<ReadonlyMap<number, Key>> = WANTED.map((keys) =>
    new Map(
      Object.entries(keys).map(([key, meaning]) => {
        const name = new TextEncoder().encode(key);
        const [first, last] = [name[0] as number, name[name.length - 1] as number];
        return [keyHint(name.length, last, first), { name, meaning }];
      }),
    )
  );
  /** The slots that lie in each kind of container, at any depth. */
  readonly slots: readonly (readonly number[])[] = WANTED.map((_, kind) => slotsBelow(kind));
}

function slotsBelow(kind: number): number[] {
  const within = kind === CONTENT ? [BLOCK] : [];
  const slots = kind === CONTENT ? [PROMPT_TEXT] : [];
  for (const meaning of Object.values(WANTED[kind] ?? {})) {
    if (meaning > 0) slots.push(meaning);
    else within.push(-meaning);
  }
  return [...slots, ...within.flatMap(slotsBelow)];
}

/** Tells the wanted keys of one container apart, so that most other keys need no comparing. */
export function keyHint(length: number, last: number, first: number): number {
  return (length << 16) | (last << 8) | first;
}
