// The limit that a transcript ends at, read from the line of the refused reply.
import type { WindowName } from "../../balance/windows.ts";
import { WINDOWS } from "../../balance/windows.ts";
import { objectIn, objectOf } from "../../text/json_object.ts";

/** A window that is full, and until when. */
export interface LimitFound {
  /** null if the client named no known window. */
  window: WindowName | null;
  untilMs: number;
}

/** No window is longer than a week; a reset far beyond that is a mistake. */
const FARTHEST_RESET_MS = 32 * 24 * 3_600_000;

/**
 * The limit that a transcript ends at, or null: the last reply is a refusal with `quotaLimits` whose
 * reset is still to come (CONTRACT §7). Subagents' replies don't count, and neither does a refusal from
 * before `sinceMs`: another account hit that limit before the conversation moved.
 */
export function limitAtEnd(
  tail: string,
  session: { sinceMs: number; nowMs: number },
): LimitFound | null {
  const { sinceMs, nowMs } = session;
  const reply = lastReply(tail);
  const quota = objectOf(reply["quotaLimits"]);
  if (typeof quota["resetsAt"] !== "number") return null;
  const untilMs = quota["resetsAt"] * 1000;
  if (untilMs <= nowMs || untilMs > nowMs + FARTHEST_RESET_MS) return null;
  if (!(Date.parse(String(reply["timestamp"])) >= sinceMs)) return null;
  return { window: WINDOWS.find((name) => name === quota["rateLimitType"]) ?? null, untilMs };
}

/** The last line of the assistant in the main conversation; an empty object if there is none. */
function lastReply(tail: string): Record<string, unknown> {
  const lines = tail.split("\n").reverse().values().map((line) => objectOf(objectIn(line)));
  return lines.find((line) => line["type"] === "assistant" && line["isSidechain"] !== true) ?? {};
}
