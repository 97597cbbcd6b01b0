// Tests of the ranking: the formulas, the order, and properties over random candidates.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { Candidate } from "../../lib/balance/candidate.ts";
import type { Reason } from "../../lib/balance/reasons.ts";
import { reasonText } from "../../lib/balance/reasons.ts";
import { POLICY_NAMES, policyOf } from "../../lib/balance/policy.ts";
import type { Ranked } from "../../lib/balance/ranking.ts";
import { rankCandidates, turningPoint } from "../../lib/balance/ranking.ts";

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

Deno.test("weighted: 100 minus 0.7 of what is used of 5h, 0.3 of 7d, and 2 for each running session", () => {
  const score = scoreOf({ fiveHour: window(42.4), sevenDay: window(17.1), activeSessions: 3 });
  assert.equal(Math.round(score * 1e6) / 1e6, 57.6 * 0.7 + 82.9 * 0.3 - 6);
});

Deno.test("an account without a 5h window counts as if nothing of it were used, and says so", () => {
  const facts = { fiveHour: "none", sevenDay: window(20) } as const;
  assert.equal(scoreOf(facts), 94);
  assert.equal(scoreOf(facts, "paced"), scoreOf({ ...facts, fiveHour: window(0) }, "paced"));
  const candidates = [candidate("a", { fiveHour: window(0), sevenDay: window(0) })];
  for (
    const [policy, text] of [["weighted", ", counted as unused"], [
      "paced",
      ": 180 min × 0.4",
    ]] as const
  ) {
    const ranked = rankCandidates([...candidates, candidate("b", facts)], { policy, nowMs: NOW });
    const reasons = ranked.find(({ name }) => name === "b")?.reasons.map(reasonText) ?? [];
    assert.equal(reasons[0], `no 5h limit${text}`);
    assert.ok(!reasons.some((reason) => /^5h /.test(reason)), reasons.join());
    const turning = turningPoint(ranked, { policy, chosen: "a" });
    assert.match(turning ?? "", /^b is [\d.]+ points behind$/);
  }
});

Deno.test("paced: room is how long 5h lasts with one more session, at most 180 minutes", () => {
  const room = (facts: Partial<Candidate>) => {
    const candidates = [candidate("a", { fiveHour: window(60, 4), ...facts })];
    const [row] = rankCandidates(candidates, { policy: "paced", nowMs: NOW });
    return row?.reasons.map(reasonText).find((text) => /5h l/.test(text));
  };
  assert.equal(room({}), "5h lasts 108 min with 1 session × 0.4");
  assert.equal(room({ activeSessions: 2 }), "5h lasts 36 min with 3 sessions × 0.4");
  assert.equal(
    room({ activeSessions: 2, size: 5 }),
    "5h lasts at least 180 min with 3 sessions × 0.4",
    "a larger account",
  );
  assert.equal(
    room({ fiveHour: window(60, 1) }),
    "5h lasts at least 180 min with 1 session × 0.4",
    "it resets before it is full",
  );
  assert.equal(room({ fiveHour: window(60, null) }), "5h lasts 108 min with 1 session × 0.4");
  assert.equal(room({ fiveHour: "none" }), "no 5h limit: 180 min × 0.4");
});

Deno.test("paced: no conversation moves to an account where 5h wouldn't last 45 minutes", () => {
  const limits = (facts: Partial<Candidate>, policy: typeof POLICY_NAMES[number] = "paced") => {
    const mover = { fiveHour: window(50, 4), activeSessions: 1, moverPercentPerHour: 60 };
    const candidates = [candidate("a", { ...mover, ...facts })];
    const [row] = rankCandidates(candidates, { policy, nowMs: NOW });
    const reason = row?.reasons.find(({ kind }) => kind === "cramped");
    assert.equal(row?.limited, reason !== undefined);
    return reason === undefined ? null : reasonText(reason);
  };
  assert.equal(limits({}), "5h would last 36 min after a move, less than 45: −100");
  assert.equal(limits({ moverPercentPerHour: 40 }), null);
  assert.equal(
    limits({ moverPercentPerHour: 40, activeSessions: 3 })?.slice(0, 20),
    "5h would last 28 min",
  );
  assert.equal(limits({ size: 5 }), null, "a larger account");
  assert.equal(limits({ fiveHour: window(50, 0.5) }), null, "it resets before it is full");
  assert.equal(limits({ fiveHour: "none" }), null);
  assert.equal(limits({ activeSessions: 0 }), null, "nobody else is working there");
  assert.equal(limits({ moverPercentPerHour: null }), null, "it doesn't move");
  assert.equal(limits({}, "weighted"), null);
});

