// The optional segments that each show one plain value.
import { inputOf } from "../../claude/transcript/tokens.ts";
import { fitText } from "../../text/cells.ts";
import { formatClock } from "../../text/format.ts";
import type { Paint } from "../color.ts";
import type { Facts } from "../facts.ts";
import { dollars, timeUntil, wholePercent } from "../numbers.ts";
import type { Segment, Span } from "../piece.ts";
import { piece, span } from "../piece.ts";
import { destination, fullness } from "./room.ts";

/** A segment with one piece; `spans` returns null if there is nothing to show. */
function plain(
  name: string,
  options: { summary: string; worth: number; spans: (facts: Facts) => Span[] | null },
): Segment {
  return {
    name,
    summary: options.summary,
    draw(facts) {
      const spans = options.spans(facts);
      return spans === null ? null : [piece(options.worth, ...spans)];
    },
  };
}

function text(value: string | null, paint: Paint): Span[] | null {
  return value === null ? null : [span(fitText(value, 28), paint)];
}

/** `$1.23` */
export const cost: Segment = plain("cost", {
  summary: "what the session would cost at API prices",
  worth: 44,
  spans: ({ payload: { costUsd } }) => costUsd === null ? null : [span(dollars(costUsd), "text")],
});

/** `cache 92%` */
export const cache: Segment = plain("cache", {
  summary: "share of the input that came from the prompt cache",
  worth: 28,
  spans: ({ totals, payload }) => {
    const input = totals === null ? 0 : inputOf(totals.all);
    const ratio = totals !== null && input > 0
      ? totals.all.cacheRead / input
      : payload.cacheHitRatio;
    if (ratio === null) return null;
    // A high value is good here, so the ramp is reversed.
    const percent = ratio * 100;
    return [span("cache ", "muted"), span(wholePercent(percent), { percent: 100 - percent })];
  },
});

/** The checked-out branch, or the start of the commit. */
export const branch: Segment = plain("branch", {
  summary: "the git branch, read from .git",
  worth: 48,
  spans: (facts) => {
    const name = facts.branch() ?? facts.payload.worktreeBranch;
    return name === null ? null : [span("⎇ ", "muted"), ...text(name, "model") ?? []];
  },
});

/** Name of the worktree. */
export const worktree: Segment = plain("worktree", {
  summary: "the worktree that the session works in",
  worth: 31,
  spans: ({ payload }) =>
    payload.worktree === null
      ? null
      : [span("wt ", "muted"), ...text(payload.worktree, "text") ?? []],
});

/** Name of the session. */
export const session: Segment = plain("session", {
  summary: "the session's name",
  worth: 32,
  spans: ({ payload }) => text(payload.sessionName, "text"),
});

/** `INSERT` */
export const vim: Segment = plain("vim", {
  summary: "the vim mode",
  worth: 52,
  spans: ({ payload }) => text(payload.vimMode, payload.vimMode === "INSERT" ? "good" : "warning"),
});

/** `Explanatory` */
export const style: Segment = plain("style", {
  summary: "the output style, if it isn't the default",
  worth: 26,
  spans: ({ payload: { outputStyle } }) =>
    outputStyle === null || outputStyle.toLowerCase() === "default"
      ? null
      : text(outputStyle, "muted"),
});

/** `full in 52m`, only if that is before the reset. */
export const burn: Segment = plain("burn", {
  summary: "when the 5h window will be full at the current pace, if that is before its reset",
  worth: 64,
  spans: (facts) => {
    const atMs = facts.fullAtMs();
    const reset = facts.limits.five_hour?.resetsAtMs ?? null;
    if (atMs === null || reset === null || atMs >= reset || atMs <= facts.nowMs) return null;
    return [span(`full in ${timeUntil(atMs - facts.nowMs)}`, "warning")];
  },
});

/** `7d out Tue 14:00, 14%/day lasts`, only if that is before the reset. */
export const out: Segment = plain("out", {
  summary: "when the 7d window runs out at the present pace, and what a day may use for it to last",
  worth: 62,
  spans: ({ nowMs, outlook }) => {
    const found = outlook();
    if (found === null || found.out === null) return null;
    return [
      span(`7d out ${formatClock(found.out.atMs, nowMs)}`, "warning"),
      span(` ${wholePercent(found.percentPerDay)}/day lasts`, "muted"),
    ];
  },
});

/** `→ personal 5h 18%`, while this account has room. */
export const next: Segment = {
  name: "next",
  summary: "the account that cl would choose now, if it is another one",
  draw(facts) {
    if (fullness(facts) !== "open") return null;
    const found = facts.next();
    return found === null ? null : destination(found, { worth: 59 });
  },
};
