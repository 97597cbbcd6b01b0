// The one place that says what segments may know.
import type { Reserve } from "../balance/policy.ts";
import type { WindowName } from "../balance/windows.ts";
import type { LimitWindow, Payload } from "../claude/status_payload.ts";
import type { SessionTotals } from "../claude/transcript/totals.ts";

/** A window's use as the line shows it. */
export interface ShownLimit extends LimitWindow {
  /** The payload of this call says so; otherwise it is what the ledger last heard. */
  live: boolean;
}

/** Where a conversation could go on. */
export interface Room {
  /** Best account that is not this one and not limited; null when there is none. */
  account: string | null;
  /** `cl` would choose it now, rather than stay on the present account. */
  isFirst: boolean;
  /** Percent left of its 5-hour window; null when nothing is known. */
  burstRemaining: number | null;
  /** With no room anywhere: when the first account opens again, this one too, as far as known. */
  opensAtMs: number | null;
}

/** Everything a segment can draw from. What costs a look at the disk is a function. */
export interface Facts {
  nowMs: number;
  payload: Payload;
  account: string | null;
  totals: SessionTotals | null;
  limits: Readonly<Record<WindowName, ShownLimit | null>>;
  /** Percent of each window that is to be used. */
  reserve: Reserve;
  /** This account is refused until then, by a limit event. */
  limitedUntilMs: number | null;
  /** The session was started by our launcher, which offers to move it when the client ends. */
  launched: boolean;
  barWidth: number;
  branch: () => string | null;
  room: () => Room | null;
  /** When the 5-hour window will be full at the present pace; null when it will not be. */
  fullAtMs: () => number | null;
}
