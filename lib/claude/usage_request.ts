// The question for an account's figures, as the client takes it on stdin, and its reply (CONTRACT §13).
import type { Reading, WindowKey } from "../balance/windows.ts";
import { latestResetMs, WINDOWS } from "../balance/windows.ts";
import { isObject, objectIn, objectOf } from "../text/json_object.ts";
import { isPercentUsed, resetIn, saysIdle, usageReadings } from "./usage_answer.ts";

/**
 * Arguments with which the client answers a question and leaves: without hooks, MCP servers, plugins and
 * a transcript. No message is sent to a model.
 */
export const QUESTION_ARGUMENTS: readonly string[] = [
  "-p",
  "--no-session-persistence",
  "--safe-mode",
  "--verbose",
  "--input-format",
  "stream-json",
  "--output-format",
  "stream-json",
];

const REQUEST_ID = "claude-multi-usage";

/** What is written to stdin: one line. */
export const USAGE_QUESTION = `${
  JSON.stringify({
    type: "control_request",
    request_id: REQUEST_ID,
    request: { subtype: "get_usage", skip_behaviors: true },
  })
}\n`;

/** With any value, this variable keeps the client from asking the service for figures (run on 2.1.328). */
export const QUIET_VARIABLE = "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC";

/** What a client replied. */
export type UsageReply =
  /** The figures; none while no window is running. `saysIdle`: that a window isn't, or is gone. */
  | { kind: "figures"; readings: Reading[]; saysIdle: (window: WindowKey) => boolean }
  /** Nobody is logged in there, or not with a subscription. */
  | { kind: "no subscription" }
  /** The client has got no figures from the service. */
  | { kind: "no figures" }
  /** The client doesn't know the question. */
  | { kind: "unsupported" }
  | { kind: "not understood" };

/** Whether a line of the client's stdout is the reply to our question. */
export function isUsageReply(line: string): boolean {
  return line.includes(REQUEST_ID) && replyIn(line) !== null;
}

/** Reads the reply in a line. Every value is checked: what has another shape than expected says nothing. */
export function parseUsageReply(
  line: string,
  options: Pick<Reading, "account" | "identity" | "measuredAtMs">,
): UsageReply {
  const reply = replyIn(line);
  if (reply === null) return { kind: "not understood" };
  if (reply["subtype"] === "error") return { kind: "unsupported" };
  const answer = reply["response"];
  if (reply["subtype"] !== "success" || !isObject(answer)) return { kind: "not understood" };
  const figures = answer["rate_limits"];
  if (answer["rate_limits_available"] === false) return { kind: "no subscription" };
  if (figures === null || figures === undefined) return { kind: "no figures" };
  if (!isObject(figures) || !isUsage(figures, options.measuredAtMs)) {
    return { kind: "not understood" };
  }
  return {
    kind: "figures",
    readings: usageReadings(figures, options),
    saysIdle: (window) => saysIdle(figures, window),
  };
}

/** The reply in a line; null if it isn't one to our question. */
function replyIn(line: string): Record<string, unknown> | null {
  const message = objectIn(line);
  const reply = objectOf(message?.["response"]);
  return message?.["type"] === "control_response" && reply["request_id"] === REQUEST_ID
    ? reply
    : null;
}

/**
 * Whether an object has a window of the service, and each is null or has a percentage and a reset that
 * isn't further away than the window is long.
 */
function isUsage(figures: Readonly<Record<string, unknown>>, nowMs: number): boolean {
  const windows = WINDOWS.filter((name) => Object.hasOwn(figures, name));
  return windows.length > 0 && windows.every((name) => {
    const window = figures[name];
    if (!isObject(window)) return window === null;
    const { utilization: percent, resets_at: reset } = window;
    const isReset = (resetIn(reset) ?? Infinity) <= latestResetMs(name, nowMs);
    return (isPercentUsed(percent) || percent === null) && (isReset || reset === null);
  });
}

/** Whether what the client wrote to stderr says that it doesn't know one of the arguments. */
export function isUnknownOption(complaint: string): boolean {
  return /unknown option/.test(complaint);
}
