// Tests of reasons: their English, and that texts stored by older versions keep their meaning.
import assert from "node:assert/strict";
import type { Reason } from "../../lib/balance/reasons.ts";
import { reasonText, storedReason } from "../../lib/balance/reasons.ts";

/** Each kind of reason and its English, which `pick --json` prints. */
const TEXTS: ReadonlyArray<readonly [Reason, string]> = [
  [{ kind: "left", window: "five_hour", percent: 57.649, weight: 0.7 }, "5h 42.4 % used × −0.7"],
  [{ kind: "left", window: "seven_day", percent: 100, weight: 0.3 }, "7d 0 % used × −0.3"],
  [
    { kind: "left", window: "five_hour", percent: 90, weight: 0.7, estimated: true },
    "5h ~10 % used × −0.7",
  ],
  [{ kind: "pace", percent: 12.5, weight: 0.8 }, "week is 12.5 % behind pace × 0.8"],
  [{ kind: "pace", percent: 0, weight: 0.8 }, "week is 0 % behind pace × 0.8"],
  [{ kind: "pace", percent: -3, weight: 0.8 }, "week is 3 % ahead of pace × 0.8"],
  [{ kind: "elapsed", percent: 40 }, "40 % of the week passed"],
  [{ kind: "starts", window: "five_hour", points: 50 }, "5h not running +50"],
  [{ kind: "rested", minutes: 12.4 }, "unused for 12 min"],
  [{ kind: "running", sessions: 3, weight: 2 }, "3 running × −2"],
  [{ kind: "unknown", window: "five_hour" }, "5h unknown, counted as unused"],
  [{ kind: "none", window: "five_hour", weight: 0.7 }, "no 5h limit, counted as unused"],
  [{ kind: "limit", penalty: 100 }, "limited: −100"],
  [
    { kind: "reserve", window: "seven_day", percent: 91, allowed: 90, penalty: 100 },
    "7d at 91 %, reserve 90 %: −100",
  ],
  [{ kind: "level", other: "b", decidedBy: "sessions" }, "level with b: fewer running sessions"],
  [{ kind: "level", other: "b", decidedBy: "order" }, "level with b: first in config.json"],
  [{ kind: "level", other: "b", decidedBy: "unused" }, "level with b: never used yet"],
  [{ kind: "level", other: "b", decidedBy: "rest" }, "level with b: rested longer"],
  [{ kind: "level", other: "b", decidedBy: "digits" }, "level with b: less than 0.1 points ahead"],
  [{ kind: "owner" }, "owns the conversation"],
  [
    {
      kind: "restricted",
      by: [
        { kind: "pin", folder: "~/p\n", account: "a", group: null, isEmpty: false },
        { kind: "wall", group: "office" },
      ],
    },
    'not all could be chosen: "~/p\ufffd" is pinned to the account "a"; ' +
    'this conversation belongs to the group "office"',
  ],
  [
    {
      kind: "restricted",
      by: [
        { kind: "pin", folder: "/p", account: null, group: "g", isEmpty: true },
        { kind: "wall", group: null },
      ],
    },
    'not all could be chosen: "/p" is pinned to the group "g", which has no accounts; ' +
    "this conversation belongs to no group",
  ],
  [
    {
      kind: "restricted",
      by: [{ kind: "pin", folder: "/p", account: "a", group: null, isEmpty: true }],
    },
    'not all could be chosen: "/p" is pinned to the account "a", which is not set up',
  ],
];

for (const [reason, text] of TEXTS) {
  Deno.test(`a reason of kind ${reason.kind} reads: ${JSON.stringify(text)}`, () => {
    assert.equal(reasonText(reason), text);
    assert.deepEqual(storedReason(reason), reason, "stored as data");
    const old = storedReason(text);
    assert.equal(reasonText(old), text, "stored as text");
    // These decide what `why` says, so old texts of them are recognised too.
    if (["level", "owner"].includes(reason.kind)) assert.deepEqual(old, reason);
    else assert.equal(old.kind, reason.kind === "restricted" ? "restricted" : "text");
  });
}

Deno.test("an unknown text of an older version stays as it is", () => {
  for (const text of ["", "level with b: for fun", "level with b", "something new: −100"]) {
    assert.deepEqual(storedReason(text), { kind: "text", text });
  }
});
