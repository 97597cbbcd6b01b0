// Tests of config.json's shape: defaults, kept unknowns, and complaints that name the place.
import assert from "node:assert/strict";
import { defaultConfig, parseConfig } from "../../lib/core/config.ts";

function problemsOf(value: unknown): string[] {
  const result = parseConfig(value);
  assert.ok("problems" in result, "the configuration is accepted");
  return result.problems.map((p) => `${p.path.join(".")}: ${p.message}`);
}

Deno.test("an empty configuration has every default", () => {
  const config = defaultConfig();
  assert.equal(config.policy, "weighted");
  assert.equal(config.handoff, "ask");
  assert.deepEqual(config.reserve, { five_hour: 100, seven_day: 100 });
  assert.deepEqual(config.limits, { burstHours: 4.5, rollingHours: 30 });
});

Deno.test("unknown keys are allowed and named", () => {
  const result = parseConfig({ accounts: [], colour: "mauve" });
  assert.ok("config" in result);
  assert.deepEqual(result.unknownKeys, ["colour"]);
});

Deno.test("an account keeps its folder when its name changes", () => {
  const result = parseConfig({ accounts: [{ name: "office", folder: "work" }] });
  assert.ok("config" in result);
  assert.equal(result.config.accounts[0]?.folder, "work");
});

for (
  const name of [
    "..",
    "a/b",
    "a b",
    "a'b",
    "a\u001b[31m",
    "-a",
    "",
    "A",
    "all",
    "x".repeat(33),
    "é",
  ]
) {
  Deno.test(`the account name ${JSON.stringify(name)} is refused in a hand-written file`, () => {
    const problems = problemsOf({ accounts: [{ name }] });
    assert.match(problems[0] ?? "", /^accounts\.0\.name: Cannot use /);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(problems[0] ?? "", /[\u0000-\u001f]/);
  });
}

Deno.test("a folder that would leave config/ is refused", () => {
  assert.match(
    problemsOf({ accounts: [{ name: "a", folder: "../b" }] })[0] ?? "",
    /accounts\.0\.folder/,
  );
});

Deno.test("two accounts of one name, of one folder, or in place are refused", () => {
  assert.match(problemsOf({ accounts: [{ name: "a" }, { name: "a" }] })[0] ?? "", /listed twice/);
  const shared = [{ name: "a" }, { name: "b", folder: "a" }];
  assert.match(problemsOf({ accounts: shared })[0] ?? "", /use the folder "a"/);
  const inPlace = [{ name: "a", inPlace: true }, { name: "b", inPlace: true }];
  assert.match(problemsOf({ accounts: inPlace })[0] ?? "", /Only one account/);
});

Deno.test("a wrong value is named together with what is accepted", () => {
  const [policy] = problemsOf({ policy: "fair" });
  assert.match(policy ?? "", /^policy: Expected "weighted" or "paced" .*found "fair"$/);
  const [reserve] = problemsOf({ reserve: { five_hour: 140 } });
  assert.equal(reserve, "reserve.five_hour: Expected at most 100, found 140");
});
