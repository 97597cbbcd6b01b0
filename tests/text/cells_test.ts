// Tests of what a status line is made of: clean text, widths, numbers, colours.
import assert from "node:assert/strict";
import fc from "fast-check";
import { cellWidth, cleanText, fitText, loadWidths } from "../../lib/text/cells.ts";
import { colorLevelOf, rampColor, sgr } from "../../lib/statusline/color.ts";
import {
  compactCount,
  compactSize,
  timeUntil,
  wholePercent,
} from "../../lib/statusline/numbers.ts";

Deno.test("until the table of widths is loaded, a width may be too much but not too little", async () => {
  assert.equal(cellWidth("é"), 1);
  assert.equal(cellWidth(" ~│…"), 4);
  assert.equal(cellWidth("日本 ok 😀"), 10);
  assert.equal(fitText("日本語", 4), "日…");
  await loadWidths("plain");
  const texts = fc.sample(fc.string({ unit: "grapheme" }), 1000);
  const before = [...texts, "’"].map(cellWidth);
  assert.equal(before.at(-1), 2);
  await loadWidths("é");
  assert.equal(cellWidth("’"), 1);
  texts.forEach((text, at) => assert.ok(cellWidth(text) <= (before[at] ?? 0), text));
});

const FORBIDDEN =
  // deno-lint-ignore no-control-regex
  /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\u200e\u200f\u061c\ufeff]/;

Deno.test("escape sequences, control characters and bidi overrides are removed", () => {
  const cases: ReadonlyArray<readonly [string, string]> = [
    ["plain", "plain"],
    ["  trimmed\t", "trimmed"],
    ["a\x1b[31mred\x1b[0m", "ared"],
    ["a\x1b]8;;http://x\x07link\x1b]8;;\x1b\\b", "alinkb"],
    ["a\x1bPq#0;2;0\x1b\\b", "ab"],
    ["a\x9b31mb\x9d0;title\x9cc", "abc"],
    ["a\x1b(Bb\x1b=c", "abc"],
    ["cut \x1b[", "cut"],
    ["two\nlines\r\nhere", "two lines here"],
    ["rtl\u202eoverride\u2066iso\u2069", "rtloverrideiso"],
    ["zero\u200bwidth\ufeff\u00ad", "zerowidth"],
    ["tag\u{e0041}\u{e007f}", "tag"],
    ["half \ud83d pair", "half pair"],
    ["한글".normalize("NFD"), "한글"],
    ["z\u0336\u0337\u0338\u0334\u0335!", "z\u0336\u0337\u0338!"],
    ["👩‍💻 ok", "👩‍💻 ok"],
    ["\u0000\u0001\u0002", ""],
    ["\u200d\ufe0f\u3164\u2800\u115f\u034f", ""],
    ["\u0301\u0336 \u2800", ""],
    ["a\u2800b", "a\u2800b"],
    ["x".repeat(5000), "x".repeat(400)],
  ];
  for (const [given, expected] of cases) assert.equal(cleanText(given), expected);
});

Deno.test("clean text has nothing forbidden, and cleaning it again changes nothing", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", maxLength: 60 }), (text) => {
    const clean = cleanText(text);
    assert.doesNotMatch(clean, FORBIDDEN);
    assert.ok(clean.isWellFormed());
    assert.equal(cleanText(clean), clean);
  }));
});

Deno.test("CJK and emoji take two cells, combining marks none", () => {
  const cases: ReadonlyArray<readonly [string, number]> = [
    ["abc", 3],
    ["日本", 4],
    ["ｱｲｳ", 3],
    ["é", 1],
    ["e\u0301", 1],
    ["😀", 2],
    ["👨‍👩‍👧", 2],
    ["🇫🇷", 2],
    ["█▌░│●→≥…", 8],
    ["", 0],
  ];
  for (const [text, cells] of cases) assert.equal(cellWidth(text), cells, text);
});

Deno.test("a text that is too wide is cut and gets an ellipsis", () => {
  assert.equal(fitText("personal", 8), "personal");
  assert.equal(fitText("personal", 5), "pers…");
  assert.equal(fitText("日本語", 5), "日本…");
  assert.equal(fitText("日本語", 4), "日…");
  assert.equal(fitText("abc", 0), "");
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.nat(12), (text, cells) => {
    const fitted = fitText(text, cells);
    assert.ok(cellWidth(fitted) <= cells);
    assert.ok(fitted === text || cells === 0 || fitted.endsWith("…"));
  }));
});

