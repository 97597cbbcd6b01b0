// Tests of the limit that a transcript ends at: which lines count, and when they no longer do.
import assert from "node:assert/strict";
import { limitAtEnd } from "../../../lib/claude/transcript/limit_line.ts";
import { readFixture } from "../../helpers/paths.ts";
import { callLine, promptLine, toolResultLine } from "../../statusline/lines.ts";

const NOW_MS = Date.UTC(2026, 10, 23, 7, 0, 0);
const SINCE_MS = Date.UTC(2026, 10, 23, 5, 0, 0);
const RESET_MS = NOW_MS + 3_600_000;

/** The line of a refused reply, by default written after the session started. */
function refusedLine(
  options: { resetsAtMs?: unknown; type?: unknown; at?: string; more?: Record<string, unknown> } =
    {},
): string {
  const { resetsAtMs = RESET_MS, type = "five_hour", at } = options;
  return callLine({
    model: "<synthetic>",
    ...at === undefined ? {} : { at },
    more: {
      isApiErrorMessage: true,
      quotaLimits: {
        status: "rejected",
        resetsAt: typeof resetsAtMs === "number" ? resetsAtMs / 1000 : resetsAtMs,
        rateLimitType: type,
      },
      ...options.more,
    },
  });
}

const limitOf = (tail: string): ReturnType<typeof limitAtEnd> =>
  limitAtEnd((bytes) => tail.slice(-bytes), { sinceMs: SINCE_MS, nowMs: NOW_MS });
const FIVE_HOUR = { window: "five_hour", model: null, untilMs: RESET_MS };

Deno.test("a transcript that ends with a refusal ends at its limit", () => {
  assert.deepEqual(limitOf(promptLine() + refusedLine()), FIVE_HOUR);
  assert.deepEqual(limitOf(refusedLine({ type: "seven_day" })), {
    window: "seven_day",
    model: null,
    untilMs: RESET_MS,
  });
});

for (
  const [type, window, model] of [
    ["seven_day_opus", "seven_day_opus", "opus"],
    ["seven_day_sonnet", "seven_day_sonnet", "sonnet"],
    ["seven_day_overage_included", "seven_day_fable", "fable"],
    ["seven_day_saga", "seven_day_saga", "saga"],
    ["overage", "overage", "haiku"],
    ["seven_day_oauth_apps", "seven_day_oauth_apps", "haiku"],
    ["moon_phase", "moon_phase", "haiku"],
    ["", null, "haiku"],
    [null, null, "haiku"],
    [5, null, "haiku"],
  ] as const
) {
  Deno.test(`a limit of the type ${JSON.stringify(type)} holds back ${model}`, () => {
    const tail = callLine({ model: "claude-haiku-5-5" }) +
      callLine({ model: "claude-opus-5-5", sidechain: true }) +
      callLine({ model: "<synthetic>" }) + refusedLine({ type });
    assert.deepEqual(limitOf(tail), { window, model, untilMs: RESET_MS });
  });
}

Deno.test("a limit of an unknown type holds back the whole account if no reply names a model", () => {
  assert.equal(limitOf(promptLine() + refusedLine({ type: "overage" }))?.model, null);
});

Deno.test("prompts, tool results, subagents and torn or broken lines after it change nothing", () => {
  for (
    const behind of [
      promptLine("and now?"),
      toolResultLine(),
      callLine({ sidechain: true }),
      callLine().slice(0, -20),
      '"type":"assistant"\n',
      "null\n[]\n5\n\n",
    ]
  ) {
    assert.deepEqual(limitOf(refusedLine() + behind), FIVE_HOUR, behind);
  }
  assert.deepEqual(
    limitOf(callLine().slice(40) + refusedLine()),
    FIVE_HOUR,
    "a tail may start anywhere",
  );
});

Deno.test("the line is found however it is written", () => {
  const value: unknown = JSON.parse(refusedLine());
  assert.deepEqual(limitOf(JSON.stringify(value, null, 1).replaceAll("\n", " ")), FIVE_HOUR);
});

Deno.test("a reply after the refusal ends the limit", () => {
  assert.equal(limitOf(refusedLine() + callLine()), null);
  assert.equal(limitOf(refusedLine() + callLine({ model: "<synthetic>" })), null);
});

Deno.test("a refusal of a subagent is not the conversation's", () => {
  assert.equal(limitOf(refusedLine({ more: { isSidechain: true } })), null);
});

Deno.test("a limit counts until its reset, if that is less than a month away", () => {
  const resets = (resetsAtMs: unknown): boolean => limitOf(refusedLine({ resetsAtMs })) !== null;
  assert.deepEqual([-1000, 0, 1000].map((ms) => resets(NOW_MS + ms)), [false, false, true]);
  const farthestMs = NOW_MS + 32 * 24 * 3_600_000;
  assert.deepEqual([0, 1000].map((ms) => resets(farthestMs + ms)), [true, false]);
  assert.deepEqual(["soon", null, {}].map(resets), [false, false, false]);
});

Deno.test("a limit of a window ends when the window can at the latest", () => {
  const farMs = NOW_MS + 20 * 24 * 3_600_000;
  const endsIn = (type: string) =>
    ((limitOf(refusedLine({ resetsAtMs: farMs, type }))?.untilMs ?? 0) - NOW_MS) / 3_600_000;
  assert.deepEqual(["five_hour", "seven_day", "seven_day_opus"].map(endsIn), [6, 169, 169]);
  assert.equal(endsIn("overage"), 480, "nobody knows how long it lasts");
});

Deno.test("a refusal from before the session belongs to another account", () => {
  const written = (atMs: number): boolean =>
    limitOf(refusedLine({ at: new Date(atMs).toISOString() })) !== null;
  assert.deepEqual([-1, 0, 1].map((ms) => written(SINCE_MS + ms)), [false, true, true]);
  assert.equal(limitOf(refusedLine({ at: "yesterday" })), null);
  assert.equal(limitOf(refusedLine({ more: { timestamp: undefined } })), null);
});

Deno.test("a transcript without a refusal doesn't end at a limit", () => {
  for (const tail of ["", "\n", promptLine(), callLine(), promptLine() + callLine()]) {
    assert.equal(limitOf(tail), null, tail);
  }
  for (const quotaLimits of [null, undefined, 5, "x", {}]) {
    assert.equal(limitOf(refusedLine({ more: { quotaLimits } })), null);
  }
});

Deno.test("the captured transcript of a limited session ends at its limit", () => {
  const text = readFixture("transcripts/interactive-rate-limited.jsonl");
  const line = text.trimEnd().split("\n").findLast((line) => line.includes('"quotaLimits"'));
  const { timestamp, quotaLimits } = JSON.parse(line ?? "");
  const nowMs = Date.parse(timestamp);
  assert.deepEqual(limitAtEnd((bytes) => text.slice(-bytes), { sinceMs: nowMs - 1000, nowMs }), {
    window: quotaLimits.rateLimitType,
    model: null,
    untilMs: quotaLimits.resetsAt * 1000,
  });
});

Deno.test("a refusal is found before a prompt with a picture of any size", () => {
  const text = refusedLine() + promptLine("A".repeat(3_000_000));
  assert.deepEqual(limitOf(text), FIVE_HOUR);
});
