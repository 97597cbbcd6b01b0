// What is kept of each day for good, by account and by project folder.

/** What happened on one local day on one account, or on all of them. */
export interface Day {
  /** How many days the date is after 1970-01-01. */
  day: number;
  /** "" for all accounts together. */
  account: string;
  /** Sessions that started. */
  sessions: number;
  /** Conversations that began: sessions that continue no earlier one. */
  conversations: number;
  /** Time of sessions, overlapping ones added up. */
  sessionMs: number;
  /** Time in which at least one session ran. */
  busyMs: number;
  /** Limits of the account that conversations met; one that several met counts once. */
  limits: number;
  /** Conversations that moved away to another account. */
  moves: number;
  /** How long those worked elsewhere while the limit that they left was still in force. */
  savedMs: number;
  /** How long conversations stood still at a limit before they went on. */
  waitedMs: number;
  /** The highest percentage of each window that was measured, 0–100; null if none was. */
  highestFiveHour: number | null;
  /** The same of the 7-day window. */
  highestSevenDay: number | null;
  /** Percent used of the 7-day windows that ended, added up, by the last figures before their resets. */
  weekUsed: number;
  /** How many 7-day windows ended. */
  weeks: number;
  /** Tokens that went in, cached ones included, and came out, as far as the status line counted them. */
  tokensIn: number;
  tokensOut: number;
  /** Minutes of each hour, 24 of them, in which at least one session ran. */
  hours: Uint8Array;
}

/** What happened on one local day on one account in one project folder. */
export interface FolderDay {
  day: number;
  account: string;
  folder: string;
  sessions: number;
  conversations: number;
  sessionMs: number;
  tokensIn: number;
  tokensOut: number;
}

/** A session, as far as the daily rows need it. */
export interface PastSession {
  account: string;
  folder: string;
  startedAtMs: number;
  /** null if it is running. */
  endedAtMs: number | null;
  /** Whether its conversation began with it. */
  begins: boolean;
  /** The account that its conversation came from; null if it didn't come from another one. */
  movedFrom: string | null;
  /** When the limit that its conversation left ends; null if it left none. */
  leftLimitUntilMs: number | null;
}

/** A measurement of a window of an account. */
export interface PastReading {
  account: string;
  window: "five_hour" | "seven_day";
  percentUsed: number;
  resetsAtMs: number | null;
  measuredAtMs: number;
}

/** A limit that a conversation met. */
export interface PastLimit {
  account: string;
  window: string | null;
  model: string | null;
  recordedAtMs: number;
  untilMs: number;
  /** When its conversation went on; null if it didn't. */
  wentOnAtMs: number | null;
}

/** Tokens that a session used around a time. */
export interface PastTokens {
  account: string;
  folder: string;
  atMs: number;
  input: number;
  output: number;
}

/** The details that daily rows are made of, each list in order of time. */
export interface Details {
  /** Those that ran at any time within the span. */
  sessions: readonly PastSession[];
  /** Those of the span and of the 8 days before it. */
  readings: readonly PastReading[];
  /** Those of the span and of the 8 days before it. */
  limits: readonly PastLimit[];
  tokens: readonly PastTokens[];
}
