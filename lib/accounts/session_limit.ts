// The limit that a session ended at, or waits at, for reports of sessions.
import type { Session } from "../balance/session.ts";
import { windowLabel } from "../balance/windows.ts";
import type { Ledger, Limit } from "../ports/mod.ts";
import { formatClock } from "../text/format.ts";

/** A limit that a session met. */
export interface MetLimit extends Limit {
  /** Whether `limit --clear` has ended it. */
  isCleared: boolean;
}

/**
 * The limit that a session met and that still held when it ended, or holds now if it is running. null if
 * there is none, or if the ledger has forgotten it, two weeks after its end.
 */
export function limitOfSession(
  ledger: Pick<Ledger, "limitMetBy" | "wasCleared">,
  { session: { id, endedAtMs }, nowMs }: { session: Session; nowMs: number },
): MetLimit | null {
  const met = ledger.limitMetBy(id, endedAtMs ?? nowMs);
  return met?.kind === "limit" ? { ...met, isCleared: ledger.wasCleared(met) } : null;
}

/** The same for JSON: its window and model, and when it ends. */
export function limitJson(limit: Limit | null): Record<string, unknown> | null {
  if (limit === null) return null;
  const { window, model, untilMs } = limit;
  return { window, model, untilMs };
}

/** A limit in words: `a limit of 5h, until 15:24`, or `a limit of 5h, cleared at 13:10`. */
export function limitText(
  { window, model, untilMs, isCleared }: MetLimit,
  nowMs: number,
): string {
  const what = window === null ? "" : ` of ${windowLabel({ window, model })}`;
  return `a limit${what}, ${isCleared ? "cleared at" : "until"} ${formatClock(untilMs, nowMs)}`;
}
