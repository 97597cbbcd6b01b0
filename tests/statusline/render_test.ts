// Tests of the whole line: at every width, in every colour, never too wide, never empty.
import assert from "node:assert/strict";
import fc from "fast-check";
import { cellWidth, loadWidths } from "../../lib/text/cells.ts";
import type { ColorLevel, Theme } from "../../lib/statusline/color.ts";
import type { Segment } from "../../lib/statusline/piece.ts";
import { piece, span } from "../../lib/statusline/piece.ts";
import { renderPreview } from "../../lib/statusline/preview.ts";
import { renderLine } from "../../lib/statusline/render.ts";
import { chooseSegments, SEGMENTS } from "../../lib/statusline/segments/mod.ts";
import { emptyFacts, factsOf } from "./facts_of.ts";
import { golden } from "./golden.ts";

await loadWidths("é");
const LEVELS: readonly ColorLevel[] = ["truecolor", "256", "16", "none"];
const WIDTHS = [200, 120, 80, 60, 40] as const;
// deno-lint-ignore no-control-regex
const OWN_SGR = /\x1b\[(?:0|1;38;2;\d{1,3};\d{1,3};\d{1,3}|1;38;5;\d{1,3}|1;(?:3|9)[0-7])m/g;

const line = (
  width: number,
  options: { level?: ColorLevel; theme?: Theme; segments?: readonly Segment[] } = {},
): string =>
  renderLine(factsOf(), {
    segments: options.segments ?? chooseSegments(null),
    width,
    level: options.level ?? "none",
    theme: options.theme ?? "dark",
  });

for (const level of LEVELS) {
  for (const theme of level === "none" ? ["dark"] as const : ["dark", "light"] as const) {
    Deno.test(`whole lines, ${level}, ${theme}`, () => {
      const drawn = WIDTHS.map((columns) => {
        const text = line(columns - 4, { level, theme });
        const bare = text.replace(OWN_SGR, "");
        assert.equal(bare, line(columns - 4), "colour changes nothing but colour");
        assert.ok(cellWidth(bare) <= columns - 4);
        return `${columns}: ${text}`;
      });
      golden(`lines/${level}-${theme}`, drawn.join("\n"));
    });
  }
}

Deno.test("all segments together, at every width", () => {
  const drawn = [320, ...WIDTHS].map((columns) =>
    `${columns}: ${line(columns - 4, { segments: SEGMENTS })}`
  );
  golden("lines/all-segments", drawn.join("\n"));
  const colored = line(316, { segments: SEGMENTS, level: "truecolor" });
  golden("lines/all-segments-truecolor", colored.replaceAll(" \x1b", " \n\x1b"));
});

Deno.test("the line is never too wide, never empty, and never more than one line", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.string({ unit: "grapheme" }),
    fc.constantFrom("日本語のモデル", "👩‍💻👨‍👩‍👧", "é".normalize("NFD"), "\u202eabc", "a\nb", ""),
  );
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.tuple(text, fc.nat(100)), { maxLength: 4 }), { maxLength: 6 }),
      fc.integer({ min: 1, max: 120 }),
      (drawn, width) => {
        const segments = drawn.map((pieces, index): Segment => ({
          name: `s${index}`,
          summary: "",
          draw: () => pieces.map(([words, worth]) => piece(worth, span(words, "text"))),
        }));
        const result = renderLine(factsOf(), {
          segments,
          width,
          level: "truecolor",
          theme: "dark",
        });
        const bare = result.replace(OWN_SGR, "");
        assert.ok(cellWidth(bare) <= width, JSON.stringify(bare));
      },
    ),
  );
});

Deno.test("a wider terminal never removes anything from the default line", () => {
  let before = 0;
  for (let width = 1; width < 200; width++) {
    const cells = cellWidth(line(width));
    assert.ok(cells <= width && cells > 0, `${width}`);
    before = Math.max(before, cells);
  }
  assert.equal(cellWidth(line(400)), before);
});

