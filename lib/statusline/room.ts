// The one place that finds where a conversation could go on, from the ledger and what clients cached.
import type { Account } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { globalConfigOf } from "../config/paths.ts";
import type { Candidate, Reserve } from "../balance/policy.ts";
import { rankCandidates } from "../balance/policy.ts";
import type { Reading, WindowName } from "../balance/windows.ts";
import { mergeReadings, parseCachedUsage, WINDOWS } from "../balance/windows.ts";
import type { Room, ShownLimit } from "./facts.ts";
import type { World } from "./world.ts";

/** What finding room needs. */
export interface RoomOptions {
  settings: Pick<Config, "accounts" | "policy" | "reserve">;
  /** The present account's windows, as the line shows them. */
  limits: Readonly<Record<WindowName, ShownLimit | null>>;
  world: Pick<World, "layout" | "nowMs" | "readSmall" | "files" | "readings">;
}

/** The service itself decides when a running conversation may go on. */
const WITHOUT_RESERVE: Reserve = { five_hour: 100, seven_day: 100 };

/**
 * Ranks the accounts as `cl` would, by the ledger and the usage answers that clients cached: running
 * sessions as the ledger counts them, and only accounts that were logged in. A walled group is not
 * left. null without other accounts.
 */
export function findRoom(current: string | null, options: RoomOptions): Room | null {
  const { settings, world } = options;
  const { nowMs } = world;
  const group = settings.accounts.find((account) => account.name === current)?.group ?? null;
  const within = settings.accounts.filter((account) =>
    !account.disabled && (current === null || account.group === group)
  );
  const present = current === null ? null : presentCandidate(current, options);
  const candidates = within.flatMap((account): Candidate[] => {
    if (account.name === present?.name) return [present];
    const cached = cachedReadings(account, world);
    return cached === null ? [] : [candidateOf(account.name, { cached, world })];
  });
  const others = candidates.filter((candidate) => candidate !== present);
  if (others.length === 0) return null;
  const { policy, reserve } = settings;
  const open = rankCandidates(candidates, { policy, nowMs, reserve }).filter((row) => !row.limited);
  const best = open.find((row) => row.name !== current);
  if (best !== undefined) {
    const used = others.find((candidate) => candidate.name === best.name)?.fiveHour;
    return {
      account: best.name,
      isFirst: best === open[0],
      burstRemaining: used ? 100 - used.percentUsed : null,
      opensAtMs: null,
    };
  }
  const openings = [
    ...others.map((candidate) => opensAtMs(candidate, { reserve, nowMs })),
    present === null ? null : opensAtMs(present, { reserve: WITHOUT_RESERVE, nowMs }),
  ].filter((time) => time !== null);
  return {
    account: null,
    isFirst: false,
    burstRemaining: null,
    opensAtMs: openings.length === 0 ? null : Math.min(...openings),
  };
}

function presentCandidate(name: string, options: RoomOptions): Candidate {
  const { limits, world } = options;
  return {
    ...candidateOf(name, { cached: [], world }),
    fiveHour: limits.five_hour,
    sevenDay: limits.seven_day,
  };
}

function candidateOf(
  name: string,
  known: { cached: readonly Reading[]; world: RoomOptions["world"] },
): Candidate {
  const { nowMs } = known.world;
  const facts = known.world.readings.facts(name, nowMs);
  const readings = [...facts?.readings ?? [], ...known.cached];
  const [fiveHour = null, sevenDay = null] = WINDOWS.map((window) =>
    mergeReadings(readings.filter((reading) => reading.window === window), nowMs)
  );
  return {
    name,
    fiveHour,
    sevenDay,
    activeSessions: facts?.activeSessions ?? 0,
    limitedUntilMs: facts?.limitedUntilMs ?? null,
    lastUsedAtMs: facts?.lastUsedAtMs ?? null,
  };
}

/**
 * What an account's client cached of its windows; null when nobody ever logged in there. A file
 * that is there but cannot be understood says nothing.
 */
function cachedReadings(account: Account, world: RoomOptions["world"]): Reading[] | null {
  const path = globalConfigOf(account, world.layout);
  const text = world.readSmall(path);
  if (text === null) return world.files.look(path) === null ? null : [];
  let config: unknown;
  try {
    config = JSON.parse(text);
  } catch {
    return [];
  }
  if (!isRecord(config)) return [];
  const owner = config["oauthAccount"];
  if (!isRecord(owner)) return null;
  const uuid = owner["accountUuid"];
  return parseCachedUsage(config["cachedUsageUtilization"], {
    account: account.name,
    accountUuid: typeof uuid === "string" ? uuid : null,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** When a limited account opens again: once the last of its hindrances is gone. */
function opensAtMs(
  candidate: Candidate,
  options: { reserve: Reserve; nowMs: number },
): number | null {
  const { reserve, nowMs } = options;
  const { fiveHour, sevenDay, limitedUntilMs } = candidate;
  const times = [
    limitedUntilMs,
    fiveHour !== null && fiveHour.percentUsed >= reserve.five_hour ? fiveHour.resetsAtMs : null,
    sevenDay !== null && sevenDay.percentUsed >= reserve.seven_day ? sevenDay.resetsAtMs : null,
  ].filter((time) => time !== null && time > nowMs) as number[];
  return times.length === 0 ? null : Math.max(...times);
}
