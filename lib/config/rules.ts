// The one place that says what is wrong with a config.json, key by key.
import * as v from "valibot";
import { nameProblem, PLANS, quoted } from "./account.ts";
import type { Config, ConfigProblem } from "./config.ts";
import { clashes, completed, HANDOFF_MODES, THEMES } from "./config.ts";
import { POLICY_NAMES } from "../balance/policy.ts";

const nameSchema = v.pipe(
  v.string(),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return;
    const problem = nameProblem(dataset.value);
    if (problem !== null) {
      addIssue({ message: `Cannot use ${quoted(dataset.value)} as an account name: ${problem}` });
    }
  }),
);

const percentSchema = v.pipe(v.number(), v.minValue(1), v.maxValue(100));
const hoursSchema = v.pipe(v.number(), v.minValue(0.1), v.maxValue(168));
const absolutePath = v.pipe(v.string(), v.startsWith("/", "Expected an absolute path"));

const identitySchema = v.looseObject({
  accountUuid: v.string(),
  organizationUuid: v.optional(v.nullable(v.string())),
  email: v.optional(v.nullable(v.string())),
  organizationName: v.optional(v.nullable(v.string())),
});

const accountSchema = v.looseObject({
  name: nameSchema,
  plan: v.optional(v.picklist(PLANS)),
  disabled: v.optional(v.boolean()),
  group: v.optional(nameSchema),
  inPlace: v.optional(v.boolean()),
  folder: v.optional(nameSchema),
  identity: v.optional(identitySchema),
});

/** The schema of config.json; unknown keys are kept. */
export const configSchema = v.looseObject({
  $schema: v.optional(v.string()),
  accounts: v.optional(v.array(accountSchema)),
  policy: v.optional(v.picklist(POLICY_NAMES)),
  handoff: v.optional(v.picklist(HANDOFF_MODES)),
  handoffTitle: v.optional(v.boolean()),
  limits: v.optional(v.looseObject({
    burstHours: v.optional(hoursSchema),
    rollingHours: v.optional(hoursSchema),
  })),
  reserve: v.optional(v.looseObject({
    five_hour: v.optional(percentSchema),
    seven_day: v.optional(percentSchema),
  })),
  share: v.optional(v.looseObject({ memory: v.optional(v.boolean()) })),
  claudePath: v.optional(absolutePath),
  pins: v.optional(v.array(v.looseObject({
    path: absolutePath,
    account: v.optional(nameSchema),
    group: v.optional(nameSchema),
  }))),
  statusline: v.optional(v.looseObject({
    install: v.optional(v.boolean()),
    segments: v.optional(v.array(v.string())),
    theme: v.optional(v.picklist(THEMES)),
    barWidth: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(60))),
    padding: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(20))),
  })),
});

/** Top-level keys that config.json may hold. */
export const CONFIG_KEYS: readonly string[] = Object.keys(configSchema.entries);

/**
 * Checks a parsed config.json and fills in defaults. Returns the first problems found, or the
 * configuration with the unknown keys, which are kept in the file and warned about.
 */
export function parseConfig(
  value: unknown,
): { config: Config; unknownKeys: string[] } | { problems: ConfigProblem[] } {
  if (Array.isArray(value)) {
    return { problems: [{ path: [], message: "Expected an object in braces, found a list" }] };
  }
  const result = v.safeParse(configSchema, value);
  if (!result.success) {
    return {
      problems: result.issues.map((issue) => ({
        path: (issue.path ?? []).map((item) => item.key as string | number),
        message: messageOfIssue(issue),
      })),
    };
  }
  const config = completed(result.output);
  const problems = clashes(config);
  if (problems.length > 0) return { problems };
  return { config, unknownKeys: unknownIn(value, configSchema, "") };
}

/** The parts of a schema that say which keys there are. */
interface Shape {
  entries?: Record<string, Shape>;
  item?: Shape;
  wrapped?: Shape;
}

/** Keys that mean nothing, at any depth, as `limits.burstHour` or `accounts[0].nick`. */
function unknownIn(value: unknown, schema: unknown, path: string): string[] {
  const shape = schema as Shape;
  if (shape.wrapped) return unknownIn(value, shape.wrapped, path);
  if (shape.item && Array.isArray(value)) {
    return value.flatMap((inner, i) => unknownIn(inner, shape.item, `${path}[${i}]`));
  }
  if (!shape.entries || typeof value !== "object" || value === null) return [];
  const { entries } = shape;
  return Object.entries(value).flatMap(([key, inner]) => {
    const inPath = path === "" ? key : `${path}.${key}`;
    return Object.hasOwn(entries, key) ? unknownIn(inner, entries[key], inPath) : [inPath];
  });
}

function messageOfIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "raw_check" || issue.type === "starts_with") return issue.message;
  const got = typeof issue.input === "string" ? quoted(issue.input) : issue.received;
  const expected = {
    min_value: `at least ${issue.requirement}`,
    max_value: `at most ${issue.requirement}`,
    number: "a number",
    boolean: "true or false",
    string: "a text in double quotes",
    array: "a list in brackets",
    loose_object: "an object in braces",
  }[issue.type] ?? issue.expected ?? "another value";
  return `Expected ${expected.replace(/^\((.*)\)$/, "$1").replaceAll(" | ", " or ")}, found ${got}`;
}
