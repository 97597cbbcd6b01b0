// Limit resets that an account has in hand, as the client remembers them (CONTRACT §13).
import { objectOf } from "../text/json_object.ts";

/**
 * Until when an unused limit reset can be redeemed, from `unusedLimitResetStatusCache` of a
 * `.claude.json`. null if there is none, or if the answer is for somebody else than `accountUuid`.
 */
export function unusedResetUntilMs(value: unknown, accountUuid: string | null): number | null {
  const known = objectOf(value);
  if (known["holdsUnusedReset"] !== true || accountUuid === null) return null;
  if (known["accountUuid"] !== accountUuid) return null;
  const until = known["validUntil"];
  const atMs = typeof until === "string" ? Date.parse(until) : until;
  return typeof atMs === "number" && Number.isFinite(atMs) ? atMs : null;
}
