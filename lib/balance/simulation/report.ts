// The results of a simulation, as JSON for programs and as a table for people.
import { UserError } from "../../text/errors.ts";
import { counted, rounded } from "../../text/format.ts";
import type { Session } from "../session.ts";
import type { SizedPlan } from "../plans.ts";
import { PLAN_SIZES } from "../plans.ts";
import { MODEL_WEEK } from "./account.ts";
import type { Estimate, PolicyResult } from "./compare.ts";
import { capacityOf, simulateRecorded, simulateSynthetic } from "./compare.ts";
import type { SimulatedPolicy } from "./replay.ts";

/** Default values of an experiment. */
export const DEFAULTS = { load: 0.8, accounts: 3, weeks: 200, recordedWeeks: 12, seed: 1 };

/** What to simulate; null if the default depends on the source of the work. */
interface Experiment {
  policies: readonly SimulatedPolicy[];
  loads: readonly number[] | null;
  /** The plan of each account. */
  accounts: readonly SizedPlan[] | null;
  weeks: number | null;
  /** Share of the conversations on the model that has a week of its own, 0–1. */
  modelShare: number;
  seed: number;
}

interface Surroundings {
  /** Session hours that one window of each length gives. */
  limits: { burstHours: number; rollingHours: number };
  /** Called often, with the percentage that is done. */
  onProgress: (percent: number) => void;
}

/** The results, and what was replayed. */
export interface Report {
  source: "synthetic" | "ledger";
  accounts: readonly SizedPlan[];
  weeks: number;
  modelShare: number;
  seed: number;
  results: PolicyResult[];
}

/** Advice that the figures in docs/policies.md support, shown below a comparison. */
const ADVICE = "If you often exhaust every account (a load of 0.8 or more), use paced";

/** Accounts of the same size: all `pro`. */
export function alike(count: number): SizedPlan[] {
  return Array<SizedPlan>(count).fill("pro");
}

/** Simulates synthetic work. */
export function reportSynthetic(
  experiment: Experiment,
  { limits, onProgress }: Surroundings,
): Report {
  const { modelShare, seed } = experiment;
  const accounts = experiment.accounts ?? alike(DEFAULTS.accounts);
  const weeks = experiment.weeks ?? DEFAULTS.weeks;
  const results = simulateSynthetic({
    ...experiment,
    loads: experiment.loads ?? [DEFAULTS.load],
    accounts: accounts.map((plan) => PLAN_SIZES[plan]),
    weeks,
    capacity: capacityOf(limits),
    onProgress,
  });
  return { source: "synthetic", accounts, weeks, modelShare, seed, results };
}

/**
 * Replays recorded sessions; `enabledAccounts` is the default number of accounts.
 * @throws UserError if there is no session to replay.
 */
export function reportRecorded(
  experiment: Experiment,
  work: Surroundings & {
    sessions: readonly Session[];
    enabledAccounts: number;
    fromMs: number;
    nowMs: number;
  },
): Report {
  const { modelShare, seed } = experiment;
  const accounts = experiment.accounts ?? alike(Math.max(1, work.enabledAccounts));
  const { weeks, results } = simulateRecorded(work.sessions, {
    ...experiment,
    ...work,
    accounts: accounts.map((plan) => PLAN_SIZES[plan]),
    capacity: capacityOf(work.limits),
  });
  if (results.length === 0) {
    const span = counted(experiment.weeks ?? DEFAULTS.recordedWeeks, "week");
    throw new UserError(`no sessions in the ledger from the last ${span}`, {
      hint: "claude-multi simulate",
    });
  }
  return { source: "ledger", accounts, weeks: rounded(weeks), modelShare, seed, results };
}

/** The report as `--json` prints it, numbers rounded. */
export function reportJson(report: Report): Record<string, unknown> {
  const { accounts, results } = report;
  return {
    version: 1,
    ...report,
    accounts: accounts.length,
    plans: accounts,
    results: results.map(resultJson),
  };
}

function resultJson(result: PolicyResult): Record<string, unknown> {
  const more = result.moreMinutesThanFirst;
  return {
    load: rounded(result.load),
    policy: result.policy,
    conversationsPerWeek: rounded(result.conversationsPerWeek),
    minutesWaitedPerWeek: rounded(result.minutesWaitedPerWeek),
    moreMinutesThanFirst: more === null ? null : {
      mean: rounded(more.mean),
      error: more.error === null ? null : rounded(more.error),
    },
    relativeCost: result.relativeCost === null ? null : rounded(result.relativeCost),
    movedPerWeek: rounded(result.movedPerWeek),
    latePercent: rounded(result.lateShare * 100),
    givenUpPerWeek: rounded(result.givenUpPerWeek),
  };
}

/** The results as columns and rows, one row per load and policy. */
export function reportTable({ results }: Report): {
  columns: Array<string | { head: string; right: boolean; rank?: number }>;
  rows: string[][];
} {
  const compared = isComparison(results);
  return {
    columns: [
      "load",
      "policy",
      { head: "waited", right: true },
      ...(compared
        ? [{ head: `than ${results[0]?.policy}`, right: true }, { head: "cost", right: true }]
        : []),
      { head: "moved", right: true, rank: 1 },
      { head: "late work", right: true, rank: 2 },
      { head: "given up", right: true, rank: 3 },
    ],
    rows: results.map((result) => [
      String(rounded(result.load)),
      result.policy,
      `${Math.round(result.minutesWaitedPerWeek)} min`,
      ...(compared
        ? [moreText(result.moreMinutesThanFirst), result.relativeCost?.toFixed(2) ?? ""]
        : []),
      result.movedPerWeek.toFixed(1),
      `${(result.lateShare * 100).toFixed(1)} %`,
      result.givenUpPerWeek.toFixed(1),
    ]),
  };
}

/** What the figures are averages of, and advice if the figures support it. */
export function reportNotes(report: Report): string {
  const { source, accounts, weeks, modelShare, seed, results } = report;
  const work = source === "ledger" ? "your sessions" : "synthetic work";
  const advised = isComparison(results) && source === "synthetic" && accounts.length > 1;
  const isMixed = accounts.some((plan) => plan !== "pro");
  const plans = isMixed ? ` (${accounts.join(", ")})` : "";
  const model = modelShare === 0
    ? ""
    : `, ${rounded(100 * modelShare)} % on a model with ${100 * MODEL_WEEK} % of the week`;
  return `Averages per week: ${counted(accounts.length, "account")}${plans}, ${
    counted(weeks, "week")
  } of ${work}${model}, seed ${seed}${advised ? `\n${ADVICE}` : ""}`;
}

function isComparison(results: readonly PolicyResult[]): boolean {
  return results.some((result) => result.moreMinutesThanFirst !== null);
}

/** A difference with its sign and standard error: `+12 ±3`, `−40 ±9`. */
function moreText(more: Estimate | null): string {
  if (more === null) return "";
  const minutes = Math.round(more.mean);
  const sign = minutes < 0 ? "−" : "+";
  const error = more.error === null ? "" : ` ±${Math.round(more.error)}`;
  return `${sign}${Math.abs(minutes)}${error}`;
}
