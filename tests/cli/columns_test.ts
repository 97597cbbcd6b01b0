// Tests of fitting text and columns: they fit in exactly their width, and shrink in one cell less.
import assert from "node:assert/strict";
import type { Narrowing } from "../../lib/cli/columns.ts";
import { fitted, gapBefore, shortPath, wrapped } from "../../lib/cli/columns.ts";

Deno.test("a line may fill the whole width", () => {
  assert.deepEqual(wrapped("one two three", 7), ["one two", "three"]);
  assert.deepEqual(wrapped("one two three", 6), ["one", "two", "three"]);
  assert.deepEqual(wrapped("", 6), [""]);
});

Deno.test("a last word isn't left alone on its line, unless the one before it can't join it", () => {
  assert.deepEqual(wrapped("it has no room for one more session", 27), [
    "it has no room for one",
    "more session",
  ]);
  assert.deepEqual(wrapped("it has no room for one more session", 27, { indent: "  " }), [
    "it has no room for one",
    "  more session",
  ]);
  assert.deepEqual(wrapped("it is an incomprehensible sentences", 25), [
    "it is an incomprehensible",
    "sentences",
  ]);
});

Deno.test("a path is shortened only if it doesn't fit, and no more than necessary", () => {
  const path = "~/work/clients/acme/site";
  const at = (cells: number) => shortPath(path, cells);
  assert.equal(at(24), path);
  assert.equal(at(23), "~/…/clients/acme/site");
  assert.equal(at(21), "~/…/clients/acme/site");
  assert.equal(at(20), "~/…/acme/site");
  assert.equal(at(8), "~/…/site");
  assert.equal(at(7), "site");
  assert.equal(shortPath("/srv/data/site", 11), "/…/site");
});

const FITTED: ReadonlyArray<
  readonly [name: string, columns: Narrowing[], natural: number[], available: number, number[]]
> = [
  ["all that fits keeps its width", [{}, {}], [5, 5], 12, [5, 5]],
  ["the one that can spare most is narrowed first", [{}, {}], [5, 9], 14, [5, 7]],
  ["of those that can spare the same the first is", [{}, {}], [5, 5], 11, [4, 5]],
  ["one without a least width gives way before others do", [{ least: 2 }, {}], [5, 5], 7, [2, 3]],
  [
    "then what has a rank is left out, the highest first",
    [
      { least: 4 },
      { least: 4, rank: 2 },
      { least: 4, rank: 1 },
    ],
    [4, 4, 4],
    10,
    [4, 0, 4],
  ],
  ["rank 0 is a rank too", [{ least: 6 }, { least: 4, rank: 0 }], [6, 6], 6, [6, 0]],
  ["an empty column takes no space", [{}, {}, {}], [3, 0, 3], 8, [3, 0, 3]],
  ["a small gap counts as one", [{}, { gap: 1 }], [3, 3], 7, [3, 3]],
  ["behind an empty column it does not", [{}, {}, { gap: 1 }], [3, 0, 3], 7, [2, 0, 3]],
  ["where names must give way they do, to one cell", [{ least: 5 }, { least: 5 }], [5, 5], 4, [
    1,
    1,
  ]],
  ["then the last is left out", [{ least: 5 }, { least: 5 }], [5, 5], 3, [3, 0]],
  ["without any space nothing is shown", [{ least: 5 }, {}], [5, 5], 0, [0, 0]],
];

for (const [name, columns, natural, available, widths] of FITTED) {
  Deno.test(`columns: ${name}`, () => {
    assert.deepEqual(fitted(columns, { natural, available }), widths);
  });
}

Deno.test("the first column and one after a missing column have the default gap", () => {
  const columns = [{ gap: 1 }, { gap: 1 }, { gap: 1 }, {}];
  const gaps = [0, 1, 2, 3].map((i) => gapBefore(i, { columns, widths: [3, 0, 3, 3] }));
  assert.deepEqual(gaps, [2, 1, 2, 2]);
});
