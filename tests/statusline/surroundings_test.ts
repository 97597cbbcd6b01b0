// Tests of what the line finds out besides the payload: account, settings, branch, forecast.
import assert from "node:assert/strict";
import { layoutOf } from "../../lib/config/paths.ts";
import type { Reading } from "../../lib/balance/windows.ts";
import { accountOf } from "../../lib/statusline/account_of.ts";
import { fullAtMs } from "../../lib/statusline/forecast.ts";
import { gitBranch } from "../../lib/statusline/git_branch.ts";
import { parsePayload } from "../../lib/claude/status_payload.ts";
import { readingsToRecord } from "../../lib/statusline/recording.ts";
import { widthOf } from "../../lib/statusline/render.ts";
import { chooseSegments } from "../../lib/statusline/segments/mod.ts";
import { USUAL_SEGMENTS } from "../../lib/statusline/segments/usual.ts";
import type { Config } from "../../lib/config/config.ts";
import { readSettings } from "../../lib/statusline/settings.ts";

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
  const half = [{ percentUsed: 40, observedAtMs: NOW_MS - 30 * MINUTE_MS }];
  assert.equal(fullAtMs(now, half), NOW_MS + 60 * MINUTE_MS);
  const idle = [{ percentUsed: 60, observedAtMs: NOW_MS - 30 * MINUTE_MS }];
  assert.equal(fullAtMs(now, idle), null);
  assert.equal(fullAtMs({ ...now, percentUsed: 100 }, []), null);
  assert.equal(fullAtMs({ ...now, percentUsed: 0 }, []), null);
  assert.equal(fullAtMs({ ...now, resetsAtMs: NOW_MS + 5 * HOUR_MS }, []), null);
});

Deno.test("the pace is that since the oldest reading of the last hour, at least ten minutes ago", () => {
  const now = { nowMs: NOW_MS, percentUsed: 60, resetsAtMs: NOW_MS + 3 * HOUR_MS };
  const at = (minutesAgo: number, percentUsed: number) => ({
    percentUsed,
    observedAtMs: NOW_MS - minutesAgo * MINUTE_MS,
  });
  /** In how many minutes it is full. */
  const fullIn = (...earlier: Array<ReturnType<typeof at>>) =>
    ((fullAtMs(now, earlier) ?? NaN) - NOW_MS) / MINUTE_MS;
  const ofWindow = 80;
  assert.equal(fullIn(at(60, 40)), 120, "20 % in an hour");
  assert.equal(fullIn(at(60.01, 40)), ofWindow);
  assert.equal(fullIn(at(10, 50)), 40);
  assert.equal(fullIn(at(9.99, 50)), ofWindow);
  assert.equal(fullIn(at(20, 61)), ofWindow, "of another window, or a mistake");
  for (const earlier of [[at(60, 40), at(20, 50)], [at(20, 50), at(60, 40)]]) {
    assert.equal(fullIn(...earlier), 120);
  }
  const began = (minutesAgo: number) =>
    fullAtMs({ ...now, resetsAtMs: NOW_MS + 5 * HOUR_MS - minutesAgo * MINUTE_MS }, []);
  assert.equal(began(10), NOW_MS + (40 / 60) * 10 * MINUTE_MS);
  assert.equal(began(9.99), null);
  assert.equal(fullAtMs({ ...now, percentUsed: 0 }, [at(20, 0)]), null);
  assert.equal(fullAtMs({ ...now, percentUsed: 100 }, [at(20, 50)]), null);
});

const reading = (parts: Partial<Reading>): Reading => ({
  account: "work",
  window: "five_hour",
  percentUsed: 42.4,
  resetsAtMs: NOW_MS + 2 * HOUR_MS,
  observedAtMs: NOW_MS - 30_000,
  source: "statusline",
  ...parts,
});

Deno.test("a reading is recorded if it is new, or again after a minute", () => {
  const payload = parsePayload(JSON.stringify({
    rate_limits: {
      five_hour: { used_percentage: 42.4, resets_at: (NOW_MS + 2 * HOUR_MS) / 1000 },
    },
  }));
  const record = (known: Reading[]): number[] =>
    readingsToRecord(payload, { account: "work", known, nowMs: NOW_MS }).map((r) => r.percentUsed);
  assert.deepEqual(record([]), [42.4]);
  assert.deepEqual(record([reading({})]), []);
  assert.deepEqual(record([reading({ observedAtMs: NOW_MS - 60_000 })]), [42.4]);
  assert.deepEqual(record([reading({ percentUsed: 41 })]), [42.4]);
  assert.deepEqual(record([reading({ percentUsed: 50 })]), []);
  assert.deepEqual(record([reading({ percentUsed: 50, resetsAtMs: NOW_MS - HOUR_MS })]), [42.4]);
  assert.deepEqual(record([reading({ source: "usage-cache" })]), [42.4]);
  assert.deepEqual(record([reading({ window: "seven_day" })]), [42.4]);
  assert.deepEqual(record([reading({ resetsAtMs: NOW_MS + 2 * HOUR_MS + 1000 })]), []);
  const apart = (ms: number) => record([reading({ resetsAtMs: NOW_MS + 2 * HOUR_MS + ms })]);
  assert.deepEqual(apart(120_000), []);
  assert.deepEqual(apart(-120_000), []);
  assert.deepEqual(apart(120_001), [42.4]);
  assert.deepEqual(record([reading({ resetsAtMs: null })]), [42.4]);
  assert.deepEqual(record([reading({ observedAtMs: NOW_MS - 59_999 })]), []);
  assert.deepEqual(record([reading({ observedAtMs: NOW_MS + 59_999 })]), [], "a clock set back");
  assert.deepEqual(record([reading({ observedAtMs: NOW_MS + 60_000 })]), [42.4]);
  assert.deepEqual(record([reading({}), reading({ percentUsed: 50 })]), []);
});

Deno.test("a window without a reset is recorded once, and in hundredths of a percent", () => {
  const payload = parsePayload('{"rate_limits":{"seven_day":{"used_percentage":42.3456}}}');
  const record = (known: Reading[]) =>
    readingsToRecord(payload, { account: "work", known, nowMs: NOW_MS });
  const [first, ...more] = record([]);
  assert.deepEqual([first, more], [
    {
      account: "work",
      window: "seven_day",
      percentUsed: 42.35,
      resetsAtMs: null,
      observedAtMs: NOW_MS,
      source: "statusline",
    },
    [],
  ]);
  assert.ok(first);
  assert.deepEqual(record([first]), []);
  assert.equal(record([{ ...first, resetsAtMs: NOW_MS + HOUR_MS }]).length, 1);
});

Deno.test("a reset further away than its window is long isn't recorded", () => {
  const record = (resetsAtMs: number): number => {
    const five_hour = { used_percentage: 100, resets_at: resetsAtMs / 1000 };
    const payload = parsePayload(JSON.stringify({ rate_limits: { five_hour } }));
    return readingsToRecord(payload, { account: "work", known: [], nowMs: NOW_MS }).length;
  };
  assert.equal(record(NOW_MS + 5 * HOUR_MS), 1);
  assert.equal(record(NOW_MS + 6 * HOUR_MS), 1, "clocks may differ");
  assert.equal(record(NOW_MS + 6 * HOUR_MS + 1), 0);
  assert.equal(record(4_102_444_800_000), 0);
});
