// The limits of an account that still count.
import type { KnownWindow } from "./windows.ts";
import { AHEAD_MS } from "./windows.ts";

/** A limit on an account, from the service, the user or a cool-down. */
interface RecordedLimit {
  /** null if it is of no window. */
  window: string | null;
  /** The model that it holds back; null for the whole account. */
  model: string | null;
  kind: "limit" | "cooldown" | "manual";
  recordedAtMs: number;
}

/**
 * The limits that still count. A limit of a window ends once that window is measured later, because
 * then the window itself says how full it is, and once a newer one is met, because that one knows the
 * reset of today; a cool-down if the clock was set back.
 */
export function limitsInForce<Limit extends RecordedLimit>(
  limits: readonly Limit[],
  { windows, nowMs }: { windows: readonly KnownWindow[]; nowMs: number },
): Limit[] {
  return limits.filter((limit) => {
    const { kind, window, model, recordedAtMs } = limit;
    // Its end is as wrong as its time if the clock was set back since.
    if (kind === "cooldown") return recordedAtMs <= nowMs + AHEAD_MS;
    if (kind === "manual") return true;
    if (newestOfSameWindow(limit, limits) !== limit) return false;
    const state = windows.find((one) => one.window === window && one.model === model)?.state ??
      null;
    return state === null || state.state === "estimated" || state.source === "limit" ||
      nowMs - state.ageMs <= recordedAtMs;
  });
}

/** The limit that was met last of those of the same window and model; itself if it is of no window. */
export function newestOfSameWindow<Limit extends RecordedLimit>(
  limit: Limit,
  limits: readonly Limit[],
): Limit {
  const { kind, window, model } = limit;
  if (kind !== "limit" || window === null) return limit;
  return limits.reduce(
    (newest, one) =>
      one.kind === kind && one.window === window && one.model === model &&
        one.recordedAtMs > newest.recordedAtMs
        ? one
        : newest,
    limit,
  );
}

/** When the last of some limits ends; null if there are none. */
export function lastEndMs(limits: ReadonlyArray<{ untilMs: number }>): number | null {
  return limits.length === 0 ? null : Math.max(...limits.map((limit) => limit.untilMs));
}
