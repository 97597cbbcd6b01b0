// What one line of a transcript says: an API call, a person's prompt, or nothing that counts.
import { objectIn, objectOf } from "../../text/json_object.ts";
import type { Tokens } from "./tokens.ts";

/** What a line says, if it says anything that counts. */
export type LineMeaning =
  | {
    kind: "call";
    /** Identity of the API call: message id and request id. */
    key: string;
    /** null: the line has no time. */
    atMs: number | null;
    sidechain: boolean;
    tokens: Tokens;
  }
  | { kind: "prompt"; atMs: number | null };

type Fields = Readonly<Record<string, unknown>>;

/** Members of an object, without escapes, objects and arrays, as the client writes them. */
const MEMBERS = String.raw`(?:"\w+":(?:"[^"\\]*"|[\w.+-]+),)*`;

/** Beginnings of lines that cannot count: of another type, or with the result of a tool. */
const CANNOT_COUNT = new RegExp(
  String.raw`^\{${MEMBERS}"type":"(?:(?!assistant"|user")[^"\\]*"|user",${MEMBERS}` +
    String.raw`"message":\{${MEMBERS}"content":\[\{${MEMBERS}"type":"tool_result")`,
);

/** What every line that counts contains: its type, or a letter of it as an escape. */
const MAY_COUNT = /"type"\s*:\s*"(?:assistant|user)"|\\u00[67]/;
/** Characters up to which parsing a line costs no more than searching it. */
const SHORT_LINE = 4096;

/** Characters of an id; anything longer isn't one. */
const LONGEST_ID = 255;

/** An API call names at least one of these. */
const COUNTS = [
  "input_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "output_tokens",
] as const;

/** More tokens than this in one call are a broken line; the limit keeps sums safe integers. */
const MOST_TOKENS = 1e11;

/** Text that the client writes as if the user had typed it (CONTRACT §7). */
const NOT_TYPED =
  /^(?:<(?:local-command-(?:stdout|stderr)|bash-std(?:out|err)|task-notification)\b|\[Request interrupted)/;

/**
 * Whether a line may count that begins like this. `false` is certain for every line whose objects
 * don't repeat a key, as no writer of JSON does: of a repeated key, JSON.parse takes the last value.
 * `true` promises nothing. Most of a transcript lies in lines that need not be read any further.
 */
export function mayCount(beginning: string): boolean {
  return !CANNOT_COUNT.test(beginning);
}

/**
 * What a line means (CONTRACT §7). An assistant line with usage is an API call, unless the client
 * made it up (`<synthetic>`, API errors). A user line with words of a person is a prompt: not a tool
 * result, meta line, compaction summary, sidechain or notification. A broken line means nothing.
 * `offset`, the place of the line in its file, identifies a call without any id.
 */
export function meaningOf(line: string, offset: number): LineMeaning | null {
  if (line.length > SHORT_LINE && !MAY_COUNT.test(line)) return null;
  const fields = objectIn(line);
  if (fields?.["type"] === "assistant") return callOf(fields, offset);
  if (fields?.["type"] !== "user" || !isPrompt(fields)) return null;
  return { kind: "prompt", atMs: timeOf(fields) };
}

function callOf(line: Fields, offset: number): LineMeaning | null {
  const message = objectOf(line["message"]);
  if (line["isApiErrorMessage"] === true || message["model"] === "<synthetic>") return null;
  const usage = objectOf(message["usage"]);
  if (!COUNTS.some((name) => typeof usage[name] === "number")) return null;
  return {
    kind: "call",
    key: keyOf(line, { messageId: idOf(message["id"]), offset }),
    atMs: timeOf(line),
    sidechain: line["isSidechain"] === true,
    tokens: {
      freshInput: wholeCount(usage["input_tokens"]),
      cacheWrite: wholeCount(usage["cache_creation_input_tokens"]),
      cacheRead: wholeCount(usage["cache_read_input_tokens"]),
      output: wholeCount(usage["output_tokens"]),
    },
  };
}

function keyOf(line: Fields, call: { messageId: string | null; offset: number }): string {
  if (call.messageId !== null) return `${call.messageId}\n${idOf(line["requestId"]) ?? ""}`;
  const uuid = idOf(line["uuid"]);
  return uuid !== null ? `uuid\n${uuid}` : `place\n${call.offset}`;
}

function isPrompt(line: Fields): boolean {
  if (["isSidechain", "isMeta", "isCompactSummary"].some((flag) => line[flag] === true)) {
    return false;
  }
  const origin = objectOf(line["origin"])["kind"];
  if (typeof origin === "string" && origin !== "human") return false;
  const { content } = objectOf(line["message"]);
  if (typeof content === "string") return !NOT_TYPED.test(content);
  const blocks = Array.isArray(content) ? content.map(objectOf) : [];
  const has = (type: string): boolean => blocks.some((block) => block["type"] === type);
  if (has("tool_result") || !(has("text") || has("image"))) return false;
  const text = blocks.map((block) => block["text"]).find((text) => typeof text === "string");
  return !NOT_TYPED.test(text ?? "");
}

function timeOf(line: Fields): number | null {
  const timestamp = line["timestamp"];
  const atMs = typeof timestamp === "string" ? Date.parse(timestamp) : NaN;
  return Number.isFinite(atMs) ? atMs : null;
}

function wholeCount(count: unknown): number {
  return typeof count === "number" ? Math.min(MOST_TOKENS, Math.max(0, Math.trunc(count))) : 0;
}

function idOf(value: unknown): string | null {
  return typeof value === "string" && value.length <= LONGEST_ID ? value : null;
}