/** The line of segments with pieces; bars separate the forms of a piece. */
function drawn(
  width: number,
  segments: Array<Array<[words: string, ...worths: number[]]>>,
): string {
  return line(width, {
    segments: segments.map((pieces, index): Segment => ({
      name: `s${index}`,
      summary: "",
      draw: () =>
        pieces.map(([words, ...worths]) =>
          words.split("|").map((text, i) => ({
            worth: worths[i] ?? 0,
            spans: [span(text, "text")],
          }))
        ),
    })),
  });
}

Deno.test("what just fits is shown; with one cell less, the least important form gives way", () => {
  const segments: Parameters<typeof drawn>[1] = [[["aa", 3], ["bb", 1]], [["cc", 2]]];
  assert.equal(drawn(10, segments), "aa bb │ cc");
  assert.equal(drawn(9, segments), "aa │ cc");
  assert.equal(drawn(7, segments), "aa │ cc");
  assert.equal(drawn(6, segments), "aa");
  assert.equal(drawn(2, segments), "aa");
  assert.equal(drawn(1, segments), "…");
  assert.equal(drawn(2.9, segments), "aa", "a part of a cell is none");
  assert.equal(drawn(-5, segments), "…");
});

Deno.test("the later of two equally important forms gives way", () => {
  assert.equal(drawn(2, [[["aa", 5]], [["bb", 5]]]), "aa");
  assert.equal(drawn(5, [[["aa", 5], ["bb", 5], ["cc", 5]]]), "aa bb");
});

Deno.test("a piece is shortened before it is dropped, and the last one is cut instead", () => {
  const segments: Parameters<typeof drawn>[1] = [[["long form|short", 1, 9]], [["end", 5]]];
  assert.equal(drawn(15, segments), "long form │ end");
  assert.equal(drawn(14, segments), "short │ end");
  assert.equal(drawn(10, segments), "short");
  assert.equal(drawn(4, segments), "sho…");
});

Deno.test("neighbours of the same colour share its escape sequence, and blanks need none", () => {
  const spans = [span("a", "good"), span(" ", "faint"), span("b", "good"), span("c", "alarm")];
  const segment: Segment = { name: "s", summary: "", draw: () => [piece(1, ...spans)] };
  const at = (level: ColorLevel, of: Segment) => line(9, { level, segments: [of] });
  assert.equal(at("16", segment), "\x1b[1;92ma b\x1b[1;91mc\x1b[0m");
  assert.equal(at("none", segment), "a bc");
  const blank: Segment = { name: "s", summary: "", draw: () => [piece(1, span("  ", "good"))] };
  assert.equal(at("16", blank), "  ");
});

Deno.test("a segment that throws is left out", () => {
  const broken: Segment = {
    name: "broken",
    summary: "",
    draw: () => {
      throw new Error("no");
    },
  };
  assert.equal(
    line(100, { segments: [broken, ...chooseSegments(["model"])] }),
    line(100, { segments: chooseSegments(["model"]) }),
  );
});

Deno.test("with nothing to show there is still a line", () => {
  const options = { segments: SEGMENTS, width: 80, level: "none", theme: "dark" } as const;
  assert.equal(renderLine(emptyFacts(), options), "claude-multi");
  assert.equal(renderLine(emptyFacts(), { ...options, width: 1 }), "…");
});

Deno.test("the preview draws one line per fill level under each width", () => {
  const text = renderPreview({
    columns: [200, 120, 80, 60, 40],
    fills: [0, 3, 38, 62, 81, 97, 100],
    level: "none",
    theme: "dark",
    segments: chooseSegments(null),
    barWidth: 8,
    padding: 0,
    reserve: { five_hour: 100, seven_day: 100 },
    account: "work",
    elsewhere: "personal",
    moves: "ask",
  });
  golden("preview", text);
});
