// A session: one run of the client, and whether it is still running.

/** How a session ended; `lost` means that its process is gone and nobody saw it end. */
export type SessionEnd = "exit" | "signal" | "lost" | "failed";

/** Where a session comes from; `print` is a script or a pipe, `ide` anything that uses claude-multi-ide. */
export type Origin = "terminal" | "print" | "ide" | "sdk";

/** One row of the ledger's `sessions` table. */
export interface Session {
  id: number;
  account: string;
  /** The launcher, which stands for the session until the client runs. */
  launcherPid: number;
  /** The client; null if it hasn't started yet. */
  pid: number | null;
  /** Start time of `pid` as the system spells it; null if it couldn't be read. */
  processStart: string | null;
  /** The client's session id; null if not known yet. */
  clientSessionId: string | null;
  /** Background tasks that were running when the client last reported them. */
  backgroundTasks: number;
  cwd: string;
  startedAtMs: number;
  endedAtMs: number | null;
  endedHow: SessionEnd | null;
  exitCode: number | null;
  signal: string | null;
  /** The session whose conversation this one continues on another account. */
  handedFrom: number | null;
  /** Null for a session of an older version. */
  origin: Origin | null;
}

/** A live process; its start is null if it can't be read. */
export interface ProcessFacts {
  start: string | null;
}

/**
 * Decides whether an open session is still running. Process ids are reused, so the start times must
 * match if both are known. Before the client has started, its launcher is checked instead.
 */
export function isRunning(
  session: Session,
  facts: ReadonlyMap<number, ProcessFacts>,
): boolean {
  if (session.pid === null) return facts.has(session.launcherPid);
  const found = facts.get(session.pid);
  if (found === undefined) return false;
  return session.processStart === null || found.start === null ||
    found.start === session.processStart;
}
