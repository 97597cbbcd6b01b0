// The one place that finds where a conversation could go on, from what the ledger knows.
import type { Candidate } from "../core/policy.ts";
import { POLICY_NAMES, rankCandidates } from "../core/policy.ts";
import { mergeReadings, WINDOWS } from "../core/usage.ts";
import type { ReadingLog } from "../ports.ts";
import type { Room } from "./facts.ts";
import type { Settings } from "./settings.ts";

/**
 * Ranks the other accounts as `cl` would, by the ledger alone: running sessions as it counts them,
 * logins not looked at. A walled group is not left. null without other accounts.
 */
export function findRoom(
  current: string | null,
  options: { settings: Settings; readings: ReadingLog; nowMs: number },
): Room | null {
  const { settings, readings, nowMs } = options;
  const group = settings.accounts.find((account) => account.name === current)?.group ?? null;
  const others = settings.accounts.filter((account) =>
    account.name !== current && !account.disabled && (current === null || account.group === group)
  );
  if (others.length === 0) return null;
  const candidates = others.map(({ name }): Candidate => {
    const facts = readings.facts(name, nowMs);
    const windows = WINDOWS.map((window) =>
      facts === null
        ? null
        : mergeReadings(facts.readings.filter((r) => r.window === window), nowMs)
    );
    return {
      name,
      fiveHour: windows[0] ?? null,
      sevenDay: windows[1] ?? null,
      activeSessions: facts?.activeSessions ?? 0,
      limitedUntilMs: facts?.limitedUntilMs ?? null,
      lastUsedAtMs: facts?.lastUsedAtMs ?? null,
    };
  });
  const { reserve } = settings;
  const policy = POLICY_NAMES.find((name) => name === settings.policy) ?? "weighted";
  const best = rankCandidates(candidates, { policy, nowMs, reserve }).find((row) => !row.limited);
  if (best !== undefined) {
    const used = candidates.find((candidate) => candidate.name === best.name)?.fiveHour;
    return {
      account: best.name,
      burstRemaining: used ? 100 - used.percentUsed : null,
      opensAtMs: null,
    };
  }
  const openings = candidates.flatMap((candidate) =>
    opensAtMs(candidate, { settings, nowMs }) ?? []
  );
  return {
    account: null,
    burstRemaining: null,
    opensAtMs: openings.length === 0 ? null : Math.min(...openings),
  };
}

/** When a limited account opens again: once the last of its hindrances is gone. */
function opensAtMs(
  candidate: Candidate,
  options: { settings: Settings; nowMs: number },
): number | null {
  const { reserve } = options.settings;
  const times = [
    candidate.limitedUntilMs,
    candidate.fiveHour !== null && candidate.fiveHour.percentUsed >= reserve.five_hour
      ? candidate.fiveHour.resetsAtMs
      : null,
    candidate.sevenDay !== null && candidate.sevenDay.percentUsed >= reserve.seven_day
      ? candidate.sevenDay.resetsAtMs
      : null,
  ].filter((time) => time !== null && time > options.nowMs) as number[];
  return times.length === 0 ? null : Math.max(...times);
}
