// Tests of numbers as short as a status line needs them, on both sides of every change of their form.
import assert from "node:assert/strict";
import {
  compactCount,
  compactSize,
  timeUntil,
  wholePercent,
} from "../../lib/statusline/numbers.ts";

Deno.test("a count never has more than three digits and a unit", () => {
  const cases: ReadonlyArray<readonly [number, string]> = [
    [-5, "0"],
    [0, "0"],
    [842, "842"],
    [999, "999"],
    [999.6, "1.00k"],
    [1000, "1.00k"],
    [1204, "1.20k"],
    [45_600, "45.6k"],
    [99_949, "99.9k"],
    [99_960, "100k"],
    [123_400, "123k"],
    [999_499, "999k"],
    [999_500, "1.00M"],
    [1_230_000, "1.23M"],
    [4e9, "4.00B"],
    [7.1e12, "7.10T"],
    [999e12, "999T"],
    [12_345e12, "12345T"],
    [1e18, "many"],
  ];
  for (const [count, text] of cases) assert.equal(compactCount(count), text, String(count));
  assert.equal(compactCount(1204, 2), "1.2k");
  assert.equal(compactCount(45_600, 2), "46k");
  assert.equal(compactCount(123_400, 2), "123k");
});

Deno.test("a size has no trailing zeros", () => {
  const cases: ReadonlyArray<readonly [number, string]> = [
    [500, "500"],
    [200_000, "200k"],
    [1_000_000, "1M"],
    [1_048_576, "1.05M"],
    [1e18, "many"],
  ];
  for (const [size, text] of cases) assert.equal(compactSize(size), text, String(size));
});

Deno.test("anything below full is never shown as 100 %, anything used never as 0 %", () => {
  const cases: ReadonlyArray<readonly [number, string]> = [
    [0, "0%"],
    [0.01, "<1%"],
    [0.99, "<1%"],
    [1, "1%"],
    [42.4, "42%"],
    [42.5, "43%"],
    [99, "99%"],
    [99.99, "99%"],
    [100, "100%"],
  ];
  for (const [percent, text] of cases) assert.equal(wholePercent(percent), text, String(percent));
});

Deno.test("a time is rounded up to the minute, from a minute to 99 days", () => {
  const minutes: ReadonlyArray<readonly [number, string]> = [
    [-5, "1m"],
    [0, "1m"],
    [0.1, "1m"],
    [1, "1m"],
    [1.01, "2m"],
    [59, "59m"],
    [59.5, "1h00m"],
    [60, "1h00m"],
    [125, "2h05m"],
    [1439, "23h59m"],
    [1440, "1d0h"],
    [4560, "3d4h"],
    [100 * 1440 - 1, "99d23h"],
    [100 * 1440, ">99d"],
  ];
  for (const [amount, text] of minutes) {
    assert.equal(timeUntil(amount * 60_000), text, `${amount} min`);
  }
});
