// The one place that knows what a transcript line means: an API call, a human prompt, or nothing.
import type { Tokens } from "./tokens.ts";

/** Characters of an id; what is longer is none. */
export const LONGEST_ID = 255;

/** The values of a line that matter; null for what is missing or of another type. */
export interface LineFields {
  type: string | null;
  requestId: string | null;
  timestamp: string | null;
  uuid: string | null;
  messageId: string | null;
  model: string | null;
  originKind: string | null;
  isSidechain: boolean;
  isMeta: boolean;
  isCompactSummary: boolean;
  isApiErrorMessage: boolean;
  tokens: { [Name in keyof Tokens]: number | null };
  /** The message's content has words or pictures. */
  hasText: boolean;
  /** The message's content has a tool result. */
  hasToolResult: boolean;
  /** How the first text begins; null without text. */
  promptText: string | null;
}

/** What a line says, if it says anything that counts. */
export type LineMeaning =
  | {
    kind: "call";
    /** Identity of the API call: message id and request id. */
    key: string;
    /** null: the line names no time. */
    atMs: number | null;
    sidechain: boolean;
    tokens: Tokens;
  }
  | { kind: "prompt"; atMs: number | null };

/** More tokens than this in one call are a broken line; it keeps sums within safe integers. */
const MOST_TOKENS = 1e11;

/** Text that the client writes as if the user had typed it (CONTRACT §7). */
const NOT_TYPED =
  /^(?:<(?:local-command-(?:stdout|stderr)|bash-std(?:out|err)|task-notification)\b|\[Request interrupted)/;

/**
 * Says what a line means (CONTRACT §7). An assistant line with usage is an API call, unless the
 * client made it up (`<synthetic>`, API errors). A user line with words of a person is a prompt: no
 * tool result, no meta line, no compaction summary, no sidechain, no notification.
 * `place` identifies the line where it carries no id at all.
 */
export function meaningOf(line: LineFields, place: () => string): LineMeaning | null {
  if (line.type === "assistant") return callOf(line, place);
  return line.type === "user" && isPrompt(line) ? { kind: "prompt", atMs: timeOf(line) } : null;
}

function callOf(line: LineFields, place: () => string): LineMeaning | null {
  if (line.isApiErrorMessage || line.model === "<synthetic>") return null;
  const { freshInput, cacheWrite, cacheRead, output } = line.tokens;
  if (freshInput === null && cacheWrite === null && cacheRead === null && output === null) {
    return null;
  }
  return {
    kind: "call",
    key: line.messageId !== null
      ? `${line.messageId}\n${line.requestId ?? ""}`
      : line.uuid !== null
      ? `uuid\n${line.uuid}`
      : `place\n${place()}`,
    atMs: timeOf(line),
    sidechain: line.isSidechain,
    tokens: {
      freshInput: wholeCount(freshInput),
      cacheWrite: wholeCount(cacheWrite),
      cacheRead: wholeCount(cacheRead),
      output: wholeCount(output),
    },
  };
}

function isPrompt(line: LineFields): boolean {
  return !line.isSidechain && !line.isMeta && !line.isCompactSummary &&
    line.hasText && !line.hasToolResult &&
    (line.originKind === null || line.originKind === "human") &&
    !NOT_TYPED.test(line.promptText ?? "");
}

function timeOf(line: LineFields): number | null {
  const atMs = line.timestamp === null ? NaN : Date.parse(line.timestamp);
  return Number.isFinite(atMs) ? atMs : null;
}

function wholeCount(number: number | null): number {
  return Math.min(MOST_TOKENS, Math.max(0, Math.trunc(number ?? 0)));
}

/** The fields of a line that was parsed as a whole; null when it is no object. */
export function fieldsOf(value: unknown): LineFields | null {
  if (!isRecord(value)) return null;
  const message = record(value["message"]);
  const usage = record(message["usage"]);
  const content = message["content"];
  const blocks = Array.isArray(content) ? content.map(record) : [];
  const types = blocks.map((block) => block["type"]);
  return {
    type: text(value["type"]),
    requestId: id(value["requestId"]),
    timestamp: id(value["timestamp"]),
    uuid: id(value["uuid"]),
    messageId: id(message["id"]),
    model: id(message["model"]),
    originKind: id(record(value["origin"])["kind"]),
    isSidechain: value["isSidechain"] === true,
    isMeta: value["isMeta"] === true,
    isCompactSummary: value["isCompactSummary"] === true,
    isApiErrorMessage: value["isApiErrorMessage"] === true,
    tokens: {
      freshInput: number(usage["input_tokens"]),
      cacheWrite: number(usage["cache_creation_input_tokens"]),
      cacheRead: number(usage["cache_read_input_tokens"]),
      output: number(usage["output_tokens"]),
    },
    hasText: typeof content === "string" || types.includes("text") || types.includes("image"),
    hasToolResult: types.includes("tool_result"),
    promptText: text(content) ??
      text(blocks.find((block) => typeof block["text"] === "string")?.["text"]),
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function record(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function id(value: unknown): string | null {
  return typeof value === "string" && value.length <= LONGEST_ID ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
