// `hook`: records what the client reports about a running session; silent, quick, never in its way.
import type { Context } from "../ports/context.ts";
import { EXIT } from "../text/errors.ts";
import type { Command } from "../cli/command.ts";
import { HOOK_EVENTS, readHook, STREAM_EVENTS, TASK_EVENTS } from "../claude/hooks.ts";
import { recordRefusal } from "../launch/limits.ts";

/** As much as the status line reads: an event may quote a whole reply. */
const INPUT_BYTES = 1 << 23;

/** The declaration of `hook`. */
export const hook: Command = {
  name: "hook",
  group: "more",
  internal: true,
  summary: "Record an event of claude; claude calls this, not you",
  positionals: [{
    name: "EVENT",
    summary: [...new Set([...HOOK_EVENTS, ...STREAM_EVENTS, ...TASK_EVENTS])].join(", "),
  }],
  flags: [],
  details: [
    "run passes this to claude as a hook of the session. It prints nothing and always exits with 0.",
  ],
  examples: [],
  async run(context, input) {
    try {
      await recordEvent(context, input.positionals[0] ?? "");
    } catch {
      // A broken ledger or payload must not disturb the client.
    }
    return EXIT.ok;
  },
};

async function recordEvent(context: Context, event: string): Promise<void> {
  const session = Number(context.env.get("CLAUDE_MULTI_SESSION") ?? NaN);
  if (!Number.isInteger(session)) return;
  const input = context.terminal.readInput(INPUT_BYTES);
  const { startedSession, runningTasks, refusal } = readHook(event, input);
  const ledger = () => context.ledger({ tolerant: true });
  if (startedSession !== null) ledger().learnClientSession(session, startedSession);
  if (runningTasks !== null) ledger().noteBackgroundTasks(session, runningTasks);
  if (refusal !== null) await recordRefusal(context, { session, ...refusal });
}
