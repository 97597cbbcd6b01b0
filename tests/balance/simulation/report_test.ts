// Tests of a simulation's results: the exact figures of a seed, and how they are shown.
import assert from "node:assert/strict";
import type { Session } from "../../../lib/balance/session.ts";
import type { PolicyResult } from "../../../lib/balance/simulation/compare.ts";
import { SIMULATED_POLICIES } from "../../../lib/balance/simulation/replay.ts";
import type { Report } from "../../../lib/balance/simulation/report.ts";
import {
  alike,
  reportJson,
  reportNotes,
  reportRecorded,
  reportSynthetic,
  reportTable,
} from "../../../lib/balance/simulation/report.ts";
import { UserError } from "../../../lib/text/errors.ts";

const HOUR = 3_600_000;
const WEEK = 7 * 24 * HOUR;
const NOW = 1_800_000_000_000;
const LIMITS = { burstHours: 4.5, rollingHours: 30 };
const DEFAULTS = {
  policies: SIMULATED_POLICIES,
  loads: null,
  accounts: null,
  weeks: null,
  modelShare: 0,
  seed: 1,
};

/** Each is the row of a policy at a load; whoever repeats a simulation gets the same on any machine. */
const SYNTHETIC_ROWS = [
  ["0.9", "weighted", "1778 min", "", "", "9.3", "14.1 %", "0.0"],
  ["0.9", "paced", "807 min", "−970 ±649", "0.46", "6.0", "11.9 %", "0.0"],
  ["0.9", "drain", "1711 min", "−67 ±102", "0.97", "13.0", "16.0 %", "0.0"],
  ["0.9", "round-robin", "2032 min", "+254 ±166", "1.14", "7.2", "14.9 %", "0.0"],
  ["0.9", "random", "1441 min", "−336 ±228", "0.81", "8.5", "13.0 %", "0.0"],
  ["1.5", "weighted", "45346 min", "", "", "21.5", "57.1 %", "38.2"],
  ["1.5", "paced", "42058 min", "−3288 ±984", "0.93", "10.2", "56.9 %", "38.0"],
  ["1.5", "drain", "46259 min", "+912 ±6203", "1.02", "17.8", "60.6 %", "38.2"],
  ["1.5", "round-robin", "45218 min", "−128 ±513", "1.00", "19.7", "56.7 %", "37.8"],
  ["1.5", "random", "42844 min", "−2502 ±1668", "0.94", "20.8", "58.0 %", "38.3"],
];

Deno.test("a seed always gives the same figures, which docs/policies.md relies on", () => {
  const report = reportSynthetic(
    { ...DEFAULTS, loads: [0.9, 1.5], accounts: alike(2), weeks: 6 },
    { limits: LIMITS, onProgress: () => {} },
  );
  assert.deepEqual(reportTable(report).rows, SYNTHETIC_ROWS);
});

/** A session that began some hours ago. */
function session(id: number, hoursAgo: number, hours: number): Session {
  return {
    id,
    account: "a",
    launcherPid: 1,
    pid: null,
    processStart: null,
    clientSessionId: null,
    backgroundTasks: 0,
    cwd: "/",
    startedAtMs: NOW - hoursAgo * HOUR,
    endedAtMs: NOW - (hoursAgo - hours) * HOUR,
    endedHow: "exit",
    exitCode: 0,
    signal: null,
    handedFrom: null,
    origin: null,
  };
}

function recorded(
  sessions: Session[],
  more: { enabledAccounts?: number; weeks?: number; onProgress?: (percent: number) => void } = {},
): Report {
  return reportRecorded(
    { ...DEFAULTS, policies: ["weighted", "drain"], weeks: more.weeks ?? null },
    {
      limits: LIMITS,
      onProgress: more.onProgress ?? (() => {}),
      sessions,
      enabledAccounts: more.enabledAccounts ?? 2,
      fromMs: NOW - 12 * WEEK,
      nowMs: NOW,
    },
  );
}

Deno.test("a seed always gives the same figures for recorded sessions", () => {
  const report = recorded(Array.from({ length: 60 }, (_, n) => session(n + 1, 336 - n * 5, 4)));
  assert.deepEqual(reportTable(report).rows, [
    ["2", "weighted", "13409 min", "", "", "7.6", "60.2 %", "12.4"],
    ["2", "drain", "13631 min", "+221 ±340", "1.02", "6.5", "61.4 %", "12.2"],
  ]);
});

Deno.test("recorded sessions are replayed on the enabled accounts, at least on one", () => {
  const accounts = (enabledAccounts: number) =>
    recorded([session(1, 30, 2)], { enabledAccounts }).accounts.length;
  assert.deepEqual([0, 1, 3].map(accounts), [1, 1, 3]);
});

