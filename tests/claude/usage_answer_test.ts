// Tests of the usage answer that the client caches.
import assert from "node:assert/strict";
import { parseCachedUsage } from "../../lib/claude/usage_answer.ts";

const NOW = 1_800_000_000_000;

Deno.test("percentages and ISO times are read as the client writes them", () => {
  const value = {
    fetchedAtMs: NOW,
    accountUuid: "u1",
    utilization: {
      five_hour: { utilization: 42, resets_at: "2030-01-01T00:00:00Z" },
      seven_day: null,
    },
  };
  const readings = parseCachedUsage(value, { account: "a", loggedIn: "u1/o1" });
  assert.deepEqual(readings, [{
    account: "a",
    window: "five_hour",
    model: null,
    identity: "u1/o1",
    percentUsed: 42,
    resetsAtMs: Date.UTC(2030, 0, 1),
    measuredAtMs: NOW,
    source: "usage-cache",
  }]);
});

Deno.test("an answer is that of its owner, or of whoever is logged in; one of an unknown shape is ignored", () => {
  const value = {
    fetchedAtMs: NOW,
    accountUuid: "someone-else",
    utilization: { five_hour: { utilization: 42, resets_at: null } },
  };
  const owners = (answer: unknown, loggedIn: string | null) =>
    parseCachedUsage(answer, { account: "a", loggedIn }).map(({ identity }) => identity);
  assert.deepEqual(owners(value, "u1/o1"), ["someone-else"]);
  assert.deepEqual(owners(value, null), ["someone-else"]);
  const unnamed = { ...value, accountUuid: undefined };
  assert.deepEqual(owners(unnamed, "u1/o1"), ["u1/o1"]);
  assert.deepEqual(owners(unnamed, null), [null]);
  const odd = [
    null,
    3,
    [],
    {},
    { ...value, fetchedAtMs: "x" },
    { ...value, fetchedAtMs: Infinity },
    { ...value, utilization: [] },
    { ...value, utilization: null },
  ];
  for (const shape of odd) {
    assert.deepEqual(parseCachedUsage(shape, { account: "a", loggedIn: null }), []);
  }
});

Deno.test("an answer without a 5-hour window for a used week says that the account has none", () => {
  const sources = (five_hour: unknown, week: unknown) =>
    parseCachedUsage({
      fetchedAtMs: NOW,
      utilization: { five_hour, seven_day: week },
    }, { account: "a", loggedIn: null }).map(({ window, source }) => `${window} ${source}`);
  const week = { utilization: 20, resets_at: null };
  assert.deepEqual(sources(null, week), ["seven_day usage-cache", "five_hour absent"]);
  for (const odd of [undefined, 3, {}, { utilization: "x" }]) {
    assert.deepEqual(sources(odd, week), ["seven_day usage-cache"]);
  }
  assert.deepEqual(sources(null, { ...week, utilization: 0 }), ["seven_day usage-cache"]);
  assert.deepEqual(sources(null, null), []);
});

Deno.test("each window is read by itself; one that can't be read is left out", () => {
  const read = (entry: unknown, resets_at: unknown = null) =>
    parseCachedUsage({
      fetchedAtMs: NOW,
      utilization: { five_hour: entry, seven_day: { utilization: 5, resets_at } },
    }, { account: "a", loggedIn: null });
  const odd = [5, null, [], ...["5", -1, Infinity, 1e308].map((utilization) => ({ utilization }))];
  for (const entry of odd) {
    const measured = read(entry).filter(({ source }) => source === "usage-cache");
    assert.deepEqual(measured.map(({ window }) => window), ["seven_day"], JSON.stringify(entry));
  }
  assert.deepEqual(read({ utilization: 0 }).map((r) => r.percentUsed), [0, 5]);
  assert.deepEqual(read({ utilization: 130 })[0]?.percentUsed, 100);
  for (const reset of [null, 5, "soon", "", "1", "June 5"]) {
    assert.equal(read(null, reset)[0]?.resetsAtMs, null);
  }
  assert.equal(read(null, "2030-01-01T00:00:00Z")[0]?.resetsAtMs, Date.UTC(2030, 0, 1));
});

Deno.test("keys that every object has, and names longer than a line, are no windows", () => {
  const window = { utilization: 9, resets_at: null };
  const hostile = [
    "constructor",
    "toString",
    "hasOwnProperty",
    "__proto__",
    `seven_day_${"x".repeat(10_000)}`,
    "seven_day_\x1b[31m",
  ];
  const entries = [["five_hour", window], ...hostile.map((name) => [name, window])];
  const scope = { model: { id: "y".repeat(10_000) } };
  const utilization = { ...Object.fromEntries(entries), limits: [{ percent: 9, scope }] };
  const readings = parseCachedUsage(
    JSON.parse(JSON.stringify({ fetchedAtMs: NOW, utilization })),
    { account: "a", loggedIn: null },
  );
  assert.deepEqual(readings.map((reading) => reading.window), ["five_hour"]);
});

Deno.test("windows of models are read from their keys and from the list of limits, which counts first", () => {
  const scoped = (percent: unknown, model: unknown) => ({
    kind: "weekly_scoped",
    percent,
    resets_at: "2030-01-01T00:00:00Z",
    scope: { model, surface: null },
  });
  const readings = parseCachedUsage({
    fetchedAtMs: NOW,
    utilization: {
      seven_day: { utilization: 1, resets_at: null },
      seven_day_oauth_apps: { utilization: 2, resets_at: null },
      seven_day_opus: { utilization: 3, resets_at: null },
      seven_day_sonnet: { utilization: 4, resets_at: null },
      extra_usage: { utilization: 5 },
      limits: [
        { kind: "session", percent: 6, scope: null },
        scoped(7, { id: null, display_name: "Opus" }),
        scoped(8, { id: "claude-fable-5-2", display_name: "Fable" }),
        scoped("9", { id: null, display_name: "Haiku" }),
        scoped(10, { id: null, display_name: null }),
        null,
      ],
    },
  }, { account: "a", loggedIn: null });
  assert.deepEqual(readings.map(({ window, model, percentUsed }) => [window, model, percentUsed]), [
    ["seven_day", null, 1],
    ["seven_day_sonnet", "sonnet", 4],
    ["seven_day_opus", "opus", 7],
    ["seven_day_fable", "fable", 8],
  ]);
});
