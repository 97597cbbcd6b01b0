// What segments may know.
import type { Reserve } from "../balance/policy.ts";
import type { WindowName } from "../balance/windows.ts";
import type { LimitWindow, Payload } from "../claude/status_payload.ts";
import type { SessionTotals } from "../claude/transcript/totals.ts";

/** A window's use as the line shows it. */
export interface ShownLimit extends LimitWindow {
  /** The payload of this call says so; otherwise it is what the ledger last heard. */
  live: boolean;
}

/** Another account to go to. */
export interface Destination {
  account: string;
  /** Percent left of its 5-hour window; null when that was not measured. */
  burstRemaining: number | null;
}

/** Where the conversation could be continued. */
export interface Room {
  /** null when every account that it may move to is limited. */
  best: Destination | null;
  /** Without one: when the first account opens, this one included; null when unknown. */
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
  /** null when there is no account that this conversation may move to. */
  room: () => Room | null;
  /** The account that `cl` would choose in this folder; null when it is this one, or when none is open. */
  next: () => Destination | null;
  /** When the 5-hour window will be full at the present pace; null when it will not be. */
  fullAtMs: () => number | null;
}
