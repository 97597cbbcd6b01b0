// The plan of a login, as far as the client's own record of it says.
import type { Plan } from "../config/account.ts";
import { PLANS } from "../config/account.ts";
import { textOf } from "../text/json_object.ts";

/** A record of a login: `oauthAccount` of `.claude.json`, or `claudeAiOauth` of the credentials. */
type LoginRecord = Readonly<Record<string, unknown>>;

/**
 * The plan in a record of a login; null if it doesn't say or names one that we don't know. The name that
 * the service shows (`planDisplayName`, 2.1.332) counts first, because it is the newest; then the tier of
 * limits, such as `default_claude_max_20x`, on `max` only; then the type of the subscription (CONTRACT §4).
 */
export function planIn(record: LoginRecord): Plan | null {
  const type = planOf(textOf(record["subscriptionType"]) ?? textOf(record["organizationType"]));
  const size = /_max_(5|20)x$/.exec(textOf(record["rateLimitTier"]) ?? "")?.[1];
  const tier = size !== undefined && (type === "max" || type === null)
    ? planOf(`max${size}`)
    : null;
  return planOf(textOf(record["planDisplayName"])) ?? tier ?? type;
}

/** `Claude Max 20x` and `claude_max` as a plan; null for an unknown one. */
function planOf(name: string | null): Plan | null {
  const plain = (name ?? "").toLowerCase().replace(/^claude[ _-]+/, "").replace(/ (\d+)x$/, "$1");
  return PLANS.find((plan) => plan === plain) ?? null;
}
