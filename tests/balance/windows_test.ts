// Tests of windows: merging readings (one case per row), estimates, and cached usage.
import assert from "node:assert/strict";
import type { Reading } from "../../lib/balance/windows.ts";
import { estimateWindow, mergeReadings } from "../../lib/balance/windows.ts";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

function reading(facts: Partial<Reading>): Reading {
  return {
    account: "a",
    window: "five_hour",
    percentUsed: 10,
    resetsAtMs: NOW + HOUR,
    observedAtMs: NOW - 1000,
    source: "statusline",
    ...facts,
  };
}

interface Case {
  name: string;
  readings: Partial<Reading>[];
  /** [percentage used, reset]; null if nothing is known. */
  expected: [number, number | null] | null;
}

const CASES: Case[] = [
  { name: "no readings give nothing", readings: [], expected: null },
  {
    name: "one reading is believed",
    readings: [{ percentUsed: 42.4 }],
    expected: [42.4, NOW + HOUR],
  },
  {
    name: "a later reset replaces a higher percentage",
    readings: [{ percentUsed: 90 }, { percentUsed: 5, resetsAtMs: NOW + 4 * HOUR }],
    expected: [5, NOW + 4 * HOUR],
  },
  {
    name: "the highest percentage of a reset counts, whichever terminal saw it last",
    readings: [
      { percentUsed: 60, observedAtMs: NOW - 9000 },
      { percentUsed: 40, observedAtMs: NOW - 10 },
    ],
    expected: [60, NOW + HOUR],
  },
  {
    name: "resets that sources round differently are the same reset",
    readings: [{ percentUsed: 60 }, { percentUsed: 40, resetsAtMs: NOW + HOUR + 59_000 }],
    expected: [60, NOW + HOUR + 59_000],
  },
  {
    name: "after the reset nothing is used",
    readings: [{ percentUsed: 100, resetsAtMs: NOW - 1 }],
    expected: [0, null],
  },
  {
    name: "a reset at this very moment has passed",
    readings: [{ percentUsed: 100, resetsAtMs: NOW }],
    expected: [0, null],
  },
  {
    name: "a jump caused by another machine is accepted",
    readings: [{ percentUsed: 12 }, { percentUsed: 71, source: "usage-cache" }],
    expected: [71, NOW + HOUR],
  },
  {
    name: "an observation from the future, after the clock was set back, gains nothing by its time",
    readings: [
      { percentUsed: 20, observedAtMs: NOW + 50 * HOUR, resetsAtMs: NOW - HOUR },
      { percentUsed: 30, observedAtMs: NOW - 10 },
    ],
    expected: [30, NOW + HOUR],
  },
  {
    name: "a reset further away than its window is long is ignored with its reading",
    readings: [
      { percentUsed: 100, resetsAtMs: 4_102_444_800_000 },
      { percentUsed: 100, resetsAtMs: NOW + 7 * HOUR },
      { percentUsed: 12 },
    ],
    expected: [12, NOW + HOUR],
  },
  {
    name: "a window of a week may end in a week",
    readings: [{ window: "seven_day", percentUsed: 8, resetsAtMs: NOW + 168 * HOUR }],
    expected: [8, NOW + 168 * HOUR],
  },
  {
    name: "a reading without a reset yields to one with a reset",
    readings: [{ percentUsed: 99, resetsAtMs: null }, { percentUsed: 3 }],
    expected: [3, NOW + HOUR],
  },
  {
    name: "the newest reading without a reset counts",
    readings: [
      { percentUsed: 70, resetsAtMs: null, observedAtMs: NOW - 5 },
      { percentUsed: 20, resetsAtMs: null, observedAtMs: NOW - 1 },
    ],
    expected: [20, null],
  },
  {
    name: "a reading without a reset that is older than its window is long is ignored",
    readings: [
      { percentUsed: 100, resetsAtMs: null, observedAtMs: NOW - 60 * 24 * HOUR },
      { percentUsed: 90, resetsAtMs: null, observedAtMs: NOW - 5 * HOUR - 1 },
    ],
    expected: null,
  },
  {
    name: "one that is as old as its window is long still counts",
    readings: [
      { window: "seven_day", percentUsed: 80, resetsAtMs: null, observedAtMs: NOW - 168 * HOUR },
    ],
    expected: [80, null],
  },
  {
    name: "a reading without a reset from the future, after the clock was set back, counts",
    readings: [{ percentUsed: 40, resetsAtMs: null, observedAtMs: NOW + 50 * HOUR }],
    expected: [40, null],
  },
  {
    name: "resets two minutes apart are the same reset",
    readings: [{ percentUsed: 60 }, { percentUsed: 40, resetsAtMs: NOW + HOUR + 120_000 }],
    expected: [60, NOW + HOUR + 120_000],
  },
  {
    name: "resets further apart aren't",
    readings: [{ percentUsed: 60 }, { percentUsed: 40, resetsAtMs: NOW + HOUR + 120_001 }],
    expected: [40, NOW + HOUR + 120_001],
  },
  {
    name: "clocks may differ by an hour",
    readings: [{ percentUsed: 7, resetsAtMs: NOW + 6 * HOUR }],
    expected: [7, NOW + 6 * HOUR],
  },
  {
    name: "and no more",
    readings: [{ percentUsed: 7, resetsAtMs: NOW + 6 * HOUR + 1 }],
    expected: null,
  },
  {
    name: "a reading of 0 counts too",
    readings: [{ percentUsed: 0 }],
    expected: [0, NOW + HOUR],
  },
  {
    name: "a reset long ago counts against an earlier one",
    readings: [
      { percentUsed: 90, resetsAtMs: NOW - 9 * HOUR },
      { percentUsed: 8, resetsAtMs: NOW - 4 * HOUR },
    ],
    expected: [0, null],
  },
  {
    name: "more than 100 is shown as 100",
    readings: [{ percentUsed: 102 }],
    expected: [100, NOW + HOUR],
  },
  {
    name: "percentages that aren't numbers are ignored",
    readings: [{ percentUsed: NaN }, { percentUsed: -3 }, { percentUsed: Infinity }],
    expected: null,
  },
];

