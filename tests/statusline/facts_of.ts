// Made-up facts of a line.
import type { Facts } from "../../lib/statusline/facts.ts";
import { parsePayload } from "../../lib/claude/status_payload.ts";
import { readFixture } from "../helpers/paths.ts";

/** A time at which the windows of the captured payloads haven't ended yet. */
export const NOW_MS = Date.UTC(2026, 10, 23, 6, 0, 0);

/** Facts where everything is known; parts can be replaced. */
export function factsOf(parts: Partial<Facts> = {}): Facts {
  const payload = parsePayload(
    readFixture("statusline-03-fresh-named-worktree-vim-1m-outputstyle-ratelimits.json"),
  );
  return {
    nowMs: NOW_MS,
    payload: {
      ...payload,
      effort: "high",
      costUsd: 1.234,
      context: { usedTokens: 380_000, sizeTokens: 1_000_000, percentUsed: 38 },
    },
    account: "work",
    totals: {
      all: {
        freshInput: 4_200,
        cacheWrite: 180_000,
        cacheRead: 1_050_000,
        output: 38_200,
        apiCalls: 30,
      },
      subagents: {
        freshInput: 200,
        cacheWrite: 20_000,
        cacheRead: 180_000,
        output: 5_000,
        apiCalls: 4,
      },
      turn: { input: 45_600, output: 1_234 },
      isEmpty: false,
      complete: true,
    },
    isEmpty: false,
    limits: {
      five_hour: { percentUsed: 42.4, resetsAtMs: NOW_MS + 133 * 60_000, live: true },
      seven_day: { percentUsed: 17.1, resetsAtMs: NOW_MS + 76 * 3_600_000, live: true },
    },
    lacks: [],
    modelWeek: null,
    reserve: { five_hour: 100, seven_day: 100 },
    limitedUntilMs: null,
    isRefused: true,
    moves: "ask",
    barWidth: 8,
    branch: () => "feature/parser",
    room: () => ({ best: { account: "personal", burstUsed: 18 }, opensAtMs: null, where: null }),
    next: () => ({ account: "personal", burstUsed: 18 }),
    fullAtMs: () => NOW_MS + 52 * 60_000,
    outlook: () => ({
      out: { atMs: NOW_MS + 30 * 3_600_000, earliestMs: NOW_MS, latestMs: null },
      percentPerDay: 14.2,
    }),
    ...parts,
  };
}

/** Facts of a call that knows nothing. */
export function emptyFacts(): Facts {
  return factsOf({
    payload: parsePayload("{}"),
    account: null,
    totals: null,
    limits: { five_hour: null, seven_day: null },
    branch: () => null,
    room: () => null,
    next: () => null,
    fullAtMs: () => null,
    outlook: () => null,
  });
}
