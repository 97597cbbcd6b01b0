// The service's answer on how much of each window is used, as the client caches it.
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
  const readings: Reading[] = [];
  for (const window of WINDOWS) {
    const entry = utilization[window];
    if (!isObject(entry)) continue;
    const percent = entry["utilization"];
    const resetText = entry["resets_at"];
    if (typeof percent !== "number" || !Number.isFinite(percent) || percent < 0) continue;
    const resetsAtMs = typeof resetText === "string" ? Date.parse(resetText) : NaN;
    readings.push({
      account,
      window,
      model: null,
      identity,
      percentUsed: Math.min(100, percent),
      resetsAtMs: Number.isFinite(resetsAtMs) ? resetsAtMs : null,
      measuredAtMs: fetchedAtMs,
      source: "usage-cache",
    });
  }
  return readings;
}
