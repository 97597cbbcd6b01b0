// Tests that tables fit the terminal, stand straight, and let no escape sequence through but ours.
import assert from "node:assert/strict";
import fc from "fast-check";
import { shortPath, wrapped } from "../../lib/cli/columns.ts";
import type { Cell } from "../../lib/cli/table.ts";
import { renderTable } from "../../lib/cli/table.ts";
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

Deno.test("no line of a table is wider than the terminal, and only our own styles are in it", async () => {
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

Deno.test("colour sequences in foreign text never reach the terminal", async () => {
  const table = await renderTable(terminal(80, true), {
    columns: ["folder", "title"],
    rows: [["/a\u001b[31mb", { text: "\u001b[41mtitle\u001b[0m", style: "bold" }]],
  });
  assert.ok(!table.includes("[31m") && !table.includes("[41m"), JSON.stringify(table));
  assert.ok(table.includes("\u001b[1mtitle\u001b[22m"), JSON.stringify(table));
});

Deno.test("columns stand straight below wide, combining and joined signs", async () => {
  const names = ["plain", "日本語", "👩‍👩‍👧 x", "e\u0301tude", "한국어"];
  const table = await renderTable(terminal(80), {
    columns: ["name", "end"],
    rows: names.map((name) => [name, "|"]),
  });
  const ends = table.split("\n").slice(1).map((line) => cellWidth(line));
  assert.equal(new Set(ends).size, 1, table);
});

Deno.test("narrow terminals narrow columns, then lose them by rank, and keep bars alike", async () => {
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

Deno.test("a column in which nothing stands is not shown", async () => {
  const columns = ["a", { head: "running", right: true }, "b"];
  const table = await renderTable(terminal(80), { columns, rows: [["1", "", "2"]] });
  assert.equal(table, "a  b\n1  2");
});

Deno.test("paths keep their beginning and their end", async () => {
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
