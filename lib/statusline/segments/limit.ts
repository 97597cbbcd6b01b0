// The segments for the two windows of an account: percent used and the time to the reset.
import type { WindowName } from "../../balance/windows.ts";
import { noWindowText, WINDOW_LABEL, WINDOWS } from "../../balance/windows.ts";
import { dollars, timeUntil, wholePercent } from "../numbers.ts";
import type { Facts } from "../facts.ts";
import type { Piece, Segment } from "../piece.ts";
import { piece, span } from "../piece.ts";
import { isNear } from "./room.ts";

/** `5h 42% 2h13m`; `~` marks a value that comes from the ledger, not from this payload. */
function limitSegment(window: WindowName, usual: { percent: number; reset: number }): Segment {
  const label = WINDOW_LABEL[window];
  return {
    name: label,
    summary: `percentage used of the ${label} window, and the time to its reset`,
    draw(facts) {
      const { limits, lacks, nowMs } = facts;
      if (lacks.includes(window)) return [piece(usual.reset, span(noWindowText(window), "muted"))];
      const limit = limits[window];
      if (limit === null) return null;
      const { percentUsed, resetsAtMs, live } = limit;
      // Once a window is nearly full, it matters and the other one doesn't.
      const worth = isNear(window, facts)
        ? 95
        : WINDOWS.some((any) => isNear(any, facts))
        ? 80
        : usual.percent;
      const percent = `${live ? "" : "~"}${wholePercent(percentUsed)}`;
      return [
        ...window === "seven_day" ? ofModel(facts) : [],
        piece(worth, span(`${label} `, "muted"), span(percent, { percent: percentUsed })),
        ...resetsAtMs === null || resetsAtMs <= nowMs ? [] : [piece(
          percentUsed >= 100 ? 94 : usual.reset,
          span(timeUntil(resetsAtMs - nowMs), "muted"),
        )],
      ];
    },
  };
}

/** `spend $12.30/$50.00 25%`, for accounts behind a gateway. */
export const spend: Segment = {
  name: "spend",
  summary: "the dollars used of a budget, which only gateways report",
  draw({ payload: { spend } }) {
    if (spend === null) return null;
    const { percentUsed, usedUsd, limitUsd } = spend;
    const amounts = usedUsd === null || limitUsd === null
      ? ""
      : `${dollars(usedUsd)}/${dollars(limitUsd)} `;
    return [piece(
      78,
      span(`spend ${amounts}`, "muted"),
      span(wholePercent(percentUsed), { percent: percentUsed }),
    )];
  },
};

/** `7d opus ~100% 3d`: the week of the model that runs, which the payload never reports. */
function ofModel({ modelWeek, nowMs }: Facts): Piece[] {
  if (modelWeek === null) return [];
  const { label, percentUsed, resetsAtMs } = modelWeek;
  return [
    piece(
      82,
      span(`${label} `, "muted"),
      span(`~${wholePercent(percentUsed)}`, { percent: percentUsed }),
    ),
    ...resetsAtMs === null || resetsAtMs <= nowMs
      ? []
      : [piece(51, span(timeUntil(resetsAtMs - nowMs), "muted"))],
  ];
}

/** The 5-hour window. */
export const fiveHour: Segment = limitSegment("five_hour", { percent: 95, reset: 66 });
/** The 7-day window. */
export const sevenDay: Segment = limitSegment("seven_day", { percent: 80, reset: 50 });
