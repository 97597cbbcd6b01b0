// What holds an account back, with its evidence: limits in force and full windows.
import { allowedOf } from "../balance/candidate.ts";
import { sourceText } from "../balance/reasons.ts";
import type { KnownWindow, WindowUse } from "../balance/windows.ts";
import { useOf, windowLabel } from "../balance/windows.ts";
import type { Config } from "../config/config.ts";
import { reserveOf } from "../config/account.ts";
import type { Limit } from "../ports/mod.ts";
import { formatClock, formatDuration, formatPercent } from "../text/format.ts";
import type { Standing } from "./standings.ts";

/** One thing that holds an account back. */
export type Hold =
  | { by: "limit"; limit: Limit }
  /** A window at or over the percentage of it that may be used. */
  | { by: "window"; window: KnownWindow; use: WindowUse; allowed: number };

/** Everything that holds an account or one of its models back. */
export function holdsOf(
  { account, limits, windows }: Pick<Standing, "account" | "limits" | "windows">,
  config: Pick<Config, "reserve">,
): Hold[] {
  const reserve = reserveOf(account, config);
  return [
    ...limits.map((limit): Hold => ({ by: "limit", limit })),
    ...windows.flatMap((window): Hold[] => {
      const use = useOf(window.state);
      const allowed = allowedOf(window, reserve);
      return use === null || use.percentUsed < allowed
        ? []
        : [{ by: "window", window, use, allowed }];
    }),
  ];
}

/** The model that is held back; null if it is the whole account. */
export function heldModel(hold: Hold): string | null {
  return hold.by === "limit" ? hold.limit.model : hold.window.model;
}

/** When a hold ends; Infinity if that is unknown. */
function endMs(hold: Hold): number {
  return hold.by === "limit" ? hold.limit.untilMs : hold.use.resetsAtMs ?? Infinity;
}

/** The hold that ends last, and that of each model that ends before it: the others change nothing. */
export function lastHolds(holds: readonly Hold[]): Hold[] {
  const kept: Hold[] = [];
  for (const hold of holds.toSorted((a, b) => endMs(b) - endMs(a) || 0)) {
    const models = kept.map(heldModel);
    if (!models.includes(null) && !models.includes(heldModel(hold))) kept.push(hold);
  }
  return kept;
}

/** The holds, but of a limit that several sessions have met only the last to end, and of those the newest. */
export function distinctHolds(holds: readonly Hold[]): Hold[] {
  const order = (hold: Hold) => hold.by === "limit" ? hold.limit.recordedAtMs : 0;
  const last = new Map<string, Hold>();
  for (const hold of holds.toSorted((a, b) => endMs(a) - endMs(b) || order(a) - order(b))) {
    if (hold.by === "limit") last.set(sortOf(hold.limit), hold);
  }
  return holds.filter((hold) => hold.by === "window" || last.get(sortOf(hold.limit)) === hold);
}

function sortOf({ kind, window, model }: Limit): string {
  return JSON.stringify([kind, window, model]);
}

/** What holds an account back, in words: what it is, its source, its age and its end. */
export function holdText(hold: Hold, nowMs: number): string {
  if (hold.by === "window") {
    const { window, use, allowed } = hold;
    const { percentUsed, resetsAtMs } = use;
    const reserve = allowed < 100 ? ` (reserve ${formatPercent(allowed)})` : "";
    const reset = resetsAtMs === null
      ? "reset time unknown"
      : `resets ${formatClock(resetsAtMs, nowMs)}`;
    return `${windowLabel(window)} at ${formatPercent(percentUsed)}${reserve}, ${
      sourceText(use)
    }, ${reset}`;
  }
  const { kind, window, model, recordedAtMs, untilMs } = hold.limit;
  const what = {
    limit: `a limit${window === null ? "" : ` of ${windowLabel({ window, model })}`}, met`,
    cooldown: "a refusal without a limit,",
    manual: "a limit set by hand",
  }[kind];
  const ago = formatDuration(Math.max(0, nowMs - recordedAtMs));
  return `${what} ${ago} ago, until ${formatClock(untilMs, nowMs)}`;
}
