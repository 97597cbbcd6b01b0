// A session: one run of the client, and whether it is still running.

/** How a session ended; `lost`: its process is gone and nobody saw it end. */
export type SessionEnd = "exit" | "signal" | "lost" | "failed";

/** One row of the ledger's sessions. */
export interface Session {
  id: number;
  account: string;
  /** The launcher, which holds the lease until the client runs. */
  launcherPid: number;
  /** The client; null while it has not started. */
  pid: number | null;
  /** Start time of `pid` in the system's own spelling; null when it could not be read. */
  processStart: string | null;
  /** The client's session id; null until it is learned. */
  clientSessionId: string | null;
  /** Background tasks that ran when the client last told. */
  backgroundTasks: number;
  cwd: string;
  startedAtMs: number;
  endedAtMs: number | null;
  endedHow: SessionEnd | null;
  exitCode: number | null;
  signal: string | null;
  /** The session whose conversation this one continues on another account. */
  handedFrom: number | null;
}

/** What the system says of a process; null start when it is alive but its start is unreadable. */
export interface ProcessFacts {
  start: string | null;
}

/**
 * Decides whether an open session still runs. Pids are reused, so the start time must match when
 * both are known. Before the client has started, the launcher itself is looked at.
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
