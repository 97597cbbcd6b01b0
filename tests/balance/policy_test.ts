// Tests of the ranking: the formulas, the order, and properties over random candidates.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Candidate } from "../../lib/balance/policy.ts";
import { reasonText } from "../../lib/balance/reasons.ts";
import { POLICY_NAMES, rankCandidates, turningPoint } from "../../lib/balance/policy.ts";

const NOW = 1_800_000_000_000;
const HOUR = 3_600_000;

function candidate(name: string, facts: Partial<Candidate> = {}): Candidate {
  return {
    name,
    fiveHour: null,
    sevenDay: null,
    activeSessions: 0,
    limitedUntilMs: null,
    lastUsedAtMs: null,
    ...facts,
  };
}

function window(percentUsed: number, inHours: number | null = 2): Candidate["fiveHour"] {
  return { percentUsed, resetsAtMs: inHours === null ? null : NOW + inHours * HOUR };
}

function scoreOf(
  facts: Partial<Candidate>,
  policy: typeof POLICY_NAMES[number] = "weighted",
): number {
  const [row] = rankCandidates([candidate("a", facts)], { policy, nowMs: NOW });
  return row?.score ?? NaN;
}

Deno.test("weighted: 0.7 of what is left of 5h, 0.3 of 7d, 2 less for each running session", () => {
  const score = scoreOf({ fiveHour: window(42.4), sevenDay: window(17.1), activeSessions: 3 });
  assert.equal(Math.round(score * 1e6) / 1e6, 57.6 * 0.7 + 82.9 * 0.3 - 6);
});

Deno.test("weighted: a limited account loses 100", () => {
  const open = scoreOf({ fiveHour: window(10), sevenDay: window(10) });
  const limited = scoreOf({
    fiveHour: window(10),
    sevenDay: window(10),
    limitedUntilMs: NOW + 1,
  });
  assert.equal(open - limited, 100);
});

Deno.test("a limit that has passed is no limit", () => {
  const [row] = rankCandidates([candidate("a", { limitedUntilMs: NOW })], {
    policy: "weighted",
    nowMs: NOW,
  });
  assert.equal(row?.limited, false);
});

Deno.test("a window whose reset has passed counts as unused", () => {
  assert.equal(scoreOf({ fiveHour: window(100, -1), sevenDay: window(0) }), 100);
});

Deno.test("a window at its reserve is limited, one below is not", () => {
  const rows = rankCandidates(
    [candidate("at", { fiveHour: window(90) }), candidate("below", { fiveHour: window(89.9) })],
    { policy: "weighted", nowMs: NOW, reserve: { five_hour: 90, seven_day: 100 } },
  );
  assert.deepEqual(rows.map((row) => [row.name, row.limited]), [["below", false], ["at", true]]);
});

Deno.test("paced: prefers the week that is behind its pace", () => {
  const half = 3.5 * 24;
  const score = scoreOf(
    { fiveHour: window(20), sevenDay: window(30, half), activeSessions: 1 },
    "paced",
  );
  assert.equal(Math.round(score * 1e6) / 1e6, 0.7 * 80 + 0.8 * 20 - 12);
});

Deno.test("drain: the week that ends soonest comes first", () => {
  const rows = rankCandidates(
    [
      candidate("late", { sevenDay: window(5, 100) }),
      candidate("soon", { sevenDay: window(80, 3) }),
    ],
    { policy: "drain", nowMs: NOW },
  );
  assert.equal(rows[0]?.name, "soon");
});

Deno.test("round-robin: the account that rested longest comes first, a fresh one before all", () => {
  const rows = rankCandidates(
    [
      candidate("used", { lastUsedAtMs: NOW - HOUR }),
      candidate("fresh"),
      candidate("older", { lastUsedAtMs: NOW - 2 * HOUR }),
    ],
    { policy: "round-robin", nowMs: NOW },
  );
  assert.deepEqual(rows.map((row) => row.name), ["fresh", "older", "used"]);
});

