// Tests of what the line finds out besides the payload: account, settings, branch, forecast.
import assert from "node:assert/strict";
import { layoutOf } from "../../lib/config/paths.ts";
import { accountOf } from "../../lib/statusline/account_of.ts";
import { fullAtMs } from "../../lib/statusline/forecast.ts";
import { gitBranch } from "../../lib/statusline/git_branch.ts";
import { parsePayload } from "../../lib/claude/status_payload.ts";
import type { LastNews } from "../../lib/ports/mod.ts";
import type { Said } from "../../lib/statusline/recording.ts";
import { saidBy } from "../../lib/statusline/recording.ts";
import { widthOf } from "../../lib/statusline/render.ts";
import { chooseSegments } from "../../lib/statusline/segments/mod.ts";
import { USUAL_SEGMENTS } from "../../lib/statusline/segments/usual.ts";
import type { Config } from "../../lib/config/config.ts";
import { readSettings } from "../../lib/statusline/settings.ts";
import { readFixture } from "../helpers/paths.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOW_MS = Date.UTC(2026, 10, 23, 6, 0, 0);
const layout = layoutOf({ home: "/h", root: null });
const ROOT = "/h/.claude-multi/config";

Deno.test("the account is the one whose folder the client runs in, or else has the transcript", () => {
  const { accounts } = readSettings(JSON.stringify({
    accounts: [
      { name: "work" },
      { name: "renamed", folder: "old-name" },
      { name: "home", inPlace: true },
    ],
  }));
  const cases: ReadonlyArray<readonly [string | null, string | null, string | null]> = [
    [`${ROOT}/work`, null, "work"],
    [`${ROOT}/work/`, "/elsewhere/x.jsonl", "work"],
    [`${ROOT}/old-name`, null, "renamed"],
    [`${ROOT}/unlisted`, null, "unlisted"],
    [null, `${ROOT}/work/projects/p/s.jsonl`, "work"],
    [null, "/h/.claude/projects/p/s.jsonl", "home"],
    ["/h/.claude", "/h/.claude/projects/p/s.jsonl", null],
    ["/other", "/other/projects/p/s.jsonl", null],
    [ROOT, null, null],
    [`${ROOT}/../x`, null, null],
    [null, null, null],
    ["/linked/work", null, "work"],
  ];
  for (const [configDir, transcriptPath, expected] of cases) {
    const found = accountOf({ configDir, transcriptPath }, {
      accounts,
      layout,
      resolve: (path) => path.replace("/linked", ROOT),
    });
    assert.equal(found, expected, `${configDir} ${transcriptPath}`);
  }
});

const DEFAULT_NAMES = USUAL_SEGMENTS.map((segment) => segment.name);

const chosen = ({ statusline }: Config): string[] =>
  chooseSegments(statusline.segments).map((segment) => segment.name);

Deno.test("settings are read from any state of config.json", () => {
  const defaults = readSettings(null);
  assert.deepEqual(chosen(defaults), DEFAULT_NAMES);
  const { theme, barWidth, padding } = defaults.statusline;
  assert.deepEqual([theme, barWidth, padding], ["auto", 8, 0]);
  for (const text of ["", "{", "[]", "null", "not json", '{"statusline": 5}', '{"accounts": {}}']) {
    assert.deepEqual(readSettings(text), defaults, text);
  }
  const settings = readSettings(`{
    // the accounts
    "accounts": [{ "name": "a", "disabled": true }, { "name": "../x" }, 5,], /* and more */
    "pins": [{ "path": "/p/", "account": "a" }, { "group": "g" }, 7], "limits": { "burstHours": 2, "rollingHours": "x" },
    "policy": "paced", "reserve": { "five_hour": 90, "seven_day": 1000 },
    "statusline": { "segments": ["vim", "context", "nonsense", "vim", 7], "theme": "light",
      "barWidth": 999, "padding": 2.7, "note": "// no comment" }
  }`);
  assert.deepEqual(
    settings.accounts.map(({ name, folder, inPlace, disabled, group }) => [
      name,
      folder,
      inPlace,
      disabled,
      group,
    ]),
    [["a", "a", false, true, null]],
  );
  assert.deepEqual(settings.pins, [{ path: "/p", account: "a", group: null }]);
  assert.deepEqual(settings.limits, { burstHours: 2, rollingHours: 30 });
  assert.equal(settings.policy, "paced");
  assert.deepEqual(settings.reserve, { five_hour: 90, seven_day: 100 });
  assert.deepEqual(chosen(settings), ["vim", "context"]);
  const { segments: _, install: __, ...drawn } = settings.statusline;
  assert.deepEqual(drawn, { theme: "light", barWidth: 60, padding: 2 });
  const empty = readSettings('{"statusline": {"segments": ["nonsense"]}}');
  assert.deepEqual(chosen(empty), DEFAULT_NAMES);
});

