// Tests of time zones that the runtime doesn't understand, compared with zones that it knows.
import assert from "node:assert/strict";
import { formatClock } from "../../lib/text/format.ts";
import { isUnusual, localTime, momentOf, setZone } from "../../lib/text/local_time.ts";
import { parseMoment } from "../../lib/text/moment.ts";
import { zoneOf } from "../../lib/text/zone_rule.ts";

const HOUR_MS = 3_600_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function offsetIn(timeZone: string, atMs: number): number {
  const format = formats.get(timeZone) ??
    new Intl.DateTimeFormat("sv", { timeZone, dateStyle: "short", timeStyle: "medium" });
  formats.set(timeZone, format);
  const text = format.format(atMs);
  return Date.parse(`${text.replace(" ", "T")}Z`) - atMs;
}

Deno.test("POSIX rules agree with the zones that they describe, around every change of the clock", () => {
  const same: ReadonlyArray<readonly [string, string]> = [
    ["CET-1CEST,M3.5.0,M10.5.0/3", "Europe/Berlin"],
    ["GMT0BST,M3.5.0/1,M10.5.0", "Europe/London"],
    ["EST5EDT", "America/New_York"],
    ["EST5EDT,M3.2.0,M11.1.0", "America/New_York"],
    ["NZST-12NZDT,M9.5.0,M4.1.0/3", "Pacific/Auckland"],
    ["IST-5:30", "Asia/Kolkata"],
    ["<+03>-3", "Europe/Istanbul"],
    ["<-03>3", "America/Sao_Paulo"],
    ["UTC0", "UTC"],
    [":/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"],
    ["/usr/share/zoneinfo/Europe/Berlin", "Europe/Berlin"],
  ];
  for (const [rule, name] of same) {
    assert.ok(isUnusual(rule), rule);
    const zone = zoneOf(rule);
    assert.ok(zone, rule);
    const compare = (atMs: number) =>
      assert.equal(zone(atMs), offsetIn(name, atMs), `${rule} at ${new Date(atMs).toISOString()}`);
    for (let day = 0; day < 2 * 365; day++) {
      const atMs = Date.UTC(2026, 0, 1 + day);
      compare(atMs);
      if (zone(atMs) === zone(atMs + 24 * HOUR_MS)) continue;
      for (let hour = 1; hour < 24; hour++) compare(atMs + hour * HOUR_MS);
    }
  }
});

Deno.test("days of a year count with or without 29 February", () => {
  const zone = zoneOf("AAA0BBB,J60/0,365/0");
  assert.ok(zone);
  for (const year of [2027, 2028]) {
    assert.equal(zone(Date.UTC(year, 2, 1) - 1), 0);
    assert.equal(zone(Date.UTC(year, 2, 1)), HOUR_MS);
  }
});

Deno.test("what isn't a rule is left to the runtime", () => {
  for (const tz of ["Europe/Berlin", "UTC", "Asia/Tokyo"]) assert.equal(isUnusual(tz), false, tz);
  for (const tz of ["Etc/GMT+5", "CET-1CEST,bad,M10.5.0", ":Nowhere/City", "/nowhere"]) {
    assert.equal(zoneOf(tz), null, tz);
  }
});

Deno.test("times are shown and read in such a zone", () => {
  try {
    setZone(zoneOf("CET-1CEST,M3.5.0,M10.5.0/3"));
    const nowMs = Date.UTC(2026, 6, 15, 12);
    assert.equal(formatClock(nowMs, nowMs), "14:00");
    assert.equal(parseMoment("15:30", nowMs).atMs, Date.UTC(2026, 6, 15, 13, 30));
    assert.equal(parseMoment("13:30", nowMs).atMs, Date.UTC(2026, 6, 16, 11, 30));
    assert.equal(parseMoment("2026-12-24", nowMs).atMs, Date.UTC(2026, 11, 23, 23));
    assert.equal(parseMoment("2026-07-16T00:00Z", nowMs).atMs, Date.UTC(2026, 6, 16));
    assert.equal(momentOf(localTime(nowMs)), nowMs);
  } finally {
    setZone(null);
  }
});
