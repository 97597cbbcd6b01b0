// Tests of the daily rows: what each figure counts, and how days, hours and weeks are cut.
import assert from "node:assert/strict";
import { dayOf, startOfDayMs, weekdayOf } from "../../lib/history/calendar.ts";
import { dailyRows } from "../../lib/history/daily.ts";
import type { Details, PastLimit, PastReading, PastSession } from "../../lib/history/day.ts";
import { setZone } from "../../lib/text/local_time.ts";
import { zoneOf } from "../../lib/text/zone_rule.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = startOfDayMs(dayOf(Date.UTC(2026, 10, 2, 12)));
const SPAN = { fromMs: FROM, toMs: FROM + 7 * DAY };

function session(over: Partial<PastSession> & { at: number; hours: number }): PastSession {
  const { at, hours, ...rest } = over;
  return {
    account: "work",
    folder: "/src/a",
    startedAtMs: FROM + at * HOUR,
    endedAtMs: FROM + (at + hours) * HOUR,
    begins: true,
    movedFrom: null,
    leftLimitUntilMs: null,
    ...rest,
  };
}

function reading(atHours: number, percentUsed: number, resetsAtHours: number | null): PastReading {
  return {
    account: "work",
    window: "seven_day",
    percentUsed,
    resetsAtMs: resetsAtHours === null ? null : FROM + resetsAtHours * HOUR,
    measuredAtMs: FROM + atHours * HOUR,
  };
}

function limit(atHours: number, untilHours: number, wentOnHours: number | null): PastLimit {
  return {
    account: "work",
    window: "five_hour",
    model: null,
    recordedAtMs: FROM + atHours * HOUR,
    untilMs: FROM + untilHours * HOUR,
    wentOnAtMs: wentOnHours === null ? null : FROM + wentOnHours * HOUR,
  };
}

function rowsOf(details: Partial<Details>) {
  const none = { sessions: [], readings: [], limits: [], tokens: [] };
  return dailyRows({ ...none, ...details }, SPAN);
}

function dayRow(details: Partial<Details>, { account = "work", index = 0 } = {}) {
  const day = dayOf(FROM) + index;
  return rowsOf(details).days.find((row) => row.day === day && row.account === account);
}

Deno.test("overlapping sessions are added up in one figure and counted once in the other", () => {
  const sessions = [
    session({ at: 9, hours: 2 }),
    session({ at: 10, hours: 2, account: "home", folder: "/src/b", begins: false }),
  ];
  const all = dayRow({ sessions }, { account: "" });
  assert.deepEqual(
    [all?.sessions, all?.conversations, all?.sessionMs, all?.busyMs],
    [2, 1, 4 * HOUR, 3 * HOUR],
  );
  assert.deepEqual([...all?.hours ?? []].slice(8, 13), [0, 60, 60, 60, 0]);
  assert.equal(dayRow({ sessions })?.busyMs, 2 * HOUR);
  assert.deepEqual(rowsOf({ sessions }).folders.map((row) => [row.account, row.folder]), [
    ["home", "/src/b"],
    ["work", "/src/a"],
  ]);
});

Deno.test("a session over midnight is cut, and counted on the day of its start", () => {
  const sessions = [session({ at: 23, hours: 3 })];
  const days = [0, 1].map((index) => dayRow({ sessions }, { index }));
  assert.deepEqual(days.map((row) => [row?.sessions, row?.busyMs]), [[1, HOUR], [0, 2 * HOUR]]);
});

Deno.test("a session that runs counts up to the end of the span, one from before it from its start", () => {
  const sessions = [session({ at: -5, hours: 6 }), session({ at: 166, hours: 0, endedAtMs: null })];
  assert.equal(dayRow({ sessions })?.busyMs, HOUR);
  assert.equal(dayRow({ sessions })?.sessions, 0);
  assert.equal(dayRow({ sessions }, { index: 6 })?.busyMs, 2 * HOUR);
});

Deno.test("a conversation that moved saved the time that it worked before the old limit ended", () => {
  const until = FROM + 12 * HOUR;
  const sessions = [
    session({ at: 10, hours: 1, account: "home", movedFrom: "work", leftLimitUntilMs: until }),
    session({ at: 11, hours: 5, account: "home", movedFrom: "work", leftLimitUntilMs: until }),
  ];
  const row = dayRow({ sessions });
  assert.deepEqual([row?.moves, row?.savedMs], [2, 2 * HOUR]);
});

Deno.test("a limit counts once, however many conversations met it; each one's waiting counts", () => {
  const limits = [limit(10, 13, 13), limit(10.5, 13, 11), limit(10.6, 13, null), limit(20, 22, 30)];
  const row = dayRow({ limits });
  assert.deepEqual([row?.limits, row?.waitedMs], [2, 5.5 * HOUR]);
});

Deno.test("a limit that was met before the span isn't met again in it", () => {
  assert.equal(dayRow({ limits: [limit(-1, 13, null), limit(1, 13, 2)] })?.limits, 0);
});

Deno.test("a week is counted on the day of its reset, with the last figure before it", () => {
  const readings = [reading(-100, 20, 30), reading(20, 64, 30), reading(31, 3, 198)];
  assert.deepEqual(
    [0, 1].map((index) => {
      const row = dayRow({ readings }, { index });
      return [row?.highestSevenDay, row?.weeks, row?.weekUsed];
    }),
    [[64, 0, 0], [3, 1, 64]],
  );
});

Deno.test("a week without figures after its reset has ended too; a reset that moved isn't an end", () => {
  assert.equal(dayRow({ readings: [reading(1, 50, 30)] }, { index: 1 })?.weekUsed, 50);
  const moved = [reading(1, 50, 30), reading(2, 10, 170)];
  assert.equal(dayRow({ readings: moved }, { index: 1 }), undefined);
});

Deno.test("a day without figures has none, rather than 0 %", () => {
  assert.equal(dayRow({ sessions: [session({ at: 9, hours: 1 })] })?.highestSevenDay, null);
});

Deno.test("days and hours are local, and a day with 23 or 25 hours is one day", () => {
  setZone(zoneOf("CET-1CEST,M3.5.0,M10.5.0/3"));
  try {
    for (const [date, hours] of [[Date.UTC(2026, 2, 29), 23], [Date.UTC(2026, 9, 25), 25]]) {
      const day = (date ?? 0) / DAY;
      const fromMs = startOfDayMs(day);
      const toMs = startOfDayMs(day + 1);
      assert.equal(toMs - fromMs, (hours ?? 0) * HOUR);
      const whole = { ...session({ at: 0, hours: 0 }), startedAtMs: fromMs, endedAtMs: toMs };
      const details = { sessions: [whole], readings: [], limits: [], tokens: [] };
      const { days } = dailyRows(details, { fromMs, toMs });
      assert.deepEqual(days.map((row) => [row.day, row.busyMs]), [
        [day, toMs - fromMs],
        [day, toMs - fromMs],
      ]);
    }
    assert.equal(dayOf(Date.UTC(2026, 5, 1, 22, 30)), Date.UTC(2026, 5, 2) / DAY);
    assert.equal(weekdayOf(Date.UTC(2026, 10, 23) / DAY), 0);
  } finally {
    setZone(null);
  }
});
