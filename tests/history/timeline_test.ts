// Tests of the timeline: every day is there, weeks and months add up, gaps are told.
import assert from "node:assert/strict";
import { dateText, dayOf, startOfDayMs } from "../../lib/history/calendar.ts";
import type { Daily } from "../../lib/history/daily.ts";
import { ALL, emptyDay } from "../../lib/history/daily.ts";
import type { Day } from "../../lib/history/day.ts";
import { timelineOf } from "../../lib/history/timeline.ts";

const HOUR = 3_600_000;
/** A Monday. */
const MONDAY = dayOf(Date.UTC(2026, 10, 2, 12));
const EVERYTHING = { account: null, project: null };

function spanOf(days: number) {
  return { fromMs: startOfDayMs(MONDAY), toMs: startOfDayMs(MONDAY + days) };
}

/** The row of a day on an account, and with it that of all accounts. */
function rows(at: number, facts: Partial<Day>): Day[] {
  return ["work", ALL].map((account) => ({
    ...emptyDay(MONDAY + at, account),
    ...{ sessions: 1, sessionMs: 2 * HOUR, busyMs: HOUR, ...facts },
  }));
}

const worked = (days: Day[]): Daily => ({ days, folders: [] });

Deno.test("every day from the first known one is there, and those before it aren't", () => {
  const daily = worked([...rows(2, {}), ...rows(5, { limits: 2 })]);
  const { days, by } = timelineOf(daily, { ...EVERYTHING, span: spanOf(7) });
  assert.equal(by, "week");
  assert.deepEqual(
    days.map(({ day, hours, limits }) => [day - MONDAY, hours, limits]),
    [[2, 1, 0], [3, 0, 0], [4, 0, 0], [5, 1, 2], [6, 0, 0]],
  );
});

Deno.test("weeks and, in a longer time, months add up their days", () => {
  const facts = { limits: 1, moves: 1, waitedMs: 90_000, savedMs: HOUR };
  const daily = worked([0, 6, 7, 40].flatMap((at) => rows(at, facts)));
  const weeks = timelineOf(daily, { ...EVERYTHING, span: spanOf(41) }).periods;
  assert.deepEqual(weeks.slice(0, 3).map(({ from, days, hours }) => [from, days, hours]), [
    ["2026-11-02", 2, 2],
    ["2026-11-09", 1, 1],
    ["2026-11-16", 0, 0],
  ]);
  const { periods, by } = timelineOf(daily, { ...EVERYTHING, span: spanOf(400) });
  assert.equal(by, "month");
  assert.deepEqual(periods.length, 14);
  assert.deepEqual(periods[0], {
    ...{ from: "2026-11-01", hours: 3, sessions: 3, days: 3 },
    ...{ limits: 3, moves: 3, waitedMinutes: 4.5, savedMinutes: 180 },
  });
});

Deno.test("a day names the accounts that had sessions and no reading", () => {
  const daily = worked([...rows(0, {}), ...rows(1, { highestFiveHour: 0 })]);
  const { days } = timelineOf(daily, { ...EVERYTHING, span: spanOf(3) });
  assert.deepEqual(days.map(({ unread }) => unread), [["work"], [], []]);
});

Deno.test("of a project only what folders know is known", () => {
  const folder = { account: "work", folder: "/src/a", conversations: 1, tokensIn: 0, tokensOut: 0 };
  const daily = {
    days: rows(0, { limits: 5 }),
    folders: [{ ...folder, day: MONDAY, sessions: 3, sessionMs: 3 * HOUR }],
  };
  const scope = { account: null, project: "/src" };
  const { days, periods } = timelineOf(daily, { ...scope, span: spanOf(1) });
  assert.deepEqual(days, [{ day: MONDAY, hours: 3, sessions: 3, limits: null, unread: [] }]);
  assert.deepEqual([periods[0]?.hours, periods[0]?.limits, periods[0]?.moves], [3, null, null]);
  const elsewhere = { account: null, project: "/other" };
  assert.equal(timelineOf(daily, { ...elsewhere, span: spanOf(1) }).days[0]?.sessions, 0);
});

Deno.test("nothing known is no day", () => {
  assert.deepEqual(timelineOf(worked([]), { ...EVERYTHING, span: spanOf(9) }).days, []);
  assert.equal(dateText(MONDAY), "2026-11-02");
});
