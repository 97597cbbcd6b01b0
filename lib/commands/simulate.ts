// `simulate`: shows what each policy would cost in waiting and moving, for synthetic or recorded work.
import { defaultConfig } from "../config/config.ts";
import { EXIT } from "../text/errors.ts";
import { PLAN_SIZES } from "../balance/plans.ts";
import { MODEL_WEEK } from "../balance/simulation/account.ts";
import type { SizedPlan } from "../balance/plans.ts";
import {
  alike,
  DEFAULTS,
  reportJson,
  reportNotes,
  reportRecorded,
  reportSynthetic,
  reportTable,
} from "../balance/simulation/report.ts";
import { SIMULATED_POLICIES } from "../balance/simulation/replay.ts";
import type { Command, Input } from "../cli/command.ts";
import { eachOf, invalidValue, oneOf, wholeNumber } from "../cli/values.ts";
import { progressBar } from "../cli/progress.ts";
import { recordedWork } from "../accounts/recorded_work.ts";
import { renderTable } from "../cli/table.ts";

const ALL_LOADS = [0.6, 0.7, 0.8, 0.9, 1];

/** The declaration of `simulate`. */
export const simulate: Command = {
  name: "simulate",
  repeatable: true,
  group: "more",
  summary: "Show what each policy would cost in waiting and moving",
  flags: [
    {
      name: "policy",
      value: "POLICY",
      summary: "only this one; random is a baseline to compare with",
    },
    {
      name: "load",
      value: "SHARE",
      summary: "demand, as a share of what the accounts can supply; " +
        `all: ${ALL_LOADS[0]} to ${ALL_LOADS.at(-1)}; default: ${DEFAULTS.load}`,
    },
    {
      name: "accounts",
      value: "N",
      summary: `how many, or their plans, such as pro,max,ultra; default: ${DEFAULTS.accounts}, ` +
        "with --ledger the enabled ones",
    },
    {
      name: "weeks",
      value: "N",
      summary:
        `how many; default: ${DEFAULTS.weeks}, with --ledger the last ${DEFAULTS.recordedWeeks}`,
    },
    {
      name: "model-share",
      value: "SHARE",
      summary: "conversations on a model with a weekly limit of its own, " +
        `${100 * MODEL_WEEK} % of the week; 0 to 1, default: 0`,
    },
    { name: "seed", value: "N", summary: `seed of the random work; default: ${DEFAULTS.seed}` },
    { name: "ledger", summary: "replay your own sessions instead of synthetic ones" },
    {
      name: "json",
      summary: "print JSON: version, source, accounts, plans, weeks, modelShare, seed, results",
    },
  ],
  details: [
    "Replays the same work under every policy, with the ranking that cl uses. The table shows averages per week: minutes that conversations waited because every account was limited; how much more than under the first policy (± the standard error); the cost, 5 + minutes waited + 3 × moves, divided by that of the first policy; conversations that moved because their own account was exhausted; the share of the work that was done an hour or more late, or never; and conversations that were given up after 12 hours of waiting. docs/policies.md describes the work and the accounts.",
    'With --ledger the times are those of your own sessions. How much each of them used is not recorded: without --load, an hour of a session is assumed to use, on average, what "limits" in config.json implies.',
  ],
  examples: [
    ["claude-multi simulate", `${DEFAULTS.accounts} accounts at ${DEFAULTS.load * 100} % load`],
    ["claude-multi simulate --load all --accounts 2", "light to full load on two"],
    ["claude-multi simulate --accounts pro,max,ultra", "accounts of different sizes"],
    ["claude-multi simulate --model-share 0.5", "half of it on a model with a limit of its own"],
    ["claude-multi simulate --ledger", "your own sessions"],
  ],
  async run(context, input) {
    const { terminal } = context;
    const policy = input.values["policy"];
    const experiment = {
      policies: policy === undefined
        ? SIMULATED_POLICIES
        : [oneOf(policy, { ...placeOf("policy"), words: SIMULATED_POLICIES })],
      loads: loadsOf(input.values["load"]),
      accounts: accountsOf(input),
      weeks: wholeOf(input, { flag: "weeks", least: 1, most: 2000 }),
      modelShare: modelShareOf(input.values["model-share"]),
      seed: wholeOf(input, { flag: "seed", least: 0, most: 0xffffffff }) ?? DEFAULTS.seed,
    };
    const onProgress = progressBar(context);
    const report = input.switches.has("ledger")
      ? reportRecorded(experiment, {
        ...recordedWork(context, experiment.weeks ?? DEFAULTS.recordedWeeks),
        onProgress,
      })
      // Not the user's own limits: everyone should get the same table.
      : reportSynthetic(experiment, { limits: defaultConfig().limits, onProgress });
    terminal.rewrite("");
    terminal.print(
      input.switches.has("json")
        ? JSON.stringify(reportJson(report))
        : `${await renderTable(terminal, reportTable(report))}\n\n${reportNotes(report)}`,
    );
    return EXIT.ok;
  },
};

function placeOf(flag: string) {
  return { option: `--${flag}`, line: `claude-multi simulate --${flag}` };
}

/** The plan of each account: a number means as many of one size. */
function accountsOf(input: Input): SizedPlan[] | null {
  const text = input.values["accounts"];
  const words = Object.keys(PLAN_SIZES) as SizedPlan[];
  if (text !== undefined && /^[a-z]/.test(text)) {
    return eachOf(text, { ...placeOf("accounts"), words });
  }
  const count = wholeOf(input, { flag: "accounts", least: 1, most: 50 });
  return count === null ? null : alike(count);
}

function loadsOf(text: string | undefined): readonly number[] | null {
  if (text === undefined) return null;
  if (text === "all") return ALL_LOADS;
  const load = Number(text);
  if (load >= 0.05 && load <= 2) return [load];
  const expected = "a number from 0.05 to 2, or all";
  throw invalidValue(text, { ...placeOf("load"), expected, good: load > 2 ? 2 : DEFAULTS.load });
}

function modelShareOf(text: string | undefined): number {
  if (text === undefined) return 0;
  const share = /^[\d.]+$/.test(text) ? Number(text) : NaN;
  if (share >= 0 && share <= 1) return share;
  throw invalidValue(text, {
    ...placeOf("model-share"),
    expected: "a number from 0 to 1",
    good: 0.5,
  });
}

function wholeOf(
  input: Input,
  options: { flag: "accounts" | "weeks" | "seed"; least: number; most: number },
): number | null {
  const { flag } = options;
  const text = input.values[flag];
  if (text === undefined) return null;
  return wholeNumber(text, { ...options, ...placeOf(flag), usual: DEFAULTS[flag] });
}
