// `hook`: what the client tells us of a session while it runs; silent, quick, and never in its way.
import type { Context } from "../context.ts";
import { EXIT } from "../core/errors.ts";
import type { Limit } from "../ports.ts";
import type { WindowName } from "../core/usage.ts";
import { mergeReadings, WINDOWS } from "../core/usage.ts";
import type { Command } from "./declaration.ts";

/** Events of the client that a launch subscribes to (CONTRACT §6). */
export const HOOK_EVENTS = ["SessionStart", "StopFailure"] as const;
/** More of them, which tell of background tasks; needed only where we may end a client ourselves. */
export const TASK_EVENTS = ["Stop", "SubagentStop"] as const;

/** A refusal that is no limit of the account, as an overloaded server, is over soon. */
const COOLDOWN_MS = 2 * 60_000;
const INPUT_BYTES = 1 << 20;
const TAIL_BYTES = 256 * 1024;

/** The declaration of `hook`. */
export const hook: Command = {
  name: "hook",
  group: "more",
  summary: "Take note of an event of claude; claude calls this, not you",
  positionals: [{ name: "EVENT", summary: [...HOOK_EVENTS, ...TASK_EVENTS].join(", ") }],
  flags: [],
  details: [
    "run passes this along as a hook of the session. It prints nothing and always exits with 0.",
  ],
  examples: [],
  run(context, input) {
    try {
      takeNote(context, input.positionals[0] ?? "");
    } catch {
      // The client must not notice a broken ledger or an event of an unknown shape.
    }
    return EXIT.ok;
  },
};

function takeNote(context: Context, event: string): void {
  const session = Number(context.env.get("CLAUDE_MULTI_SESSION") ?? NaN);
  if (!Number.isInteger(session)) return;
  const payload = JSON.parse(context.terminal.readInput(INPUT_BYTES)) as Record<string, unknown>;
  const clientSession = payload["session_id"];
  if (event === "SessionStart" && typeof clientSession === "string") {
    context.ledger({ tolerant: true }).learnClientSession(session, clientSession);
  }
  const tasks = payload["background_tasks"];
  if (Array.isArray(tasks)) {
    // The subagent whose end this is stands among the running ones (CONTRACT §6, fixtures).
    const running = tasks.filter((task: { id?: unknown; status?: unknown }) =>
      task.status === "running" && task.id !== payload["agent_id"]
    );
    context.ledger({ tolerant: true }).noteBackgroundTasks(session, running.length);
  }
  if (event === "StopFailure" && payload["error"] === "rate_limit") {
    recordLimit(context, { session, transcript: payload["transcript_path"] });
  }
}

/**
 * Records what stopped a session. Only a full window, or the limit that the client wrote into the
 * transcript, is a limit of the account; the event itself holds neither (CONTRACT §6, §8).
 */
function recordLimit(context: Context, event: { session: number; transcript: unknown }): void {
  const ledger = context.ledger({ tolerant: true });
  const account = ledger.session(event.session)?.account;
  if (account === undefined) return;
  const nowMs = context.clock.nowMs();
  const written = typeof event.transcript === "string"
    ? limitInTranscript(context.files.readTail(event.transcript, TAIL_BYTES), nowMs)
    : null;
  const { readings } = ledger.facts(account, nowMs);
  const full = WINDOWS.flatMap((window) => {
    const state = mergeReadings(readings.filter((r) => r.window === window), nowMs);
    return state !== null && state.percentUsed >= 100 && state.resetsAtMs !== null
      ? [{ window, untilMs: state.resetsAtMs }]
      : [];
  }).sort((a, b) => b.untilMs - a.untilMs)[0];
  const found = written ?? full;
  const limit: Limit = found
    ? { account, window: found.window, untilMs: found.untilMs, kind: "limit" }
    : { account, window: null, untilMs: nowMs + COOLDOWN_MS, kind: "cooldown" };
  ledger.addLimit({ ...limit, recordedAtMs: nowMs, session: event.session });
  if (limit.kind === "limit" && limit.window !== null) {
    const { window, untilMs } = limit;
    ledger.addReadings([
      {
        account,
        window,
        percentUsed: 100,
        resetsAtMs: untilMs,
        observedAtMs: nowMs,
        source: "limit",
      },
    ]);
  }
}

/** The newest `quotaLimits` of a transcript's tail that still holds (CONTRACT §7), or null. */
export function limitInTranscript(
  tail: string,
  nowMs: number,
): { window: WindowName | null; untilMs: number } | null {
  const lines = tail.split("\n").filter((line) => line.includes('"quotaLimits"')).reverse();
  for (const line of lines) {
    try {
      const entry = JSON.parse(line) as {
        quotaLimits?: { resetsAt?: unknown; rateLimitType?: unknown };
      };
      const resetsAt = entry.quotaLimits?.resetsAt;
      if (typeof resetsAt !== "number" || resetsAt * 1000 <= nowMs) continue;
      const type = entry.quotaLimits?.rateLimitType;
      const window = WINDOWS.find((name) => name === type) ?? null;
      return { window, untilMs: resetsAt * 1000 };
    } catch {
      // A torn line at the head of the tail.
    }
  }
  return null;
}
