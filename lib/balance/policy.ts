// The policies: a table of formulas over what is known of an account (DESIGN §5).
import type { Candidate, CandidateWindow } from "./candidate.ts";
import { usedNow } from "./candidate.ts";
import type { Reason } from "./reasons.ts";
import type { WindowName } from "./windows.ts";
import { WINDOWS } from "./windows.ts";

/** The values of one candidate that the formulas use. */
export interface Terms {
  /** 100 if the account has no 5-hour window. */
  burstRemaining: number;
  hasBurst: boolean;
  /** Whether it is estimated. */
  burstIsEstimated: boolean;
  /** Of the fullest weekly window that the launch would use. */
  rollingRemaining: number;
  /** Whether it is estimated. */
  rollingIsEstimated: boolean;
  /** The model of that window; null if it is the account's own. */
  rollingModel: string | null;
  /** Percentage of the week that has passed, minus the percentage of it that is used. */
  pace: number;
  /** Percentage of the week that has passed, 0–100. */
  weekElapsed: number;
  /** The windows that a session would start. */
  unstarted: readonly WindowName[];
  activeSessions: number;
  /** Minutes that 5h would last with one more session, at most {@link LONGEST_ROOM_MINUTES}. */
  roomMinutes: number;
  /** Minutes since the last use, at most a week; a week if never used. */
  idleMinutes: number;
}

/** A formula, and its terms as reasons. */
export interface Policy {
  /** One sentence for help and docs. */
  summary: string;
  /** Points that the score loses for each percent used of 5h; 0 if the formula doesn't use it. */
  burstWeight: number;
  /**
   * The minutes that 5h must last after a conversation has moved here, unless no session is running; 0 if
   * the policy doesn't ask.
   */
  leastMinutesAfterMove: number;
  score(terms: Terms): number;
  reasons(terms: Terms): Reason[];
}

const HOUR_MINUTES = 60;
const WEEK_MS = 7 * 24 * 3_600_000;
/** What an average session uses of the 5h of `pro`, in percent an hour: one window lasts 4.5 hours. */
export const SESSION_PERCENT_PER_HOUR = 100 / 4.5;
/** Room for longer than this counts as this: most conversations are shorter. */
const LONGEST_ROOM_MINUTES = 180;
/** What `paced` adds for a window that a session would start: one that starts earlier ends earlier. */
const START_POINTS: Readonly<Record<WindowName, number>> = { five_hour: 50, seven_day: 100 };
/** The policies by name; the first is the default. */
const POLICIES = {
  weighted: {
    summary: "the least used now: 100 − 0.7 × 5h used − 0.3 × 7d used − 2 per running session",
    burstWeight: 0.7,
    leastMinutesAfterMove: 0,
    score: (t) => t.burstRemaining * 0.7 + t.rollingRemaining * 0.3 - 2 * t.activeSessions,
    reasons: (t) => [
      burstReason(t, 0.7),
      {
        kind: "left",
        window: "seven_day",
        ...modelOf(t),
        percent: t.rollingRemaining,
        weight: 0.3,
        ...t.rollingIsEstimated ? { estimated: true } as const : {},
      },
      ...activeReason(t, 2),
    ],
  },
  paced: {
    summary:
      "spends what would expire unused: 0.4 × minutes of room in 5h + 1.3 × pace of the week, + 50 to start 5h, + 100 to start 7d",
    burstWeight: 0,
    leastMinutesAfterMove: 45,
    score: (t) =>
      0.4 * t.roomMinutes + 1.3 * t.pace +
      t.unstarted.reduce((points, window) => points + START_POINTS[window], 0),
    reasons: (t) => [
      roomReason(t, 0.4),
      { kind: "pace", ...modelOf(t), percent: t.pace, weight: 1.3 },
      ...t.unstarted.map((window) => startReason(window)),
    ],
  },
  drain: {
    summary: "uses up the account whose week ends first",
    burstWeight: 0,
    leastMinutesAfterMove: 0,
    score: (t) => t.weekElapsed - 2 * t.activeSessions,
    reasons: (t) => [
      { kind: "elapsed", ...modelOf(t), percent: t.weekElapsed },
      ...activeReason(t, 2),
    ],
  },
  "round-robin": {
    summary: "the account that has been unused for longest, however much of it is used",
    burstWeight: 0,
    leastMinutesAfterMove: 0,
    score: (t) => t.idleMinutes,
    reasons: (t) => [{ kind: "rested", minutes: t.idleMinutes }],
  },
} as const satisfies Record<string, Policy>;

/** Name of a policy. */
export type PolicyName = keyof typeof POLICIES;

/** All policy names, the default first. */
export const POLICY_NAMES = Object.keys(POLICIES) as readonly PolicyName[];

