// How fast an account used its 5h before a limit.
import assert from "node:assert/strict";
import { burnBefore } from "../../lib/balance/burn.ts";
import type { Reading } from "../../lib/balance/windows.ts";

const MINUTE = 60_000;
const NOW = 1_000 * 3_600_000;
const RESET = NOW + 60 * MINUTE;

function reading(
  percentUsed: number | null,
  minutesAgo: number,
  more: Partial<Reading> = {},
): Reading {
  return {
    account: "a",
    identity: null,
    window: "five_hour",
    model: null,
    percentUsed,
    resetsAtMs: RESET,
    measuredAtMs: NOW - minutesAgo * MINUTE,
    source: "statusline",
    ...more,
  };
}

Deno.test("usage an hour is the rise since the newest reading that is a quarter of an hour old", () => {
  const readings = [reading(100, 0), reading(95, 10), reading(80, 20), reading(10, 200)];
  assert.deepEqual(burnBefore(NOW, readings), {
    percentPerHour: 60,
    fromMs: NOW - 20 * MINUTE,
    toMs: NOW,
  });
  assert.equal(burnBefore(NOW, readings.toReversed())?.percentPerHour, 60, "in any order");
});

Deno.test("a reading that an idle terminal repeated after the limit counts as of the limit", () => {
  const readings = [reading(100, -120, { resetsAtMs: RESET }), reading(80, 20)];
  assert.equal(burnBefore(NOW, readings)?.percentPerHour, 60);
});

Deno.test("without a rise over a quarter of an hour of one window, usage an hour is unknown", () => {
  assert.equal(burnBefore(NOW, []), null);
  assert.equal(burnBefore(NOW, [reading(100, 0)]), null);
  assert.equal(burnBefore(NOW, [reading(100, 0), reading(80, 14)]), null, "too short");
  assert.equal(burnBefore(NOW, [reading(80, 0), reading(80, 20)]), null, "unused");
  assert.equal(burnBefore(NOW, [reading(20, 0), reading(80, 20)]), null, "a limit reset");
  const earlier = reading(80, 20, { resetsAtMs: RESET - 5 * 60 * MINUTE });
  assert.equal(burnBefore(NOW, [reading(100, 0), earlier]), null, "another window");
  assert.equal(burnBefore(NOW, [reading(100, 0), reading(80, 20, { window: "seven_day" })]), null);
  assert.equal(burnBefore(NOW, [reading(100, 0), reading(null, 20)]), null, "cleared");
});
