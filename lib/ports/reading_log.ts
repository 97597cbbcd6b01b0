// The port to the ledger's readings, as the status line uses them.
import type { Reading, WindowName } from "../balance/windows.ts";

/** What the ledger knows about an account's windows and limits. */
export interface Heard {
  readings: Reading[];
  /** End of the latest limit from the service or the user; null without one. */
  limitedUntilMs: number | null;
}

/** Readings of windows in the ledger. Nothing here throws. */
export interface ReadingLog {
  /** What is known about an account; null if the ledger can't be read. */
  heard(account: string, nowMs: number): Heard | null;
  /** Readings of one window up to one reset, newest first. */
  recent(
    account: string,
    options: { window: WindowName; resetsAtMs: number; toleranceMs: number },
  ): Array<{ percentUsed: number; observedAtMs: number }>;
  /** Adds readings; one that repeats what is known only renews its time. */
  add(readings: readonly Reading[]): void;
}
