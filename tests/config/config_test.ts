// Tests of the settings as a value: defaults, faults in words, and how invalid values are read.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Fault } from "../../lib/config/config.ts";
import { defaultConfig, readConfig } from "../../lib/config/config.ts";
import { describeFault } from "../../lib/config/faults.ts";
import { configFile } from "../../lib/config/file.ts";
import * as configText from "../../lib/config/jsonc.ts";
import { configJsonSchema } from "../../lib/config/json_schema.ts";
import { UserError } from "../../lib/text/errors.ts";
import { MemoryFiles } from "../helpers/memory_files.ts";

const isHarmless = ({ kind }: Fault) => kind === "unknown" || kind === "removed";

function problemsOf(value: unknown): string[] {
  return readConfig(value).faults.filter((fault) => !isHarmless(fault)).map(describeFault);
}

function noticesOf(value: unknown): string[] {
  assert.deepEqual(problemsOf(value), []);
  return readConfig(value).faults.map(describeFault);
}

Deno.test("an empty configuration has every default", () => {
  assert.deepEqual(defaultConfig(), {
    $schema: null,
    accounts: [],
    policy: "weighted",
    handoff: "ask",
    handoffPrompt: "The previous turn was cut off by a usage limit. Continue where it stopped.",
    handoffMoves: 4,
    handoffTitle: false,
    notify: "off",
    limits: { burstHours: 4.5, rollingHours: 30 },
    reserve: { five_hour: 100, seven_day: 100 },
    landingCap: 90,
    refresh: "manual",
    refreshAfterMinutes: 30,
    refreshDeadlineMs: 5000,
    claudePath: null,
    pins: [],
    statusline: { install: true, segments: null, theme: "auto", barWidth: 8, padding: 0 },
  });
});

Deno.test("a login may leave out all but its id, a width in cells is rounded down", () => {
  const identity = {
    accountUuid: "a",
    organizationUuid: null,
    email: null,
    organizationName: null,
  };
  const { config, faults } = readConfig({
    accounts: [{ name: "a", identity }],
    statusline: { barWidth: 8.9, padding: 1.9 },
  });
  assert.deepEqual(faults, []);
  assert.deepEqual(config.accounts[0]?.identity, identity);
  assert.deepEqual([config.statusline.barWidth, config.statusline.padding], [8, 1]);
});

Deno.test("unknown keys are allowed and reported at every depth, with the key that was meant", () => {
  const accounts = [{ name: "a" }, { name: "b", grup: "bee" }];
  assert.deepEqual(
    noticesOf({ colour: 1, accounts, limits: { burstHour: 4 }, polcy: "paced", theme: "dark" }),
    [
      'unknown setting "colour"',
      'unknown setting "accounts[1].grup"; did you mean "group"?',
      'unknown setting "limits.burstHour"; did you mean "burstHours"?',
      'unknown setting "polcy"; did you mean "policy"?',
      'unknown setting "theme"; did you mean "statusline.theme"?',
    ],
  );
  assert.deepEqual(noticesOf({ toString: 1 }), ['unknown setting "toString"']);
});

Deno.test("a removed key isn't an unknown one, and an empty group of removed keys isn't reported", () => {
  const [said = "", ...more] = noticesOf({ share: { memory: false } });
  assert.match(said, /^"share\.memory" is no longer a setting: it had no effect, /);
  assert.deepEqual(more, []);
  assert.deepEqual(noticesOf({ share: {} }), []);
  assert.deepEqual(noticesOf({ share: { mail: 1 } }), ['unknown setting "share.mail"']);
  assert.deepEqual(noticesOf({ share: 1 }), ['unknown setting "share"']);
});

