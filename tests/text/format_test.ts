// Tests of numbers as people read them: durations, percentages, scores, clock times, bars.
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  didYouMean,
  formatBar,
  formatClock,
  formatDuration,
  formatPercent,
  formatScore,
  orList,
  rounded,
} from "../../lib/text/format.ts";

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

Deno.test("a duration has its two largest units", () => {
  const cases: ReadonlyArray<readonly [ms: number, text: string]> = [
    [-5 * MINUTE, "0s"],
    [0, "0s"],
    [499, "0s"],
    [500, "1s"],
    [59.4 * SECOND, "59s"],
    [59.5 * SECOND, "1m"],
    [60 * SECOND, "1m"],
    [89 * SECOND, "1m"],
    [90 * SECOND, "2m"],
    [59 * MINUTE, "59m"],
    [59 * MINUTE + 30 * SECOND, "1h"],
    [HOUR, "1h"],
    [HOUR + MINUTE, "1h01m"],
    [2 * HOUR + 13 * MINUTE, "2h13m"],
    [23 * HOUR + 59 * MINUTE, "23h59m"],
    [DAY, "1d"],
    [DAY + 59 * MINUTE, "1d"],
    [3 * DAY + 4 * HOUR, "3d4h"],
    [30 * DAY + 23 * HOUR, "30d23h"],
  ];
  for (const [ms, text] of cases) assert.equal(formatDuration(ms), text);
});

Deno.test("a percentage has a decimal only below 10, and only if it isn't zero", () => {
  const cases: ReadonlyArray<readonly [percent: number, text: string]> = [
    [0, "0 %"],
    [0.04, "0 %"],
    [0.5, "0.5 %"],
    [7, "7 %"],
    [9.94, "9.9 %"],
    [10, "10 %"],
    [10.4, "10 %"],
    [42.5, "43 %"],
    [100, "100 %"],
  ];
  for (const [percent, text] of cases) assert.equal(formatPercent(percent), text);
});

Deno.test("a score has one decimal, a real minus sign, and never minus zero", () => {
  const scores = [76.94, 76.95, 0, 0.04, -0.04, -0.06, -42.6].map(formatScore);
  assert.deepEqual(scores, ["76.9", "77.0", "0.0", "0.0", "0.0", "−0.1", "−42.6"]);
  assert.deepEqual([0.1 + 0.2, 12.345678, -1].map(rounded), [0.3, 12.35, -1]);
});

Deno.test("a clock time has the weekday on another day, and the date from 6 days away", () => {
  const now = new Date(2026, 10, 18, 12, 0).getTime();
  const cases: ReadonlyArray<readonly [at: Date, text: string]> = [
    [new Date(2026, 10, 18, 9, 5), "09:05"],
    [new Date(2026, 10, 18, 0, 0), "00:00"],
    [new Date(2026, 10, 18, 23, 59), "23:59"],
    [new Date(2026, 10, 19, 0, 0), "Thu 00:00"],
    [new Date(2026, 10, 17, 23, 59), "Tue 23:59"],
    [new Date(2026, 10, 22, 15, 4), "Sun 15:04"],
    [new Date(2026, 10, 24, 11, 59), "Tue 11:59"],
    [new Date(2026, 10, 24, 12, 0), "24 Nov 12:00"],
    [new Date(2026, 10, 12, 12, 0), "12 Nov 12:00"],
    [new Date(2026, 10, 12, 12, 1), "Thu 12:01"],
    [new Date(2027, 0, 1, 0, 0), "1 Jan 00:00"],
  ];
  for (const [at, text] of cases) assert.equal(formatClock(at.getTime(), now), text);
});

Deno.test("a bar is filled in eighths of a cell", () => {
  assert.equal(formatBar(0, 4), "░░░░");
  assert.equal(formatBar(100, 4), "████");
  assert.equal(formatBar(50, 4), "██░░");
  assert.equal(formatBar(50, 3), "█▌░");
  assert.equal(formatBar(3.2, 4), "▏░░░");
  assert.equal(formatBar(99, 8), "███████▉");
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6, 7].map((eighths) => formatBar(100 * eighths / 8, 1)),
    ["▏", "▎", "▍", "▌", "▋", "▊", "▉"],
  );
});

Deno.test("property: a bar has its width, and a higher percentage never makes it shorter", () => {
  const length = (bar: string) =>
    "░▏▎▍▌▋▊▉█".split("").reduce((sum, sign, eighths) => {
      return sum + eighths * (bar.split(sign).length - 1);
    }, 0);
  const percent = fc.double({ min: -20, max: 120, noNaN: true });
  fc.assert(fc.property(percent, percent, fc.integer({ min: 1, max: 40 }), (one, two, width) => {
    const [less, more] = [Math.min(one, two), Math.max(one, two)].map((p) => formatBar(p, width));
    assert.equal(less?.length, width);
    assert.ok(length(less ?? "") <= length(more ?? ""));
  }));
});

Deno.test("alternatives are separated by commas, the last one by or", () => {
  const lists = [[], ["a"], ["a", "b"], ["a", "b", "c"]].map(orList);
  assert.deepEqual(lists, ["", "a", "a or b", "a, b or c"]);
});

Deno.test("a message names what was probably meant, or nothing", () => {
  assert.equal(didYouMean("work"), '; did you mean "work"?');
  assert.equal(didYouMean(null), "");
});
