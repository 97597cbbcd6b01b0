// Tests of the sizes of plans.
import assert from "node:assert/strict";
import { plansDiffer, sizeOf } from "../../lib/balance/plans.ts";

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

Deno.test("plans differ unless one is the older name of the other", () => {
  assert.equal(plansDiffer("max", "max5"), false);
  assert.equal(plansDiffer("team", "team"), false);
  assert.equal(plansDiffer("ultra", "max20"), true, "max20 has a 5-hour limit");
  assert.equal(plansDiffer("team", "enterprise"), true);
  assert.equal(plansDiffer("pro", "max"), true);
});
