// The client's hooks that a launch subscribes to, and what they report (CONTRACT §6).
import { isObject, objectIn, textOf } from "../text/json_object.ts";
import { isClientSessionId } from "./session_files.ts";

/** Events that every launch subscribes to. */
export const HOOK_EVENTS = ["SessionStart", "StopFailure"] as const;
/**
 * Events for a program that reads the client's stream of JSON. The client reports a hook of SessionStart
 * in that stream, even one of ours, but none of these. They aren't `async`: such a hook is killed when a
 * conversation of one short turn ends (seen with 2.1.197 and 2.1.332).
 */
export const STREAM_EVENTS = ["UserPromptSubmit", "StopFailure"] as const;
/** Events that count background tasks; needed only if we may end a client ourselves. */
export const TASK_EVENTS = ["Stop", "SubagentStop"] as const;

/** The only kind of failed turn that matters; the client does the matching. */
const REFUSED = "rate_limit";

/** The `hooks` setting that makes the client run `command` and the event's name at each event. */
export function hookSetting(
  events: readonly (typeof HOOK_EVENTS | typeof STREAM_EVENTS | typeof TASK_EVENTS)[number][],
  command: string,
): Record<string, unknown> {
  return Object.fromEntries(
    events.map((event) => [event, [{
      ...event === "StopFailure" ? { matcher: REFUSED } : {},
      hooks: [{ type: "command", command: `${command} ${event}` }],
    }]]),
  );
}

/** What a hook reports; null for whatever it doesn't. */
interface HookReport {
  /** The client's id of a session that has started, or has a new prompt. */
  startedSession: string | null;
  runningTasks: number | null;
  /** A refused turn, and the path of its transcript. */
  refusal: { transcript: string | null } | null;
}

/**
 * Reads what a hook reports from its payload.
 * @throws Error if that isn't a JSON object.
 */
export function readHook(event: string, text: string): HookReport {
  const payload = objectIn(text);
  if (payload === null) throw new Error("not a JSON object");
  const { session_id: session, background_tasks: tasks, agent_id: ended } = payload;
  // The subagent that has just ended is still listed as running.
  const running = (task: unknown) =>
    isObject(task) && task["status"] === "running" && task["id"] !== ended;
  const isStart = event === "SessionStart" || event === "UserPromptSubmit";
  const isRefusal = event === "StopFailure" && payload["error"] === REFUSED;
  return {
    startedSession: isStart && isClientSessionId(session) ? session : null,
    runningTasks: Array.isArray(tasks) ? tasks.filter(running).length : null,
    refusal: isRefusal ? { transcript: textOf(payload["transcript_path"]) } : null,
  };
}