/** A policy: its summary, its formula, and the terms of that as reasons. */
export function policyOf(name: PolicyName): Policy {
  return POLICIES[name];
}

/**
 * Whether a session would start a window. If nothing is known about it, it counts as not running; if it
 * is used and its reset is unknown, as running.
 */
function isUnstarted(window: CandidateWindow, nowMs: number): boolean {
  if (window === "none") return false;
  if (window === null) return true;
  return window.resetsAtMs === null ? window.percentUsed <= 0 : window.resetsAtMs <= nowMs;
}

/**
 * How long 5h lasts if it is used at a rate, given in percent of the 5h of `pro`. Infinity if it resets
 * before that or if there is no 5h.
 */
export function minutesUntilFull(
  { fiveHour, size = 1 }: Candidate,
  { nowMs, percentPerHour }: { nowMs: number; percentPerHour: number },
): number {
  if (fiveHour === "none") return Infinity;
  const left = 100 - (usedNow(fiveHour, nowMs) ?? 0);
  const minutes = left * size / percentPerHour * HOUR_MINUTES;
  const resetsAtMs = fiveHour?.resetsAtMs ?? null;
  const isFresh = resetsAtMs === null || resetsAtMs <= nowMs;
  return !isFresh && nowMs + minutes * 60_000 >= resetsAtMs ? Infinity : minutes;
}

/** What the formulas use of a candidate. */
export function termsOf(candidate: Candidate, nowMs: number): Terms {
  const burstUsed = usedNow(candidate.fiveHour, nowMs) ?? 0;
  const { week, model, used: rollingUsed } = fullestWeek(candidate, nowMs);
  const weekResets = week === null || week === "none" ? null : week.resetsAtMs;
  const weekElapsed = weekResets === null || weekResets <= nowMs
    ? 0
    : Math.min(100, Math.max(0, 100 * (1 - (weekResets - nowMs) / WEEK_MS)));
  const idleMs = candidate.lastUsedAtMs === null ? WEEK_MS : nowMs - candidate.lastUsedAtMs;
  return {
    burstRemaining: 100 - burstUsed,
    hasBurst: candidate.fiveHour !== "none",
    burstIsEstimated: isEstimated(candidate.fiveHour),
    rollingRemaining: 100 - rollingUsed,
    rollingIsEstimated: isEstimated(week),
    rollingModel: model,
    pace: weekElapsed - rollingUsed,
    weekElapsed,
    unstarted: WINDOWS.filter((name) =>
      isUnstarted(name === "five_hour" ? candidate.fiveHour : candidate.sevenDay, nowMs)
    ),
    activeSessions: candidate.activeSessions,
    roomMinutes: Math.min(
      LONGEST_ROOM_MINUTES,
      minutesUntilFull(candidate, {
        nowMs,
        percentPerHour: SESSION_PERCENT_PER_HOUR * (candidate.activeSessions + 1),
      }),
    ),
    idleMinutes: Math.min(WEEK_MS, Math.max(0, idleMs)) / 60_000,
  };
}

/** The weekly window that will be full first: the account's own, or that of a model it would run. */
function fullestWeek(
  { sevenDay, modelWindows = [] }: Candidate,
  nowMs: number,
): { week: CandidateWindow; model: string | null; used: number } {
  let fullest: ReturnType<typeof fullestWeek> = {
    week: sevenDay,
    model: null,
    used: usedNow(sevenDay, nowMs) ?? 0,
  };
  for (const week of modelWindows) {
    const used = usedNow(week, nowMs) ?? 0;
    if (used > fullest.used) fullest = { week, model: week.model, used };
  }
  return fullest;
}

function isEstimated(window: CandidateWindow): boolean {
  return window !== null && window !== "none" && window.source === "estimate";
}

function burstReason(
  { burstRemaining, hasBurst, burstIsEstimated }: Terms,
  weight: number,
): Reason {
  const window = "five_hour";
  if (!hasBurst) return { kind: "none", window, weight };
  const estimated = burstIsEstimated ? { estimated: true } as const : {};
  return { kind: "left", window, percent: burstRemaining, weight, ...estimated };
}

function roomReason({ roomMinutes, hasBurst, activeSessions }: Terms, weight: number): Reason {
  return {
    kind: "room",
    minutes: hasBurst ? roomMinutes : null,
    most: LONGEST_ROOM_MINUTES,
    sessions: activeSessions + 1,
    weight,
  };
}

/** The model of the week that a reason is about, if it isn't the account's own week. */
function modelOf({ rollingModel: model }: Terms): { model?: string } {
  return model === null ? {} : { model };
}

function activeReason({ activeSessions: sessions }: Terms, weight: number): Reason[] {
  return sessions === 0 ? [] : [{ kind: "running", sessions, weight }];
}

function startReason(window: WindowName): Reason {
  return { kind: "starts", window, points: START_POINTS[window] };
}
