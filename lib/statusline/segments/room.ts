// The segment that says where to continue once this account is limited or nearly so.
import type { WindowName } from "../../balance/windows.ts";
import { noWindowText, WINDOWS } from "../../balance/windows.ts";
import { timeUntil, wholePercent } from "../numbers.ts";
import type { Destination, Facts } from "../facts.ts";
import type { Form, Piece, Segment } from "../piece.ts";
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

/** `/exit to move to personal 5h 18%` or `will move to personal 5h 18%`, after `limited 2h00m` if no window says so */
export const room: Segment = {
  name: "room",
  summary:
    "once this account is limited or nearly so: an account with room, and how to move the conversation there",
  draw(facts) {
    const full = fullness(facts);
    if (full === "open") return null;
    const pieces = [...refusal(facts), ...wayOut(facts, full)];
    return pieces.length === 0 ? null : pieces;
  },
};

/** `limited 2h00m`, if the windows don't show why. */
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
    const where = found.where === null ? "" : ` ${found.where}`;
    return [piece(93, span(`no room${where}`, "alarm"), ...time)];
  }
  return [
    // If work is refused, where to go is more important than how full the context is.
    ...full === "near" || facts.isEmpty || !facts.isRefused
      ? destination(found.best, { worth: full === "near" ? 88 : 93 })
      : destination(found.best, { worth: 93, command: commandTo(found.best, facts) }),
  ];
}

/** How to continue on an account; shown only if there is enough space. */
function commandTo({ account }: Destination, { moves }: Pick<Facts, "moves">): Form {
  if (moves === null) {
    return { worth: 56, spans: [span(`claude-multi resume --account ${account}`, "muted")] };
  }
  const how = moves === "auto" ? "will move to " : "/exit to move to ";
  return { worth: 71, spans: [span(how, "muted"), span(account, "account")] };
}

/** `→ personal 5h 18%`; with a `command`, that instead of the arrow. */
export function destination(
  { account, burstUsed }: Destination,
  { worth, command }: { worth: number; command?: Form },
): Piece[] {
  return [
    [
      ...command === undefined ? [] : [command],
      { worth, spans: [span("→ ", "good"), span(account, "account")] },
    ],
    ...burstUsed === null ? [] : [
      burstUsed === "none"
        ? piece(42, span(noWindowText("five_hour"), "muted"))
        : piece(42, span("5h ", "muted"), span(wholePercent(burstUsed), { percent: burstUsed })),
    ],
  ];
}

/** Whether this account takes no more work, or soon won't. */
export function fullness(
  facts: Pick<Facts, "limits" | "modelWeek" | "reserve" | "limitedUntilMs" | "nowMs">,
): "open" | "near" | "limited" {
  const refused = facts.limitedUntilMs !== null && facts.limitedUntilMs > facts.nowMs;
  if (refused || mostUsed(facts) >= 100) return "limited";
  const { modelWeek, reserve } = facts;
  const isModelNear = (modelWeek?.percentUsed ?? 0) >= nearPercent(reserve.seven_day);
  return isModelNear || WINDOWS.some((window) => isNear(window, facts)) ? "near" : "open";
}

/** Percent used of the fullest window that counts for this session, 0–100. */
export function mostUsed({ limits, modelWeek }: Pick<Facts, "limits" | "modelWeek">): number {
  const windows = [limits.five_hour, limits.seven_day, modelWeek];
  return Math.max(...windows.map((window) => window?.percentUsed ?? 0));
}