Deno.test("ties go to fewer sessions, then to the least recently used, then to the order given", () => {
  const rows = rankCandidates(
    [
      candidate("busy", { activeSessions: 1, fiveHour: window(0), sevenDay: window(0) }),
      candidate("recent", { lastUsedAtMs: NOW - 1, fiveHour: window(2), sevenDay: window(2) }),
      candidate("rested", { lastUsedAtMs: NOW - 2, fiveHour: window(2), sevenDay: window(2) }),
      candidate("first", { fiveHour: window(2), sevenDay: window(2) }),
      candidate("second", { fiveHour: window(2), sevenDay: window(2) }),
    ],
    { policy: "weighted", nowMs: NOW },
  );
  const names = rows.map((row) => row.name);
  assert.deepEqual(names, ["first", "second", "rested", "recent", "busy"]);
});

Deno.test("an unknown window is named in the reasons, not passed off as measured", () => {
  const [row] = rankCandidates([candidate("a")], { policy: "weighted", nowMs: NOW });
  assert.ok(row?.reasons.some(({ kind }) => kind === "unknown"));
});

const anyWindow = fc.option(
  fc.record({
    percentUsed: fc.double({ min: 0, max: 100, noNaN: true }),
    resetsAtMs: fc.option(fc.integer({ min: NOW - 10 * HOUR, max: NOW + 200 * HOUR }), {
      nil: null,
    }),
  }),
  { nil: null },
);
const anyCandidates = fc.uniqueArray(
  fc.record({
    name: fc.stringMatching(/^[a-z][a-z0-9]{0,5}$/),
    fiveHour: anyWindow,
    sevenDay: anyWindow,
    activeSessions: fc.nat(200),
    limitedUntilMs: fc.option(fc.integer({ min: NOW - HOUR, max: NOW + HOUR }), { nil: null }),
    lastUsedAtMs: fc.option(fc.integer({ min: NOW - 1000 * HOUR, max: NOW }), { nil: null }),
  }),
  { selector: (c) => c.name, maxLength: 12 },
);

for (const policy of POLICY_NAMES) {
  Deno.test(`property (${policy}): total, finite, and no limited account above an open one`, () => {
    fc.assert(fc.property(anyCandidates, (candidates) => {
      const rows = rankCandidates(candidates, { policy, nowMs: NOW });
      assert.deepEqual(rows.map((r) => r.name).sort(), candidates.map((c) => c.name).sort());
      assert.ok(rows.every((row) => Number.isFinite(row.score)));
      const firstLimited = rows.findIndex((row) => row.limited);
      if (firstLimited >= 0) assert.ok(rows.slice(firstLimited).every((row) => row.limited));
    }));
  });

  Deno.test(`property (${policy}): the order of input decides only between equals`, () => {
    fc.assert(fc.property(anyCandidates, (candidates) => {
      const key = (name: string, score: number) => {
        const c = candidates.find((x) => x.name === name);
        return `${score} ${c?.activeSessions} ${c?.lastUsedAtMs}`;
      };
      const rank = (list: Candidate[]) =>
        rankCandidates(list, { policy, nowMs: NOW }).map((row) => key(row.name, row.score));
      assert.deepEqual(rank(candidates), rank([...candidates].reverse()));
    }));
  });
}

const WEEK_HOURS = 168;
/** The formulas of the design, spelled out again on plain numbers. */
const FORMULAS: Record<"weighted" | "paced", (of: Candidate) => number> = {
  weighted: (c) => left(c.fiveHour) * 0.7 + left(c.sevenDay) * 0.3 - 2 * c.activeSessions,
  paced: (c) => {
    const endsInHours = ((c.sevenDay?.resetsAtMs ?? NOW) - NOW) / HOUR;
    const elapsed = endsInHours <= 0 ? 0 : Math.max(0, 1 - endsInHours / WEEK_HOURS);
    const pace = 100 * elapsed - used(c.sevenDay);
    return 0.7 * left(c.fiveHour) + 0.8 * pace - 12 * c.activeSessions;
  },
};

/** Percent used: nothing where nothing is known, or once the reset has passed. */
function used(window: Candidate["fiveHour"]): number {
  if (window === null || (window.resetsAtMs !== null && window.resetsAtMs <= NOW)) return 0;
  return window.percentUsed;
}

function left(window: Candidate["fiveHour"]): number {
  return 100 - used(window);
}