Deno.test("the width is the terminal's minus four cells and the padding, or that of 80 columns", () => {
  assert.equal(widthOf("120", 0), 116);
  assert.equal(widthOf("120", 2), 112);
  assert.equal(widthOf(null, 0), 76);
  for (const nonsense of ["", "0", "-5", "wide", "1e3", "99999999999"]) {
    assert.equal(widthOf(nonsense, 0), 76, nonsense);
  }
  assert.equal(widthOf("3", 0), 1);
  assert.equal(widthOf("1", 0), 1);
  assert.equal(widthOf("999999", 0), 999_995);
});

Deno.test("the branch is found in parent folders and through worktrees; without one, the commit is", () => {
  const files: Record<string, string> = {
    "/repo/.git/HEAD": "ref: refs/heads/feature/x\n",
    "/wt/.git": "gitdir: /repo/.git/worktrees/wt\n",
    "/repo/.git/worktrees/wt/HEAD": "ref: refs/heads/side\n",
    "/repo/sub/.git": "gitdir: ../.git/modules/sub\n",
    "/repo/sub/../.git/modules/sub/HEAD": "0123456789abcdef0123456789abcdef01234567\n",
    "/bad/.git/HEAD": "\u001b[31m what\n",
    "/tables/.git/HEAD": "ref: refs/heads/.invalid\n",
    "/odd/.git/HEAD": "ref: refs/heads/a\u202eb\n",
  };
  const branch = (path: string): string | null => gitBranch(path, (file) => files[file] ?? null);
  assert.equal(branch("/repo"), "feature/x");
  assert.equal(branch("/repo/deep/down/"), "feature/x");
  assert.equal(branch("/wt/src"), "side");
  assert.equal(branch("/repo/sub/x"), "0123456");
  assert.equal(branch("/bad"), null);
  assert.equal(branch("/tables"), null);
  assert.equal(branch("/odd"), "ab");
  assert.equal(branch("/"), null);
  assert.equal(branch("/nowhere/at/all"), null);
});

Deno.test("the forecast follows the last hour, or the whole window if that says too little", () => {
  const now = { nowMs: NOW_MS, percentUsed: 60, resetsAtMs: NOW_MS + 3 * HOUR_MS };
  // 60 % in 2 h of the window: 40 % more take 80 minutes.
  assert.equal(fullAtMs(now, []), NOW_MS + 80 * MINUTE_MS);
  // 20 % in the last half hour: 40 % more take an hour.
  const half = [{ percentUsed: 40, measuredAtMs: NOW_MS - 30 * MINUTE_MS }];
  assert.equal(fullAtMs(now, half), NOW_MS + 60 * MINUTE_MS);
  const idle = [{ percentUsed: 60, measuredAtMs: NOW_MS - 30 * MINUTE_MS }];
  assert.equal(fullAtMs(now, idle), null);
  assert.equal(fullAtMs({ ...now, percentUsed: 100 }, []), null);
  assert.equal(fullAtMs({ ...now, percentUsed: 0 }, []), null);
  assert.equal(fullAtMs({ ...now, resetsAtMs: NOW_MS + 5 * HOUR_MS }, []), null);
});

