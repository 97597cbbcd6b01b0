// The one place that knows what config.json holds, its defaults, and how to read one that is plain and right.
import type { Account, Identity, Plan } from "./account.ts";
import { nameProblem, PLANS } from "./account.ts";
import type { PolicyName, Reserve } from "../balance/policy.ts";
import { POLICY_NAMES } from "../balance/policy.ts";

/** What happens with a conversation whose account runs dry. */
export const HANDOFF_MODES = ["ask", "auto", "off"] as const;

/** Colours of the status line. */
export const THEMES = ["auto", "dark", "light"] as const;

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
  /** At a limit the terminal's title names the account with room. */
  handoffTitle: boolean;
  /** Hours of sessions that one window is expected to give, for estimates. */
  limits: { burstHours: number; rollingHours: number };
  /** Percent used at which a window counts as limited. */
  reserve: Reserve;
  share: { memory: boolean };
  /** Absolute path of the official client; null: found on PATH. */
  claudePath: string | null;
  pins: Pin[];
  /** What a launch needs to know of it; the line itself reads the rest. */
  statusline: { install: boolean; paddingCells: number };
}

/** What stands in config.json: each key may be missing. */
export interface ConfigInput {
  accounts?:
    | Array<{
      name: string;
      plan?: Plan | undefined;
      disabled?: boolean | undefined;
      group?: string | undefined;
      inPlace?: boolean | undefined;
      folder?: string | undefined;
      identity?:
        | Pick<Identity, "accountUuid"> & { [K in keyof Identity]?: Identity[K] | undefined }
        | undefined;
    }>
    | undefined;
  policy?: PolicyName | undefined;
  handoff?: Config["handoff"] | undefined;
  handoffTitle?: boolean | undefined;
  limits?: { [K in keyof Config["limits"]]?: number | undefined } | undefined;
  reserve?: { [K in keyof Reserve]?: number | undefined } | undefined;
  share?: { memory?: boolean | undefined } | undefined;
  claudePath?: string | undefined;
  pins?:
    | Array<{ path: string; account?: string | undefined; group?: string | undefined }>
    | undefined;
  statusline?: { install?: boolean | undefined; padding?: number | undefined } | undefined;
}

/** Something wrong in config.json, with the path of keys that leads to it. */
export interface ConfigProblem {
  path: ReadonlyArray<string | number>;
  message: string;
}

/** The settings of an empty config.json. */
export function defaultConfig(): Config {
  return completed({});
}

/** The settings with their defaults. */
export function completed(input: ConfigInput): Config {
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
    handoffTitle: input.handoffTitle ?? false,
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
    statusline: {
      install: input.statusline?.install ?? true,
      paddingCells: Math.floor(input.statusline?.padding ?? 0),
    },
  };
}

/** What is right key by key and yet cannot be: two accounts of one name or folder. */
export function clashes(config: Config): ConfigProblem[] {
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

/**
 * The settings of a parsed config.json that is surely right, or null: then the rules decide, which
 * take longer to load. What this accepts, they accept as well.
 */
export function plainConfig(value: unknown): Config | null {
  if (!isPlain(value)) return null;
  const config = completed(value as ConfigInput);
  return clashes(config).length === 0 ? config : null;
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isTruth: Check = (value) => typeof value === "boolean";
const isName: Check = (value) => typeof value === "string" && nameProblem(value) === null;
const isPath: Check = (value) => typeof value === "string" && value.startsWith("/");
const isTextOrNull: Check = (value) => value === null || isText(value);
const within = (min: number, max: number): Check => (value) =>
  typeof value === "number" && value >= min && value <= max;
const oneOf = (words: readonly string[]): Check => (value) => words.some((w) => w === value);
const listOf = (check: Check): Check => (value) => Array.isArray(value) && value.every(check);
/** An object of these keys and no others; the first may not be missing where `needsFirst`. */
const record = (checks: Record<string, Check>, needsFirst = false): Check => {
  const known = new Map(Object.entries(checks));
  const first = Object.keys(checks)[0] ?? "";
  return (value) =>
    typeof value === "object" && value !== null && !Array.isArray(value) &&
    (!needsFirst || Object.hasOwn(value, first)) &&
    Object.entries(value).every(([key, inner]) => known.get(key)?.(inner) === true);
};

const isPlain: Check = record({
  $schema: isText,
  accounts: listOf(record({
    name: isName,
    plan: oneOf(PLANS),
    disabled: isTruth,
    group: isName,
    inPlace: isTruth,
    folder: isName,
    identity: record({
      accountUuid: isText,
      organizationUuid: isTextOrNull,
      email: isTextOrNull,
      organizationName: isTextOrNull,
    }, true),
  }, true)),
  policy: oneOf(POLICY_NAMES),
  handoff: oneOf(HANDOFF_MODES),
  handoffTitle: isTruth,
  limits: record({ burstHours: within(0.1, 168), rollingHours: within(0.1, 168) }),
  reserve: record({ five_hour: within(1, 100), seven_day: within(1, 100) }),
  share: record({ memory: isTruth }),
  claudePath: isPath,
  pins: listOf(record({ path: isPath, account: isName, group: isName }, true)),
  statusline: record({
    install: isTruth,
    segments: listOf(isText),
    theme: oneOf(THEMES),
    barWidth: within(0, 60),
    padding: within(0, 20),
  }),
});
