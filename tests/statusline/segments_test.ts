// Tests of every segment: with its value, without, with nothing at all, and with little space.
import assert from "node:assert/strict";
import { loadWidths } from "../../lib/text/cells.ts";
import type { Facts } from "../../lib/statusline/facts.ts";
import { parsePayload } from "../../lib/claude/status_payload.ts";
import { renderLine } from "../../lib/statusline/render.ts";
import { SEGMENTS } from "../../lib/statusline/segments/mod.ts";
import { USUAL_SEGMENTS } from "../../lib/statusline/segments/usual.ts";
import { emptyFacts, factsOf, NOW_MS } from "./facts_of.ts";
import { golden } from "./golden.ts";

await loadWidths("é");
const LIMIT = (percentUsed: number, minutes: number | null): Facts["limits"]["five_hour"] => ({
  percentUsed,
  resetsAtMs: minutes === null ? null : NOW_MS + minutes * 60_000,
  live: true,
});

const full = (parts: Partial<Facts> = {}): Facts =>
  factsOf({ limits: { five_hour: LIMIT(100, 23), seven_day: LIMIT(55, 4000) }, ...parts });

const payloadOf = (value: Record<string, unknown>): Partial<Facts> => ({
  payload: parsePayload(JSON.stringify(value)),
});

const contextOf = (
  percentUsed: number | null,
  usedTokens: number | null,
  sizeTokens: number | null = 200_000,
): Partial<Facts> => ({
  payload: { ...factsOf().payload, context: { percentUsed, usedTokens, sizeTokens } },
});

