// Tests of times as users type them.
import assert from "node:assert/strict";
import { parseMoment } from "../../lib/text/moment.ts";

const NOW = new Date(2026, 5, 10, 12, 0).getTime();
const HOUR = 3_600_000;

const at = (text: string) => parseMoment(text, NOW).atMs;

Deno.test("durations, clock times and dates", () => {
  assert.equal(at("2h30m"), NOW + 2.5 * HOUR);
  assert.equal(at("366d"), NOW + 366 * 24 * HOUR);
  assert.equal(at("15:04"), new Date(2026, 5, 10, 15, 4).getTime());
  assert.equal(at("11:00"), new Date(2026, 5, 11, 11, 0).getTime(), "tomorrow");
  assert.equal(at("2026-06-12"), new Date(2026, 5, 12).getTime(), "local midnight");
  assert.equal(at("2026-06-12T10:00Z"), Date.UTC(2026, 5, 12, 10));
});

const REFUSED: Array<[problem: RegExp, texts: string[]]> = [
  [/such as 15:04, 6pm, 90m, 3d, tomorrow 9am,/, [
    "",
    "soon",
    "13pm",
    "fri 25:00",
    "su",
    "tomorrow or so",
    "forever",
    "25:00",
    "-2h",
    "2027-02-31",
    "2026-12-31 (blah)",
    "3am 4am",
    "tomorrow friday",
    "morning evening",
    "dec",
    "dec 32",
    "feb 30",
    "1/12",
    "1.5",
    "next",
    "next week",
    "half an hour or so",
  ]],
  [/that time has passed/, ["0m", "2020-01-01"]],
  [/more than 366d away/, ["367d", "400d", "99999d", "2099-01-01"]],
];
for (const [problem, texts] of REFUSED) {
  for (const text of texts) {
    Deno.test(`${JSON.stringify(text)} is refused with ${problem.source}`, () => {
      const moment = parseMoment(text, NOW);
      assert.equal(moment.atMs, null);
      assert.match(moment.problem ?? "", problem);
    });
  }
}

Deno.test("the words that people type", () => {
  const day = (date: number, hour = 0, minute = 0) =>
    new Date(2026, 5, date, hour, minute).getTime();
  // NOW is a Wednesday.
  for (
    const [text, wanted] of [
      ["2 hours", NOW + 2 * HOUR],
      ["in 90 min", NOW + 1.5 * HOUR],
      ["1 day and 2 hours", NOW + 26 * HOUR],
      ["2w", NOW + 14 * 24 * HOUR],
      ["6pm", day(10, 18)],
      ["at 6:30 PM", day(10, 18, 30)],
      ["9am", day(11, 9)],
      ["12am", day(11)],
      ["noon", day(11, 12)],
      ["midnight", day(11)],
      ["today 15:00", day(10, 15)],
      ["tomorrow", day(11)],
      ["Tomorrow at 9:00", day(11, 9)],
      ["fri", day(12)],
      ["on friday 6pm", day(12, 18)],
      ["wed", day(17)],
      ["tue", day(16)],
      ["for 2 hours", NOW + 2 * HOUR],
      ["1.5h", NOW + 1.5 * HOUR],
      ["1.25 hours", NOW + 1.25 * HOUR],
      ["half an hour", NOW + 0.5 * HOUR],
      ["in an hour", NOW + HOUR],
      ["a day and 2h", NOW + 26 * HOUR],
      ["tonight", day(10, 20)],
      ["tonight at 11 pm", day(10, 23)],
      ["this evening", day(10, 18)],
      ["tomorrow morning", day(11, 9)],
      ["next monday", day(15)],
      ["this friday", day(12)],
      ["3am tomorrow", day(11, 3)],
      ["tomorrow 3am", day(11, 3)],
      ["9:00 on friday", day(12, 9)],
      ["noon tomorrow", day(11, 12)],
      ["dec 1", new Date(2026, 11, 1).getTime()],
      ["1 dec", new Date(2026, 11, 1).getTime()],
      ["Dec. 1st, 9:30", new Date(2026, 11, 1, 9, 30).getTime()],
      ["6pm on the 1st of december", new Date(2026, 11, 1, 18).getTime()],
      ["june 9 2027", new Date(2027, 5, 9).getTime()],
      ["9 june", new Date(2027, 5, 9).getTime()],
    ] as const
  ) assert.equal(at(text), wanted, text);
  for (const passed of ["today", "10 june", "june 9 2026", "this morning", "today 11:00"]) {
    assert.equal(parseMoment(passed, NOW).problem, "that time has passed", passed);
  }
  const evening = NOW + 9 * HOUR;
  assert.equal(parseMoment("tonight", evening).problem, "that time has passed");
});

Deno.test("clock times and dates are local if they have no time zone", () => {
  assert.equal(at("12:00"), new Date(2026, 5, 11, 12, 0).getTime(), "now is over");
  assert.equal(at("12:01"), new Date(2026, 5, 10, 12, 1).getTime());
  assert.equal(at("9:30"), new Date(2026, 5, 11, 9, 30).getTime());
  assert.equal(parseMoment("12:00", NOW + 1).atMs, new Date(2026, 5, 11, 12, 0).getTime());
  const withSeconds = new Date(2026, 5, 12, 10, 0, 30);
  assert.equal(at("2026-06-12 10:00:30"), withSeconds.getTime());
  assert.equal(at("2026-06-12T10:00:30"), withSeconds.getTime());
  assert.equal(at("2026-06-12T10:00+02:00"), Date.UTC(2026, 5, 12, 8));
});

Deno.test("a time is in the future, and at most 366 days away", () => {
  assert.equal(at("1s"), NOW + 1000);
  assert.equal(at("0s"), null);
  assert.equal(at("365d24h"), NOW + 366 * 24 * HOUR);
  assert.equal(at("366d1s"), null);
  assert.equal(at("1s1m1h1d"), NOW + 25 * HOUR + 61_000);
  assert.equal(at("2026-02-29"), null);
  assert.equal(at("2027-04-31"), null);
  assert.equal(at("2026-06-31"), null);
  assert.equal(at("2026-07-31"), new Date(2026, 6, 31).getTime());
  assert.equal(parseMoment("2028-02-29", new Date(2028, 0, 1).getTime()).problem, null);
});