Deno.test("only paced uses the size", () => {
  for (const policy of POLICY_NAMES) {
    const [small, large] = [1, 20].map((size) => scoreOf({ size, activeSessions: 1 }, policy));
    assert.equal(small === large, policy !== "paced", policy);
  }
});

Deno.test("weighted and paced: without a 5h window only the week decides, and 5h counts as unused", () => {
  const score = (used: number) => scoreOf({ sevenDay: window(used, 84) });
  assert.equal(Math.round(score(20) * 1e6) / 1e6, 94);
  assert.equal(Math.round((score(20) - score(70)) * 1e6) / 1e6, 15);
  const paced = scoreOf({ fiveHour: "none", sevenDay: window(20, 84) }, "paced");
  assert.equal(Math.round(paced * 1e6) / 1e6, 72 + 1.3 * 30);
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

Deno.test("a limit that has passed doesn't count", () => {
  const [row] = rankCandidates([candidate("a", { limitedUntilMs: NOW })], {
    policy: "weighted",
    nowMs: NOW,
  });
  assert.equal(row?.limited, false);
});

Deno.test("a window whose reset has passed counts as unused", () => {
  assert.equal(scoreOf({ fiveHour: window(100, -1), sevenDay: window(0) }), 100);
});

Deno.test("a window at its reserve is limited, one below it isn't", () => {
  const rows = rankCandidates(
    [candidate("at", { fiveHour: window(90) }), candidate("below", { fiveHour: window(89.9) })],
    { policy: "weighted", nowMs: NOW, reserve: { five_hour: 90, seven_day: 100 } },
  );
  assert.deepEqual(rows.map((row) => [row.name, row.limited]), [["below", false], ["at", true]]);
});

Deno.test("paced prefers the week that is behind its pace", () => {
  const half = 3.5 * 24;
  const score = scoreOf(
    { fiveHour: window(20, 4), sevenDay: window(30, half), activeSessions: 1 },
    "paced",
  );
  assert.equal(Math.round(score * 1e6) / 1e6, 0.4 * 108 + 1.3 * 20);
});

Deno.test("paced adds points for each window that a session would start", () => {
  const points = (fiveHour: Candidate["fiveHour"], sevenDay: Candidate["sevenDay"]) => {
    const [row] = rankCandidates([candidate("a", { fiveHour, sevenDay })], {
      policy: "paced",
      nowMs: NOW,
    });
    return row?.reasons.flatMap((reason) => reason.kind === "starts" ? [reasonText(reason)] : []);
  };
  const [runs, over] = [window(20), window(20, -1)];
  assert.deepEqual(points(runs, runs), []);
  assert.deepEqual(points(over, runs), ["5h not running +50"]);
  assert.deepEqual(points(runs, window(20, 0)), ["7d not running +100"]);
  assert.deepEqual(points(null, null), ["5h not running +50", "7d not running +100"]);
  assert.deepEqual(points("none", runs), [], "there is none to start");
  assert.deepEqual(points(window(0, null), runs), ["5h not running +50"]);
  assert.deepEqual(points(window(30, null), runs), [], "an estimate: it has been used");
  const [started, unstarted] = [window(0), window(0, -1)].map((fiveHour) =>
    scoreOf({ fiveHour, sevenDay: runs }, "paced")
  );
  assert.equal((unstarted ?? NaN) - (started ?? NaN), 50);
  const [idle, later] = [window(0), window(0, -1)].map((sevenDay) =>
    scoreOf({ fiveHour: runs, sevenDay }, "weighted")
  );
  assert.equal(idle, later, "weighted doesn't");
});

Deno.test("without reasons the ranking is the same", () => {
  fc.assert(fc.property(anyCandidates, (candidates) => {
    const options = { policy: "paced", nowMs: NOW } as const;
    const bare = rankCandidates(candidates, { ...options, isExplained: false });
    const plain = (rows: typeof bare) =>
      rows.map(({ name, score, limited }) => [name, score, limited]);
    assert.deepEqual(plain(bare), plain(rankCandidates(candidates, options)));
  }));
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

Deno.test("round-robin: the account that is unused for longest comes first, a new one before all others", () => {
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

Deno.test("round-robin: minutes since the last use, at most a week and at least 0", () => {
  const score = (lastUsedAtMs: number | null) => scoreOf({ lastUsedAtMs }, "round-robin");
  assert.equal(score(null), 7 * 24 * 60);
  assert.equal(score(NOW - 200 * HOUR), 7 * 24 * 60);
  assert.equal(score(NOW - 1.5 * HOUR), 90);
  assert.equal(score(NOW + HOUR), 0, "a clock was set back");
});

Deno.test("drain: the percentage of the week that has passed, minus 2 for each running session", () => {
  assert.equal(scoreOf({ sevenDay: window(5, 84), activeSessions: 3 }, "drain"), 50 - 6);
  assert.equal(scoreOf({ sevenDay: window(5, 0) }, "drain"), 0, "it is over at this moment");
  assert.equal(scoreOf({ sevenDay: window(5, 200) }, "drain"), 0, "it can't have started");
  assert.equal(scoreOf({ sevenDay: window(5, null) }, "drain"), 0);
  assert.equal(scoreOf({}, "drain"), 0);
});

Deno.test("a percentage out of range counts as the nearest one in range, and a reset now as passed", () => {
  assert.equal(scoreOf({ fiveHour: window(-20), sevenDay: window(0) }), 100);
  assert.equal(scoreOf({ fiveHour: window(130), sevenDay: window(0) }), 30 - 100);
  assert.equal(scoreOf({ fiveHour: window(100, 0), sevenDay: window(0) }), 100);
  assert.equal(scoreOf({ fiveHour: window(40, null), sevenDay: window(0) }), 72);
});

Deno.test("reasons are the terms of the formula, then unknown windows, then every limit", () => {
  const reasons = (facts: Partial<Candidate>, policy: typeof POLICY_NAMES[number] = "weighted") =>
    rankCandidates([candidate("a", facts)], {
      policy,
      nowMs: NOW,
      reserve: { five_hour: 80, seven_day: 90 },
    })[0]?.reasons.map(reasonText);
  const used = { fiveHour: window(40), sevenDay: window(30, 84) };
  assert.deepEqual(reasons(used), ["5h 40 % used × −0.7", "7d 30 % used × −0.3"]);
  assert.deepEqual(reasons({ ...used, activeSessions: 2 }), [
    "5h 40 % used × −0.7",
    "7d 30 % used × −0.3",
    "2 running × −2",
  ]);
  assert.deepEqual(reasons({ ...used, activeSessions: 1 }, "paced"), [
    "5h lasts 81 min with 2 sessions × 0.4",
    "week is 20 % behind pace × 1.3",
  ]);
  assert.deepEqual(reasons(used, "drain"), ["50 % of the week passed"]);
  assert.deepEqual(reasons({ ...used, lastUsedAtMs: NOW - HOUR }, "round-robin"), [
    "unused for 60 min",
  ]);
  assert.deepEqual(reasons({}), [
    "5h 0 % used × −0.7",
    "7d 0 % used × −0.3",
    "5h unknown, counted as unused",
    "7d unknown, counted as unused",
  ]);
  const full = { fiveHour: window(80), sevenDay: window(90), limitedUntilMs: NOW + 1 };
  assert.deepEqual(reasons(full)?.slice(2), [
    "limited: −100",
    "5h at 80 %, reserve 80 %: −100",
    "7d at 90 %, reserve 90 %: −100",
  ]);
  assert.equal(reasons({ ...full, limitedUntilMs: NOW })?.length, 4, "that one has passed");
});

Deno.test("an account is limited once, however many limits it has", () => {
  const full = { fiveHour: window(100), sevenDay: window(100), limitedUntilMs: NOW + 1 };
  assert.equal(scoreOf(full), -100);
});

Deno.test("ties go to fewer sessions, then to the least recently used, then to the given order", () => {
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

Deno.test("an unknown window is named in the reasons", () => {
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
  Deno.test(`property (${policy}): complete, finite, and no limited account above an open one`, () => {
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
    const endsInHours = ((measured(c.sevenDay)?.resetsAtMs ?? NOW) - NOW) / HOUR;
    const elapsed = endsInHours <= 0 ? 0 : Math.max(0, 1 - endsInHours / WEEK_HOURS);
    const pace = 100 * elapsed - used(c.sevenDay);
    const starts = 50 * Number(isUnstarted(c.fiveHour)) + 100 * Number(isUnstarted(c.sevenDay));
    return 0.4 * roomMinutes(c) + 1.3 * pace + starts;
  },
};

/** Minutes that 5h lasts at 22.2 % an hour for each session and one more, at most 180. */
function roomMinutes({ fiveHour, activeSessions }: Candidate): number {
  const window = measured(fiveHour);
  if (fiveHour === "none") return 180;
  const minutes = left(fiveHour) * 60 * 4.5 / 100 / (activeSessions + 1);
  const endsInMs = (window?.resetsAtMs ?? NOW) - NOW;
  return endsInMs > 0 && minutes * 60_000 >= endsInMs ? 180 : Math.min(180, minutes);
}

/** Whether no window is running that a session could start; one of which nothing is known isn't. */
function isUnstarted(of: Candidate["fiveHour"]): boolean {
  if (of === "none") return false;
  if (of === null) return true;
  return of.resetsAtMs === null ? of.percentUsed === 0 : of.resetsAtMs <= NOW;
}

/** Percentage used: 0 if nothing is known, or once the reset has passed. */
function used(of: Candidate["fiveHour"]): number {
  const window = measured(of);
  if (window === null || (window.resetsAtMs !== null && window.resetsAtMs <= NOW)) return 0;
  return window.percentUsed;
}

function measured(window: Candidate["fiveHour"]) {
  return window === "none" ? null : window;
}

function left(window: Candidate["fiveHour"]): number {
  return 100 - used(window);
}

for (const policy of ["weighted", "paced"] as const) {
  Deno.test(`property (${policy}): the score is the formula, minus 100 for a limited account`, () => {
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

Deno.test("the reasons of the winner, and only those, say what broke a tie", () => {
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

Deno.test("scores that look the same are called level, and the reason says what decided", () => {
  const used = { fiveHour: window(0.01), lastUsedAtMs: NOW - HOUR };
  const ranked = (a: Partial<Candidate>, b: Partial<Candidate>) =>
    rankCandidates([candidate("a", a), candidate("b", b)], { policy: "weighted", nowMs: NOW });
  const unused = ranked(used, {});
  assert.deepEqual(unused[0]?.reasons.at(-1), { kind: "level", other: "a", decidedBy: "unused" });
  assert.equal(
    turningPoint(unused, { policy: "weighted", chosen: "b" }),
    "a has the same score, but b was never used yet",
  );
  assert.equal(
    turningPoint(ranked({ fiveHour: null, sevenDay: null }, { fiveHour: null, sevenDay: null }), {
      policy: "weighted",
      chosen: "a",
    }),
    "nothing is known yet about their limits, and a is first in config.json",
  );
  const hidden = ranked({ fiveHour: window(0.01) }, { lastUsedAtMs: NOW - HOUR });
  assert.deepEqual(hidden[0]?.reasons.at(-1), { kind: "level", other: "a", decidedBy: "digits" });
  const first = ranked({}, { fiveHour: window(0.01) });
  assert.deepEqual(first[0]?.reasons.at(-1), { kind: "level", other: "b", decidedBy: "order" });
  const last = ranked({ fiveHour: window(0.01) }, {});
  assert.deepEqual(last[0]?.reasons.at(-1), { kind: "level", other: "a", decidedBy: "digits" });
  const [clear] = ranked({ fiveHour: window(0.1) }, {});
  assert.ok(!clear?.reasons.some(({ kind }) => kind === "level"));
});

Deno.test("a gap of 0.05 is shown, a smaller one is not", () => {
  const rested = (ms: number) =>
    rankCandidates(
      [candidate("a", { lastUsedAtMs: NOW - ms }), candidate("b", { lastUsedAtMs: NOW })],
      { policy: "round-robin", nowMs: NOW },
    );
  assert.equal(rested(3_000)[0]?.reasons.length, 3, "0.05 minutes");
  assert.equal(rested(2_999)[0]?.reasons.length, 4);
  assert.equal(
    turningPoint(rested(2_999), { policy: "round-robin", chosen: "a" }),
    "b has the same score, but a has rested longer",
  );
});

Deno.test("no tie is named if one of the two is limited, or if there is only one", () => {
  const levels = (a: Partial<Candidate>, b: Partial<Candidate>) =>
    rankCandidates([candidate("a", a), candidate("b", b)], { policy: "weighted", nowMs: NOW })
      .flatMap((row) => row.reasons.filter(({ kind }) => kind === "level"));
  const limited = { limitedUntilMs: NOW + HOUR };
  assert.deepEqual(levels({}, limited), []);
  assert.deepEqual(levels(limited, {}), []);
  assert.deepEqual(levels(limited, limited), []);
  assert.equal(levels({}, {}).length, 1);
  const [alone] = rankCandidates([candidate("a")], { policy: "weighted", nowMs: NOW });
  assert.ok(!alone?.reasons.some(({ kind }) => kind === "level"));
});

/** A row of a ranking of an account that has used 30 % of its 5h. */
/** A limited row because of a reserve of 5h. */
const held = (name: string, reserve: { percent: number; allowed: number }) => ({
  ...rowOf(name, -20, true),
  reasons: [{ kind: "reserve", window: "five_hour", penalty: 100, ...reserve } as const],
});

const rowOf = (name: string, score: number, limited = false) => ({
  name,
  score,
  limited,
  reasons: [{ kind: "left", window: "five_hour", percent: 70, weight: 0.7 }] as Reason[],
});

const TURNING: ReadonlyArray<
  readonly [
    policy: typeof POLICY_NAMES[number],
    rows: Ranked[],
    text: string | null,
  ]
> = [
  ["weighted", [], null],
  ["weighted", [rowOf("a", 80)], null],
  ["weighted", [rowOf("b", 80), rowOf("a", 70)], null],
  ["weighted", [rowOf("a", 80), rowOf("b", 80)], "b has the same score"],
  ["weighted", [rowOf("a", 80.01), rowOf("b", 80)], "b is less than 0.1 points behind"],
  [
    "weighted",
    [rowOf("a", 0.05), rowOf("b", 0)],
    "b is 0.1 points behind; with 0.1 % less of its 5h used it would be first",
  ],
  [
    "weighted",
    [rowOf("a", 94.26), rowOf("b", 80)],
    "b is 14.3 points behind; with 20.4 % less of its 5h used it would be first",
  ],
  ["drain", [rowOf("a", 94.26), rowOf("b", 80)], "b is 14.3 points behind"],
  // With 133 % less of its 5h used, which it can't have.
  ["paced", [rowOf("a", 120), rowOf("b", 80)], "b is 40 points behind"],
  ["weighted", [rowOf("a", 80), { ...rowOf("b", 78), reasons: [] }], "b is 2 points behind"],
  ["weighted", [rowOf("a", 80), rowOf("b", 99, true)], "b is limited"],
  ["weighted", [rowOf("a", 80), held("b", { percent: 60, allowed: 50 })], "b is at its reserve"],
  ["weighted", [rowOf("a", 80), held("b", { percent: 100, allowed: 50 })], "b is limited"],
  [
    "weighted",
    [rowOf("a", 80), rowOf("b", 78.5)],
    "b is 1.5 points behind; with 2.2 % less of its 5h used it would be first",
  ],
  ["drain", [rowOf("a", -20, true), rowOf("b", -30, true)], "b is 10 points behind"],
];

for (const [policy, rows, text] of TURNING) {
  Deno.test(`the turning point of ${JSON.stringify(rows)} by ${policy}: ${text}`, () => {
    assert.equal(turningPoint(rows, { policy, chosen: "a" }), text);
  });
}

Deno.test("the reason that decided a tie is given even if rounding has moved the scores apart", () => {
  const level = { kind: "level", other: "b", decidedBy: "rest" } as const;
  const ranked = [{ ...rowOf("a", 80.1), reasons: [level] }, rowOf("b", 80)];
  assert.equal(
    turningPoint(ranked, { policy: "weighted", chosen: "a" }),
    "b has the same score, but a has rested longer",
  );
});

Deno.test("every policy has its own summary", () => {
  const summaries = POLICY_NAMES.map((name) => policyOf(name).summary);
  assert.equal(new Set(summaries).size, 4);
  assert.equal(POLICY_NAMES[0], "weighted");
});

/** Names in the order of the ranking. */
function order(candidates: readonly Candidate[]): string {
  return rankCandidates(candidates, { policy: "weighted", nowMs: NOW }).map(({ name }) => name)
    .join(" ");
}

Deno.test("open accounts come first, then doubtful ones, those kept for last, and limited ones", () => {
  const full = window(100);
  const candidates = [
    candidate("limited", { fiveHour: full, sevenDay: window(0) }),
    candidate("last", { last: true }),
    candidate("doubtful", { doubtfulModel: "opus" }),
    candidate("open", { fiveHour: window(99), sevenDay: window(99) }),
  ];
  assert.equal(order(candidates), "open doubtful last limited");
  assert.equal(order(candidates.toReversed()), "open doubtful last limited");
  const ranked = rankCandidates(candidates, { policy: "weighted", nowMs: NOW });
  assert.equal(
    turningPoint(ranked, { policy: "weighted", chosen: "open" }),
    "doubtful: opus is limited, and the model of this launch is unknown",
  );
  assert.equal(
    turningPoint(ranked.slice(1), { policy: "weighted", chosen: "doubtful" }),
    "last: chosen only if no other account is open",
  );
});

Deno.test("the fullest weekly window that a launch uses counts, and its reason names the model", () => {
  const facts = {
    fiveHour: window(0),
    sevenDay: window(20),
    modelWindows: [{ model: "opus", percentUsed: 90, resetsAtMs: NOW + HOUR }],
  };
  assert.equal(scoreOf(facts), 70 + 3);
  assert.equal(scoreOf({ ...facts, sevenDay: window(95) }), 70 + 1.5);
  const [row] = rankCandidates([candidate("a", facts)], { policy: "weighted", nowMs: NOW });
  assert.deepEqual(row?.reasons.map(reasonText), [
    "5h 0 % used × −0.7",
    "7d opus 90 % used × −0.3",
  ]);
});

Deno.test("a window at the account's own reserve, or at the cap for moves, holds it back", () => {
  const reasonsOf = (facts: Partial<Candidate>): string[] =>
    rankCandidates([candidate("a", { fiveHour: window(85), sevenDay: window(0), ...facts })], {
      policy: "weighted",
      nowMs: NOW,
      reserve: { five_hour: 80, seven_day: 100 },
    })[0]?.reasons.map(reasonText).slice(2) ?? [];
  assert.deepEqual(reasonsOf({}), ["5h at 85 %, reserve 80 %: −100"]);
  const reserve = { five_hour: 90, seven_day: 100 };
  assert.deepEqual(reasonsOf({ reserve }), []);
  assert.deepEqual(reasonsOf({ reserve, landingCap: 86 }), []);
  assert.deepEqual(reasonsOf({ reserve, landingCap: 85 }), [
    "5h at 85 %, no move here from 85 %: −100",
  ]);
  assert.deepEqual(
    reasonsOf({
      reserve,
      modelWindows: [{ model: "opus", percentUsed: 100, resetsAtMs: NOW + HOUR }],
    }),
    ["7d opus at 100 %, reserve 100 %: −100"],
  );
});

Deno.test("a window that fell before its reset is named in the reasons, for each window", () => {
  const fell = {
    ...window(4) as { percentUsed: number; resetsAtMs: number | null },
    fellFrom: 100,
  };
  const texts = (facts: Partial<Candidate>) => {
    const [row] = rankCandidates([candidate("a", facts)], { policy: "weighted", nowMs: NOW });
    return (row?.reasons ?? []).filter(({ kind }) => kind === "fell").map(reasonText);
  };
  const text = "fell from 100 % before its reset: limit reset or upgrade";
  assert.deepEqual(texts({ fiveHour: fell, sevenDay: window(4) }), [`5h ${text}`]);
  assert.deepEqual(texts({ fiveHour: "none", sevenDay: fell }), [`7d ${text}`]);
  assert.deepEqual(texts({ fiveHour: window(4), sevenDay: null }), []);
});
