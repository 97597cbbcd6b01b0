// The turn that a limit refused, read from the end of a transcript: what it was about, and how large.
import { objectIn, objectOf } from "../../text/json_object.ts";

/** What a refused turn was about. */
export type RefusedWork =
  /** The client had answered nothing yet. */
  | { is: "prompt"; text: string }
  /** The client was already working on it. */
  | { is: "under way" }
  /** It stands before the part of the transcript that was read. */
  | { is: "unread" }
  /** A prompt that no argument can repeat as it was; why not, as in `it has a picture`. */
  | { is: "special"; why: string };

/** The refused turn at the end of a transcript. */
export interface RefusedTurn {
  work: RefusedWork;
  /** Whether the client offers to go on slowly, with `/low-priority`. */
  offersLowPriority: boolean;
}

/** What the client writes in place of a prompt for its own commands (CONTRACT §7). */
const COMMAND = /^<(?:command-|local-command-|bash-|user-memory-)/;
const NOTIFICATION = /^<(?:task-notification|system-reminder)/;
/** What it shows in place of a picture, or of a text that it keeps elsewhere (seen in 2.1.332). */
const PLACEHOLDER = /\[(?:Image|Pasted text|\.\.\.Truncated text|\u2726 Team setup guide) #\d/;

type Line = Record<string, unknown>;

/**
 * The refused turn that a transcript ends with; null if it ends otherwise. Queued prompts from before
 * `sinceMs` don't count: their client is gone.
 */
export function refusedTurn(tail: string, { sinceMs }: { sinceMs: number }): RefusedTurn | null {
  const lines = mainLines(tail);
  const end = lines.findLastIndex((line) => line["type"] === "assistant");
  const refusal = lines[end];
  if (refusal === undefined || refusal["error"] !== "rate_limit") return null;
  const offersLowPriority = objectOf(refusal["quotaLimits"])["lowPriorityOffer"] === "treatment";
  const typedSince = lines.slice(end).some((line) =>
    isPrompt(line) && isTyped(line) && !COMMAND.test(textOf(line) ?? "")
  );
  if (typedSince) {
    return { work: special("something was typed since"), offersLowPriority };
  }
  if (queuedAtEnd(lines, sinceMs) > 0) {
    return { work: special("more prompts were waiting behind it"), offersLowPriority };
  }
  const before = lines.slice(0, end).findLast((line) =>
    line["type"] === "user" ? line["isMeta"] !== true : isReply(line)
  );
  return { work: workOf(before), offersLowPriority };
}

/** Whether a turn was finished after `sinceMs`. */
export function hasFinishedTurn(tail: string, { sinceMs }: { sinceMs: number }): boolean {
  return mainLines(tail).some((line) =>
    isReply(line) && objectOf(line["message"])["stop_reason"] === "end_turn" &&
    Date.parse(String(line["timestamp"])) >= sinceMs
  );
}

/** The tokens of the conversation's context, which another account has to read again; null if unknown. */
export function contextTokens(tail: string): number | null {
  const reply = mainLines(tail).findLast(isReply);
  if (reply === undefined) return null;
  const usage = objectOf(objectOf(reply["message"])["usage"]);
  const of = (name: string) => Number(usage[name] ?? 0);
  const tokens = of("input_tokens") + of("cache_creation_input_tokens") +
    of("cache_read_input_tokens") + of("output_tokens");
  return Number.isFinite(tokens) && tokens > 0 ? tokens : null;
}

/** The permission mode that the conversation was in last; null if the client doesn't record it. */
export function permissionModeAt(tail: string): string | null {
  const line = mainLines(tail).findLast(({ permissionMode }) => typeof permissionMode === "string");
  return line === undefined ? null : String(line["permissionMode"]);
}

/** The lines of the main conversation. */
function mainLines(tail: string): Line[] {
  return tail.split("\n").map(objectIn).filter((line): line is Line =>
    line !== null && line["isSidechain"] !== true
  );
}

/** Whether a line is a reply of the model. */
function isReply(line: Line): boolean {
  return line["type"] === "assistant" && line["isApiErrorMessage"] !== true &&
    objectOf(line["message"])["model"] !== "<synthetic>";
}

/** Whether a line is something that was sent to the model. */
function isPrompt(line: Line): boolean {
  return line["type"] === "user" && line["isMeta"] !== true;
}

/** Whether a person typed it: messages of tasks, channels and other sessions arrive as prompts, too. */
function isTyped(line: Line): boolean {
  const { kind = "human" } = objectOf(line["origin"]);
  return kind === "human" && !NOTIFICATION.test(textOf(line) ?? "");
}

function workOf(line: Line | undefined): RefusedWork {
  if (line === undefined) return { is: "unread" };
  if (line["type"] === "assistant" || line["isCompactSummary"] === true) return { is: "under way" };
  const { content } = objectOf(line["message"]);
  const blocks = Array.isArray(content) ? content.map(objectOf) : [];
  if (blocks.some(({ type }) => type === "tool_result")) return { is: "under way" };
  if (blocks.some(({ type }) => type !== "text")) return special("it has a picture or a file");
  if (!isTyped(line)) return { is: "under way" };
  const text = textOf(line);
  if (text === null) return special("it has several parts");
  if (COMMAND.test(text) || /^\s*[/!#&]/.test(text)) return special("it is a command");
  if (PLACEHOLDER.test(text)) return special("it has a picture or pasted text");
  return { is: "prompt", text };
}

function special(why: string): RefusedWork {
  return { is: "special", why };
}

/** The text of a prompt; null if it has no text, or several. */
function textOf(line: Line): string | null {
  const { content } = objectOf(line["message"]);
  if (typeof content === "string") return content;
  const [block, ...more] = Array.isArray(content) ? content.map(objectOf) : [];
  return more.length === 0 && typeof block?.["text"] === "string" ? block["text"] : null;
}

/**
 * How many prompts were still queued when the transcript ended; the ends of tasks are queued as well. What
 * left the queue is named by newer clients (seen in 2.1.332), and is the oldest for the others.
 */
function queuedAtEnd(lines: readonly Line[], sinceMs: number): number {
  let queued: string[] = [];
  for (const line of lines) {
    if (line["type"] !== "queue-operation") continue;
    if (!(Date.parse(String(line["timestamp"])) >= sinceMs)) continue;
    const { operation, content } = line;
    if (operation === "enqueue") queued.push(String(content));
    else if (operation === "popAll") queued = [];
    else queued.splice(Math.max(0, queued.indexOf(String(content))), 1);
  }
  return queued.filter((content) => !NOTIFICATION.test(content)).length;
}
