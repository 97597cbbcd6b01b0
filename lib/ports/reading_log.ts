// The port to the ledger's readings, as the status line uses them.
import type { Reading, WindowName } from "../balance/windows.ts";

/** What the ledger last heard of an account's windows and limits. */
export interface Heard {
  readings: Reading[];
  /** End of the latest limit that the service or the user named; null without one. */
  limitedUntilMs: number | null;
}

/** Readings of windows in the ledger. Nothing here throws. */
export interface ReadingLog {
  /** What was heard of an account; null when the ledger can't be read. */
  heard(account: string, nowMs: number): Heard | null;
  /** Readings of one window up to one reset, newest first. */
  recent(
    account: string,
    options: { window: WindowName; resetsAtMs: number; toleranceMs: number },
  ): Array<{ percentUsed: number; observedAtMs: number }>;
  /** Writes readings; one that repeats what is known only renews its time. */
  add(readings: readonly Reading[]): void;
}