Deno.test("counts, percentages and times are short but complete", () => {
  const counts: ReadonlyArray<readonly [number, string]> = [
    [0, "0"],
    [999, "999"],
    [1000, "1.00k"],
    [1234, "1.23k"],
    [45_649, "45.6k"],
    [99_960, "100k"],
    [123_456, "123k"],
    [999_499, "999k"],
    [999_500, "1.00M"],
    [42_960, "43.0k"],
    [1_234_567, "1.23M"],
    [4_620_793_559, "4.62B"],
    [1e15, "1000T"],
    [1e300, "many"],
    [-5, "0"],
  ];
  for (const [count, text] of counts) assert.equal(compactCount(count), text, String(count));
  assert.equal(compactCount(45_649, 2), "46k");
  assert.equal(compactCount(145_649, 2), "146k");
  assert.equal(compactCount(1_960, 2), "2.0k");
  assert.equal(compactCount(99_600, 2), "100k");
  const sizes: ReadonlyArray<readonly [number, string]> = [
    [500, "500"],
    [200_000, "200k"],
    [1_000_000, "1M"],
    [1_048_576, "1.05M"],
    [1e300, "many"],
  ];
  for (const [size, text] of sizes) assert.equal(compactSize(size), text);
  const percents: ReadonlyArray<readonly [number, string]> = [
    [0, "0%"],
    [0.2, "<1%"],
    [42.4, "42%"],
    [99.7, "99%"],
    [100, "100%"],
  ];
  for (const [percent, text] of percents) assert.equal(wholePercent(percent), text);
  const times: ReadonlyArray<readonly [number, string]> = [
    [1, "1m"],
    [59 * 60_000, "59m"],
    [3_600_000, "1h00m"],
    [133 * 60_000, "2h13m"],
    [65 * 60_000, "1h05m"],
    [24 * 3_600_000, "1d0h"],
    [76 * 3_600_000, "3d4h"],
    [1e15, ">99d"],
  ];
  for (const [ms, text] of times) assert.equal(timeUntil(ms), text);
});

Deno.test("the ramp goes from green through blue and yellow to red, without a jump", () => {
  const strongest = (percent: number): number => {
    const rgb = rampColor(percent, "dark");
    return rgb.indexOf(Math.max(...rgb));
  };
  assert.equal(strongest(0), 1);
  assert.equal(strongest(50), 2);
  assert.equal(strongest(100), 0);
  const [r, g, b] = rampColor(75, "dark");
  assert.ok(r > 200 && g > 150 && b < 80, "yellow");
  for (const theme of ["dark", "light"] as const) {
    for (let percent = 1; percent <= 100; percent++) {
      const [before, now] = [rampColor(percent - 1, theme), rampColor(percent, theme)];
      const step = Math.max(...now.map((value, i) => Math.abs(value - (before[i] ?? 0))));
      assert.ok(step <= 12, `${theme} ${percent}: ${before} ${now}`);
    }
    assert.deepEqual(rampColor(-3, theme), rampColor(0, theme));
    assert.deepEqual(rampColor(250, theme), rampColor(100, theme));
  }
});

Deno.test("every colour is bold, in the notation of its colour level", () => {
  assert.equal(
    sgr({ percent: 100 }, { level: "truecolor", theme: "dark" }),
    "\x1b[1;38;2;248;83;83m",
  );
  assert.match(sgr("account", { level: "256", theme: "dark" }).slice(1), /^\[1;38;5;\d+m$/);
  assert.equal(sgr({ percent: 90 }, { level: "16", theme: "dark" }), "\x1b[1;91m");
  assert.equal(sgr({ percent: 90 }, { level: "16", theme: "light" }), "\x1b[1;31m");
  assert.equal(sgr("account", { level: "none", theme: "dark" }), "");
});

Deno.test("the colour level follows NO_COLOR, TERM and COLORTERM", () => {
  const cases: ReadonlyArray<readonly [Record<string, string>, string]> = [
    [{ TERM: "xterm-256color", COLORTERM: "truecolor" }, "truecolor"],
    [{ TERM: "xterm-256color", COLORTERM: "24bit" }, "truecolor"],
    [{ TERM: "xterm-256color" }, "256"],
    [{ TERM: "tmux-256color" }, "256"],
    [{ TERM: "xterm" }, "16"],
    [{ TERM: "linux" }, "16"],
    [{ TERM: "xterm-kitty" }, "truecolor"],
    [{ TERM: "xterm-direct" }, "truecolor"],
    [{}, "16"],
    [{ TERM: "dumb", COLORTERM: "truecolor" }, "none"],
    [{ TERM: "xterm-256color", COLORTERM: "truecolor", NO_COLOR: "1" }, "none"],
  ];
  for (const [env, level] of cases) {
    assert.equal(colorLevelOf((name) => env[name] ?? null), level, JSON.stringify(env));
  }
});
