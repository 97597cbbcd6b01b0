// Tests of windows: merging readings (one case per row), estimates, and cached usage.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Reading } from "../../lib/balance/windows.ts";
import {
  estimateWindow,
  mergeOrEstimate,
  mergeReadings,
  useOf,
} from "../../lib/balance/windows.ts";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

function reading(facts: Partial<Reading>): Reading {
  return {
    account: "a",
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: 10,
    resetsAtMs: NOW + HOUR,
    measuredAtMs: NOW - 1000,
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
    name: "a line that was drawn before a refusal and is recorded after it doesn't undo the limit",
    readings: [
      { percentUsed: 100, source: "limit", measuredAtMs: NOW - 60_000 },
      { percentUsed: 98, resetsAtMs: NOW + HOUR - 4000, measuredAtMs: NOW - 58_500 },
    ],
    expected: [100, NOW + HOUR],
  },
  {
    name: "a line with less that comes later than a refusal does",
    readings: [
      { percentUsed: 100, source: "limit", measuredAtMs: NOW - 60_000 },
      { percentUsed: 20, measuredAtMs: NOW - 50_000 },
    ],
    expected: [20, NOW + HOUR],
  },
  {
    name: "so does one of the next window, however soon",
    readings: [
      { percentUsed: 100, source: "limit", measuredAtMs: NOW - 2000 },
      { percentUsed: 1, resetsAtMs: NOW + 5 * HOUR, measuredAtMs: NOW - 1000 },
    ],
    expected: [1, NOW + 5 * HOUR],
  },
  {
    name: "at the same moment the later reset decides, whatever its percentage",
    readings: [{ percentUsed: 90 }, { percentUsed: 5, resetsAtMs: NOW + 4 * HOUR }],
    expected: [5, NOW + 4 * HOUR],
  },
  {
    name: "for the same reset the newest measurement decides, although its percentage is lower",
    readings: [
      { percentUsed: 60, measuredAtMs: NOW - 9000 },
      { percentUsed: 40, measuredAtMs: NOW - 10 },
    ],
    expected: [40, NOW + HOUR],
  },
  {
    name: "for the same reset and moment the higher percentage decides",
    readings: [{ percentUsed: 60 }, { percentUsed: 40 }],
    expected: [60, NOW + HOUR],
  },
  {
    name: "a reset that moved earlier counts if it was measured later",
    readings: [
      { percentUsed: 100, resetsAtMs: NOW + 4 * HOUR, measuredAtMs: NOW - 9000 },
      { percentUsed: 7, resetsAtMs: NOW + HOUR, measuredAtMs: NOW - 10 },
    ],
    expected: [7, NOW + HOUR],
  },
  {
    name: "a reset that moved later doesn't count if it was measured earlier",
    readings: [
      { percentUsed: 100, resetsAtMs: NOW + 4 * HOUR, measuredAtMs: NOW - 9000 },
      { percentUsed: 100, resetsAtMs: NOW - 1000, measuredAtMs: NOW - 10 },
    ],
    expected: [0, null],
  },
  {
    name: "a reading that was repeated after its reset was measured before it",
    readings: [
      { percentUsed: 100, resetsAtMs: NOW - 2 * HOUR, measuredAtMs: NOW - 10 },
      { percentUsed: 3, resetsAtMs: NOW + 4 * HOUR, measuredAtMs: NOW - HOUR },
    ],
    expected: [3, NOW + 4 * HOUR],
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
    readings: [
      { percentUsed: 12, measuredAtMs: NOW - 2000 },
      { percentUsed: 71, source: "usage-cache" },
    ],
    expected: [71, NOW + HOUR],
  },
  {
    name:
      "without a reset, a measurement from far in the future says nothing, even if it is the only one",
    readings: [{ percentUsed: 100, resetsAtMs: null, measuredAtMs: NOW + 5 * HOUR + 1 }],
    expected: null,
  },
  {
    name: "a measurement from the future, after the clock was set back, gains nothing by its time",
    readings: [
      { percentUsed: 20, measuredAtMs: NOW + 50 * HOUR, resetsAtMs: NOW + 4 * HOUR },
      { percentUsed: 30, measuredAtMs: NOW - 10 },
    ],
    expected: [30, NOW + HOUR],
  },
  {
    name: "clocks up to two minutes apart are trusted",
    readings: [
      { percentUsed: 20, measuredAtMs: NOW + 120_000 },
      { percentUsed: 30, measuredAtMs: NOW - 10 },
    ],
    expected: [20, NOW + HOUR],
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
    name: "at the same moment a reading without a reset yields to one with a reset",
    readings: [{ percentUsed: 99, resetsAtMs: null }, { percentUsed: 3 }],
    expected: [3, NOW + HOUR],
  },
  {
    name: "the newest reading without a reset counts",
    readings: [
      { percentUsed: 70, resetsAtMs: null, measuredAtMs: NOW - 5 },
      { percentUsed: 20, resetsAtMs: null, measuredAtMs: NOW - 1 },
    ],
    expected: [20, null],
  },
  {
    name: "a reading without a reset that is older than its window is long is ignored",
    readings: [
      { percentUsed: 100, resetsAtMs: null, measuredAtMs: NOW - 60 * 24 * HOUR },
      { percentUsed: 90, resetsAtMs: null, measuredAtMs: NOW - 5 * HOUR - 1 },
    ],
    expected: null,
  },
  {
    name: "one that is as old as its window is long still counts",
    readings: [
      { window: "seven_day", percentUsed: 80, resetsAtMs: null, measuredAtMs: NOW - 168 * HOUR },
    ],
    expected: [80, null],
  },
  {
    name: "a reading without a reset from the future, after the clock was set back, counts",
    readings: [{ percentUsed: 40, resetsAtMs: null, measuredAtMs: NOW + 5 * HOUR }],
    expected: [40, null],
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
      const use = useOf(state);
      const got = use === null ? null : [use.percentUsed, use.resetsAtMs];
      assert.deepEqual(got, expected);
    }
  });
}

