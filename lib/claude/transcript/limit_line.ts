// Reads the limit that a transcript ends at, from the line of the refused answer.
import type { WindowName } from "../../balance/windows.ts";
import { WINDOWS } from "../../balance/windows.ts";
import { objectIn, objectOf } from "../../text/json_object.ts";

/** When a window of an account is full, and until when. */
export interface LimitFound {
  /** null: the client named none of the windows that are known. */
  window: WindowName | null;
  untilMs: number;
}

/** No window is longer than a week; a reset far beyond that is a mistake. */
const FARTHEST_RESET_MS = 32 * 24 * 3_600_000;

/**
 * The limit that a transcript ends at: its last answer is a refusal with `quotaLimits` whose reset
 * is still to come (CONTRACT §7). Subagents' answers don't count, nor does a refusal from before
 * `sinceMs`: another account met that limit before the conversation moved. Null when there is none.
 */
export function limitAtEnd(
  tail: string,
  session: { sinceMs: number; nowMs: number },
): LimitFound | null {
  const { sinceMs, nowMs } = session;
  const answer = lastAnswer(tail);
  const quota = objectOf(answer["quotaLimits"]);
  if (typeof quota["resetsAt"] !== "number") return null;
  const untilMs = quota["resetsAt"] * 1000;
  if (untilMs <= nowMs || untilMs > nowMs + FARTHEST_RESET_MS) return null;
  if (!(Date.parse(String(answer["timestamp"])) >= sinceMs)) return null;
  return { window: WINDOWS.find((name) => name === quota["rateLimitType"]) ?? null, untilMs };
}

/** The last line of an assistant in the main conversation; without any fields when there is none. */
function lastAnswer(tail: string): Record<string, unknown> {
  const lines = tail.split("\n").reverse().values().map((line) => objectOf(objectIn(line)));
  return lines.find((line) => line["type"] === "assistant" && line["isSidechain"] !== true) ?? {};
}
