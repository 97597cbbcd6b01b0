// The limit that a transcript ends at, read from the line of the refused reply.
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

/** No window is longer than a week; a reset far beyond that is a mistake. */
const FARTHEST_RESET_MS = 32 * 24 * 3_600_000;

/**
 * The limit that a transcript ends at, or null: the last reply is a refusal with `quotaLimits` whose
 * reset is still to come (CONTRACT §7). Subagents' replies don't count, and neither does a refusal from
 * before `sinceMs`: another account hit that limit before the conversation moved. A type of limit that
 * we don't know holds back the model that the session ran; if no reply names one, the whole account.
 */
export function limitAtEnd(
  tail: string,
  session: { sinceMs: number; nowMs: number },
): LimitFound | null {
  const { sinceMs, nowMs } = session;
  const reply = replies(tail).next().value ?? {};
  const quota = objectOf(reply["quotaLimits"]);
  if (typeof quota["resetsAt"] !== "number") return null;
  const untilMs = quota["resetsAt"] * 1000;
  if (untilMs <= nowMs || untilMs > nowMs + FARTHEST_RESET_MS) return null;
  if (!(Date.parse(String(reply["timestamp"])) >= sinceMs)) return null;
  const type = textOf(quota["rateLimitType"]);
  const known = type === null ? null : windowOfType(type);
  return { ...known ?? { window: type, model: lastModel(tail) }, untilMs };
}

/** The key of the model that wrote the last reply in the tail of a transcript; null if there is none. */
export function lastModel(tail: string): string | null {
  const names = replies(tail).map((line) => textOf(objectOf(line["message"])["model"]));
  const name = names.find((name) => name !== null && name !== "<synthetic>");
  return name === undefined || name === null ? null : modelKey(name);
}

/** The lines of the assistant in the main conversation, last first. */
function replies(tail: string) {
  return tail.split("\n").reverse().values().map((line) => objectOf(objectIn(line)))
    .filter((line) => line["type"] === "assistant" && line["isSidechain"] !== true);
}