Deno.test("the latest of equal readings gives age and source; at equal times, the more direct source does", () => {
  const seen = (...all: Array<Partial<Reading>>) => {
    const state = mergeReadings(all.map(reading), NOW);
    return [state?.source, state?.ageMs];
  };
  const cached = { source: "usage-cache", measuredAtMs: NOW - 500 } as const;
  assert.deepEqual(seen({}, cached), ["usage-cache", 500]);
  assert.deepEqual(seen(cached, {}), ["usage-cache", 500]);
  assert.deepEqual(seen({}, { ...cached, measuredAtMs: NOW - 1000 }), ["statusline", 1000]);
  const undated = { resetsAtMs: null };
  assert.deepEqual(seen(undated, { ...cached, ...undated }), ["usage-cache", 500]);
  assert.deepEqual(
    seen({ ...cached, ...undated, measuredAtMs: NOW - 1000 }, undated),
    ["statusline", 1000],
  );
});

const READINGS = fc.array(
  fc.record({
    percentUsed: fc.integer({ min: 0, max: 100 }),
    resetsAtMs: fc.option(fc.integer({ min: NOW + 1, max: NOW + 5 * HOUR })),
    source: fc.constantFrom("statusline", "usage-cache", "limit"),
  }),
  { minLength: 1, maxLength: 12 },
);

Deno.test("the newest measurement decides, in whatever order readings arrive", () => {
  fc.assert(fc.property(
    READINGS,
    // Within five seconds of a refusal, a line doesn't count: see above.
    fc.integer({ min: 6, max: 1000 }),
    fc.infiniteStream(fc.nat()),
    (all, seconds, order) => {
      const measured = all.map((one, index) =>
        reading({ ...one, measuredAtMs: NOW - index * seconds * 1000 })
      );
      const [newest] = measured;
      const shuffled = measured.map((one) => ({ one, key: order.next().value }))
        .toSorted((a, b) => a.key - b.key).map(({ one }) => one);
      const state = useOf(mergeReadings(shuffled, NOW));
      assert.deepEqual(
        [state?.percentUsed, state?.resetsAtMs, state?.source],
        [newest?.percentUsed, newest?.resetsAtMs, newest?.source],
      );
    },
  ));
});

Deno.test("after the clock was set back, however often, the newest measurement since then decides", () => {
  // Times by the clock of the moment, in the order in which they were really measured.
  const jumps = fc.array(fc.integer({ min: 3, max: 400 }), { minLength: 1, maxLength: 4 });
  fc.assert(fc.property(
    jumps,
    READINGS,
    READINGS,
    fc.infiniteStream(fc.nat()),
    (minutesBack, before, since, order) => {
      const ahead = minutesBack.flatMap((minutes) =>
        before.map((one, index) =>
          reading({ ...one, measuredAtMs: NOW + minutes * 60_000 + index })
        )
      );
      const measured = since.map((one, index) =>
        reading({ ...one, measuredAtMs: NOW - (index + 1) * 6000 })
      );
      const [newest] = measured;
      const shuffled = [...ahead, ...measured].map((one) => ({ one, key: order.next().value }))
        .toSorted((a, b) => a.key - b.key).map(({ one }) => one);
      const state = useOf(mergeReadings(shuffled, NOW));
      assert.deepEqual(
        [state?.percentUsed, state?.resetsAtMs, state?.source],
        [newest?.percentUsed, newest?.resetsAtMs, newest?.source],
      );
    },
  ));
});

