// Ranks accounts by a policy, and says why each has its place.
import type { Candidate, CandidateLimit, CandidateWindow, Reserve } from "./candidate.ts";
import { usedNow } from "./candidate.ts";
import type { PolicyName } from "./policy.ts";
import { minutesUntilFull, policyOf, SESSION_PERCENT_PER_HOUR, termsOf } from "./policy.ts";
import type { Decider, Evidence, MetLimit, Reason } from "./reasons.ts";
import { DECIDED, percent, reasonText } from "./reasons.ts";
import { staleMs } from "./staleness.ts";
import type { WindowName } from "./windows.ts";
import { windowLabel, WINDOWS } from "./windows.ts";

/** One row of the ranking, best first. */
export interface Ranked {
  name: string;
  score: number;
  limited: boolean;
  /** The terms of the score, why the account is limited if so, and what else decided. */
  reasons: Reason[];
}

const LIMITED_PENALTY = 100;
/** Scores are shown with one decimal, so smaller gaps are invisible. */
const SHOWN_GAP = 0.05;

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
  if (second.limited && !first.limited) return `${second.name} is ${heldBy(second)}`;
  const behindFor = STANDBY.map((kind) => second.reasons.find((reason) => reason.kind === kind))
    .find((reason) => reason !== undefined && !first.reasons.some((r) => r.kind === reason.kind));
  if (behindFor !== undefined && !first.limited) {
    return `${second.name}: ${reasonText(behindFor)}`;
  }
  const gap = first.score - second.score;
  const level = first.reasons.find((reason) => reason.kind === "level");
  if (level !== undefined) {
    if (level.decidedBy === "digits") return `${second.name} is less than 0.1 points behind`;
    const decided = `${first.name} ${DECIDED[level.decidedBy]}`;
    return policyOf(policy).burstWeight > 0 && [first, second].every(isUnknown)
      ? `nothing is known yet about their limits, and ${decided}`
      : `${second.name} has the same score, but ${decided}`;
  }
  if (gap === 0) return `${second.name} has the same score`;
  if (gap < SHOWN_GAP) return `${second.name} is less than 0.1 points behind`;
  const hasBurst = !second.reasons.some((reason) => reason.kind === "none");
  const weight = hasBurst ? policyOf(policy).burstWeight : 0;
  const points = Math.round(gap * 10) / 10;
  const behind = `${second.name} is ${points} points behind`;
  const needed = weight > 0 ? gap / weight : Infinity;
  return burstUsed(second) >= needed
    ? `${behind}; with ${
      percent(Math.ceil(needed * 10) / 10)
    } less of its 5h used it would be first`
    : behind;
}

/** What holds an account back: a reserve is the user's own, and room for a move is not room for anything. */
function heldBy({ reasons }: Ranked): string {
  const isFull = reasons.some((reason) =>
    reason.kind === "limit" || (reason.kind === "reserve" && reason.percent >= 100)
  );
  if (isFull) return "limited";
  if (reasons.some(({ kind }) => kind === "reserve")) return "at its reserve";
  return reasons.some(({ kind }) => kind === "landing" || kind === "cramped")
    ? "too full for a move"
    : "limited";
}

/** Whether nothing is known about an account that its score could go by. */
function isUnknown({ reasons }: Ranked): boolean {
  return WINDOWS.every((name) =>
    reasons.some((reason) => reason.kind === "unknown" && reason.window === name)
  );
}

/** Percent used of 5h according to the reasons of a row; 0 if they don't say. */
function burstUsed({ reasons }: Ranked): number {
  for (const reason of reasons) {
    if (reason.kind === "left" && reason.window === "five_hour") return 100 - reason.percent;
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
  const policy = policyOf(options.policy);
  const rows = candidates.map((candidate, order): Row => {
    const terms = termsOf(candidate, options.nowMs);
    const limits = limitReasons(candidate, {
      nowMs: options.nowMs,
      reserve: candidate.reserve ?? reserve,
      leastMinutes: policy.leastMinutesAfterMove,
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

function limitReasons(
  candidate: Candidate,
  options: { nowMs: number; reserve: Reserve; leastMinutes: number },
): Reason[] {
  const { nowMs, reserve, leastMinutes } = options;
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
    ...crampedReason(candidate, { nowMs, leastMinutes }),
  ];
  const canReset = (candidate.unusedResetUntilMs ?? 0) > nowMs;
  return limits.length > 0 && canReset ? [...limits, { kind: "reset" }] : limits;
}

/** Beside running sessions, a conversation needs room in 5h; an account that is idle it may use up. */
function crampedReason(
  candidate: Candidate,
  { nowMs, leastMinutes: least }: { nowMs: number; leastMinutes: number },
): Reason[] {
  const { activeSessions: sessions, moverPercentPerHour: own = null } = candidate;
  if (own === null || sessions === 0) return [];
  const percentPerHour = SESSION_PERCENT_PER_HOUR * sessions + own;
  const minutes = minutesUntilFull(candidate, { nowMs, percentPerHour });
  return minutes < least ? [{ kind: "cramped", minutes, least, penalty: LIMITED_PENALTY }] : [];
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

/** The kinds of reasons that put an account behind the others, whatever its score. */
const STANDBY = ["last", "doubt"] as const;

function standbyReasons({ last, doubtfulModel = null }: Candidate): Reason[] {
  return [
    ...last === true ? [{ kind: "last" } as const] : [],
    ...doubtfulModel === null ? [] : [{ kind: "doubt", model: doubtfulModel } as const],
  ];
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
