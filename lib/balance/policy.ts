// Ranks accounts: policies as a table of formulas over candidates (DESIGN §5).
import type { Decider, Evidence, MetLimit, Reason } from "./reasons.ts";
import { percent, reasonText } from "./reasons.ts";
import { staleMs } from "./staleness.ts";
import type { WindowName } from "./windows.ts";
import { windowLabel, WINDOWS } from "./windows.ts";

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
interface CandidateLimit {
  window: string | null;
  model: string | null;
  kind: MetLimit["kind"];
  recordedAtMs: number;
}

/** A window of a candidate: `none` if the account doesn't have it, null if nothing is known about it. */
type CandidateWindow = Window | "none" | null;

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
  /** Whether it is chosen only if no other one is open. */
  last?: boolean;
}

/** A weekly window that counts the use of one model. */
interface ModelWindow extends Window {
  model: string;
}

/** Percent used at which a window counts as limited. */
export type Reserve = Record<WindowName, number>;

/** One row of the ranking, best first. */
export interface Ranked {
  name: string;
  score: number;
  limited: boolean;
  /** The terms of the score, why the account is limited if so, and what else decided. */
  reasons: Reason[];
}

/** The values of one candidate that the formulas use. */
interface Terms {
  /** 100 if the account has no 5-hour window. */
  burstRemaining: number;
  hasBurst: boolean;
  /** Of the fullest weekly window that the launch would use. */
  rollingRemaining: number;
  /** The model of that window; null if it is the account's own. */
  rollingModel: string | null;
  /** Percentage of the week that has passed, minus the percentage of it that is used. */
  pace: number;
  /** Percentage of the week that has passed, 0–100. */
  weekElapsed: number;
  /** The windows that a session would start. */
  unstarted: readonly WindowName[];
  activeSessions: number;
  /** The account's capacity relative to `pro`. */
  size: number;
  /** Minutes since the last use, at most a week; a week if never used. */
  idleMinutes: number;
}

interface Policy {
  /** One sentence for help and docs. */
  summary: string;
  /** Points of the score for each percent left of 5h; 0 if the formula doesn't use it. */
  burstWeight: number;
  score(terms: Terms): number;
  reasons(terms: Terms): Reason[];
}

const WEEK_MS = 7 * 24 * 3_600_000;
const LIMITED_PENALTY = 100;
/** What `paced` adds for a window that a session would start: one that starts earlier ends earlier. */
const START_POINTS: Readonly<Record<WindowName, number>> = { five_hour: 50, seven_day: 100 };
/** Scores are shown with one decimal, so smaller gaps are invisible. */
const SHOWN_GAP = 0.05;

/** The policies by name; the first is the default. */
const POLICIES = {
  weighted: {
    summary: "the most quota left now: 0.7 × 5h left + 0.3 × 7d left − 2 per running session",
    burstWeight: 0.7,
    score: (t) => t.burstRemaining * 0.7 + t.rollingRemaining * 0.3 - 2 * t.activeSessions,
    reasons: (t) => [
      burstReason(t, 0.7),
      {
        kind: "left",
        window: "seven_day",
        ...modelOf(t),
        percent: t.rollingRemaining,
        weight: 0.3,
      },
      ...activeReason(t, 2),
    ],
  },
  paced: {
    summary:
      "spends what would expire unused: 0.3 × 5h left + 1.3 × pace of the week − 4 per running session, + 50 to start 5h, + 100 to start 7d",
    burstWeight: 0.3,
    score: (t) =>
      0.3 * t.burstRemaining + 1.3 * t.pace - (4 / t.size) * t.activeSessions +
      t.unstarted.reduce((points, window) => points + START_POINTS[window], 0),
    reasons: (t) => [
      burstReason(t, 0.3),
      { kind: "pace", ...modelOf(t), percent: t.pace, weight: 1.3 },
      ...t.unstarted.map((window) => startReason(window)),
      ...activeReason(t, 4 / t.size),
    ],
  },
  drain: {
    summary: "uses up the account whose week ends first",
    burstWeight: 0,
    score: (t) => t.weekElapsed - 2 * t.activeSessions,
    reasons: (t) => [
      { kind: "elapsed", ...modelOf(t), percent: t.weekElapsed },
      ...activeReason(t, 2),
    ],
  },
  "round-robin": {
    summary: "the account that has been unused for longest, however much it has left",
    burstWeight: 0,
    score: (t) => t.idleMinutes,
    reasons: (t) => [{ kind: "rested", minutes: t.idleMinutes }],
  },
} as const satisfies Record<string, Policy>;

/** Name of a policy. */
export type PolicyName = keyof typeof POLICIES;

/** All policy names, the default first. */
export const POLICY_NAMES = Object.keys(POLICIES) as readonly PolicyName[];

/** One sentence on each policy. */
export function policySummary(name: PolicyName): string {
  return POLICIES[name].summary;
}