Deno.test("readings of the same moments give the same answer in every order", () => {
  fc.assert(fc.property(READINGS, fc.infiniteStream(fc.nat()), (all, order) => {
    const measured = all.map((one, index) =>
      reading({ ...one, measuredAtMs: NOW - (index % 2) * 1000 })
    );
    const shuffled = measured.map((one) => ({ one, key: order.next().value }))
      .toSorted((a, b) => a.key - b.key).map(({ one }) => one);
    assert.deepEqual(mergeReadings(shuffled, NOW), mergeReadings(measured, NOW));
  }));
});

Deno.test("a higher percentage that a newer answer replaced before the reset is reported", () => {
  const fell = (newer: Partial<Reading>, ...older: Array<Partial<Reading>>) =>
    useOf(mergeReadings(
      [
        reading({ measuredAtMs: NOW - 10, ...newer }),
        ...older.map((one) => reading({ measuredAtMs: NOW - HOUR, ...one })),
      ],
      NOW,
    ))?.fellFrom;
  assert.equal(fell({ percentUsed: 25 }, { percentUsed: 102 }), 100);
  assert.equal(
    fell({ percentUsed: 25 }, { percentUsed: 35, resetsAtMs: NOW + HOUR + 120_000 }),
    35,
  );
  assert.equal(
    fell({ percentUsed: 25 }, { percentUsed: 35, resetsAtMs: NOW + HOUR + 120_001 }),
    null,
  );
  assert.equal(fell({ percentUsed: 25 }, { percentUsed: 34 }), null, "answers overtake each other");
  assert.equal(fell({ percentUsed: 25 }, { percentUsed: 90, resetsAtMs: null }), null);
  assert.equal(fell({ percentUsed: 25, resetsAtMs: null }, { percentUsed: 90 }), null);
  assert.equal(fell({ percentUsed: 25 }), null);
});

Deno.test("the age of a reading from the future is 0, not negative", () => {
  const state = mergeReadings([reading({ measuredAtMs: NOW + HOUR })], NOW);
  assert.equal(state?.ageMs, 0);
});

Deno.test("a window that the plan doesn't have stays away until it is measured again", () => {
  const absent = { source: "absent", percentUsed: null, resetsAtMs: null } as const;
  const state = (...all: Array<Partial<Reading>>) => mergeReadings(all.map(reading), NOW);
  const old = { ...absent, measuredAtMs: NOW - 200 * HOUR };
  assert.deepEqual(state(old), { state: "none", source: "absent", ageMs: 200 * HOUR });
  assert.equal(state(absent, { measuredAtMs: NOW - 2000 })?.state, "none");
  assert.equal(state(old, { measuredAtMs: NOW - 2000 })?.state, "measured");
  const estimate = () => assert.fail("it is never estimated");
  assert.equal(mergeOrEstimate([reading(old)], { nowMs: NOW, estimate })?.state, "none");
});

Deno.test("what was cleared is unknown, and isn't estimated, until something is measured", () => {
  const cleared = { source: "cleared", percentUsed: null, resetsAtMs: null } as const;
  const state = (...all: Array<Partial<Reading>>) =>
    mergeOrEstimate(all.map(reading), {
      nowMs: NOW,
      estimate: () => estimateWindow({ sessionMs: HOUR, limitHours: 5 }),
    })?.state ?? null;
  const full = { percentUsed: 100, measuredAtMs: NOW - 2000 };
  assert.equal(state(full, cleared), null);
  assert.equal(state(full, cleared, { measuredAtMs: NOW }), "measured");
  assert.equal(state({ ...cleared, measuredAtMs: NOW - 6 * HOUR - 1 }), "estimated", "long ago");
  assert.equal(state(), "estimated");
  const late = { ...full, measuredAtMs: NOW - 5.5 * HOUR, resetsAtMs: NOW + HOUR / 2 };
  assert.equal(state(late, { ...cleared, measuredAtMs: NOW - 5.4 * HOUR }), null, "clocks differ");
});

Deno.test("an estimate is marked as one and never says that an account is exhausted", () => {
  const state = estimateWindow({ sessionMs: 100 * HOUR, limitHours: 4.5 });
  assert.equal(state.source, "estimate");
  assert.equal(state.percentUsed, 99);
  assert.equal(estimateWindow({ sessionMs: 0.9 * HOUR, limitHours: 4.5 }).percentUsed, 20);
});
