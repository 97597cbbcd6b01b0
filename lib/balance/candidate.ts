// An account as the ranking sees it.
import type { Evidence, MetLimit } from "./reasons.ts";
import type { WindowKey, WindowName } from "./windows.ts";
import { SPEND_WINDOW } from "./windows.ts";

/** How much of a window is used. */
interface Window {
  /** 0–100. */
  percentUsed: number;
  /** null if no window is running. */
  resetsAtMs: number | null;
  /** The higher percentage for the same reset that a newer answer has replaced. */
  fellFrom?: number | null;
  /** Where the figures come from, and their age. */
  source?: Evidence["source"];
  ageMs?: number;
}

/** The limit behind a candidate's `limitedUntilMs`. */
export interface CandidateLimit {
  window: string | null;
  model: string | null;
  kind: MetLimit["kind"];
  recordedAtMs: number;
}

/** A window of a candidate: `none` if the account doesn't have it, null if nothing is known about it. */
export type CandidateWindow = Window | "none" | null;

/** An account as the ranking sees it. */
export interface Candidate {
  name: string;
  fiveHour: CandidateWindow;
  sevenDay: CandidateWindow;
  activeSessions: number;
  /** Its capacity relative to `pro` (default: 1). */
  size?: number;
  /** Age of its newest measurement (default: nothing is said about it). */
  figuresAgeMs?: number | null;
  /** Weekly windows of the models that the launch needs (default: none). */
  modelWindows?: readonly ModelWindow[];
  /** End of the latest limit from the service or the user that holds back this launch. */
  limitedUntilMs: number | null;
  /** That limit, for the reason. */
  limit?: CandidateLimit | null;
  /** Until when it can redeem an unused limit reset; null or missing without one. */
  unusedResetUntilMs?: number | null;
  /** A model that is limited, if nobody knows which model the launch needs; null (the default) if none is. */
  doubtfulModel?: string | null;
  lastUsedAtMs: number | null;
  /** The account's own reserve (default: that of all accounts). */
  reserve?: Reserve;
  /** Percent used of a window from which the conversation can't move here (default: it doesn't move). */
  landingCap?: number;
  /**
   * What the conversation uses that would move here, in percent of the 5h of `pro` an hour (default: it
   * doesn't move).
   */
  moverPercentPerHour?: number | null;
  /** Whether it is chosen only if no other one is open. */
  last?: boolean;
}

/** A weekly window that counts the use of one model. */
interface ModelWindow extends Window {
  model: string;
}

/** Percent used at which a window counts as limited. */
export type Reserve = Record<WindowName, number>;

/**
 * Percent used from which a window holds an account back: the weeks of models do like the account's own.
 * A budget never does, because the service itself says when it is used up.
 */
export function allowedOf({ window }: WindowKey, reserve: Reserve): number {
  if (window === SPEND_WINDOW) return Infinity;
  return window === "five_hour" ? reserve.five_hour : reserve.seven_day;
}

/** Percentage used of a window now: 0 once its reset has passed, null if there is nothing to know. */
export function usedNow(window: CandidateWindow, nowMs: number): number | null {
  if (window === null || window === "none") return null;
  if (window.resetsAtMs !== null && window.resetsAtMs <= nowMs) return 0;
  return Math.min(100, Math.max(0, window.percentUsed));
}
