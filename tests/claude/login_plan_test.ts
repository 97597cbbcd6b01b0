// Tests of the plan that a record of a login names.
import assert from "node:assert/strict";
import { planIn } from "../../lib/claude/login_plan.ts";

for (
  const [record, plan] of [
    [{}, null],
    [{ subscriptionType: "pro" }, "pro"],
    [{ subscriptionType: "max" }, "max"],
    [{ subscriptionType: "max", rateLimitTier: "default_claude_max_5x" }, "max5"],
    [{ subscriptionType: "max", rateLimitTier: "default_claude_max_20x" }, "max20"],
    [{ subscriptionType: "max", rateLimitTier: "default_claude_ai" }, "max"],
    [{ subscriptionType: "team", rateLimitTier: "default_claude_max_5x" }, "team"],
    [{ organizationType: "claude_enterprise" }, "enterprise"],
    [{ planDisplayName: "Ultra", rateLimitTier: "default_claude_max_20x" }, "ultra"],
    [{ planDisplayName: "Max 20x" }, "max20"],
    [{ planDisplayName: "Claude Pro" }, "pro"],
    [{ planDisplayName: "Diamond", subscriptionType: "max" }, "max"],
    [{ planDisplayName: 7, subscriptionType: ["max"], rateLimitTier: null }, null],
  ] as const
) {
  Deno.test(`the plan of ${JSON.stringify(record)} is ${plan}`, () => {
    assert.equal(planIn(record), plan);
  });
}
