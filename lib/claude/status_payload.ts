// The JSON that Claude Code passes to its status line (CONTRACT §5).
import { cleanText } from "../text/cells.ts";
import { objectIn, objectOf } from "../text/json_object.ts";

/** One window of `rate_limits`. */
export interface LimitWindow {
  /** 0–100. */
  percentUsed: number;
  /** null if the payload has no time. */
  resetsAtMs: number | null;
}

/** `rate_limits.spend_limit`: a budget in dollars, which only gateways have (CONTRACT §13). */
export interface SpendLimit extends LimitWindow {
  usedUsd: number | null;
  limitUsd: number | null;
}

/** What the payload says; null for whatever is missing or of another type. Text is cleaned. */
export interface Payload {
  sessionId: string | null;
  /** As given, not cleaned: a path, which is never shown. */
  transcriptPath: string | null;
  /** As given, not cleaned. */
  directory: string | null;
  sessionName: string | null;
  model: string | null;
  /** The client's id of the model, such as `claude-opus-5-5[1m]`; its name if it has none. */
  modelId: string | null;
  effort: string | null;
  outputStyle: string | null;
  vimMode: string | null;
  worktree: string | null;
  worktreeBranch: string | null;
  costUsd: number | null;
  /** Milliseconds since the session began. */
  durationMs: number | null;
  /** Milliseconds that the session has spent on API calls. */
  apiMs: number | null;
  context: {
    /** Tokens of the last request: input, cache writes and cache reads. */
    usedTokens: number | null;
    sizeTokens: number | null;
    /** 0–100. */
    percentUsed: number | null;
  };
  /** Share of the prompt's tokens that were read from the cache, 0–1. */
  cacheHitRatio: number | null;
  limits: { five_hour: LimitWindow | null; seven_day: LimitWindow | null };
  spend: SpendLimit | null;
}

/** Reads a payload. Whatever is missing is null, which is everything if the text isn't a JSON object. */
export function parsePayload(text: string): Payload {
  const root = objectIn(text) ?? {};
  const model = objectOf(root["model"]);
  const workspace = objectOf(root["workspace"]);
  const worktree = objectOf(root["worktree"]);
  const context = objectOf(root["context_window"]);
  const cost = objectOf(root["cost"]);
  const limits = objectOf(root["rate_limits"]);
  return {
    sessionId: label(root["session_id"]),
    transcriptPath: path(root["transcript_path"]),
    directory: path(workspace["current_dir"]) ?? path(root["cwd"]),
    sessionName: label(root["session_name"]),
    model: label(model["display_name"]) ?? label(model["id"]),
    modelId: label(model["id"]) ?? label(model["display_name"]),
    effort: label(objectOf(root["effort"])["level"]),
    outputStyle: label(objectOf(root["output_style"])["name"]),
    vimMode: label(objectOf(root["vim"])["mode"]),
    worktree: label(worktree["name"]) ?? label(workspace["git_worktree"]),
    worktreeBranch: label(worktree["branch"]),
    costUsd: amount(cost["total_cost_usd"]),
    durationMs: amount(cost["total_duration_ms"]),
    apiMs: amount(cost["total_api_duration_ms"]),
    context: contextOf(context),
    cacheHitRatio: atMost(amount(objectOf(root["prompt_cache"])["hit_ratio"]), 1),
    limits: { five_hour: windowOf(limits["five_hour"]), seven_day: windowOf(limits["seven_day"]) },
    spend: spendOf(objectOf(limits["spend_limit"])),
  };
}

function contextOf(context: Record<string, unknown>): Payload["context"] {
  const size = amount(context["context_window_size"]);
  const percent = atMost(amount(context["used_percentage"]), 100);
  const used = lastInput(context["current_usage"]) ?? believable(context, size);
  // Before the first turn the client sends 0 tokens and no percentage.
  const unknown = percent === null && (used === 0 || used === null);
  const usedTokens = unknown ? null : used;
  const sizeTokens = size !== null && size > 0 ? size : null;
  const exact = usedTokens === null || sizeTokens === null
    ? null
    : Math.min(100, (usedTokens / sizeTokens) * 100);
  // The client's percentage is a whole number; the tokens behind it are more exact.
  const finer = exact !== null && (percent === null || Math.abs(exact - percent) < 1);
  return { usedTokens, sizeTokens, percentUsed: finer ? exact : percent };
}

/** The input tokens of the last request, the same in every version of the client; null if not given. */
function lastInput(usage: unknown): number | null {
  const counts = objectOf(usage);
  const parts = ["input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"]
    .map((name) => amount(counts[name]));
  return parts.every((part) => part === null)
    ? null
    : parts.reduce<number>((sum, part) => sum + (part ?? 0), 0);
}

/** Before 2.1.132 the total was the sum over the session, which soon is more than fits. */
function believable(context: Record<string, unknown>, size: number | null): number | null {
  const total = amount(context["total_input_tokens"]);
  const percent = amount(context["used_percentage"]);
  if (total === null || size === null || size === 0) return total;
  if (percent === null) return total > size ? null : total;
  const isLast = Math.abs(total / size * 100 - percent) <= 2 || (total >= size && percent >= 100);
  return isLast ? total : Math.round(percent / 100 * size);
}

function windowOf(value: unknown): LimitWindow | null {
  const window = objectOf(value);
  const percentUsed = atMost(amount(window["used_percentage"]), 100);
  if (percentUsed === null) return null;
  const seconds = amount(window["resets_at"]);
  const believable = seconds !== null && seconds > 0 && seconds < 1e11;
  return { percentUsed, resetsAtMs: believable ? Math.round(seconds * 1000) : null };
}

function spendOf(value: Record<string, unknown>): SpendLimit | null {
  const window = windowOf(value);
  return window === null ? null : {
    ...window,
    usedUsd: amount(value["used_usd"]),
    limitUsd: amount(value["limit_usd"]),
  };
}

function label(value: unknown): string | null {
  return typeof value === "string" ? cleanText(value) || null : null;
}

function path(value: unknown): string | null {
  return typeof value === "string" && value.startsWith("/") && !value.includes("\0") ? value : null;
}

/** A finite number that isn't negative. */
function amount(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}

function atMost(value: number | null, most: number): number | null {
  return value === null ? null : Math.min(most, value);
}
