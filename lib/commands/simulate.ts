// `simulate`: what each policy would cost in waiting and moving, on synthetic or recorded work.
import { quoted } from "../config/account.ts";
import { defaultConfig } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatBar, rounded } from "../text/format.ts";
import type { SimulatedPolicy } from "../balance/simulation/replay.ts";
import { SIMULATED_POLICIES } from "../balance/simulation/replay.ts";
import type { Estimate, PolicyResult } from "../balance/simulation/compare.ts";
import { capacityOf, simulateRecorded, simulateSynthetic } from "../balance/simulation/compare.ts";
import { WEEK_MS } from "../balance/simulation/workload.ts";
import type { Context } from "../ports/context.ts";
import type { Command, Input } from "../cli/command.ts";
import { nearest } from "../text/nearest.ts";
import { closeLostSessions } from "../accounts/standings.ts";
import { renderTable } from "../cli/table.ts";

const ALL_LOADS = [0.6, 0.7, 0.8, 0.9, 1];
const DEFAULTS = { load: 0.8, accounts: 3, weeks: 200, recordedWeeks: 12, seed: 1 };

/** What the figures of synthetic work come to, in docs/policies.md, for who has to choose. */
const PACED = "Who often runs all accounts dry (a load of 0.8 and above) waits less with paced";

/** How long a simulation runs before it shows how far it is. */
const PATIENCE_MS = 500;
const REDRAW_MS = 100;

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
      summary: "only this one; random is one more, to compare with",
    },
    {
      name: "load",
      value: "SHARE",
      summary:
        `work wanted, as a share of what the accounts give; ${DEFAULTS.load} unless given; ` +
        `all: ${ALL_LOADS[0]} to ${ALL_LOADS.at(-1)}`,
    },
    {
      name: "accounts",
      value: "N",
      summary: `how many; ${DEFAULTS.accounts} unless given, the enabled ones with --ledger`,
    },
    {
      name: "weeks",
      value: "N",
      summary:
        `how many; ${DEFAULTS.weeks} unless given, the last ${DEFAULTS.recordedWeeks} with --ledger`,
    },
    {
      name: "seed",
      value: "N",
      summary: `another seed, other work; ${DEFAULTS.seed} unless given`,
    },
    { name: "ledger", summary: "replay your own sessions instead of synthetic ones" },
    { name: "json", summary: "print JSON: version, source, accounts, weeks, seed, results" },
  ],
  details: [
    "Replays the same work under every policy, with the ranking that cl uses, and shows averages of a week: minutes that conversations waited because every account was limited, how much more that is than under the first policy (± the standard error), conversations moved to another account because their own was dry, the share of the work that was done an hour or more late or never, and conversations given up after 12 hours of waiting. docs/policies.md describes the work and the accounts.",
    'With --ledger the times are those of your sessions. What they burnt is not recorded: without --load an hour of session burns what "limits" in config.json says, on average.',
  ],
  examples: [
    ["claude-multi simulate", `${DEFAULTS.accounts} accounts at ${DEFAULTS.load * 100} % load`],
    ["claude-multi simulate --load all --accounts 2", "light to full load on two"],
    ["claude-multi simulate --ledger", "your own sessions"],
  ],
  async run(context, input) {
    const asked = {
      policies: parsePolicies(input.values["policy"]),
      loads: parseLoads(input.values["load"]),
      accounts: parseWhole(input, { flag: "accounts", least: 1, most: 50 }),
      weeks: parseWhole(input, { flag: "weeks", least: 1, most: 2000 }),
      seed: parseWhole(input, { flag: "seed", least: 0, most: 0xffffffff }) ?? DEFAULTS.seed,
    };
    const report = input.switches.has("ledger")
      ? recorded(context, asked)
      : synthetic(context, asked);
    context.terminal.print(
      input.switches.has("json")
        ? JSON.stringify({ version: 1, ...report, results: report.results.map(resultJson) })
        : await renderReport(context, report),
    );
    return EXIT.ok;
  },
};

/** What the flags ask for; null where the source of the work decides. */
interface Asked {
  policies: readonly SimulatedPolicy[];
  loads: readonly number[] | null;
  accounts: number | null;
  weeks: number | null;
  seed: number;
}

/** What was replayed, and what it came to. */
interface Report {
  source: "synthetic" | "ledger";
  accounts: number;
  weeks: number;
  seed: number;
  results: PolicyResult[];
}

/** A bar for what takes long, drawn a few times a second. */
function progressOn({ clock, terminal }: Context): (percent: number) => void {
  let nextMs = clock.nowMs() + PATIENCE_MS;
  return (percent) => {
    if (clock.nowMs() < nextMs) return;
    nextMs = clock.nowMs() + REDRAW_MS;
    terminal.rewrite(`${formatBar(percent, 20)} ${Math.floor(percent)} %`);
  };
}

