// Tests of colours: the ramp at its stops, the nearest of few colours, and what a terminal understands.
import assert from "node:assert/strict";
import type { ColorLevel, Paint } from "../../lib/statusline/color.ts";
import { colorLevelOf, rampColor, sgr } from "../../lib/statusline/color.ts";

const RAMP: ReadonlyArray<readonly [percent: number, rgb: readonly number[]]> = [
  [-5, [74, 222, 128]],
  [NaN, [74, 222, 128]],
  [0, [74, 222, 128]],
  [25, [85, 194, 189]],
  [50, [96, 165, 250]],
  [60, [158, 181, 158]],
  [75, [250, 204, 21]],
  [85, [249, 156, 46]],
  [100, [248, 83, 83]],
  [140, [248, 83, 83]],
];

for (const [percent, rgb] of RAMP) {
  Deno.test(`the ramp at ${percent} % is ${rgb.join(" ")}`, () => {
    assert.deepEqual(rampColor(percent, "dark"), rgb);
  });
}

/** The codes of a paint in an escape sequence. */
function codes(paint: Paint, level: ColorLevel, theme: "dark" | "light" = "dark"): string {
  // deno-lint-ignore no-control-regex
  return sgr(paint, { level, theme }).replace(/^\x1b\[(.*)m$/, "$1");
}

Deno.test("a terminal of sixteen colours has a step where the ramp changes most", () => {
  const at = (percent: number) => codes({ percent }, "16");
  assert.deepEqual([0, 24.9].map(at), ["1;92", "1;92"]);
  assert.deepEqual([25, 62.4].map(at), ["1;94", "1;94"]);
  assert.deepEqual([62.5, 87.4].map(at), ["1;93", "1;93"]);
  assert.deepEqual([87.5, 100].map(at), ["1;91", "1;91"]);
  assert.equal(codes({ percent: 100 }, "16", "light"), "1;31");
});

Deno.test("a paint is an escape sequence for its colour level, and nothing without colours", () => {
  assert.equal(codes("alarm", "truecolor"), "1;38;2;248;83;83");
  assert.equal(codes("alarm", "truecolor", "light"), "1;38;2;185;28;28");
  assert.equal(codes({ percent: 50 }, "truecolor"), "1;38;2;96;165;250");
  assert.equal(codes("alarm", "none"), "");
});

/** Every colour of the ramp, and the nearest of the 256, found by trying all of them. */
Deno.test("the nearest of 256 colours is used", () => {
  const steps = [0, 95, 135, 175, 215, 255];
  const colors: Array<readonly [code: number, rgb: readonly number[]]> = [];
  for (let i = 0; i < 216; i++) {
    const rgb = [Math.floor(i / 36), Math.floor(i / 6) % 6, i % 6].map((step) => steps[step] ?? 0);
    colors.push([16 + i, rgb]);
  }
  for (let i = 0; i < 24; i++) colors.push([232 + i, [8 + 10 * i, 8 + 10 * i, 8 + 10 * i]]);
  const squared = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0);
  for (const theme of ["dark", "light"] as const) {
    for (let percent = 0; percent <= 100; percent++) {
      const rgb = rampColor(percent, theme);
      const least = Math.min(...colors.map(([, color]) => squared(rgb, color)));
      const code = Number(codes({ percent }, "256", theme).replace("1;38;5;", ""));
      const taken = colors.find(([one]) => one === code)?.[1] ?? [];
      assert.equal(squared(rgb, taken), least, `${theme} ${percent} %: ${code}`);
    }
  }
  assert.equal(codes("faint", "256"), "1;38;5;241", "a grey");
  assert.equal(codes("muted", "256", "light"), "1;38;5;241");
});

const LEVELS: ReadonlyArray<readonly [env: Record<string, string>, level: ColorLevel]> = [
  [{}, "16"],
  [{ TERM: "xterm" }, "16"],
  [{ TERM: "xterm-256color" }, "256"],
  [{ TERM: "xterm-kitty" }, "truecolor"],
  [{ TERM: "xterm-direct" }, "truecolor"],
  [{ TERM: "xterm", COLORTERM: "truecolor" }, "truecolor"],
  [{ TERM: "screen-256color", COLORTERM: "24BIT" }, "truecolor"],
  [{ TERM: "screen-256color", COLORTERM: "yes" }, "256"],
  [{ TERM: "dumb", COLORTERM: "truecolor" }, "none"],
  [{ TERM: "xterm-kitty", NO_COLOR: "" }, "none"],
];

for (const [env, level] of LEVELS) {
  Deno.test(`with ${JSON.stringify(env)} a terminal shows ${level} colours`, () => {
    assert.equal(colorLevelOf((name) => env[name] ?? null), level);
  });
}
