// What a line of a transcript means: an API call, a prompt of the user, or nothing that counts.
import { objectIn, objectOf } from "../../text/json_object.ts";
import type { Tokens } from "./tokens.ts";

/** The meaning of a line that counts. */
export type LineMeaning =
  | {
    kind: "call";
    /** Identity of the API call: message id and request id. */
    key: string;
    /** null if the line has no time. */
    atMs: number | null;
    sidechain: boolean;
    tokens: Tokens;
  }
  | { kind: "prompt"; atMs: number | null };

type Fields = Readonly<Record<string, unknown>>;

/** Members of an object as the client writes them, except objects, arrays and text with escapes. */
const MEMBERS = String.raw`(?:"\w+":(?:"[^"\\]*"|[\w.+-]+),)*`;

/** The start of a line that can't count: it has another type, or the result of a tool. */
const CANNOT_COUNT = new RegExp(
  String.raw`^\{${MEMBERS}"type":"(?:(?!assistant"|user")[^"\\]*"|user",${MEMBERS}` +
    String.raw`"message":\{${MEMBERS}"content":\[\{${MEMBERS}"type":"tool_result")`,
);

/** Every line that counts contains this: its type, or one of the type's letters as an escape. */
const MAY_COUNT = /"type"\s*:\s*"(?:assistant|user)"|\\u00[67]/;
/** The length in characters up to which parsing a line costs no more than searching it. */
const SHORT_LINE = 4096;

/** In characters; anything longer isn't an id. */
const LONGEST_ID = 255;

/** An API call names at least one of these. */
const COUNTS = [
  "input_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "output_tokens",
] as const;

/** More tokens than this in one call mean a broken line; the limit keeps sums safe integers. */
const MOST_TOKENS = 1e11;

/** Text that the client records as if the user had typed it (CONTRACT §7). */
const NOT_TYPED =
  /^(?:<(?:local-command-(?:stdout|stderr)|bash-std(?:out|err)|task-notification)\b|\[Request interrupted)/;

/**
 * Whether a line that starts like this may count. `false` is certain, unless the line repeats a key,
 * which no JSON writer does; `true` promises nothing. Most of a transcript is in lines that don't have
 * to be read any further.
 */
export function mayCount(beginning: string): boolean {
  return !CANNOT_COUNT.test(beginning);
}

/**
 * What a line means (CONTRACT §7); null if nothing, as for a broken line. An assistant line with usage
 * is an API call, unless the client made it up (`<synthetic>`, API errors). A user line is a prompt if
 * the user typed it, so not a tool result, meta line, compaction summary, sidechain or notification.
 * `offset`, the position of the line in its file, identifies a call without any id.
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
