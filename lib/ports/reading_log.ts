// The port to the ledger's readings, as the status line uses them.
import type { Reading, WindowName } from "../balance/windows.ts";
import type { Limit } from "./ledger.ts";

/** What the last payload of a session said that was news. */
export interface LastNews {
  /** The numbers of its windows and the time of its API calls, as text that is only compared. */
  numbers: string;
  measuredAtMs: number;
}

/** What the ledger knows about an account's windows and limits. */
export interface Heard {
  readings: Reading[];
  /** Limits whose end is still to come. */
  limits: Limit[];
  /** Of the session that was asked about; null when it never said anything. */
  last: LastNews | null;
}

/** Readings of windows in the ledger. Nothing here throws. */
export interface ReadingLog {
  /** What is known about an account and a session there; null if the ledger can't be read. */
  heard(account: string, options: { session: string | null; nowMs: number }): Heard | null;
  /** Readings of one window up to one reset, newest first. */
  recent(
    account: string,
    options: { window: WindowName; resetsAtMs: number; toleranceMs: number },
  ): Array<{ percentUsed: number; measuredAtMs: number }>;
  /**
   * Writes the readings of a payload that says news, and what it said. One that measured the same as
   * the newest reading of its window only moves that reading's time.
   */
  add(readings: readonly Reading[], news: LastNews & { session: string | null }): void;
}
