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
  const readings = parseCachedUsage(value, { account: "a", accountUuid: "u1" });
  assert.deepEqual(readings, [{
    account: "a",
    window: "five_hour",
    percentUsed: 42,
    resetsAtMs: Date.UTC(2030, 0, 1),
    measuredAtMs: NOW,
    source: "usage-cache",
  }]);
});

Deno.test("an answer for another login, or of an unknown shape, is ignored", () => {
  const value = {
    fetchedAtMs: NOW,
    accountUuid: "someone-else",
    utilization: { five_hour: { utilization: 42, resets_at: null } },
  };
  assert.deepEqual(parseCachedUsage(value, { account: "a", accountUuid: "u1" }), []);
  assert.equal(parseCachedUsage(value, { account: "a", accountUuid: null }).length, 1);
  const unnamed = { ...value, accountUuid: undefined };
  assert.equal(parseCachedUsage(unnamed, { account: "a", accountUuid: "u1" }).length, 1);
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
    assert.deepEqual(parseCachedUsage(shape, { account: "a", accountUuid: null }), []);
  }
});

Deno.test("each window is read by itself; one that can't be read is left out", () => {
  const read = (entry: unknown, resets_at: unknown = null) =>
    parseCachedUsage({
      fetchedAtMs: NOW,
      utilization: { five_hour: entry, seven_day: { utilization: 5, resets_at } },
    }, { account: "a", accountUuid: null });
  const odd = [5, null, [], { utilization: "5" }, { utilization: -1 }, { utilization: Infinity }];
  for (const entry of odd) {
    assert.deepEqual(read(entry).map(({ window }) => window), ["seven_day"], JSON.stringify(entry));
  }
  assert.deepEqual(read({ utilization: 0 }).map((r) => r.percentUsed), [0, 5]);
  assert.deepEqual(read({ utilization: 130 })[0]?.percentUsed, 100);
  for (const reset of [null, 5, "soon", ""]) assert.equal(read(null, reset)[0]?.resetsAtMs, null);
  assert.equal(read(null, "2030-01-01T00:00:00Z")[0]?.resetsAtMs, Date.UTC(2030, 0, 1));
});
