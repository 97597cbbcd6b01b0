// Tests of times as a person types them.
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
  [/none of the forms 15:04, 90m,/, [
    "",
    "soon",
    "6pm",
    "25:00",
    "-2h",
    "2027-02-31",
    "2026-12-31 (blah)",
  ]],
  [/no time to come/, ["0m", "2020-01-01"]],
  [/too far away, more than 366d/, ["367d", "400d", "99999d", "2099-01-01"]],
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
