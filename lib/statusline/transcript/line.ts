// The one place that knows what a transcript line means: an API call, a human prompt, or nothing.
import type { Tokens } from "../../core/tokens.ts";
import type { JsonPathReader } from "./json_path.ts";

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
 * Says what a finished line means (CONTRACT §7). An assistant line with usage is an API call, unless
 * the client made it up (`<synthetic>`, API errors). A user line with words of a person is a prompt:
 * no tool result, no meta line, no compaction summary, no sidechain, no notification.
 * `place` identifies the line where it carries no id at all.
 */
export function meaningOf(line: JsonPathReader, place: string): LineMeaning | null {
  const sidechain = line.flag("isSidechain");
  switch (line.text("type")) {
    case "assistant": {
      if (line.flag("isApiErrorMessage") || line.text("model") === "<synthetic>") return null;
      const tokens: Tokens = {
        freshInput: count(line.text("inputTokens")),
        cacheWrite: count(line.text("cacheWriteTokens")),
        cacheRead: count(line.text("cacheReadTokens")),
        output: count(line.text("outputTokens")),
      };
      if (Object.values(tokens).every(Number.isNaN)) return null;
      return {
        kind: "call",
        key: keyOf(line, place),
        atMs: timeOf(line),
        sidechain,
        tokens: {
          freshInput: tokens.freshInput || 0,
          cacheWrite: tokens.cacheWrite || 0,
          cacheRead: tokens.cacheRead || 0,
          output: tokens.output || 0,
        },
      };
    }
    case "user": {
      if (sidechain || line.flag("isMeta") || line.flag("isCompactSummary")) return null;
      if (!line.hasText || line.hasToolResult) return null;
      const origin = line.text("originKind");
      if (origin !== null && origin !== "human") return null;
      if (NOT_TYPED.test(line.text("promptText") ?? "")) return null;
      return { kind: "prompt", atMs: timeOf(line) };
    }
    default:
      return null;
  }
}

function keyOf(line: JsonPathReader, place: string): string {
  const message = line.text("messageId");
  if (message !== null) return `${message}\n${line.text("requestId") ?? ""}`;
  const uuid = line.text("uuid");
  return uuid === null ? `place\n${place}` : `uuid\n${uuid}`;
}

function timeOf(line: JsonPathReader): number | null {
  const text = line.text("timestamp");
  const atMs = text === null ? NaN : Date.parse(text);
  return Number.isFinite(atMs) ? atMs : null;
}

/** A whole number of tokens; NaN when the line has none, 0 for what cannot be one. */
function count(text: string | null): number {
  if (text === null || text === "null") return NaN;
  const number = Number(text);
  return Number.isFinite(number) ? Math.min(MOST_TOKENS, Math.max(0, Math.trunc(number))) : 0;
}
