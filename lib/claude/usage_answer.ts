// The service's answer on how much of each window is used, as the client caches it or gives it on request.
import type { Reading } from "../balance/windows.ts";
import { personOf, WINDOWS } from "../balance/windows.ts";
import { isObject } from "../text/json_object.ts";

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

/**
 * The readings in an answer of the service (CONTRACT §8, §13), with who was logged in; windows of an
 * unknown shape are left out.
 */
export function usageReadings(
  utilization: Readonly<Record<string, unknown>>,
  options: Pick<Reading, "account" | "identity" | "measuredAtMs">,
): Reading[] {
  const readings: Reading[] = [];
  const taken = { ...options, model: null };
  for (const window of WINDOWS) {
    const entry = utilization[window];
    if (!isObject(entry)) continue;
    const percent = entry["utilization"];
    const resetText = entry["resets_at"];
    if (typeof percent !== "number" || !Number.isFinite(percent) || percent < 0) continue;
    const resetsAtMs = typeof resetText === "string" ? Date.parse(resetText) : NaN;
    readings.push({
      ...taken,
      window,
      percentUsed: Math.min(100, percent),
      resetsAtMs: Number.isFinite(resetsAtMs) ? resetsAtMs : null,
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
      { ...taken, window: "five_hour", percentUsed: null, resetsAtMs: null, source: "absent" },
    ]
    : readings;
}