/**
 * Why the second of a ranking wasn't chosen, in words. null if there isn't one, or if the chosen
 * account wasn't the first: then the scores decided nothing.
 */
export function turningPoint(
  ranked: readonly Ranked[],
  { policy, chosen }: { policy: PolicyName; chosen: string | null },
): string | null {
  const [first, second] = ranked;
  if (first === undefined || second === undefined || first.name !== chosen) return null;
  if (second.limited && !first.limited) return `${second.name} is limited`;
  const behindFor = STANDBY.map((kind) => second.reasons.find((reason) => reason.kind === kind))
    .find((reason) => reason !== undefined && !first.reasons.some((r) => r.kind === reason.kind));
  if (behindFor !== undefined && !first.limited) {
    return `${second.name}: ${reasonText(behindFor)}`;
  }
  const gap = first.score - second.score;
  const level = first.reasons.find((reason) => reason.kind === "level");
  if (level !== undefined) return reasonText(level);
  if (gap === 0) return `${second.name} has the same score`;
  if (gap < SHOWN_GAP) return `${second.name} is less than 0.1 points behind`;
  const hasBurst = !second.reasons.some((reason) => reason.kind === "none");
  const weight = hasBurst ? POLICIES[policy].burstWeight : 0;
  const points = Math.round(gap * 10) / 10;
  const behind = `${second.name} is ${points} points behind`;
  const needed = weight > 0 ? gap / weight : Infinity;
  return burstLeft(second) + needed <= 100
    ? `${behind}; with ${percent(needed)} more of its 5h left it would be first`
    : behind;
}

/** Percent left of 5h according to the reasons of a row; 0 if they don't say. */
function burstLeft({ reasons }: Ranked): number {
  for (const reason of reasons) {
    if (reason.kind === "left" && reason.window === "five_hour") return reason.percent;
  }
  return 0;
}

/**
 * Ranks candidates, best first. An open account always ranks above a limited one, an account that is
 * kept for `last` just above those, and next the accounts of which a model is limited, if the launch may
 * need it; then come the higher score, fewer running sessions, the least recently used, the given
 * order. `reserve` is the percentage used at which a window counts as limited (default: 100).
 * Rows that aren't explained (default: they are) have no reasons, which saves a simulation half of its time.
 */
export function rankCandidates(
  candidates: readonly Candidate[],
  options: { policy: PolicyName; nowMs: number; reserve?: Reserve; isExplained?: boolean },
): Ranked[] {
  const reserve = options.reserve ?? { five_hour: 100, seven_day: 100 };
  const policy: Policy = POLICIES[options.policy];
  const rows = candidates.map((candidate, order): Row => {
    const terms = termsOf(candidate, options.nowMs);
    const limits = limitReasons(candidate, {
      nowMs: options.nowMs,
      reserve: candidate.reserve ?? reserve,
    });
    const limited = limits.length > 0;
    const score = policy.score(terms) - (limited ? LIMITED_PENALTY : 0);
    const reasons: Reason[] = options.isExplained === false ? [] : [
      ...policy.reasons(terms),
      ...unknownReason("five_hour", candidate.fiveHour),
      ...unknownReason("seven_day", candidate.sevenDay),
      ...fallReason("five_hour", candidate.fiveHour),
      ...fallReason("seven_day", candidate.sevenDay),
      ...ageReason(candidate),
      ...standbyReasons(candidate),
      ...limits,
    ];
    return { candidate, order, ranked: { name: candidate.name, score, limited, reasons } };
  });
  const byScore = (a: Row, b: Row) => b.ranked.score - a.ranked.score;
  rows.sort((a, b) => placeOf(a) - placeOf(b) || byScore(a, b) || byRest(a, b));
  const [first, second] = rows;
  if (
    first !== undefined && second !== undefined && !first.ranked.limited &&
    placeOf(first) === placeOf(second) && byScore(second, first) < SHOWN_GAP
  ) {
    // A hidden decimal may have decided; mostly it agrees with the rest.
    const decidedBy = byScore(first, second) === 0 || byRest(first, second) < 0
      ? deciderOf(first.candidate, second.candidate)
      : "digits";
    first.ranked.reasons.push({ kind: "level", other: second.ranked.name, decidedBy });
  }
  return rows.map((row) => row.ranked);
}

/** A candidate with its position in config.json and its row in the ranking. */
interface Row {
  candidate: Candidate;
  order: number;
  ranked: Ranked;
}

/** What comes before the score, the smaller the better. */
function placeOf({ candidate, ranked }: Row): number {
  if (ranked.limited) return 3;
  return candidate.last === true ? 2 : (candidate.doubtfulModel ?? null) === null ? 0 : 1;
}

