// What holds an account back, with its evidence: limits in force and full windows.
import type { Reserve } from "../balance/candidate.ts";
import { sourceText } from "../balance/reasons.ts";
import type { KnownWindow, WindowUse } from "../balance/windows.ts";
import { SPEND_WINDOW, useOf, windowLabel, WINDOWS } from "../balance/windows.ts";
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
  { limits, windows }: Pick<Standing, "limits" | "windows">,
  reserve: Reserve,
): Hold[] {
  return [
    ...limits.map((limit): Hold => ({ by: "limit", limit })),
    ...windows.flatMap((window): Hold[] => {
      const own = WINDOWS.find((name) => name === window.window);
      const use = useOf(window.state);
      const allowed = own === undefined ? 100 : reserve[own];
      // The service itself says when a budget is used up; that holds nothing back here.
      return window.window === SPEND_WINDOW || use === null || use.percentUsed < allowed
        ? []
        : [{ by: "window", window, use, allowed }];
    }),
  ];
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
