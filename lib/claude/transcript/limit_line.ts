// The limit that a transcript ends at, read from the line of the refused reply.
import { latestResetMs } from "../../balance/windows.ts";
import { objectIn, objectOf, textOf } from "../../text/json_object.ts";
import { windowOfType } from "../limit_types.ts";
import { modelKey } from "../models.ts";

/** A limit that a session has hit, and until when. */
export interface LimitFound {
  /** The window that is full, or else the type of limit as the service names it; null if it has none. */
  window: string | null;
  /** The key of the model that it holds back; null if it is the whole account. */
  model: string | null;
  untilMs: number;
}

/** Nothing that the service counts lasts longer than a month; a reset far beyond that is a mistake. */
const FARTHEST_RESET_MS = 32 * 24 * 3_600_000;

/** The first look at the end of a transcript; each further one reads this many times more. */
const TAIL_BYTES = 256 * 1024;
const MORE = 8;

/**
 * The limit that a transcript ends at, or null: the last reply is a refusal with `quotaLimits` whose
 * reset is still to come (CONTRACT §7). Subagents' replies don't count, and neither does a refusal from
 * before `sinceMs`: another account hit that limit before the conversation moved. A limit of a window ends
 * at the latest when the window can. A type of limit that we don't know holds back the model that the
 * session ran; if no reply names one, the whole account.
 * `readTail` returns the last bytes of the transcript; more are read until they hold a reply, whatever
 * was written after it.
 */
export function limitAtEnd(
  readTail: (bytes: number) => string,
  session: { sinceMs: number; nowMs: number },
): LimitFound | null {
  const { sinceMs, nowMs } = session;
  const reply = lastOf(readTail, (line) => line);
  const quota = objectOf(reply?.["quotaLimits"]);
  if (typeof quota["resetsAt"] !== "number") return null;
  const untilMs = quota["resetsAt"] * 1000;
  if (untilMs <= nowMs || untilMs > nowMs + FARTHEST_RESET_MS) return null;
  if (!(Date.parse(String(reply?.["timestamp"])) >= sinceMs)) return null;
  const type = textOf(quota["rateLimitType"]);
  const known = type === null ? null : windowOfType(type);
  return known === null
    ? { window: type, model: lastModel(readTail), untilMs }
    : { ...known, untilMs: Math.min(untilMs, latestResetMs(known.window, nowMs)) };
}

/** The key of the model that wrote the last reply of a transcript; null if there is none. */
export function lastModel(readTail: (bytes: number) => string): string | null {
  const name = lastOf(readTail, (line) => {
    const model = textOf(objectOf(line["message"])["model"]);
    return model === "<synthetic>" ? null : model;
  });
  return name === null ? null : modelKey(name);
}

/**
 * Whether the main conversation has a reply or a refusal from `sinceMs` or later. `readTail` is that of
 * {@link limitAtEnd}.
 */
export function hasReplySince(readTail: (bytes: number) => string, sinceMs: number): boolean {
  const reply = lastOf(readTail, (line) => line);
  return Date.parse(String(reply?.["timestamp"])) >= sinceMs;
}

/**
 * Whether a transcript ends at a refusal from `sinceMs` or later, with or without the limit that it means.
 * `readTail` is that of {@link limitAtEnd}.
 */
export function endsRefused(readTail: (bytes: number) => string, sinceMs: number): boolean {
  const reply = lastOf(readTail, (line) => line);
  return reply?.["error"] === "rate_limit" && Date.parse(String(reply["timestamp"])) >= sinceMs;
}

/** What the last reply of the main conversation has that has it; null if there is none. */
function lastOf<Value>(
  readTail: (bytes: number) => string,
  valueIn: (reply: Record<string, unknown>) => Value | null,
): Value | null {
  let seen = -1;
  for (let bytes = TAIL_BYTES;; bytes *= MORE) {
    const tail = readTail(bytes);
    if (tail.length <= seen) return null;
    seen = tail.length;
    for (const text of tail.split("\n").reverse()) {
      const line = objectOf(objectIn(text));
      if (line["type"] !== "assistant" || line["isSidechain"] === true) continue;
      const value = valueIn(line);
      if (value !== null) return value;
    }
  }
}
