// The facts that segments draw from.
import type { Outlook } from "../balance/outlook.ts";
import type { Reserve } from "../balance/candidate.ts";
import type { WindowName } from "../balance/windows.ts";
import type { LimitWindow, Payload } from "../claude/status_payload.ts";
import type { SessionTotals } from "../claude/transcript/totals.ts";

/** A window's usage, as the line shows it. */
export interface ShownLimit extends LimitWindow {
  /** True if this payload reports it; otherwise it comes from the ledger. */
  live: boolean;
}

/** The weekly window of the model that runs; its figures come from the ledger. */
export interface ModelWeek extends LimitWindow {
  /** Such as `7d opus`. */
  label: string;
}

/** Another account to continue on. */
export interface Destination {
  account: string;
  /** Percent used of its 5-hour window; `none` if it has no such window, null if that wasn't measured. */
  burstUsed: number | "none" | null;
}

/** Where the conversation could continue. */
export interface Room {
  /** null if every account that it may move to is limited. */
  best: Destination | null;
  /** If every account is limited: when the first one opens, this one included; null if unknown. */
  opensAtMs: number | null;
  /** If no other account may take it: `here` in a folder pinned to others, or `in office`, its group; else null. */
  where: string | null;
}

/** Everything that a segment can draw from. Facts that need disk access are functions. */
export interface Facts {
  nowMs: number;
  payload: Payload;
  account: string | null;
  totals: SessionTotals | null;
  limits: Readonly<Record<WindowName, ShownLimit | null>>;
  /** The windows that the account doesn't have. */
  lacks: readonly WindowName[];
  /** null if the model has none. */
  modelWeek: ModelWeek | null;
  /** Percentage of each window that may be used. */
  reserve: Reserve;
  /** This account is limited until then: by a limit event, a refusal without a limit, or the user. */
  limitedUntilMs: number | null;
  /** Whether a turn met a limit or a window is full, so that the conversation is offered another account. */
  isRefused: boolean;
  /** Whether nobody has asked anything in this conversation, so that there is nothing to move. */
  isEmpty: boolean;
  /** Whether our launcher offers to move the session when the client ends, or does so by itself; null: neither. */
  moves: "ask" | "auto" | null;
  barWidth: number;
  branch: () => string | null;
  /** null if there is no account that this conversation may move to. */
  room: () => Room | null;
  /** The account that `cl` would choose in this folder; null if it is this one or if none is open. */
  next: () => Destination | null;
  /** When the 5-hour window will be full at the current pace; null if it won't be. */
  fullAtMs: () => number | null;
  /** What to expect of the 7-day window; null if too little is known. */
  outlook: () => Outlook | null;
}
