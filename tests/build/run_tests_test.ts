// Tests that test results are counted and summarised in one line.
import assert from "node:assert/strict";
import { closingLine, countsOf } from "../../build/run_tests.ts";

Deno.test("results are counted from the report and printed as one line", () => {
  const junit = `<testsuites name="deno test" tests="9" failures="1" errors="0">
    <testsuite name="a" tests="5" disabled="2" errors="0" failures="1"></testsuite>
    <testsuite name="b" tests="4" disabled="0" errors="1" failures="0"></testsuite></testsuites>`;
  assert.deepEqual(countsOf(junit), { passed: 5, failed: 2, skipped: 2 });
  assert.equal(closingLine(countsOf(junit)), "5 passed, 2 failed, 2 skipped");
  assert.equal(closingLine({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
});
