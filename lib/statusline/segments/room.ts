// The segment that says where to continue once this account is limited or nearly so.
import type { WindowName } from "../../balance/windows.ts";
import { noWindowText, WINDOWS } from "../../balance/windows.ts";
import { timeUntil, wholePercent } from "../numbers.ts";
import type { Destination, Facts } from "../facts.ts";
import type { Piece, Segment } from "../piece.ts";
import { piece, span } from "../piece.ts";

/** A window is near its limit from this percentage of its reserve upwards. */
const NEAR_PERCENT = 90;

/** Whether a window is near its limit, or over it. */
export function isNear(window: WindowName, facts: Pick<Facts, "limits" | "reserve">): boolean {
  const { percentUsed = 0 } = facts.limits[window] ?? {};
  return percentUsed >= nearPercent(facts.reserve[window]);
}

function nearPercent(reserve: number): number {
  return (reserve * NEAR_PERCENT) / 100;
}

/** `→ personal 82% left /exit to move`, after `limited 2h00m` if no window says so */
export const room: Segment = {
  name: "room",
  summary: "once this account is limited or nearly so: an account with room, and how to move there",
  draw(facts) {
    const full = fullness(facts);
    if (full === "open") return null;
    const pieces = [...refusal(facts), ...wayOut(facts, full)];
    return pieces.length === 0 ? null : pieces;
  },
};

/** `limited 2h00m`, if the service refuses work and the windows don't show why. */
function refusal(facts: Facts): Piece[] {
  const until = facts.limitedUntilMs;
  if (until === null || until <= facts.nowMs || mostUsed(facts) >= 100) return [];
  return [piece(94, span(`limited ${timeUntil(until - facts.nowMs)}`, "alarm"))];
}

function wayOut(facts: Facts, full: "near" | "limited"): Piece[] {
  const found = facts.room();
  if (found === null) return [];
  if (found.best === null) {
    if (full === "near") return [];
    const opens = found.opensAtMs;
    const time = opens === null || opens <= facts.nowMs
      ? []
      : [span(` for ${timeUntil(opens - facts.nowMs)}`, "alarm")];
    return [piece(93, span("no room", "alarm"), ...time)];
  }
  return [
    // If work is refused, where to go is more important than how full the context is.
    ...destination(found.best, full === "limited" ? 93 : 88),
    ...full === "near" ? [] : [
      facts.launched
        ? piece(71, span("/exit to move", "muted"))
        : piece(56, span(`claude-multi resume --account ${found.best.account}`, "muted")),
    ],
  ];
}

/** `→ personal 82% left` */
export function destination({ account, burstRemaining }: Destination, worth: number): Piece[] {
  return [
    piece(worth, span("→ ", "good"), span(account, "account")),
    ...burstRemaining === null ? [] : [
      piece(
        42,
        burstRemaining === "none"
          ? span(noWindowText("five_hour"), "muted")
          : span(`${wholePercent(burstRemaining)} left`, { percent: 100 - burstRemaining }),
      ),
    ],
  ];
}

/** Whether the service refuses the work of this session on this account, or soon will. */
export function fullness(
  facts: Pick<Facts, "limits" | "modelWeek" | "reserve" | "limitedUntilMs" | "nowMs">,
): "open" | "near" | "limited" {
  const refused = facts.limitedUntilMs !== null && facts.limitedUntilMs > facts.nowMs;
  if (refused || mostUsed(facts) >= 100) return "limited";
  const { modelWeek, reserve } = facts;
  const isModelNear = (modelWeek?.percentUsed ?? 0) >= nearPercent(reserve.seven_day);
  return isModelNear || WINDOWS.some((window) => isNear(window, facts)) ? "near" : "open";
}

function mostUsed({ limits, modelWeek }: Pick<Facts, "limits" | "modelWeek">): number {
  const windows = [limits.five_hour, limits.seven_day, modelWeek];
  return Math.max(...windows.map((window) => window?.percentUsed ?? 0));
}
