// The port to the ledger's readings, as the status line uses them.
import type { Reading, WindowName } from "../balance/windows.ts";

/** The readings and limits of an account. */
export interface Standing {
  readings: Reading[];
  /** End of the latest limit that the service or the user named; null without one. */
  limitedUntilMs: number | null;
}

/** Readings of windows in the ledger. Nothing here throws. */
export interface ReadingLog {
  /** How an account stands; null when the ledger can't be read. */
  standing(account: string, nowMs: number): Standing | null;
  /** The same, with its sessions. */
  facts(
    account: string,
    nowMs: number,
  ): Standing & { activeSessions: number; lastUsedAtMs: number | null } | null;
  /** Readings of one window up to one reset, newest first. */
  recent(
    account: string,
    options: { window: WindowName; resetsAtMs: number; toleranceMs: number },
  ): Array<{ percentUsed: number; observedAtMs: number }>;
  /** Writes readings; one that repeats what is known only renews its time. */
  add(readings: readonly Reading[]): void;
}
