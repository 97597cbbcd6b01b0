// Tests of the outlook: when a window runs out, in which range, and when nothing is said.
import assert from "node:assert/strict";
import { outlookOf } from "../../lib/balance/outlook.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_800_000_000_000;

/** Readings of a 7-day window, by hours ago; it resets in `left` days. */
function week(
  points: ReadonlyArray<readonly [hoursAgo: number, percentUsed: number]>,
  left: number,
) {
  return outlookOf(
    points.map(([hoursAgo, percentUsed]) => ({ percentUsed, measuredAtMs: NOW - hoursAgo * HOUR })),
    { window: "seven_day", resetsAtMs: NOW + left * DAY, nowMs: NOW },
  );
}

/** Hours from now, rounded. */
function hours(atMs: number | null | undefined): number | null {
  return atMs === null || atMs === undefined ? null : Math.round((atMs - NOW) / HOUR);
}

Deno.test("a steady pace runs out at one time", () => {
  const found = week([[72, 20], [48, 40], [24, 60], [0, 80]], 3);
  assert.deepEqual([hours(found?.out?.atMs), hours(found?.out?.latestMs)], [24, 24]);
  assert.equal(Math.round((found?.percentPerDay ?? 0) * 10), 67);
});

Deno.test("a changing pace gives a range, open at its end if the window may last", () => {
  const found = week([[72, 60], [24, 62], [0, 80]], 3);
  const [at, from] = [hours(found?.out?.atMs) ?? 0, hours(found?.out?.earliestMs) ?? 0];
  assert.ok(from < at, `${from} ${at}`);
  assert.equal(from, 24);
  const slow = week([[24, 20], [0, 40]], 4);
  assert.equal(slow?.out?.latestMs, null);
  assert.ok((hours(slow?.out?.earliestMs) ?? 0) === 72);
});

Deno.test("a window that lasts says only what a day may use", () => {
  const found = week([[72, 10], [24, 15], [0, 20]], 2);
  assert.deepEqual(found, { out: null, percentPerDay: 40 });
});

Deno.test("nothing is said of a young, unused, full or stale window, or from one reading", () => {
  assert.equal(week([[10, 0], [0, 30]], 6.6), null);
  assert.equal(week([[48, 1], [0, 2]], 3), null);
  assert.equal(week([[48, 90], [0, 100]], 3), null);
  assert.equal(week([[48, 40], [13, 60]], 3), null);
  assert.equal(week([[0, 60]], 3), null);
  assert.equal(week([], 3), null);
  assert.equal(week([[48, 40], [0, 60]], -1), null);
});

Deno.test("what was before a fall doesn't count, and the order of the readings doesn't matter", () => {
  const points = [[0, 40], [30, 10], [60, 90], [72, 70]] as const;
  const found = week(points, 3);
  assert.equal(found?.out?.atMs, week(points.toReversed(), 3)?.out?.atMs);
  assert.equal(found?.out?.earliestMs, week(points.slice(0, 2), 3)?.out?.earliestMs);
});

Deno.test("a 5-hour window has the same rules on its own scale", () => {
  const found = outlookOf([
    { percentUsed: 20, measuredAtMs: NOW - HOUR },
    { percentUsed: 80, measuredAtMs: NOW },
  ], { window: "five_hour", resetsAtMs: NOW + 2 * HOUR, nowMs: NOW });
  assert.ok((found?.out?.atMs ?? 0) < NOW + HOUR);
});