Deno.test("an account keeps its folder when its name changes", () => {
  const [account] = readConfig({ accounts: [{ name: "office", folder: "work" }] }).config.accounts;
  assert.equal(account?.folder, "work");
  assert.equal(readConfig({ accounts: [{ name: "a" }] }).config.accounts[0]?.folder, "a");
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
  Deno.test(`the account name ${JSON.stringify(name)} is rejected in a hand-written file`, () => {
    const [problem = ""] = problemsOf({ accounts: [{ name }] });
    assert.match(problem, /^"accounts\[0\]\.name" can't be "/);
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(problem, /[\u0000-\u001f]/);
  });
}

Deno.test("a fault names the key and what it accepts", () => {
  const cases: ReadonlyArray<readonly [unknown, string]> = [
    [[], "the file must be an object in braces, not a list"],
    [{ accounts: {} }, '"accounts" must be a list in brackets, not an object'],
    [{ accounts: [5] }, '"accounts[0]" must be an object in braces, not 5'],
    [{ accounts: [{}] }, '"accounts[0].name" is missing'],
    [{ limits: 3 }, '"limits" must be an object in braces, not 3'],
    [
      { policy: "fair" },
      '"policy" must be "weighted", "paced", "drain" or "round-robin", not "fair"',
    ],
    [{ policy: null }, '"policy" must be "weighted", "paced", "drain" or "round-robin", not null'],
    [
      { reserve: { five_hour: 140 } },
      '"reserve.five_hour" must be a number from 1 to 100, not 140',
    ],
    [{ handoffTitle: "yes" }, '"handoffTitle" must be true or false, not "yes"'],
    [{ claudePath: "bin/claude" }, '"claudePath" must be an absolute path, not "bin/claude"'],
    [{ $schema: 1 }, '"$schema" must be a string in double quotes, not 1'],
    [
      { statusline: { segments: ["a", 1] } },
      '"statusline.segments" must be a list of strings, not a list',
    ],
    [
      { accounts: [{ name: "a", identity: { accountUuid: "b", email: 1 } }] },
      '"accounts[0].identity.email" must be a string or null, not 1',
    ],
    [{ accounts: [{ name: "a" }, { name: "a" }] }, 'account "a" is listed twice'],
    [
      { accounts: [{ name: "a" }, { name: "b", folder: "a" }] },
      'two accounts use the folder "a"',
    ],
    [
      { accounts: [{ name: "a", inPlace: true }, { name: "b", inPlace: true }] },
      "only one account can be in place",
    ],
  ];
  for (const [value, problem] of cases) assert.deepEqual(problemsOf(value), [problem]);
  assert.match(
    problemsOf({ accounts: [{ name: "a", folder: "../b" }] })[0] ?? "",
    /^"accounts\[0\]\.folder" can't be "\.\.\/b": use 1 to 32 characters/,
  );
});

Deno.test("for a reader that continues, invalid values get their default or are left out", () => {
  const { config } = readConfig({
    accounts: [{ name: "a", folder: "../b", group: 5 }, { name: "../x" }, 5, { plan: "pro" }],
    pins: [{ path: "x" }, { path: "/x/", account: "A" }],
    policy: "fair",
    reserve: { five_hour: 1000, seven_day: "90" },
    statusline: { segments: ["vim", 7], barWidth: -3, padding: 2.7 },
  });
  assert.deepEqual(config.accounts, [
    {
      name: "a",
      plan: null,
      disabled: false,
      group: null,
      last: false,
      reserve: { five_hour: null, seven_day: null },
      landingCap: null,
      price: null,
      inPlace: false,
      folder: "a",
      identity: null,
    },
  ]);
  assert.deepEqual(config.pins, [{ path: "/x", account: null, group: null }]);
  assert.equal(config.policy, "weighted");
  assert.deepEqual(config.reserve, { five_hour: 100, seven_day: 100 });
  assert.deepEqual(config.statusline.segments, ["vim"]);
  assert.deepEqual([config.statusline.barWidth, config.statusline.padding], [0, 2]);
  assert.deepEqual(
    readConfig({ accounts: [{ name: "a", identity: {} }] }).config.accounts[0]
      ?.identity,
    null,
  );
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
      last: true,
      reserve: { five_hour: 80, seven_day: 90 },
      landingCap: 70,
      price: 17.5,
      inPlace: true,
      identity: { accountUuid: "a", organizationUuid: null, email: "me@example.com" },
    },
    { name: "office", folder: "work", identity: { accountUuid: "b", organizationName: "Acme" } },
  ],
  policy: "paced",
  handoff: "auto",
  handoffPrompt: "go on",
  handoffMoves: 2,
  notify: ["notify-send", "claude"],
  handoffTitle: true,
  limits: { burstHours: 4, rollingHours: 30 },
  reserve: { five_hour: 95, seven_day: 98 },
  landingCap: 80,
  refresh: "launch",
  refreshAfterMinutes: 20,
  refreshDeadlineMs: 900,
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

Deno.test("a configuration with every key has no faults, and every key is read", () => {
  const { config, faults } = readConfig(FULL);
  assert.deepEqual(faults, []);
  assert.deepEqual(config, {
    ...FULL,
    accounts: FULL.accounts.map((account) => ({
      plan: null,
      disabled: false,
      group: null,
      last: false,
      reserve: { five_hour: null, seven_day: null },
      landingCap: null,
      price: null,
      inPlace: false,
      folder: account.name,
      ...account,
      identity: {
        organizationUuid: null,
        email: null,
        organizationName: null,
        ...account.identity,
      },
    })),
    pins: FULL.pins.map((pin) => ({ account: null, group: null, ...pin })),
  });
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

/** {@link FULL} with up to three values changed, as it would be in a file. */
const damaged = (() => {
  const paths = pathsIn(FULL);
  const odd = fc.oneof(
    fc.constantFrom<unknown>(undefined, null, [], {}, "", "/x", "auto", "A", "a", -1, 0, 0.5, 101),
    fc.constantFrom<unknown>(168.1, 1e9, true, "weighted", "max5", "off", [null], [{}], { x: 1 }),
    fc.jsonValue(),
  );
  const change = fc.tuple(fc.nat(paths.length - 1), odd);
  return fc.array(change, { minLength: 1, maxLength: 3 }).map((changes) => {
    const changed = changes.reduce<unknown>((before, [index, put]) => {
      try {
        return withValue(before, paths[index] ?? [], put);
      } catch {
        return before; // The place went with an earlier change.
      }
    }, FULL);
    return JSON.parse(JSON.stringify(changed ?? null)) as unknown;
  });
})();

/** The result of reading a file: the value, and whether that took more than the quick reader. */
async function outcome(text: string, isQuick: boolean): Promise<[outcome: unknown, loads: number]> {
  const files = new MemoryFiles({ backups: "/b", nowMs: () => 0 });
  files.put("/config.json", text);
  let loads = 0;
  const load = () => (loads++, Promise.resolve(configText));
  const file = configFile("/config.json", files, isQuick ? load : configText);
  await file.ready("read");
  try {
    return [{ config: file.read(), notices: file.notices() }, loads];
  } catch (error) {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, /^\/config\.json:\d+:\d+: \S/);
    return [error.message, loads];
  }
}

Deno.test("the quick reader agrees with the full one, and leaves to it what it can't read", async () => {
  await fc.assert(
    fc.asyncProperty(damaged, fc.boolean(), async (value, isCommented) => {
      const text = JSON.stringify(value, null, 2) + (isCommented ? "// mine" : "");
      const [quick, loads] = await outcome(text, true);
      const [full] = await outcome(text, false);
      assert.deepEqual(quick, full);
      const isPlain = !isCommented && readConfig(value).faults.length === 0;
      assert.equal(loads, isPlain ? 0 : 1);
    }),
    { numRuns: 2000 },
  );
});

/** Whether a JSON Schema accepts a value; knows only the keywords of ours. */
function fits(schema: Record<string, unknown>, value: unknown): boolean {
  const either = schema["anyOf"] as Array<Record<string, unknown>> | undefined;
  if (either) return either.some((one) => fits(one, value));
  const type = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  if (![schema["type"]].flat().includes(type)) return false;
  if (typeof value === "string") {
    const choices = schema["enum"] as string[] | undefined;
    return (choices?.includes(value) ?? true) &&
      new RegExp(String(schema["pattern"] ?? "")).test(value);
  }
  if (typeof value === "number") {
    return value >= Number(schema["minimum"] ?? value) &&
      value <= Number(schema["maximum"] ?? value);
  }
  if (Array.isArray(value)) return value.every((v) => fits(schema["items"] as never, v));
  if (type !== "object") return true;
  const properties = schema["properties"] as Record<string, Record<string, unknown>>;
  const required = schema["required"] as string[] | undefined ?? [];
  return required.every((key) => Object.hasOwn(value as object, key)) &&
    Object.entries(value as object).every(([key, inner]) =>
      !Object.hasOwn(properties, key) || fits(properties[key] as never, inner)
    );
}

Deno.test("the check and the JSON Schema for editors accept the same", () => {
  const schema = configJsonSchema();
  assert.ok(fits(schema, FULL) && fits(schema, {}));
  fc.assert(
    fc.property(damaged, (value) => {
      const problems = readConfig(value).faults.filter((fault) =>
        // A schema can't express reserved names, or accounts that clash.
        !isHarmless(fault) && fault.kind !== "clash" &&
        !/reserved/.test(describeFault(fault))
      );
      assert.equal(fits(schema, value), problems.length === 0, JSON.stringify(value));
    }),
    { numRuns: 3000 },
  );
});

Deno.test("whatever is in the file, a reader that continues gets valid settings", () => {
  fc.assert(
    fc.property(damaged, (value) => {
      const { config } = readConfig(value);
      // In a file, values that aren't set are left out.
      const written = JSON.parse(JSON.stringify(config, (_, v) => v ?? undefined));
      const again = readConfig(written);
      assert.deepEqual(again.faults.filter(({ kind }) => kind !== "clash"), []);
      assert.deepEqual(again.config, config);
    }),
    { numRuns: 2000 },
  );
});
