// The service's answer on how much of each window is used, as the client caches it or gives it on request.
import type { Reading, WindowKey } from "../balance/windows.ts";
import { personOf } from "../balance/windows.ts";
import { isObject, objectOf, textOf } from "../text/json_object.ts";
import { weekOf, windowOfType } from "./limit_types.ts";

/**
 * Reads `cachedUsageUtilization` of a `.claude.json`: utilization is 0–100, resets are ISO times
 * (CONTRACT §8). An answer of an unknown shape is ignored. Without an owner it is taken for that of
 * `loggedIn`, the key of who is logged in.
 */
export function parseCachedUsage(
  value: unknown,
  options: { account: string; loggedIn: string | null },
): Reading[] {
  if (!isObject(value)) return [];
  const fetchedAtMs = value["fetchedAtMs"];
  const owner = value["accountUuid"];
  const utilization = value["utilization"];
  if (typeof fetchedAtMs !== "number" || !Number.isFinite(fetchedAtMs)) return [];
  if (!isObject(utilization)) return [];
  const { account, loggedIn } = options;
  const isOther = typeof owner === "string" && owner !== personOf(loggedIn);
  const identity = isOther ? owner : loggedIn;
  return usageReadings(utilization, { account, identity, measuredAtMs: fetchedAtMs });
}

/** More than this isn't a percentage. A little more than 100 may be: a turn can end beyond its limit. */
const MOST_PERCENT = 1000;
/** Longer names of models are no names. */
const MOST_NAME_LENGTH = 64;

/** Whether a value can be how much of a window is used. */
export function isPercentUsed(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= MOST_PERCENT;
}

/** The time in an ISO text, in ms; null if it is none. */
export function resetIn(value: unknown): number | null {
  if (typeof value !== "string" || !/^\d{4}-\d\d-\d\dT/.test(value)) return null;
  const atMs = Date.parse(value);
  return Number.isNaN(atMs) ? null : atMs;
}

/**
 * The readings in an answer of the service (CONTRACT §8, §13), with who was logged in; windows of an
 * unknown shape are left out.
 */
export function usageReadings(
  utilization: Readonly<Record<string, unknown>>,
  options: Pick<Reading, "account" | "identity" | "measuredAtMs">,
): Reading[] {
  const readings: Reading[] = [];
  for (const { percent, resetText, ...key } of windowsIn(utilization)) {
    if (!isPercentUsed(percent)) continue;
    readings.push({
      ...options,
      ...key,
      percentUsed: Math.min(100, percent),
      resetsAtMs: resetIn(resetText),
      source: "usage-cache",
    });
  }
  // A used week without a 5-hour window: the plan has none (CONTRACT §13).
  const isUsed = readings.some(({ window, percentUsed }) =>
    window === "seven_day" && percentUsed !== null && percentUsed > 0
  );
  return utilization["five_hour"] === null && isUsed
    ? [
      ...readings,
      {
        ...options,
        window: "five_hour",
        model: null,
        percentUsed: null,
        resetsAtMs: null,
        source: "absent",
      },
    ]
    : readings;
}

/**
 * Whether an answer says that a window isn't running, or is gone: its key is null, or the window is one of
 * a model and the list of limits leaves it out.
 */
export function saysIdle(
  utilization: Readonly<Record<string, unknown>>,
  { window, model }: WindowKey,
): boolean {
  if (windowsIn(utilization).some((found) => found.window === window)) return false;
  const isWeek = model !== null && weekOf(model).window === window;
  return utilization[window] === null || (isWeek && Array.isArray(utilization["limits"]));
}

interface Found extends WindowKey {
  percent: unknown;
  resetText: unknown;
}

/**
 * The windows of an answer: a key for each, and a list of limits, of which those with a model are read
 * (CONTRACT §13). The list says the same of a model as its key, but names newer models.
 */
function windowsIn(utilization: Readonly<Record<string, unknown>>): Found[] {
  const keyed = Object.entries(utilization).flatMap(([name, entry]): Found[] => {
    const key = isObject(entry) ? windowOfType(name) : null;
    const { utilization: percent, resets_at: resetText } = objectOf(entry);
    return key === null ? [] : [{ ...key, percent, resetText }];
  });
  const list = utilization["limits"];
  const scoped = (Array.isArray(list) ? list : []).flatMap((value): Found[] => {
    const { scope, percent, resets_at: resetText } = objectOf(value);
    const { id, display_name: name } = objectOf(objectOf(scope)["model"]);
    const model = textOf(id) ?? textOf(name);
    return model === null || model.length > MOST_NAME_LENGTH
      ? []
      : [{ ...weekOf(model), percent, resetText }];
  });
  const listed = scoped.map(({ window }) => window);
  return [...keyed.filter(({ window }) => !listed.includes(window)), ...scoped];
}
