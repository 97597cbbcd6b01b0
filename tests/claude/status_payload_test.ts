// Tests of reading payloads: captured ones, and everything that can be wrong with one.
import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePayload } from "../../lib/claude/status_payload.ts";
import { readFixture } from "../helpers/paths.ts";

Deno.test("the captured payloads are read", () => {
  const fresh = parsePayload(readFixture("statusline-01-fresh-no-headers-200k.json"));
  assert.equal(fresh.model, "Haiku 4.5");
  assert.deepEqual(fresh.context, { usedTokens: null, sizeTokens: 200_000, percentUsed: null });
  assert.deepEqual(fresh.limits, { five_hour: null, seven_day: null });

  const after = parsePayload(readFixture("statusline-05-after-turn-with-ratelimits.json"));
  assert.deepEqual(after.context, { usedTokens: 4611, sizeTokens: 200_000, percentUsed: 2.3055 });
  assert.deepEqual(after.limits, {
    five_hour: { percentUsed: 42.4, resetsAtMs: 1_795_419_965_000 },
    seven_day: { percentUsed: 17.1, resetsAtMs: 1_795_712_765_000 },
  });
  assert.ok(after.transcriptPath?.endsWith("/500b0603-c590-497d-abbc-9a5a7d08e972.jsonl"));

  const rich = parsePayload(
    readFixture("statusline-03-fresh-named-worktree-vim-1m-outputstyle-ratelimits.json"),
  );
  assert.equal(rich.sessionName, "mysession");
  assert.equal(rich.vimMode, "INSERT");
  assert.equal(rich.outputStyle, "Pirate");
  assert.deepEqual([rich.worktree, rich.worktreeBranch], ["wt1", "worktree-wt1"]);

  const noBurst = parsePayload(readFixture("statusline-08-after-5h-reset-passed.json"));
  assert.equal(noBurst.limits.five_hour, null);
  assert.equal(noBurst.limits.seven_day?.percentUsed, 50);
  assert.equal(noBurst.effort, "medium");

  const older = parsePayload(readFixture("statusline-v2.1.197-after-turn.json"));
  assert.equal(older.limits.five_hour?.percentUsed, 42.370000000000005);
  assert.equal(older.cacheHitRatio, null);
});

Deno.test("a value that is missing, null, negative, infinite or of another type is unknown", () => {
  const whole = JSON.parse(readFixture("statusline-05-after-turn-with-ratelimits.json"));
  const empty = parsePayload("{}");
  for (const wrong of [null, [], "x", -1, true, { a: 1 }]) {
    const payload = parsePayload(
      JSON.stringify(Object.fromEntries(Object.keys(whole).map((key) => [key, wrong]))),
    );
    const expected = typeof wrong === "string" ? { ...empty, sessionId: "x" } : empty;
    assert.deepEqual(payload, expected, JSON.stringify(wrong));
  }
  for (const text of ["", "not json", "[]", "null", "1", '"x"', "{", "\u0000"]) {
    assert.deepEqual(parsePayload(text), empty, text);
  }
});

Deno.test("numbers that make no sense are unknown or clamped", () => {
  const of = (five_hour: unknown, context_window: unknown = {}): ReturnType<typeof parsePayload> =>
    parsePayload(JSON.stringify({ rate_limits: { five_hour }, context_window }));
  assert.equal(of({ used_percentage: 250 }).limits.five_hour?.percentUsed, 100);
  assert.equal(of({ used_percentage: -1, resets_at: 5 }).limits.five_hour, null);
  assert.equal(of({ used_percentage: 5, resets_at: 1e15 }).limits.five_hour?.resetsAtMs, null);
  assert.equal(of({ used_percentage: 5, resets_at: "soon" }).limits.five_hour?.resetsAtMs, null);
  assert.equal(of({ resets_at: 1_795_419_965 }).limits.five_hour, null);
  const context = of({}, { context_window_size: 0, total_input_tokens: 5, used_percentage: 140 });
  assert.deepEqual(context.context, { usedTokens: 5, sizeTokens: null, percentUsed: 100 });
  const apart = of({}, { context_window_size: 200, total_input_tokens: 5, used_percentage: 40 });
  assert.equal(apart.context.percentUsed, 40);
  const close = (used: number) =>
    of({}, { context_window_size: 200, total_input_tokens: used, used_percentage: 40 }).context;
  assert.equal(close(81).percentUsed, 40.5, "the tokens say the same more finely");
  assert.equal(close(82).percentUsed, 40, "they say something else");
  const resets = (resets_at: number) =>
    of({ used_percentage: 0, resets_at }).limits.five_hour?.resetsAtMs;
  assert.deepEqual([0, 1, 1e11 - 1, 1e11].map(resets), [null, 1000, 1e14 - 1000, null]);
  const derived = of({}, { context_window_size: 200, total_input_tokens: 50 });
  assert.equal(derived.context.percentUsed, 25);
});

Deno.test("a path that is relative, empty or has a NUL is ignored", () => {
  for (const transcript_path of ["", "x.jsonl", "../x", "/a\0b", 5, null]) {
    assert.equal(parsePayload(JSON.stringify({ transcript_path })).transcriptPath, null);
  }
});

Deno.test("reading never throws, whatever the text is", () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
    parsePayload(text);
  }));
});

Deno.test("invisible text isn't a name", () => {
  for (
    const blank of ["\u200d", "\ufe0f", "\u3164", "\u2800", "\u115f", "\u034f", "\u0301\u0336"]
  ) {
    const text = ` ${blank}${blank} ${blank}`;
    const payload = parsePayload(JSON.stringify({
      model: { display_name: text, id: "claude-opus-5-5" },
      session_name: text,
      effort: { level: text },
    }));
    assert.deepEqual(
      [payload.model, payload.sessionName, payload.effort],
      ["claude-opus-5-5", null, null],
      escape(text),
    );
  }
});

Deno.test("the context of an older client, whose total is the sum of the session, is that of its last request", () => {
  const contextOf = (context: Record<string, unknown>) =>
    parsePayload(JSON.stringify({
      context_window: { total_input_tokens: 1_450_000, context_window_size: 200_000, ...context },
    })).context;
  const usage = {
    input_tokens: 12,
    output_tokens: 310,
    cache_creation_input_tokens: 1988,
    cache_read_input_tokens: 82_000,
  };
  const known = { usedTokens: 84_000, sizeTokens: 200_000, percentUsed: 42 };
  assert.deepEqual(contextOf({ used_percentage: 42, current_usage: usage }), known);
  assert.deepEqual(contextOf({ current_usage: usage }), known);
  assert.deepEqual(contextOf({ used_percentage: 42 }), known);
  assert.deepEqual(contextOf({ total_input_tokens: 84_100, used_percentage: 42 }), {
    ...known,
    usedTokens: 84_100,
    percentUsed: 42.05,
  });
  assert.equal(contextOf({}).usedTokens, null);
});
