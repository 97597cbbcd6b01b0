// `hook`: records what the client reports about a running session; silent, quick, never in its way.
import type { Context } from "../ports/context.ts";
import { EXIT } from "../text/errors.ts";
import { isClientSessionId } from "../balance/session.ts";
import type { Command } from "../cli/command.ts";
import { HOOK_EVENTS, TASK_EVENTS } from "../launch/settings.ts";
import { recordRefusal } from "../launch/limits.ts";

const INPUT_BYTES = 1 << 20;

/** The declaration of `hook`. */
export const hook: Command = {
  name: "hook",
  group: "more",
  internal: true,
  summary: "Record an event of claude; claude calls this, not you",
  positionals: [{ name: "EVENT", summary: [...HOOK_EVENTS, ...TASK_EVENTS].join(", ") }],
  flags: [],
  details: [
    "run passes this to claude as a hook of the session. It prints nothing and always exits with 0.",
  ],
  examples: [],
  async run(context, input) {
    try {
      await recordEvent(context, input.positionals[0] ?? "");
    } catch {
      // A broken ledger or an unknown event must not disturb the client.
    }
    return EXIT.ok;
  },
};

async function recordEvent(context: Context, event: string): Promise<void> {
  const session = Number(context.env.get("CLAUDE_MULTI_SESSION") ?? NaN);
  if (!Number.isInteger(session)) return;
  const payload = JSON.parse(context.terminal.readInput(INPUT_BYTES)) as Record<string, unknown>;
  const clientSession = payload["session_id"];
  if (event === "SessionStart" && isClientSessionId(clientSession)) {
    context.ledger({ tolerant: true }).learnClientSession(session, clientSession);
  }
  const tasks = payload["background_tasks"];
  if (Array.isArray(tasks)) {
    // The subagent that has just ended is still listed as running (CONTRACT §6, fixtures).
    const running = tasks.filter((task: { id?: unknown; status?: unknown }) =>
      task.status === "running" && task.id !== payload["agent_id"]
    );
    context.ledger({ tolerant: true }).noteBackgroundTasks(session, running.length);
  }
  if (event === "StopFailure" && payload["error"] === "rate_limit") {
    const path = payload["transcript_path"];
    await recordRefusal(context, { session, transcript: typeof path === "string" ? path : null });
  }
}