Deno.test("recorded sessions are replayed twenty times under each policy", () => {
  let calls = 0;
  recorded([session(1, 30, 2)], { onProgress: () => calls++ });
  assert.equal(calls, 2 * 20);
});

Deno.test("a ledger without sessions in the span can't be replayed, and the error says so", () => {
  for (const [weeks, span] of [[undefined, "12 weeks"], [1, "1 week"]] as const) {
    assert.throws(() => recorded([], weeks === undefined ? {} : { weeks }), (error) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, new RegExp(`${span}$`));
      assert.equal(error.hint, "claude-multi simulate");
      return true;
    });
  }
});

/** A made-up result. */
const result = (more: Partial<PolicyResult> = {}): PolicyResult => ({
  load: 0.8,
  policy: "weighted",
  conversationsPerWeek: 80,
  minutesWaitedPerWeek: 100.456,
  moreMinutesThanFirst: null,
  relativeCost: null,
  movedPerWeek: 2.345,
  lateShare: 0.1234,
  givenUpPerWeek: 0.5,
  ...more,
});
const drain = (mean: number, error: number | null) =>
  result({ policy: "drain", moreMinutesThanFirst: { mean, error }, relativeCost: 0.754 });
const report = (results: PolicyResult[], more: Partial<Report> = {}): Report => ({
  source: "synthetic",
  accounts: alike(3),
  weeks: 200,
  modelShare: 0,
  seed: 1,
  results,
  ...more,
});

Deno.test("the table compares with the first policy, if there are several; figures are aligned right", () => {
  const heads = (results: PolicyResult[]) =>
    reportTable(report(results)).columns.map((column) =>
      typeof column === "string" ? column : `${column.head}${column.right ? " >" : ""}`
    );
  const [alone, compared] = [[result()], [result(), drain(-0.4, null)]];
  assert.deepEqual(heads(alone), [
    "load",
    "policy",
    "waited >",
    "moved >",
    "late work >",
    "given up >",
  ]);
  assert.deepEqual(heads(compared).slice(2, 5), ["waited >", "than weighted >", "cost >"]);
  assert.deepEqual(reportTable(report(alone)).rows, [
    ["0.8", "weighted", "100 min", "2.3", "12.3 %", "0.5"],
  ]);
  const more = (mean: number, error: number | null) =>
    reportTable(report([result(), drain(mean, error)])).rows.map((row) => row[3]);
  assert.deepEqual(more(12.4, 3.1), ["", "+12 ±3"]);
  assert.deepEqual(more(-40, 9), ["", "−40 ±9"]);
  assert.deepEqual(more(0, null), ["", "+0"]);
  assert.deepEqual(reportTable(report(compared)).rows.map((row) => row[4]), ["", "0.75"]);
});

Deno.test("JSON has the same figures, rounded", () => {
  const { results, ...about } = reportJson(report([result(), drain(12.345, null), drain(-4, 1.2)]));
  assert.deepEqual(about, {
    version: 1,
    source: "synthetic",
    accounts: 3,
    plans: ["pro", "pro", "pro"],
    weeks: 200,
    modelShare: 0,
    seed: 1,
  });
  const figures = {
    load: 0.8,
    policy: "weighted",
    conversationsPerWeek: 80,
    minutesWaitedPerWeek: 100.46,
    moreMinutesThanFirst: null,
    relativeCost: null,
    movedPerWeek: 2.35,
    latePercent: 12.34,
    givenUpPerWeek: 0.5,
  };
  const drained = { ...figures, policy: "drain", relativeCost: 0.75 };
  assert.deepEqual(results, [
    figures,
    { ...drained, moreMinutesThanFirst: { mean: 12.35, error: null } },
    { ...drained, moreMinutesThanFirst: { mean: -4, error: 1.2 } },
  ]);
});

Deno.test("advice is given if the figures support it: policies compared on several accounts", () => {
  const notes = (results: PolicyResult[], more: Partial<Report> = {}) =>
    reportNotes(report(results, more)).split("\n");
  const compared = [result(), drain(1, 1)];
  assert.equal(
    notes(compared)[0],
    "Averages per week: 3 accounts, 200 weeks of synthetic work, seed 1",
  );
  assert.match(notes(compared)[1] ?? "", /paced/);
  assert.equal(notes([result()]).length, 1);
  assert.match(
    notes(compared, { accounts: ["max", "ultra"] })[0] ?? "",
    /: 2 accounts \(max, ultra\), 200 weeks/,
  );
  assert.equal(notes(compared, { accounts: alike(1) }).length, 1);
  assert.deepEqual(notes(compared, { source: "ledger", weeks: 1, accounts: alike(2) }), [
    "Averages per week: 2 accounts, 1 week of your sessions, seed 1",
  ]);
});
