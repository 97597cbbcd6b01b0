// Tests of the sizes of plans.
import assert from "node:assert/strict";
import { sizeOf } from "../../lib/balance/plans.ts";

for (
  const [plan, hasBurst, size] of [
    ["pro", true, 1],
    ["max", true, 5],
    ["max5", true, 5],
    ["max20", true, 20],
    ["max20", false, 10],
    ["ultra", true, 10],
    ["ultra", false, 10],
    ["team", true, 1],
    [null, true, 1],
    [null, false, 1],
    ["constructor", true, 1],
  ] as const
) {
  Deno.test(`the size of ${plan} ${hasBurst ? "with" : "without"} a 5h window is ${size}`, () => {
    assert.equal(sizeOf(plan, { hasBurst }), size);
  });
}