/** More cases than the four that every segment has. */
const CASES: Readonly<Record<string, Readonly<Record<string, Facts>>>> = {
  account: {
    "no window known": factsOf({ limits: { five_hour: null, seven_day: null } }),
    "long": factsOf({ account: "a".repeat(40) }),
    "CJK": factsOf({ account: "仕事用アカウント仕事用アカウント仕事" }),
  },
  model: {
    "no effort": factsOf(payloadOf({ model: { display_name: "Haiku 4.5" } })),
    "id only": factsOf(payloadOf({ model: { id: "claude-opus-5-5[1m]" } })),
    "hostile": factsOf(
      payloadOf({ model: { display_name: "O\u001b[31mpus\u202e\n\u0007 5\u2028" } }),
    ),
  },
  context: {
    "fresh": factsOf(contextOf(null, null)),
    "tokens only": factsOf(contextOf(null, 76_000, null)),
    "zero": factsOf(contextOf(0, 0)),
    "a trace": factsOf(contextOf(0.4, 800)),
    "nearly full": factsOf(contextOf(99.6, 199_200)),
    "full": factsOf(contextOf(100, 210_000)),
    "no size": factsOf(contextOf(38, 76_000, null)),
    "percent only": factsOf(contextOf(38, null, null)),
    "no bar": factsOf({ barWidth: 0 }),
    "wide bar": factsOf({ barWidth: 24 }),
  },
  tokens: {
    "catching up": factsOf({ totals: { ...required(factsOf().totals), complete: false } }),
    "no turn": factsOf({
      totals: { ...required(factsOf().totals), turn: { input: 0, output: 0 } },
    }),
    "no subagents": factsOf({
      totals: {
        ...required(factsOf().totals),
        subagents: { freshInput: 0, cacheWrite: 0, cacheRead: 0, output: 0, apiCalls: 0 },
      },
    }),
    "no calls": factsOf({
      totals: {
        all: { freshInput: 0, cacheWrite: 0, cacheRead: 0, output: 0, apiCalls: 0 },
        subagents: { freshInput: 0, cacheWrite: 0, cacheRead: 0, output: 0, apiCalls: 0 },
        turn: { input: 0, output: 0 },
        isEmpty: true,
        complete: true,
      },
    }),
  },
  "7d": {
    "of a model": factsOf({
      modelWeek: { label: "7d opus", percentUsed: 88, resetsAtMs: NOW_MS + 3 * 24 * 3_600_000 },
    }),
    "of a model, full and without a reset": factsOf({
      modelWeek: { label: "7d fable", percentUsed: 100, resetsAtMs: null },
    }),
  },
  "5h": {
    "full": full(),
    "unused": factsOf({ limits: { five_hour: LIMIT(0, 300), seven_day: null } }),
    "no reset": factsOf({ limits: { five_hour: LIMIT(42.4, null), seven_day: null } }),
    "no such window": factsOf({
      limits: { five_hour: null, seven_day: LIMIT(20, 4000) },
      lacks: ["five_hour"],
    }),
    "reset now": factsOf({ limits: { five_hour: LIMIT(42.4, 0), seven_day: null } }),
    "reset passed": factsOf({ limits: { five_hour: LIMIT(42.4, -5), seven_day: null } }),
    "remembered": factsOf({
      limits: {
        five_hour: { percentUsed: 42.4, resetsAtMs: NOW_MS + 60_000, live: false },
        seven_day: null,
      },
    }),
  },
  room: {
    "open": factsOf(),
    "near": factsOf({ limits: { five_hour: LIMIT(93, 23), seven_day: null } }),
    "at nine tenths": factsOf({ limits: { five_hour: LIMIT(90, 23), seven_day: null } }),
    "just below nine tenths": factsOf({ limits: { five_hour: LIMIT(89.9, 23), seven_day: null } }),
    "near the reserve": factsOf({
      limits: { five_hour: LIMIT(46, 23), seven_day: LIMIT(74, 4000) },
      reserve: { five_hour: 50, seven_day: 100 },
    }),
    "not near the reserve": factsOf({
      limits: { five_hour: LIMIT(44, 23), seven_day: LIMIT(71, 4000) },
      reserve: { five_hour: 50, seven_day: 80 },
    }),
    "over the reserve, which isn't a limit": factsOf({
      limits: { five_hour: LIMIT(20, 23), seven_day: LIMIT(85, 4000) },
      reserve: { five_hour: 100, seven_day: 80 },
    }),
    "limited": full(),
    "limited, not launched by us": full({ moves: null }),
    "limited, with handoff auto": full({ moves: "auto" }),
    "limited, and nothing asked yet": full({ isEmpty: true }),
    "limited by an event": factsOf({ limitedUntilMs: NOW_MS + 2 * 3_600_000 }),
    "limited by the user": factsOf({ limitedUntilMs: NOW_MS + 2 * 3_600_000, isRefused: false }),
    "limited by an event until now": factsOf({ limitedUntilMs: NOW_MS }),
    "limited by an event until now, and near": factsOf({
      limitedUntilMs: NOW_MS,
      limits: { five_hour: LIMIT(93, 23), seven_day: null },
    }),
    "limited by an event, the only account": factsOf({
      limitedUntilMs: NOW_MS + 2 * 3_600_000,
      room: () => null,
    }),
    "limited by an event, and full": full({ limitedUntilMs: NOW_MS + 2 * 3_600_000 }),
    "nobody known": full({ room: () => null }),
    "nothing known of the other": full({
      room: () => ({ best: { account: "spare", burstUsed: null }, opensAtMs: null, where: null }),
    }),
    "all full": full({
      room: () => ({ best: null, opensAtMs: NOW_MS + 20 * 60_000, where: null }),
    }),
    "all full until now": full({ room: () => ({ best: null, opensAtMs: NOW_MS, where: null }) }),
    "all full, until when is unknown": full({
      room: () => ({ best: null, opensAtMs: null, where: null }),
    }),
    "a model's week near its end": factsOf({
      modelWeek: { label: "7d opus", percentUsed: 90, resetsAtMs: null },
    }),
    "a model's week not near its end": factsOf({
      modelWeek: { label: "7d opus", percentUsed: 89, resetsAtMs: null },
    }),
    "a model's week near the reserve": factsOf({
      modelWeek: { label: "7d opus", percentUsed: 72, resetsAtMs: null },
      reserve: { five_hour: 100, seven_day: 80 },
    }),
    "a model's week full": factsOf({
      modelWeek: { label: "7d opus", percentUsed: 100, resetsAtMs: null },
    }),
    "near and all full": factsOf({
      limits: { five_hour: LIMIT(93, 23), seven_day: null },
      room: () => ({ best: null, opensAtMs: null, where: null }),
    }),
  },
  next: {
    "limited": full(),
    "no better than this one": factsOf({ next: () => null }),
  },
  burn: {
    "at the reset": factsOf({ fullAtMs: () => NOW_MS + 133 * 60_000 }),
    "just before the reset": factsOf({ fullAtMs: () => NOW_MS + 133 * 60_000 - 1 }),
    "full by now": factsOf({ fullAtMs: () => NOW_MS }),
    "after the reset": factsOf({ fullAtMs: () => NOW_MS + 5 * 3_600_000 }),
    "no window": factsOf({ limits: { five_hour: null, seven_day: null } }),
  },
  out: {
    "it lasts": factsOf({ outlook: () => ({ out: null, percentPerDay: 30 }) }),
  },
  spend: {
    "a budget": factsOf(payloadOf({
      rate_limits: { spend_limit: { used_percentage: 24.6, used_usd: 12.3, limit_usd: 50 } },
    })),
    "only its percentage": factsOf(payloadOf({
      rate_limits: { spend_limit: { used_percentage: 100, used_usd: "x" } },
    })),
    "no percentage": factsOf(payloadOf({ rate_limits: { spend_limit: { used_usd: 1 } } })),
  },
  cost: {
    "large": factsOf(payloadOf({ cost: { total_cost_usd: 12_345.6 } })),
    "a million": factsOf(payloadOf({ cost: { total_cost_usd: 1e6 } })),
  },
  cache: {
    "from the payload": factsOf({
      ...payloadOf({ prompt_cache: { hit_ratio: 0.737 } }),
      totals: null,
    }),
    "from the payload, before the first call": factsOf({
      ...payloadOf({ prompt_cache: { hit_ratio: 0.5 } }),
      totals: {
        ...required(factsOf().totals),
        all: { freshInput: 0, cacheWrite: 0, cacheRead: 0, output: 0, apiCalls: 0 },
      },
    }),
  },
  branch: {
    "from the payload": factsOf({
      ...payloadOf({ worktree: { branch: "worktree-wt1" } }),
      branch: () => null,
    }),
  },
  style: { "default": factsOf(payloadOf({ output_style: { name: "default" } })) },
  vim: { "normal": factsOf(payloadOf({ vim: { mode: "NORMAL" } })) },
};