Deno.test("the pace is measured since the oldest reading of the last hour that is at least ten minutes old", () => {
  const now = { nowMs: NOW_MS, percentUsed: 60, resetsAtMs: NOW_MS + 3 * HOUR_MS };
  const at = (minutesAgo: number, percentUsed: number) => ({
    percentUsed,
    measuredAtMs: NOW_MS - minutesAgo * MINUTE_MS,
  });
  /** The minutes until it is full. */
  const fullIn = (...earlier: Array<ReturnType<typeof at>>) =>
    ((fullAtMs(now, earlier) ?? NaN) - NOW_MS) / MINUTE_MS;
  const ofWindow = 80;
  assert.equal(fullIn(at(60, 40)), 120, "20 % in an hour");
  assert.equal(fullIn(at(60.01, 40)), ofWindow);
  assert.equal(fullIn(at(10, 50)), 40);
  assert.equal(fullIn(at(9.99, 50)), ofWindow);
  assert.equal(fullIn(at(20, 61)), ofWindow, "of another window, or a mistake");
  for (const earlier of [[at(60, 40), at(20, 40.5)], [at(20, 40.5), at(60, 40)]]) {
    assert.equal(fullIn(...earlier), 120);
  }
  const began = (minutesAgo: number) =>
    fullAtMs({ ...now, resetsAtMs: NOW_MS + 5 * HOUR_MS - minutesAgo * MINUTE_MS }, []);
  assert.equal(began(10), NOW_MS + (40 / 60) * 10 * MINUTE_MS);
  assert.equal(began(9.99), null);
  assert.equal(fullAtMs({ ...now, percentUsed: 0 }, [at(20, 0)]), null);
  assert.equal(fullAtMs({ ...now, percentUsed: 100 }, [at(20, 50)]), null);
});

Deno.test("readings from before a fall don't count for the pace", () => {
  const now = { nowMs: NOW_MS, percentUsed: 30, resetsAtMs: NOW_MS + 3 * HOUR_MS };
  const before = [20, 10, 100, 5].map((percentUsed, index) => ({
    percentUsed,
    measuredAtMs: NOW_MS - (index + 1) * 14 * MINUTE_MS,
  }));
  // 20 % in 28 minutes since the fall: 70 % more take 98.
  assert.equal(fullAtMs(now, before), NOW_MS + 98 * MINUTE_MS);
  // It has fallen since the newest of them: 30 % in 2 h of the window, 70 % more take 280 minutes.
  const fallen = [{ percentUsed: 40, measuredAtMs: NOW_MS - 14 * MINUTE_MS }, ...before.slice(1)];
  assert.equal(fullAtMs(now, fallen), NOW_MS + 280 * MINUTE_MS);
});

/** What is said of a payload, of a session that last said the numbers of `last`. */
function said(
  parts: Record<string, unknown>,
  last: { parts: Record<string, unknown>; measuredAtMs: number } | null = null,
): Said {
  const about = { account: "work", last: null };
  const known = last === null
    ? null
    : saidBy(payloadOf(last.parts), { ...about, nowMs: last.measuredAtMs }).news;
  return saidBy(payloadOf(parts), { ...about, last: known, nowMs: NOW_MS });
}

const payloadOf = (parts: Record<string, unknown>) => parsePayload(JSON.stringify(parts));
const limits = (used_percentage: number, resetsAtMs = NOW_MS + 2 * HOUR_MS) => ({
  rate_limits: { five_hour: { used_percentage, resets_at: resetsAtMs / 1000 } },
});
const cost = (minutes: number | null, apiMs: number | null) => ({
  cost: {
    ...minutes !== null && { total_duration_ms: minutes * MINUTE_MS },
    ...apiMs !== null && { total_api_duration_ms: apiMs },
  },
});

Deno.test("a session that only repeats its numbers has no news", () => {
  const parts = { ...limits(42.4), ...cost(300, 5000) };
  const last = { parts, measuredAtMs: NOW_MS - HOUR_MS };
  const young = { ...last, parts: { ...limits(42.4), ...cost(0, 5000) } };
  const again = said({ ...limits(42.4), ...cost(301, 5000) }, young);
  assert.equal(again.news, null);
  assert.deepEqual(again.readings.map((r) => r.measuredAtMs), [NOW_MS - HOUR_MS]);
  const news: Array<[string, Record<string, unknown>]> = [
    ["a higher percentage", { ...limits(43), ...cost(301, 5000) }],
    ["a lower one", { ...limits(3), ...cost(301, 5000) }],
    ["a later reset", { ...limits(42.4, NOW_MS + 3 * HOUR_MS), ...cost(301, 5000) }],
    ["the same after an API call", { ...limits(42.4), ...cost(301, 5001) }],
    ["the same in a session that was started again", { ...limits(42.4), ...cost(0, 0) }],
  ];
  for (const [name, parts] of news) {
    const { news, readings } = said(parts, young);
    assert.equal(news?.measuredAtMs, NOW_MS, name);
    assert.deepEqual(readings.map((r) => r.measuredAtMs), [NOW_MS], name);
  }
});

