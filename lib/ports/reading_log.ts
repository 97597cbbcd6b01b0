// The port to the ledger's readings, as the status line uses them.
import type { Reading } from "../balance/windows.ts";
import type { Limit, ReadingRows } from "./ledger.ts";

/** The last payload of a session that was news. */
export interface LastNews {
  /** The numbers of its windows and the time of its API calls, as a text that is only compared. */
  numbers: string;
  measuredAtMs: number;
}

/** What the ledger knows about an account's windows and limits. */
export interface Heard {
  readings: Reading[];
  /** Limits that haven't ended. */
  limits: Limit[];
  /** The last news of the given session; null if it never had any. */
  last: LastNews | null;
}

/** Readings of windows in the ledger. Nothing here throws. */
export interface ReadingLog {
  /**
   * What is known about an account, by the figures of an identity, and about one of its sessions; null if
   * the ledger can't be read.
   */
  heard(
    account: string,
    options: { session: string | null; identity: string | null; nowMs: number },
  ): Heard | null;
  /** When a window of an account was last recorded at the same percentage and reset; null if never. */
  knownAtMs(
    reading: Pick<Reading, "account" | "window" | "percentUsed" | "resetsAtMs">,
  ): number | null;
  /** As in the ledger; empty if it can't be read. */
  readingsUntil: ReadingRows["readingsUntil"];
  /**
   * Adds the readings of a payload with news, and that news. A reading that repeats the newest of its
   * window only renews that one's time.
   */
  add(readings: readonly Reading[], news: LastNews & { session: string | null }): void;
}
