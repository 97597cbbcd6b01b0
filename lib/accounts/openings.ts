// What holds an account back from a launch, and until when.
import type { Reserve } from "../balance/candidate.ts";
import { allowedOf } from "../balance/candidate.ts";
import type { KnownWindow, WindowUse } from "../balance/windows.ts";
import { appliesTo, useOf } from "../balance/windows.ts";
import type { Ranked } from "../balance/ranking.ts";
import type { Reason } from "../balance/reasons.ts";
import type { Account } from "../config/account.ts";
import { reserveOf } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import type { Limit } from "../ports/mod.ts";

/**
 * When a limited account opens for a launch that needs `models`: the latest end of everything that holds
 * it back. A window does from `full` percent of it, or from `cap` percent of any (default: none). null if
 * one of the ends is unknown, or nothing holds it back.
 */
export function opensAtMs(
  { limit, windows }: {
    limit: Pick<Limit, "untilMs"> | null;
    windows: readonly KnownWindow[];
  },
  { full, cap = Infinity, models }: {
    full: Reserve;
    cap?: number;
    models: readonly string[] | null;
  },
): number | null {
  const ends: Array<number | null> = limit === null ? [] : [limit.untilMs];
  for (const { resetsAtMs } of fullWindows(windows, { full, cap, models })) ends.push(resetsAtMs);
  return ends.length === 0 || ends.includes(null)
    ? null
    : Math.max(...ends.filter((end) => end !== null));
}

/** Whether nothing that is known holds an account back from a launch that needs `models`. */
export function isOpenFor(
  models: readonly string[],
  { account, limits, windows }: {
    account: Account;
    limits: readonly Limit[];
    windows: readonly KnownWindow[];
  },
  config: Pick<Config, "reserve">,
): boolean {
  const full = reserveOf(account, config);
  return !limits.some((limit) => appliesTo(limit, models)) &&
    fullWindows(windows, { full, cap: Infinity, models }).length === 0;
}

/**
 * The model whose limit or week is all that holds an account back from a launch; null if something else
 * does, or nothing.
 */
export function limitedModelOf(
  { limits, ranked }: { limits: readonly Limit[]; ranked: Ranked | null },
): string | null {
  const models = (ranked?.reasons ?? []).flatMap((reason) =>
    reason.kind === "limit"
      ? [reason.met?.model ?? null]
      : reason.kind === "reserve" || reason.kind === "landing"
      ? [reason.model ?? null]
      : reason.kind === "cramped"
      ? [null]
      : []
  );
  const isOfAccount = models.includes(null) || limits.some(({ model }) => model === null);
  return isOfAccount ? null : models[0] ?? null;
}

/** Why an account that is open for new conversations is too full to move one to; null if it isn't that. */
export function tooFullToMove(
  { limit, ranked }: { limit: unknown; ranked: Ranked | null },
): Reason | null {
  if (ranked === null || !ranked.limited || limit !== null) return null;
  const [first = null, ...others] = ranked.reasons.filter((reason) => "penalty" in reason);
  const isMove = ({ kind }: Reason) => kind === "landing" || kind === "cramped";
  return first !== null && [first, ...others].every(isMove) ? first : null;
}

/** Whether nothing holds an account back but a reserve that the user has set. */
export function isAtItsReserve(
  { limit, ranked, windows }: {
    limit: unknown;
    ranked: Ranked | null;
    windows: readonly KnownWindow[];
  },
): boolean {
  const full = ranked?.reasons.filter(({ kind }) => kind === "reserve") ?? [];
  return limit === null && full.length > 0 &&
    windows.every(({ state }) => (useOf(state)?.percentUsed ?? 0) < 100);
}

/** The windows that hold back a launch that needs `models`. */
function fullWindows(
  windows: readonly KnownWindow[],
  { full, cap, models }: { full: Reserve; cap: number; models: readonly string[] | null },
): WindowUse[] {
  return windows.flatMap((window) => {
    const use = useOf(window.state);
    const allowed = allowedOf(window, full);
    const isFull = use !== null && use.percentUsed >= Math.min(allowed, cap);
    // Without an allowance it never holds anything back.
    return isFull && allowed < Infinity && appliesTo(window, models) ? [use] : [];
  });
}