for (const { name, readings, expected } of CASES) {
  Deno.test(`merge: ${name}`, () => {
    for (const order of [readings, [...readings].reverse()]) {
      const state = mergeReadings(order.map(reading), NOW);
      const got = state === null ? null : [state.percentUsed, state.resetsAtMs];
      assert.deepEqual(got, expected);
    }
  });
}

Deno.test("the latest of equal readings gives age and source; at equal times, the first does", () => {
  const seen = (...all: Array<Partial<Reading>>) => {
    const state = mergeReadings(all.map(reading), NOW);
    return [state?.source, state?.ageMs];
  };
  const cached = { source: "usage-cache", observedAtMs: NOW - 500 } as const;
  assert.deepEqual(seen({}, cached), ["usage-cache", 500]);
  assert.deepEqual(seen(cached, {}), ["usage-cache", 500]);
  assert.deepEqual(seen({}, { ...cached, observedAtMs: NOW - 1000 }), ["statusline", 1000]);
  const undated = { resetsAtMs: null };
  assert.deepEqual(seen(undated, { ...cached, ...undated }), ["usage-cache", 500]);
  assert.deepEqual(
    seen(undated, { ...cached, ...undated, observedAtMs: NOW - 1000 }),
    ["statusline", 1000],
  );
});

Deno.test("the age of a reading from the future is 0, not negative", () => {
  const state = mergeReadings([reading({ observedAtMs: NOW + HOUR })], NOW);
  assert.equal(state?.ageMs, 0);
});

Deno.test("an estimate is marked as one and never says that an account is exhausted", () => {
  const state = estimateWindow({ sessionMs: 100 * HOUR, limitHours: 4.5 });
  assert.equal(state.source, "estimate");
  assert.equal(state.percentUsed, 99);
  assert.equal(estimateWindow({ sessionMs: 0.9 * HOUR, limitHours: 4.5 }).percentUsed, 20);
});
