// Tests of the question for figures: what is written to the client, and what its reply may look like.
import assert from "node:assert/strict";
import {
  isUsageReply,
  parseUsageReply,
  QUESTION_ARGUMENTS,
  USAGE_QUESTION,
} from "../../lib/claude/usage_request.ts";

const ID = JSON.parse(USAGE_QUESTION).request_id;
const HOUR_MS = 3_600_000;
const OPTIONS = { account: "work", identity: null, measuredAtMs: Date.UTC(2026, 10, 26, 18) };

/** A reply as 2.1.328 writes it, with other figures. */
function reply(figures: unknown, more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    type: "control_response",
    response: {
      subtype: "success",
      request_id: ID,
      response: {
        session: { total_cost_usd: 0 },
        subscription_type: "max",
        rate_limits_available: true,
        rate_limits: figures,
        behaviors: null,
        ...more,
      },
    },
  });
}

const WINDOW = { utilization: 42, resets_at: "2026-11-26T20:29:12.783Z" };

Deno.test("the question is one line for get_usage, in a mode without sessions and hooks", () => {
  assert.deepEqual(JSON.parse(USAGE_QUESTION), {
    type: "control_request",
    request_id: ID,
    request: { subtype: "get_usage", skip_behaviors: true },
  });
  assert.match(USAGE_QUESTION, /^[^\n]+\n$/);
  for (const word of ["-p", "--safe-mode", "--no-session-persistence"]) {
    assert.ok(QUESTION_ARGUMENTS.includes(word), word);
  }
});

Deno.test("a reply gives the windows that are running, with the time of the answer", () => {
  const found = parseUsageReply(
    reply({ five_hour: null, seven_day: WINDOW, seven_day_opus: null, extra_usage: null }),
    OPTIONS,
  );
  assert.equal(found.kind, "figures");
  assert.deepEqual(
    found.kind === "figures" &&
      found.readings.map(({ window, percentUsed, measuredAtMs }) => [
        window,
        percentUsed,
        measuredAtMs,
      ]),
    // A used week without a 5-hour window: the plan has none.
    [["seven_day", 42, OPTIONS.measuredAtMs], ["five_hour", null, OPTIONS.measuredAtMs]],
  );
});

Deno.test("only the reply to our question is one", () => {
  assert.ok(isUsageReply(reply({ five_hour: WINDOW })));
  assert.ok(!isUsageReply(reply({ five_hour: WINDOW }).replace(ID, "another")));
  assert.ok(!isUsageReply(USAGE_QUESTION));
  assert.ok(!isUsageReply(`${ID} {`));
  assert.ok(!isUsageReply(""));
});

Deno.test("without figures, the reply says why", () => {
  const kindOf = (line: string) => parseUsageReply(line, OPTIONS).kind;
  assert.equal(kindOf(reply(null)), "no figures");
  assert.equal(kindOf(reply(null, { rate_limits_available: false })), "no subscription");
  const error = { subtype: "error", request_id: ID, error: "unknown subtype" };
  assert.equal(
    kindOf(JSON.stringify({ type: "control_response", response: error })),
    "unsupported",
  );
});

for (
  const [what, figures] of [
    ["a list", []],
    ["a text", "42 %"],
    ["an object without windows", { weekly: 42 }],
    ["a window that is a number", { five_hour: 42 }],
    ["a percentage that is a text", { five_hour: { ...WINDOW, utilization: "42" } }],
    ["a percentage that is far too high", { five_hour: { ...WINDOW, utilization: 1e308 } }],
    ["a negative percentage", { five_hour: { ...WINDOW, utilization: -1 } }],
    ["a reset that is no time", { five_hour: { ...WINDOW, resets_at: "soon" } }],
    ["a reset that is a part of a date", { five_hour: { ...WINDOW, resets_at: "June 5" } }],
    ["a reset after the year 9000", {
      seven_day: { ...WINDOW, resets_at: "9999-12-31T00:00:00Z" },
    }],
    ["a reset that is further away than the window is long", {
      five_hour: {
        ...WINDOW,
        resets_at: new Date(OPTIONS.measuredAtMs + 7 * HOUR_MS).toISOString(),
      },
    }],
    ["a reset that is a number", { five_hour: { ...WINDOW, resets_at: 1795717785 } }],
    ["one good and one bad window", { five_hour: WINDOW, seven_day: "?" }],
  ] as const
) {
  Deno.test(`figures of an unknown shape say nothing: ${what}`, () => {
    assert.equal(parseUsageReply(reply(figures), OPTIONS).kind, "not understood");
  });
}
