// Tests that tables fit the terminal, are aligned, and have no escape sequences but ours.
import assert from "node:assert/strict";
import fc from "fast-check";
import { shortPath, wrapped } from "../../lib/cli/columns.ts";
import type { Cell, Column } from "../../lib/cli/table.ts";
import { percentStyle, renderTable } from "../../lib/cli/table.ts";
import { cellWidth, loadWidths } from "../../lib/text/cells.ts";
import { FakeTerminal } from "../helpers/context.ts";

const RUNS = { numRuns: Number(Deno.env.get("FUZZ_RUNS") ?? 300) };

function terminal(columns: number, color = false): FakeTerminal {
  return new FakeTerminal({ interactive: false, color, columns, input: "" });
}

/** The text without our own styling. */
function plain(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-9;]*m/g, "");
}

const anyText = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 40 }),
  fc.constantFrom(
    "日本語の名前",
    "👩‍👩‍👧 family",
    "\u001b[31mred\u001b[0m",
    "a\u0301",
    "\u001b]0;t\u0007x",
    "",
  ),
);
const anyCell: fc.Arbitrary<Cell> = fc.oneof(
  anyText,
  fc.record({ text: anyText, style: fc.constantFrom("bold", "red") }),
  fc.record({ percent: fc.double({ min: 0, max: 100, noNaN: true }), style: fc.constant("green") }),
) as fc.Arbitrary<Cell>;

Deno.test("no line of a table is wider than the terminal, and it has only our own styles", async () => {
  await loadWidths("é");
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(anyCell, anyCell, anyCell, anyText), { maxLength: 5 }),
      fc.integer({ min: 1, max: 120 }),
      fc.boolean(),
      async (rows, columns, color) => {
        const table = await renderTable(terminal(columns, color), {
          columns: [
            { head: "name", least: 8 },
            { head: "", gap: 1, rank: 2, least: 3 },
            { head: "figure", right: true, rank: 1 },
            { head: "why", wraps: true, least: 10 },
          ],
          rows: [...rows, { line: { text: "over all columns, 日本語 too", style: "dim" } }],
        });
        for (const line of plain(table).split("\n")) {
          assert.ok(cellWidth(line) <= columns, `${cellWidth(line)} > ${columns}: ${line}`);
        }
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(color ? plain(table) : table, /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
      },
    ),
    RUNS,
  );
});

Deno.test("colour sequences in untrusted text never reach the terminal", async () => {
  const table = await renderTable(terminal(80, true), {
    columns: ["folder", "title"],
    rows: [["/a\u001b[31mb", { text: "\u001b[41mtitle\u001b[0m", style: "bold" }]],
  });
  assert.ok(!table.includes("[31m") && !table.includes("[41m"), JSON.stringify(table));
  assert.ok(table.includes("\u001b[1mtitle\u001b[22m"), JSON.stringify(table));
});

Deno.test("columns stay aligned below wide, combining and joined characters", async () => {
  const names = ["plain", "日本語", "👩‍👩‍👧 x", "e\u0301tude", "한국어"];
  const table = await renderTable(terminal(80), {
    columns: ["name", "end"],
    rows: names.map((name) => [name, "|"]),
  });
  const ends = table.split("\n").slice(1).map((line) => cellWidth(line));
  assert.equal(new Set(ends).size, 1, table);
});

Deno.test("in a narrow terminal, columns shrink, then are left out by rank, and bars stay equal", async () => {
  const at = async (columns: number) => {
    const bar = (percent: number): Cell => ({ percent, style: "green" });
    const table = await renderTable(terminal(columns), {
      columns: [
        { head: "account", least: 6 },
        { head: "", least: 4, rank: 3 },
        { head: "5h used", gap: 1 },
        { head: "", least: 4, rank: 3 },
        { head: "7d used", gap: 1 },
        { head: "score", rank: 5, right: true },
        "state",
      ],
      rows: [["personal", bar(50), " 50 %", bar(100), "100 %", "44.6", "open"]],
    });
    return table.split("\n")[1];
  };
  assert.equal(await at(80), "personal  ████░░░░  50 %  ████████ 100 %   44.6  open");
  assert.equal(await at(48), "personal  ██▌░░  50 %  █████ 100 %   44.6  open");
  assert.equal(await at(40), "personal  ██░░  50 %  ████ 100 %  open");
  assert.equal(await at(30), "personal   50 %  100 %  open");
  assert.equal(await at(26), "pers…   50 %  100 %  open");
});

Deno.test("in a narrow terminal, heads shrink to their first word before anything is cut", async () => {
  const columns: Column[] = [
    { head: "account", least: 16 },
    { head: "5h used", right: true },
    { head: "running", right: true },
  ];
  const at = (width: number) =>
    renderTable(terminal(width), { columns, rows: [["work", "18 %", "1"]] });
  assert.equal(await at(25), "account  5h used  running\nwork        18 %        1");
  assert.equal(await at(24), "account      5h  running\nwork       18 %        1");
  assert.equal(await at(22), "account    5h  running\nwork     18 %        1");
});

