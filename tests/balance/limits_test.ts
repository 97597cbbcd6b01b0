// Tests of limits: which of them still count, and until when.
import assert from "node:assert/strict";
import { lastEndMs, limitsInForce } from "../../lib/balance/limits.ts";
import type { KnownWindow, WindowState, WindowUse } from "../../lib/balance/windows.ts";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

/** The account's own windows in these states. */
function known(...[five_hour, seven_day]: Array<WindowState | null>): KnownWindow[] {
  return [["five_hour", five_hour] as const, ["seven_day", seven_day] as const].map((
    [window, state = null],
  ) => ({ window, model: null, state }));
}

Deno.test("a limit of a window ends once that window is measured later", () => {
  const limit = {
    window: "five_hour",
    model: null,
    kind: "limit",
    recordedAtMs: NOW - 1000,
  } as const;
  const state = (parts: Partial<WindowUse>): WindowState => ({
    state: "measured",
    percentUsed: 3,
    resetsAtMs: NOW + HOUR,
    source: "statusline",
    ageMs: 999,
    fellFrom: null,
    ...parts,
  });
  const counts = (
    of: Partial<Parameters<typeof limitsInForce>[0][number]>,
    five_hour: WindowState | null,
  ): boolean =>
    limitsInForce([{ ...limit, ...of }], {
      windows: known(five_hour, state({})),
      nowMs: NOW,
    })
      .length === 1;
  assert.equal(counts({}, state({})), false);
  assert.equal(counts({}, state({ percentUsed: 100 })), false, "the window itself says so");
  assert.equal(counts({}, state({ ageMs: 1000 })), true, "measured at the same moment");
  assert.equal(counts({}, null), true);
  assert.equal(counts({}, state({ source: "limit" })), true);
  assert.equal(counts({}, state({ state: "estimated", source: "estimate" })), true);
  for (const kind of ["manual", "cooldown"] as const) {
    assert.equal(counts({ kind }, state({})), true);
  }
  assert.equal(counts({ window: null }, state({})), true);
  const ahead = { recordedAtMs: NOW + 121_000 };
  assert.equal(counts({ kind: "cooldown", ...ahead }, null), false, "the clock was set back");
  assert.equal(counts({ kind: "manual", ...ahead }, null), true, "the user named its end");
});

Deno.test("a limit ends once a newer one of its window is met, even if that one resets earlier", () => {
  const limit = { window: "seven_day", model: null, kind: "limit" } as const;
  const refuted = { ...limit, recordedAtMs: NOW - HOUR, untilMs: NOW + 100 * HOUR };
  const newer = { ...limit, recordedAtMs: NOW - 1000, untilMs: NOW + HOUR };
  const others = [
    { ...refuted, window: "five_hour" },
    { ...refuted, model: "opus" },
    { ...refuted, window: null },
    { ...refuted, window: null, kind: "manual" as const },
  ];
  const inForce = (limits: Parameters<typeof limitsInForce>[0]) =>
    limitsInForce(limits, { windows: [], nowMs: NOW });
  assert.deepEqual(inForce([refuted, newer, ...others]), [newer, ...others]);
  assert.deepEqual(inForce([newer, refuted]), [newer], "in any order");
});

Deno.test("an account is limited until the last of its limits in force ends", () => {
  const ends = (...untilMs: number[]) =>
    lastEndMs(
      untilMs.map((untilMs) => ({
        window: null,
        model: null,
        kind: "manual",
        recordedAtMs: NOW,
        untilMs,
      })),
    );
  assert.equal(ends(), null);
  assert.equal(ends(NOW + 1), NOW + 1);
  assert.equal(ends(NOW + 1, NOW + 3, NOW + 2), NOW + 3);
  const measured = {
    state: "measured",
    percentUsed: 3,
    resetsAtMs: null,
    source: "statusline",
    ageMs: 0,
  } as const;
  const limit = { window: "five_hour", model: null, kind: "limit", recordedAtMs: NOW - 1 } as const;
  const windows = known({ ...measured, fellFrom: null }, null);
  assert.equal(limitsInForce([{ ...limit, untilMs: NOW + 9 }], { windows, nowMs: NOW }).length, 0);
});

Deno.test("a limit of a window ends once the plan has no such window", () => {
  const limit = {
    window: "five_hour",
    model: null,
    kind: "limit",
    recordedAtMs: NOW - HOUR,
  } as const;
  const none: WindowState = { state: "none", source: "absent", ageMs: 1000 };
  assert.deepEqual(limitsInForce([limit], { windows: known(none, null), nowMs: NOW }), []);
});
