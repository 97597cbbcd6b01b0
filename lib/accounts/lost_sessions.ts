// Sessions whose process is gone without a word.
import { isRunning } from "../balance/session.ts";
import type { Context } from "../ports/context.ts";
import type { Ledger } from "../ports/mod.ts";

/** Closes sessions whose process is gone, as lost. */
export function closeLostSessions(context: Context, ledger: Ledger): void {
  const open = ledger.openSessions();
  if (open.length === 0) return;
  const facts = context.processes.facts(open.map((s) => s.pid ?? s.launcherPid));
  for (const session of open) {
    if (isRunning(session, facts)) continue;
    const atMs = context.clock.nowMs();
    ledger.endSession(session.id, { atMs, how: "lost", code: null, signal: null });
  }
}