Deno.test("a column with only empty cells isn't shown", async () => {
  const columns = ["a", { head: "running", right: true }, "b"];
  const table = await renderTable(terminal(80), { columns, rows: [["1", "", "2"]] });
  assert.equal(table, "a  b\n1  2");
});

Deno.test("paths keep their start and their end", async () => {
  await loadWidths("é");
  assert.equal(shortPath("~/work/clients/acme/site", 40), "~/work/clients/acme/site");
  assert.equal(shortPath("~/work/clients/acme/site", 16), "~/…/acme/site");
  assert.equal(shortPath("/srv/data/projects/日本語", 12), "/…/日本語");
  assert.equal(shortPath("~/a/a-very-long-name-of-a-folder", 12), "a-very-long…");
});

Deno.test("text is wrapped between words", () => {
  assert.deepEqual(wrapped("one two three", 8), ["one two", "three"]);
  assert.deepEqual(wrapped("unbreakable word", 4), ["unbreakable", "word"]);
  assert.deepEqual(wrapped("no terminal no end", Infinity), ["no terminal no end"]);
});

/** Columns, a row, and the lines that they give in a wide terminal. */
const DRAWN: ReadonlyArray<
  readonly [name: string, Array<string | Column>, Cell[], lines: [string, string]]
> = [
  [
    "a head alone keeps all its words",
    ["late work", { head: "given up", right: true }, "end"],
    ["1", "2", "x"],
    ["late work  given up  end", "1                 2  x"],
  ],
  [
    "a head close to a nameless column extends over both",
    ["a", "", { head: "5h used", gap: 1 }, "end"],
    ["1", "123", "456", "x"],
    ["a  5h used  end", "1  123 456  x"],
  ],
  [
    "so it does over the one behind it",
    ["5h used", { head: "", gap: 1 }, "end"],
    ["123", "456", "x"],
    ["5h used  end", "123 456  x"],
  ],
  [
    "where both are too narrow it shrinks to its first word",
    ["a", "", { head: "5h used", gap: 1 }, "end"],
    ["1", "12", "456", "x"],
    ["a  5h      end", "1  12 456  x"],
  ],
  [
    "two heads never become one, however close they are",
    [{ head: "up", right: true }, { head: "to", gap: 1 }, "end"],
    ["1234", "5678", "x"],
    ["  up  to    end", "1234 5678  x"],
  ],
  [
    "so it does at the end of the line",
    ["", { head: "5h used", gap: 1 }],
    ["1234", "56"],
    ["5h used", "1234 56"],
  ],
  [
    "but not over one that is close to a column which is not shown",
    ["account", "", { head: "", gap: 1 }, "end"],
    ["1", "", "2", "x"],
    ["account     end", "1        2  x"],
  ],
  [
    "a column that is not shown takes no space",
    ["account", "", { head: "5h", gap: 1 }],
    ["a", "", "1"],
    ["account  5h", "a        1"],
  ],
];

for (const [name, columns, row, lines] of DRAWN) {
  Deno.test(`heads: ${name}`, async () => {
    const table = await renderTable(terminal(80), { columns, rows: [row] });
    assert.deepEqual(table.split("\n"), lines);
  });
}

Deno.test("each part of a text has its own colour, and the empty part of a bar is dim", async () => {
  const colours = async (cell: Cell, width = 80) => {
    const table = await renderTable(terminal(width, true), {
      columns: [{ head: "", wraps: true, least: 4 }],
      rows: [[cell]],
    });
    return table.split("\n").slice(1).join("\n").replaceAll("\u001b", "");
  };
  const parts: Cell = [{ text: "one ", style: "red" }, { text: "two", style: "green" }, " three"];
  assert.equal(await colours(parts), "[31mone [39m[32mtwo[39m three");
  assert.equal(await colours(parts, 8), "[31mone two[39m\n[31mthree[39m");
  const bar = (percent: number): Cell => ({ percent, style: "red" });
  assert.equal(await colours(bar(0)), "[2m░░░░░░░░[22m");
  assert.equal(await colours(bar(50)), "[31m████[39m[2m░░░░[22m");
  assert.equal(await colours(bar(100)), "[31m████████[39m");
});

Deno.test("a line across all columns is cut, and a column may shorten text in its own way", async () => {
  const table = await renderTable(terminal(12), {
    columns: [{ head: "folder", least: 4, shorten: (text, cells) => `<${text.slice(2 - cells)}>` }],
    rows: [["/a/very/long/path"], ["/a/short"], { line: ["one two three", " four"] }],
  });
  assert.deepEqual(table.split("\n"), ["folder", "</long/path>", "/a/short", "one two thr…"]);
});

Deno.test("the colour of a percentage changes at 25, 60 and 85", () => {
  for (
    const [percent, style] of [
      [0, "green"],
      [24.9, "green"],
      [25, "blue"],
      [59.9, "blue"],
      [60, "yellow"],
      [84.9, "yellow"],
      [85, "red"],
      [100, "red"],
    ] as const
  ) assert.equal(percentStyle(percent), style, String(percent));
});
