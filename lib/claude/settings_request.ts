// The question for the settings in force, as the client takes it on stdin, and its answer.
import { isObject, objectIn, objectOf } from "../text/json_object.ts";
import type { Settings } from "./settings.ts";

const REQUEST_ID = "claude-multi-settings";

/** What is written to stdin: one line. Every version since 2.1.197 answers (run on 197, 260, 300, 332). */
export const SETTINGS_QUESTION = `${
  JSON.stringify({
    type: "control_request",
    request_id: REQUEST_ID,
    request: { subtype: "get_settings" },
  })
}\n`;

/** Settings by source, as the client has read them; without those of a source that it doesn't have. */
export interface AnsweredSettings {
  user: Settings | null;
  /** What an administrator has decreed, on this machine or through the service. */
  managed: Settings | null;
}

/** Whether a line of the client's stdout is the answer to our question. */
export function isSettingsAnswer(line: string): boolean {
  return line.includes(REQUEST_ID) && answerIn(line) !== null;
}

/** Reads the answer in a line; null if it isn't understood, or the client doesn't know the question. */
export function parseSettingsAnswer(line: string): AnsweredSettings | null {
  const answer = answerIn(line);
  const { sources } = objectOf(answer?.["response"]);
  if (answer?.["subtype"] !== "success" || !Array.isArray(sources)) return null;
  const of = (name: string): Settings | null => {
    const found = sources.filter(isObject).find(({ source }) => source === name);
    return found === undefined ? null : objectOf(found["settings"]);
  };
  return { user: of("userSettings"), managed: of("policySettings") };
}

function answerIn(line: string): Record<string, unknown> | null {
  const message = objectIn(line);
  const answer = objectOf(message?.["response"]);
  return message?.["type"] === "control_response" && answer["request_id"] === REQUEST_ID
    ? answer
    : null;
}