const week = (used_percentage: number) => ({
  rate_limits: { seven_day: { used_percentage, resets_at: (NOW_MS + 50 * HOUR_MS) / 1000 } },
});

/** Plays payloads of a session, one a minute, and returns what each said of the 5-hour window. */
function played(...payloads: Array<Record<string, unknown>>): Array<string | null> {
  let last: LastNews | null = null;
  return payloads.map((parts, minute) => {
    const nowMs = NOW_MS + minute * MINUTE_MS;
    const { readings, news } = saidBy(payloadOf(parts), { account: "work", last, nowMs });
    last = news ?? last;
    return readings.find(({ window }) => window === "five_hour")?.source ?? null;
  });
}

Deno.test("a window that drops out at its reset is no news, so the other one keeps its age", () => {
  const both = {
    rate_limits: { ...limits(42).rate_limits, ...week(20).rate_limits },
    ...cost(0, 500),
  };
  const last = { parts: both, measuredAtMs: NOW_MS - HOUR_MS };
  const dropped = said({ ...week(20), ...cost(60, 500) }, last);
  assert.equal(dropped.news, null);
  assert.deepEqual(dropped.readings.map((r) => r.measuredAtMs), [NOW_MS - HOUR_MS]);
});

Deno.test("an account has no 5h window if a turn brings none, and it was missing before", () => {
  const at = (apiMs: number | null, percent = 20) => ({ ...week(percent), ...cost(1, apiMs) });
  const with5h = (apiMs: number) => ({
    rate_limits: { ...limits(42).rate_limits, ...week(20).rate_limits },
    ...cost(1, apiMs),
  });
  assert.deepEqual(played(at(0), at(30)), [null, "absent"]);
  assert.deepEqual(played(at(0), at(0), at(0, 21)), [null, null, null], "no turn");
  assert.deepEqual(played(with5h(30), at(30), at(30)), ["statusline", null, null], "its reset");
  assert.deepEqual(played(with5h(30), at(60)), ["statusline", null], "its reset after a turn");
  assert.deepEqual(played(with5h(30), at(60), with5h(90)), ["statusline", null, "statusline"]);
  assert.deepEqual(played(with5h(30), at(60), at(90)), ["statusline", null, "absent"]);
  assert.deepEqual(played(at(30), at(60)), [null, "absent"], "the first one may be old");
  assert.deepEqual(played(at(null)), ["absent"], "no time of API calls");
  assert.deepEqual(played(cost(1, 0), cost(1, 30)), [null, null], "nothing is reported");
  const other = (apiMs: number) => ({ ...limits(3), ...cost(1, apiMs) });
  assert.deepEqual(played(other(0), other(30)), ["statusline", "statusline"]);
  const text = "statusline-08-after-5h-reset-passed.json";
  assert.deepEqual(played(JSON.parse(readFixture(text))), [null], "an idle session");
});

Deno.test("the first numbers of a session may be as old as the session, but not older", () => {
  const first = (minutes: number | null): number | undefined =>
    said({ ...limits(42), ...cost(minutes, 100) }).news?.measuredAtMs;
  assert.equal(first(null), NOW_MS);
  assert.equal(first(0), NOW_MS);
  assert.equal(first(1), NOW_MS);
  assert.equal(first(1.01), NOW_MS - 1.01 * MINUTE_MS);
  assert.equal(first(180), NOW_MS - 3 * HOUR_MS);
});

