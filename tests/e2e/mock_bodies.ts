// What the mock service says about an account: windows, usage, profile.
import type { FakeIdentity } from "../helpers/identity.ts";
import type { Json, MockUsage } from "./mock_replies.ts";

/** One window as the service reports it in headers: utilization 0–1 (CONTRACT §5). */
export interface MockWindow {
  utilization: number;
  resetsAtMs: number;
}

/** How the service treats an account; every setting is optional. */
export interface Treatment {
  /** Reported with every answer, like `sevenDay`. */
  fiveHour?: MockWindow;
  sevenDay?: MockWindow;
  /** Refuses messages because this window is used up, and gives its reset. */
  rejected?: "five_hour" | "seven_day";
  /** With `rejected`: the probe at a client's start, which offers no tools, is answered. */
  answersProbes?: boolean;
  /** Refuses messages with this status and error type instead. */
  error?: { status: number; type: string; message?: string };
  /** Extra headers on every answer to a message. */
  headers?: Record<string, string>;
  usage?: MockUsage;
  /** Delay before an answer to a message. */
  delayMs?: number;
  /** Messages and questions for the usage are answered when this has resolved. */
  hold?: Promise<void>;
  /** What the usage endpoint answers instead of the windows above; the body is sent as it is. */
  usageAnswer?: { status: number; body: string };
}

/** The headers that report the windows; windows that are not set are left out (CONTRACT §5, §8). */
export function windowHeaders(treatment: Treatment): Record<string, string> {
  const prefix = "anthropic-ratelimit-unified";
  const headers: Record<string, string> = {};
  const windows = [
    ["5h", "five_hour", treatment.fiveHour],
    ["7d", "seven_day", treatment.sevenDay],
  ] as const;
  for (const [short, name, window] of windows) {
    if (!window) continue;
    const rejected = treatment.rejected === name;
    const reset = String(Math.floor(window.resetsAtMs / 1000));
    headers[`${prefix}-${short}-status`] = rejected ? "rejected" : "allowed";
    headers[`${prefix}-${short}-utilization`] = String(window.utilization);
    headers[`${prefix}-${short}-reset`] = reset;
    if (rejected || headers[`${prefix}-reset`] === undefined) {
      headers[`${prefix}-representative-claim`] = name;
      headers[`${prefix}-reset`] = reset;
    }
  }
  if (Object.keys(headers).length === 0) return headers;
  headers[`${prefix}-status`] = treatment.rejected ? "rejected" : "allowed";
  if (treatment.rejected) {
    headers[`${prefix}-overage-status`] = "rejected";
    headers[`${prefix}-overage-disabled-reason`] = "org_level_disabled";
    headers["x-should-retry"] = "false";
  }
  return headers;
}

/** The answer of the usage endpoint; unlike the headers, it uses 0–100 and ISO times. */
export function usageOf(treatment: Treatment): Json {
  const windowOf = (window: MockWindow | undefined): Json | null =>
    window === undefined ? null : {
      utilization: window.utilization * 100,
      resets_at: new Date(window.resetsAtMs).toISOString(),
    };
  return {
    five_hour: windowOf(treatment.fiveHour),
    seven_day: windowOf(treatment.sevenDay),
    seven_day_opus: null,
    seven_day_sonnet: null,
    extra_usage: null,
  };
}

/** The profile of a login. */
export function profileOf(identity: FakeIdentity): Json {
  return {
    account: {
      uuid: identity.accountUuid,
      full_name: identity.name,
      display_name: identity.name,
      email: identity.email,
      has_claude_max: true,
      has_claude_pro: false,
      created_at: "2024-01-01T00:00:00Z",
    },
    organization: {
      uuid: identity.organizationUuid,
      name: identity.organizationName,
      organization_type: "claude_max",
      billing_type: "stripe_subscription",
      rate_limit_tier: "default_claude_max_5x",
      has_extra_usage_enabled: false,
      subscription_status: "active",
    },
  };
}
