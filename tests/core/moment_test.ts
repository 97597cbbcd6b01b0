// Tests of times as a person types them.
import assert from "node:assert/strict";
import { parseMoment } from "../../lib/core/moment.ts";

const NOW = new Date(2026, 5, 10, 12, 0).getTime();
const HOUR = 3_600_000;

Deno.test("durations, clock times and dates", () => {
  assert.equal(parseMoment("2h30m", NOW), NOW + 2.5 * HOUR);
  assert.equal(parseMoment("15:04", NOW), new Date(2026, 5, 10, 15, 4).getTime());
  assert.equal(parseMoment("11:00", NOW), new Date(2026, 5, 11, 11, 0).getTime(), "tomorrow");
  assert.equal(parseMoment("2026-06-12", NOW), new Date(2026, 5, 12).getTime(), "local midnight");
  assert.equal(parseMoment("2026-06-12T10:00Z", NOW), Date.UTC(2026, 5, 12, 10));
});

for (
  const text of ["", "soon", "25:00", "2027-02-31", "2026-12-31 (blah)", "99999d", "2099-01-01"]
) {
  Deno.test(`${JSON.stringify(text)} is no time that counts`, () => {
    assert.equal(parseMoment(text, NOW), null);
  });
}
