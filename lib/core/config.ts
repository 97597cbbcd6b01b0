// The one place that knows the shape of config.json: its schema, its defaults, what is wrong with it.
import * as v from "valibot";
import type { Account } from "./account.ts";
import { nameProblem, PLANS, quoted } from "./account.ts";
import type { PolicyName, Reserve } from "./policy.ts";
import { POLICY_NAMES } from "./policy.ts";

/** What happens with a conversation whose account runs dry. */
export const HANDOFF_MODES = ["ask", "auto", "off"] as const;

/** A folder tree bound to an account or to a group of accounts. */
export interface Pin {
  path: string;
  account: string | null;
  group: string | null;
}

/** The settings of claude-multi, complete: what config.json leaves out has its default. */
export interface Config {
  accounts: Account[];
  policy: PolicyName;
  handoff: typeof HANDOFF_MODES[number];
  /** Hours of sessions that one window is expected to give, for estimates. */
  limits: { burstHours: number; rollingHours: number };
  /** Percent used at which a window counts as limited. */
  reserve: Reserve;
  share: { memory: boolean };
  /** Absolute path of the official client; null: found on PATH. */
  claudePath: string | null;
  pins: Pin[];
  statusline: { install: boolean };
}

/** Something wrong in config.json, with the path of keys that leads to it. */
export interface ConfigProblem {
  path: ReadonlyArray<string | number>;
  message: string;
}

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
    theme: v.optional(v.picklist(["auto", "dark", "light"])),
    barWidth: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(60))),
    padding: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(20))),
  })),
});

/** Top-level keys that config.json may hold. */
export const CONFIG_KEYS: readonly string[] = Object.keys(configSchema.entries);

/** The settings of an empty config.json. */
export function defaultConfig(): Config {
  return completed({});
}

/**
 * Checks a parsed config.json and fills in defaults. Returns the first problems found, or the
 * configuration with the unknown top-level keys, which are kept in the file and warned about.
 */
export function parseConfig(
  value: unknown,
): { config: Config; unknownKeys: string[] } | { problems: ConfigProblem[] } {
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
  const unknownKeys = Object.keys(result.output).filter((key) => !CONFIG_KEYS.includes(key));
  return { config, unknownKeys };
}

function completed(input: v.InferOutput<typeof configSchema>): Config {
  return {
    accounts: (input.accounts ?? []).map((a) => ({
      name: a.name,
      plan: a.plan ?? null,
      disabled: a.disabled ?? false,
      group: a.group ?? null,
      inPlace: a.inPlace ?? false,
      folder: a.folder ?? a.name,
      identity: a.identity
        ? {
          accountUuid: a.identity.accountUuid,
          organizationUuid: a.identity.organizationUuid ?? null,
          email: a.identity.email ?? null,
          organizationName: a.identity.organizationName ?? null,
        }
        : null,
    })),
    policy: input.policy ?? "weighted",
    handoff: input.handoff ?? "ask",
    limits: {
      burstHours: input.limits?.burstHours ?? 4.5,
      rollingHours: input.limits?.rollingHours ?? 30,
    },
    reserve: {
      five_hour: input.reserve?.five_hour ?? 100,
      seven_day: input.reserve?.seven_day ?? 100,
    },
    share: { memory: input.share?.memory ?? true },
    claudePath: input.claudePath ?? null,
    pins: (input.pins ?? []).map((pin) => ({
      path: pin.path.replace(/(.)\/+$/, "$1"),
      account: pin.account ?? null,
      group: pin.group ?? null,
    })),
    statusline: { install: input.statusline?.install ?? true },
  };
}

function clashes(config: Config): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const folders = new Map<string, number>();
  config.accounts.forEach((account, index) => {
    const place = account.inPlace ? "(shared home)" : account.folder;
    const other = config.accounts.findIndex((a) => a.name === account.name);
    if (other < index) {
      problems.push({
        path: ["accounts", index, "name"],
        message: `Account "${account.name}" is listed twice`,
      });
    } else if (folders.has(place)) {
      problems.push({
        path: ["accounts", index],
        message: account.inPlace
          ? "Only one account can be in place"
          : `Two accounts use the folder "${account.folder}"`,
      });
    }
    folders.set(place, index);
  });
  return problems;
}

function messageOfIssue(issue: v.BaseIssue<unknown>): string {
  if (issue.type === "raw_check" || issue.type === "starts_with") return issue.message;
  const got = typeof issue.input === "string" ? quoted(issue.input) : issue.received;
  const expected = {
    min_value: `at least ${issue.requirement}`,
    max_value: `at most ${issue.requirement}`,
  }[issue.type] ?? issue.expected ?? "another value";
  return `Expected ${expected.replace(/^\((.*)\)$/, "$1").replaceAll(" | ", " or ")}, found ${got}`;
}