function required<T>(value: T | null): T {
  assert.ok(value !== null);
  return value;
}

for (const segment of SEGMENTS) {
  Deno.test(`segment ${segment.name}`, () => {
    const draw = (facts: Facts, width: number): string =>
      renderLine(facts, { segments: [segment], width, level: "none", theme: "dark" });
    const nulls = factsOf({
      ...payloadOf({
        model: null,
        effort: null,
        context_window: null,
        cost: null,
        vim: null,
        worktree: null,
        output_style: null,
        session_name: null,
        prompt_cache: null,
        rate_limits: null,
      }),
      account: null,
      totals: null,
      limits: { five_hour: null, seven_day: null },
      branch: () => null,
      room: () => null,
      next: () => null,
      fullAtMs: () => null,
      outlook: () => null,
    });
    const lines = [
      `present | ${draw(segment.name === "room" ? full() : factsOf(), 200)}`,
      `absent | ${draw(emptyFacts(), 200)}`,
      `null | ${draw(nulls, 200)}`,
      ...[16, 8, 4].map((width) =>
        `narrow ${width} | ${draw(segment.name === "room" ? full() : factsOf(), width)}`
      ),
      ...Object.entries(CASES[segment.name] ?? {}).map(([name, facts]) =>
        `${name} | ${draw(facts, 200)}`
      ),
    ];
    golden(`segments/${segment.name}`, lines.join("\n"));
  });
}

Deno.test("every segment has a name and a summary, and the default ones are among them", () => {
  const names = SEGMENTS.map((segment) => segment.name);
  assert.equal(new Set(names).size, names.length);
  for (const segment of SEGMENTS) assert.match(segment.summary, /^\S.{10,}$/);
  for (const { name } of USUAL_SEGMENTS) assert.ok(names.includes(name), name);
});

Deno.test("what a segment draws is pieces, or null where it has nothing to say", () => {
  for (const segment of SEGMENTS) {
    for (const facts of [emptyFacts(), factsOf(), full(), factsOf({ fullAtMs: () => null })]) {
      const drawn = segment.draw(facts);
      assert.ok(drawn === null || Array.isArray(drawn), segment.name);
    }
  }
});

Deno.test("an unknown percentage of the context has no bar, because an empty one would say 0", () => {
  const context = SEGMENTS.filter((segment) => segment.name === "context");
  const draw = (parts: Partial<Facts>): string =>
    renderLine(factsOf(parts), { segments: context, width: 80, level: "none", theme: "dark" });
  assert.equal(draw(contextOf(null, null)), "–/200k");
  assert.equal(draw(contextOf(0, 0)), "░░░░░░░░ 0% 0/200k");
});
