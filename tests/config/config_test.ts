// Tests of config.json's shape: defaults, kept unknowns, and complaints that name the place.
import assert from "node:assert/strict";
import fc from "fast-check";
import { defaultConfig, plainConfig } from "../../lib/config/config.ts";
import { parseConfig } from "../../lib/config/rules.ts";

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

Deno.test("unknown keys are named at every depth", () => {
  const accounts = [{ name: "a" }, { name: "b", nick: "bee" }];
  const result = parseConfig({ accounts, limits: { burstHour: 4 }, toString: 1 });
  assert.ok("config" in result);
  assert.deepEqual(result.unknownKeys, ["accounts[1].nick", "limits.burstHour", "toString"]);
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

/** Every key of config.json, as the commands write them. */
const FULL = {
  $schema: "./config.schema.json",
  accounts: [
    {
      name: "personal",
      plan: "max5",
      disabled: false,
      group: "home",
      inPlace: true,
      identity: { accountUuid: "a", organizationUuid: null, email: "me@example.com" },
    },
    { name: "office", folder: "work", identity: { accountUuid: "b", organizationName: "Acme" } },
  ],
  policy: "paced",
  handoff: "auto",
  limits: { burstHours: 4, rollingHours: 30 },
  reserve: { five_hour: 95, seven_day: 98 },
  share: { memory: false },
  claudePath: "/usr/bin/claude",
  pins: [{ path: "/src", account: "office" }, { path: "/home/me", group: "home" }],
  statusline: {
    install: true,
    segments: ["account", "model"],
    theme: "dark",
    barWidth: 8,
    padding: 1,
  },
};

Deno.test("a configuration with every key is read without loading the rules", () => {
  const plain = plainConfig(FULL);
  assert.ok(plain !== null);
  assert.deepEqual(parseConfig(FULL), { config: plain, unknownKeys: [] });
  assert.deepEqual(plainConfig({}), defaultConfig());
});

/** The paths of all values inside a value. */
function pathsIn(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Object.entries(value).flatMap(([key, v]) =>
    pathsIn(v, [...path, Array.isArray(value) ? Number(key) : key])
  );
  return [path, ...inner];
}

function withValue(value: unknown, path: readonly (string | number)[], put: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return put;
  const copy = structuredClone(value) as Record<string | number, unknown>;
  if (rest.length > 0 || put !== undefined) copy[key] = withValue(copy[key], rest, put);
  else if (Array.isArray(copy)) copy.splice(Number(key), 1);
  else delete copy[key];
  return copy;
}

Deno.test("what is read quickly is what the rules accept, whatever stands in the file", () => {
  const paths = pathsIn(FULL);
  const odd = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, [], {}, "", "/x", "auto", "A", "a", -1, 0, 0.5, 101),
    fc.constantFrom<unknown>(168.1, 1e9, true, "weighted", "max5", "off", [null], [{}], { x: 1 }),
    fc.jsonValue(),
  );
  const change = fc.tuple(fc.nat(paths.length - 1), odd);
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const changed = changes.reduce<unknown>((before, [index, put]) => {
        try {
          return withValue(before, paths[index] ?? [], put);
        } catch {
          return before; // The place went with an earlier change.
        }
      }, FULL);
      // As it stands in a file, where a list has no holes.
      const value: unknown = JSON.parse(JSON.stringify(changed ?? null));
      const plain = plainConfig(value);
      if (plain === null) return;
      assert.deepEqual(parseConfig(value), { config: plain, unknownKeys: [] });
    }),
    { numRuns: 3000 },
  );
});

Deno.test("a list in place of the settings is no configuration", () => {
  assert.equal(plainConfig([]), null);
  assert.deepEqual(problemsOf([]), [": Expected an object in braces, found a list"]);
});
