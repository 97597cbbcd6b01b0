// Tests of the measurements: a row over its goal fails the run, after every row is printed.
import assert from "node:assert/strict";
import { Verdicts } from "../bench/verdicts.ts";
import { repositoryPath } from "../helpers/paths.ts";

async function bench(script: string, args: string[]): Promise<{ code: number; rows: string[] }> {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", repositoryPath(`tests/bench/${script}`), ...args],
    stdin: "null",
    stderr: "inherit",
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  return { code, rows: lines.filter((line) => /(ok|OVER)$/.test(line)) };
}

Deno.test("one row over its goal is enough, and a row without a measurement misses its goal", () => {
  const verdicts = new Verdicts();
  assert.equal(verdicts.of(1.25, 1.25), "ok");
  assert.equal(verdicts.exitCode, 0);
  assert.equal(verdicts.of(1.26, 1.25), "OVER");
  assert.equal(verdicts.of(1, 1.25), "ok");
  assert.equal(verdicts.exitCode, 1);
  const none = new Verdicts();
  assert.equal(none.of(NaN, 1.25), "OVER");
  assert.equal(none.exitCode, 1);
});

const TABLES: Array<[script: string, what: string, least: number]> = [
  ["bench.ts", "3 accounts", 2],
  ["statusline_sizes.ts", "1", 4],
];
for (const [script, what, least] of TABLES) {
  Deno.test(`${script} ${what} prints every row, then exits with 1 if one is over its goal`, async () => {
    const over = await bench(script, ["1", what, "0"]);
    assert.equal(over.code, 1);
    assert.ok(over.rows.length >= least, over.rows.join("\n"));
    assert.ok(over.rows.every((row) => row.endsWith("OVER")), over.rows.join("\n"));
    const kept = await bench(script, ["1", what, "1000000"]);
    assert.equal(kept.code, 0);
    assert.equal(kept.rows.length, over.rows.length);
  });
}
