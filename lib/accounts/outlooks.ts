// When the windows of an account run out at the present pace, in values and in words.
import { figuresKey } from "../config/account.ts";
import type { Outlook } from "../balance/outlook.ts";
import { outlookOf, readingStepMs } from "../balance/outlook.ts";
import type { WindowName } from "../balance/windows.ts";
import { accountWindow, useOf, WINDOW_LABEL, WINDOWS } from "../balance/windows.ts";
import type { Context } from "../ports/context.ts";
import { formatClock, formatPercent } from "../text/format.ts";
import type { Standing } from "./standings.ts";

/** The outlook of each of an account's own windows; null if too little is known. */
export function outlooksOf(
  context: Context,
  { account, identity: loggedIn, windows }: Standing,
): Record<WindowName, Outlook | null> {
  const nowMs = context.clock.nowMs();
  const identity = figuresKey(account.identity, () => loggedIn);
  const of = (window: WindowName): Outlook | null => {
    const use = useOf(accountWindow(windows, window));
    if (use === null || use.state !== "measured" || use.resetsAtMs === null) return null;
    const { percentUsed, resetsAtMs, ageMs } = use;
    const everyMs = readingStepMs(window);
    const options = { window, identity, resetsAtMs, everyMs };
    const readings = context.ledger().readingsUntil(account.name, options);
    const newest = { percentUsed, measuredAtMs: nowMs - ageMs };
    return outlookOf([...readings, newest], { window, resetsAtMs, nowMs });
  };
  return { five_hour: of("five_hour"), seven_day: of("seven_day") };
}

/** The windows that run out before their reset: `7d out Tue 14:00 (Mon 9:00 to Wed 8:00); 9 % a day lasts`. */
export function outlookTexts(
  outlooks: Record<WindowName, Outlook | null>,
  nowMs: number,
): string[] {
  return WINDOWS.flatMap((window) => {
    const outlook = outlooks[window];
    if (outlook === null || outlook.out === null) return [];
    const [atMs, from, to] = [
      outlook.out.atMs,
      outlook.out.earliestMs,
      outlook.out.latestMs,
    ].map((ms) => ms === null ? null : formatClock(ms, nowMs));
    const range = to === null ? `${from} or later` : from === to ? null : `${from} to ${to}`;
    const daily = window === "five_hour"
      ? ""
      : `; ${formatPercent(outlook.percentPerDay)} a day lasts`;
    return [
      `${WINDOW_LABEL[window]} out ${atMs}${range === null ? "" : ` (${range})`}${daily}`,
    ];
  });
}