function synthetic(context: Context, asked: Asked): Report {
  const accounts = asked.accounts ?? DEFAULTS.accounts;
  const weeks = asked.weeks ?? DEFAULTS.weeks;
  const results = simulateSynthetic({
    ...asked,
    onProgress: progressOn(context),
    loads: asked.loads ?? [DEFAULTS.load],
    accounts,
    weeks,
    // Not the user's own limits, so that the same command gives everyone the same table.
    capacity: capacityOf(defaultConfig().limits),
  });
  context.terminal.rewrite("");
  return { source: "synthetic", accounts, weeks, seed: asked.seed, results };
}

function recorded(context: Context, asked: Asked): Report {
  const config = context.configFile.read();
  const enabled = config.accounts.filter((account) => !account.disabled).length;
  const accounts = asked.accounts ?? Math.max(1, enabled);
  const lookBackWeeks = asked.weeks ?? DEFAULTS.recordedWeeks;
  const ledger = context.ledger();
  closeLostSessions(context, ledger);
  const nowMs = context.clock.nowMs();
  const fromMs = nowMs - lookBackWeeks * WEEK_MS;
  const sessions = ledger.sessionsBetween({ fromMs, toMs: nowMs });
  const { weeks, results } = simulateRecorded(sessions, {
    ...asked,
    accounts,
    fromMs,
    nowMs,
    capacity: capacityOf(config.limits),
    onProgress: progressOn(context),
  });
  context.terminal.rewrite("");
  if (results.length === 0) {
    throw new UserError(
      `Cannot replay the ledger: it holds no session of the last ${counted(lookBackWeeks, "week")}`,
      { hint: "claude-multi simulate" },
    );
  }
  return { source: "ledger", accounts, weeks: rounded(weeks), seed: asked.seed, results };
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
    movedPerWeek: rounded(result.movedPerWeek),
    latePercent: rounded(result.lateShare * 100),
    givenUpPerWeek: rounded(result.givenUpPerWeek),
  };
}

async function renderReport(context: Context, report: Report): Promise<string> {
  const compared = report.results.some((result) => result.moreMinutesThanFirst !== null);
  const table = await renderTable(context.terminal, {
    columns: [
      "load",
      "policy",
      { head: "waited", right: true },
      ...(compared ? [{ head: `than ${report.results[0]?.policy}`, right: true }] : []),
      { head: "moved", right: true, rank: 1 },
      { head: "late work", right: true, rank: 2 },
      { head: "given up", right: true, rank: 3 },
    ],
    rows: report.results.map((result) => [
      String(rounded(result.load)),
      result.policy,
      `${Math.round(result.minutesWaitedPerWeek)} min`,
      ...(compared ? [moreText(result.moreMinutesThanFirst)] : []),
      result.movedPerWeek.toFixed(1),
      `${(result.lateShare * 100).toFixed(1)} %`,
      result.givenUpPerWeek.toFixed(1),
    ]),
  });
  const what = report.source === "ledger" ? "of your sessions" : "of synthetic work";
  const weeks = counted(report.weeks, "week");
  const advised = compared && report.source === "synthetic" && report.accounts > 1;
  return `${table}\n\nAverages of a week: ${
    counted(report.accounts, "account")
  }, ${weeks} ${what}, seed ${report.seed}${advised ? `\n${PACED}` : ""}`;
}

/** A difference with its sign and standard error: `+12 ±3`, `−40 ±9`. */
function moreText(more: Estimate | null): string {
  if (more === null) return "";
  const minutes = Math.round(more.mean);
  const sign = minutes < 0 ? "−" : "+";
  const error = more.error === null ? "" : ` ±${Math.round(more.error)}`;
  return `${sign}${Math.abs(minutes)}${error}`;
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

function parsePolicies(text: string | undefined): readonly SimulatedPolicy[] {
  if (text === undefined) return SIMULATED_POLICIES;
  const found = SIMULATED_POLICIES.find((name) => name === text);
  if (found !== undefined) return [found];
  throw new UserError(
    `Cannot simulate policy ${quoted(text)}: the policies are ${SIMULATED_POLICIES.join(", ")}`,
    {
      hint: `claude-multi simulate --policy ${
        nearest(text, SIMULATED_POLICIES) ?? SIMULATED_POLICIES[0]
      }`,
      exit: EXIT.usage,
    },
  );
}

function parseLoads(text: string | undefined): readonly number[] | null {
  if (text === undefined) return null;
  if (text === "all") return ALL_LOADS;
  const load = Number(text);
  if (load >= 0.05 && load <= 2) return [load];
  throw new UserError(
    `Cannot simulate a load of ${quoted(text)}: it is a number from 0.05 to 2, or all`,
    { hint: `claude-multi simulate --load ${DEFAULTS.load}`, exit: EXIT.usage },
  );
}

/** A whole number given to a flag; null when the flag is not given. */
function parseWhole(
  input: Input,
  options: { flag: "accounts" | "weeks" | "seed"; least: number; most: number },
): number | null {
  const { flag, least, most } = options;
  const text = input.values[flag];
  if (text === undefined) return null;
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  throw new UserError(
    `Cannot use ${quoted(text)} as "--${flag}": it is a whole number from ${least} to ${most}`,
    { hint: `claude-multi simulate --${flag} ${DEFAULTS[flag]}`, exit: EXIT.usage },
  );
}
