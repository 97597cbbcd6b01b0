// Replies of the client to the question for figures, made up for tests.
import { USAGE_QUESTION } from "../../lib/claude/usage_request.ts";

const HOUR_MS = 3_600_000;

/** The line with which a client replies: these `rate_limits`, whatever they are. */
export function usageReply(figures: unknown): string {
  const { request_id } = JSON.parse(USAGE_QUESTION) as { request_id: string };
  const response = { rate_limits_available: true, rate_limits: figures };
  return JSON.stringify({
    type: "control_response",
    response: { subtype: "success", request_id, response },
  });
}

/** The same with a share of both windows used, 0–100; they reset 2 and 50 hours after `nowMs`. */
export function usedReply(percent: number, nowMs: number): string {
  const window = (hours: number) => ({
    utilization: percent,
    resets_at: new Date(nowMs + hours * HOUR_MS).toISOString(),
  });
  return usageReply({ five_hour: window(2), seven_day: window(50) });
}