for (const policy of ["weighted", "paced"] as const) {
  Deno.test(`property (${policy}): the score is the formula, less 100 for who is limited`, () => {
    const reserves = fc.record({
      five_hour: fc.integer({ min: 1, max: 100 }),
      seven_day: fc.integer({ min: 1, max: 100 }),
    });
    fc.assert(fc.property(anyCandidates, reserves, (candidates, reserve) => {
      const rows = rankCandidates(candidates, { policy, nowMs: NOW, reserve });
      for (const of of candidates) {
        const row = rows.find(({ name }) => name === of.name);
        const isLimited = (of.limitedUntilMs ?? 0) > NOW ||
          used(of.fiveHour) >= reserve.five_hour ||
          used(of.sevenDay) >= reserve.seven_day;
        assert.equal(row?.limited, isLimited, of.name);
        const expected = FORMULAS[policy](of) - (isLimited ? 100 : 0);
        assert.ok(Math.abs((row?.score ?? NaN) - expected) < 1e-6, `${row?.score}: ${expected}`);
      }
      const open = rows.filter((row) => !row.limited).map((row) => row.score);
      assert.deepEqual(open, open.toSorted((a, b) => b - a), "best first");
    }));
  });
}

Deno.test("what broke a tie is among the reasons of the winner, and only there", () => {
  const reason = (a: Partial<Candidate>, b: Partial<Candidate>): string[] => {
    const ranked = rankCandidates([candidate("a", a), candidate("b", b)], {
      policy: "weighted",
      nowMs: NOW,
    });
    assert.ok(!ranked[1]?.reasons.some(({ kind }) => kind === "level"));
    return ranked[0]?.reasons.filter(({ kind }) => kind === "level").map(reasonText) ?? [];
  };
  assert.deepEqual(reason({}, {}), ["level with b: first in config.json"]);
  assert.deepEqual(reason({ lastUsedAtMs: NOW - 2 }, { lastUsedAtMs: NOW - 1 }), [
    "level with b: rested longer",
  ]);
  assert.deepEqual(reason({}, { lastUsedAtMs: NOW - 1 }), ["level with b: never used yet"]);
  // round-robin scores by rest alone, so a tie can have different numbers of sessions.
  const [first] = rankCandidates([candidate("a", { activeSessions: 1 }), candidate("b")], {
    policy: "round-robin",
    nowMs: NOW,
  });
  assert.deepEqual(first?.reasons.at(-1), { kind: "level", other: "a", decidedBy: "sessions" });
  assert.deepEqual(reason({ fiveHour: window(10) }, {}), []);
  const limited = { limitedUntilMs: NOW + HOUR };
  assert.deepEqual(reason(limited, limited), []);
});

Deno.test("scores that look the same are called level, with what decided between them", () => {
  const used = { fiveHour: window(0.01), lastUsedAtMs: NOW - HOUR };
  const ranked = (a: Partial<Candidate>, b: Partial<Candidate>) =>
    rankCandidates([candidate("a", a), candidate("b", b)], { policy: "weighted", nowMs: NOW });
  const unused = ranked(used, {});
  assert.deepEqual(unused[0]?.reasons.at(-1), { kind: "level", other: "a", decidedBy: "unused" });
  assert.equal(
    turningPoint(unused, { policy: "weighted", chosen: "b" }),
    "level with a: never used yet",
  );
  const hidden = ranked({ fiveHour: window(0.01) }, { lastUsedAtMs: NOW - HOUR });
  assert.deepEqual(hidden[0]?.reasons.at(-1), { kind: "level", other: "a", decidedBy: "digits" });
  const [clear] = ranked({ fiveHour: window(0.1) }, {});
  assert.ok(!clear?.reasons.some(({ kind }) => kind === "level"));
});

Deno.test("the turning point names no tie where a hidden digit decided", () => {
  const row = (name: string, score: number) => ({ name, score, limited: false, reasons: [] });
  const turning = (score: number, chosen: string) =>
    turningPoint([row("a", score), row("b", 80)], { policy: "weighted", chosen });
  assert.equal(turning(80, "a"), "b has the same score");
  assert.equal(turning(80.01, "a"), "b is less than 0.1 points behind");
  assert.equal(turning(90, "b"), null, "not the scores decided");
});