Deno.test("after /clear the old numbers of an idle client keep their age, until a turn of the new session", () => {
  const oldMs = NOW_MS - 3 * HOUR_MS;
  const about = { account: "work", nowMs: NOW_MS };
  const at = (
    parts: Record<string, unknown>,
    known: (window: string, percent: number | null) => number | null,
    last: LastNews | null = null,
  ) => {
    const knownAtMs: Parameters<typeof saidBy>[1]["knownAtMs"] = ({ window, percentUsed }) =>
      known(window, percentUsed);
    const { readings, news } = saidBy(payloadOf(parts), { ...about, last, knownAtMs });
    assert.notEqual(news, null);
    return [...new Set(readings.map(({ measuredAtMs }) => measuredAtMs))];
  };
  const cleared = { ...limits(42.4), ...cost(0, 0) };
  const before = (_: string, percent: number | null) => percent === 42.4 ? oldMs : null;
  assert.deepEqual(at(cleared, before), [oldMs]);
  assert.deepEqual(at({ ...limits(42.4), ...cost(0, null) }, before), [oldMs], "no time of calls");
  assert.deepEqual(at({ ...limits(43), ...cost(0, 0) }, before), [NOW_MS], "new figures");
  assert.deepEqual(at({ ...limits(42.4), ...cost(0, 10) }, before), [NOW_MS], "after a turn");
  assert.deepEqual(at(cleared, () => NOW_MS + HOUR_MS), [NOW_MS], "before the clock was set back");
  const both = {
    rate_limits: { ...limits(42.4).rate_limits, ...week(20).rate_limits },
    ...cost(0, 0),
  };
  const renewed = (window: string) => window === "seven_day" ? NOW_MS - HOUR_MS : oldMs;
  assert.deepEqual(at(both, renewed), [oldMs], "another terminal still reads the same week");
  assert.deepEqual(at(both, before), [NOW_MS], "the week is new");
  // The same conversation, resumed in the client that showed another one.
  const last = saidBy(payloadOf({ ...limits(9), ...cost(0, 500) }), {
    ...about,
    last: null,
    nowMs: NOW_MS - HOUR_MS,
  }).news;
  assert.notEqual(last, null);
  assert.deepEqual(at(cleared, before, last), [oldMs]);
  assert.deepEqual(at({ ...cleared, ...cost(0, 500) }, before, last), [oldMs], "no call since");
  assert.deepEqual(at({ ...cleared, ...cost(0, 501) }, before, last), [NOW_MS]);
});

Deno.test("a payload without windows isn't recorded, and a time from before the clock was set back is in the past", () => {
  assert.deepEqual(said(cost(1, 5)), { readings: [], news: null });
  const parts = { ...limits(42), ...cost(0, 5) };
  const { readings } = said(parts, { parts, measuredAtMs: NOW_MS + HOUR_MS });
  assert.deepEqual(readings.map((r) => r.measuredAtMs), [NOW_MS]);
});

Deno.test("a reset further away than its window is long isn't recorded", () => {
  assert.equal(said(limits(100, NOW_MS + 5 * HOUR_MS)).readings.length, 1);
  assert.equal(said(limits(100, NOW_MS + 6 * HOUR_MS)).readings.length, 1, "clocks may differ");
  assert.equal(said(limits(100, NOW_MS + 6 * HOUR_MS + 1000)).readings.length, 0);
  assert.equal(said(limits(100, 4_102_444_800_000)).readings.length, 0);
});

Deno.test("a window without a reset is recorded in hundredths of a percent", () => {
  const { readings, news } = said({
    rate_limits: { seven_day: { used_percentage: 42.3456 } },
    ...cost(0, 5),
  });
  assert.deepEqual(readings, [{
    account: "work",
    window: "seven_day",
    model: null,
    identity: null,
    percentUsed: 42.35,
    resetsAtMs: null,
    measuredAtMs: NOW_MS,
    source: "statusline",
  }]);
  assert.equal(news?.measuredAtMs, NOW_MS);
});

Deno.test("a budget in dollars is recorded besides the windows", () => {
  const resets_at = (NOW_MS + 20 * 24 * HOUR_MS) / 1000;
  const spend_limit = { used_percentage: 24.6, used_usd: 12.3, limit_usd: 50, resets_at };
  const { readings, news } = said({ rate_limits: { spend_limit }, ...cost(0, 5) });
  assert.deepEqual(readings.map(({ window, percentUsed }) => [window, percentUsed]), [
    ["spend_limit", 24.6],
  ]);
  assert.notEqual(news, null);
});