/** Orders two with the same score: fewer running sessions, least recently used, given order. */
function byRest(a: Row, b: Row): number {
  const sessions = a.candidate.activeSessions - b.candidate.activeSessions;
  const [used, other] = [a.candidate.lastUsedAtMs, b.candidate.lastUsedAtMs];
  if (sessions !== 0 || used === other) return sessions || a.order - b.order;
  return (used ?? -Infinity) - (other ?? -Infinity);
}

/** Why the first of two candidates with the same score is first. */
function deciderOf(first: Candidate, second: Candidate): Decider {
  if (first.activeSessions !== second.activeSessions) return "sessions";
  if (first.lastUsedAtMs === second.lastUsedAtMs) return "order";
  return first.lastUsedAtMs === null ? "unused" : "rest";
}

/** Percentage used of a window now: 0 once its reset has passed, null if there is nothing to know. */
function usedNow(window: CandidateWindow, nowMs: number): number | null {
  if (window === null || window === "none") return null;
  if (window.resetsAtMs !== null && window.resetsAtMs <= nowMs) return 0;
  return Math.min(100, Math.max(0, window.percentUsed));
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

function termsOf(candidate: Candidate, nowMs: number): Terms {
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
    rollingRemaining: 100 - rollingUsed,
    rollingModel: model,
    pace: weekElapsed - rollingUsed,
    weekElapsed,
    unstarted: WINDOWS.filter((name) =>
      isUnstarted(name === "five_hour" ? candidate.fiveHour : candidate.sevenDay, nowMs)
    ),
    activeSessions: candidate.activeSessions,
    size: candidate.size ?? 1,
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

function limitReasons(
  candidate: Candidate,
  options: { nowMs: number; reserve: Reserve },
): Reason[] {
  const { nowMs, reserve } = options;
  const { landingCap = Infinity, modelWindows = [] } = candidate;
  const penalty = LIMITED_PENALTY;
  const full = (window: WindowName, state: CandidateWindow, model?: string): Reason[] => {
    const used = usedNow(state, nowMs);
    const allowed = reserve[window];
    const which = { window, ...model === undefined ? {} : { model } };
    if (used === null) return [];
    if (used >= allowed) {
      const read = evidence(state, nowMs);
      return [{ kind: "reserve", ...which, percent: used, allowed, penalty, read }];
    }
    return used >= landingCap
      ? [{ kind: "landing", ...which, percent: used, cap: landingCap, penalty }]
      : [];
  };
  const until = candidate.limitedUntilMs;
  const met = until === null ? null : metLimit(candidate.limit ?? null, { untilMs: until, nowMs });
  const limits: Reason[] = [
    ...until !== null && until > nowMs ? [{ kind: "limit", penalty, met } as const] : [],
    ...full("five_hour", candidate.fiveHour),
    ...full("seven_day", candidate.sevenDay),
    ...modelWindows.flatMap((window) => full("seven_day", window, window.model)),
  ];
  const canReset = (candidate.unusedResetUntilMs ?? 0) > nowMs;
  return limits.length > 0 && canReset ? [...limits, { kind: "reset" }] : limits;
}

function metLimit(
  limit: CandidateLimit | null,
  { untilMs, nowMs }: { untilMs: number; nowMs: number },
): MetLimit | null {
  if (limit === null) return null;
  const { kind, window, model, recordedAtMs } = limit;
  const label = window === null ? null : windowLabel({ window, model });
  return {
    kind,
    label,
    model,
    agoMs: Math.max(0, nowMs - recordedAtMs),
    endsInMs: untilMs - nowMs,
  };
}

function evidence(state: CandidateWindow, nowMs: number): Evidence | null {
  if (state === null || state === "none" || state.source === undefined) return null;
  const { source, ageMs = 0, resetsAtMs } = state;
  return { source, ageMs, endsInMs: resetsAtMs === null ? null : resetsAtMs - nowMs };
}

function burstReason({ burstRemaining, hasBurst }: Terms, weight: number): Reason {
  const window = "five_hour";
  return hasBurst
    ? { kind: "left", window, percent: burstRemaining, weight }
    : { kind: "none", window, weight };
}

/** The kinds of reasons that put an account behind the others, whatever its score. */
const STANDBY = ["last", "doubt"] as const;

function standbyReasons({ last, doubtfulModel = null }: Candidate): Reason[] {
  return [
    ...last === true ? [{ kind: "last" } as const] : [],
    ...doubtfulModel === null ? [] : [{ kind: "doubt", model: doubtfulModel } as const],
  ];
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

function fallReason(window: WindowName, state: CandidateWindow): Reason[] {
  const from = state === "none" ? null : state?.fellFrom ?? null;
  return from === null ? [] : [{ kind: "fell", window, from }];
}

function ageReason({ figuresAgeMs = null }: Candidate): Reason[] {
  const ageMs = staleMs(figuresAgeMs);
  return ageMs === null ? [] : [{ kind: "old", ageMs }];
}

function unknownReason(window: WindowName, state: CandidateWindow): Reason[] {
  return state === null ? [{ kind: "unknown", window }] : [];
}
