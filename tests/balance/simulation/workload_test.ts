// Tests of the work for simulations: seeded, synthetic as described, and recorded.
import assert from "node:assert/strict";
import type { Session } from "../../../lib/balance/session.ts";
import {
  burstPercentOf,
  demandOf,
  onModel,
  recordedConversations,
  seededRandom,
  SYNTHETIC,
  syntheticConversations,
} from "../../../lib/balance/simulation/workload.ts";

const MINUTE = 60_000;
const HOUR = 3_600_000;
const FROM = 1_800_000_000_000;

function closeTo(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} is not ${expected}`);
}

function session(id: number, facts: Partial<Session>): Session {
  return {
    id,
    account: "a",
    launcherPid: 1,
    pid: null,
    processStart: null,
    clientSessionId: null,
    backgroundTasks: 0,
    cwd: "/",
    startedAtMs: FROM,
    endedAtMs: FROM + HOUR,
    endedHow: "exit",
    exitCode: 0,
    signal: null,
    handedFrom: null,
    origin: null,
    ...facts,
  };
}

function recorded(sessions: Session[], nowMs = FROM + 10 * HOUR) {
  return recordedConversations(sessions, { fromMs: FROM, nowMs, burstPercentPerHour: 20, seed: 1 });
}

Deno.test("the generator is mulberry32, with the same numbers on every machine", () => {
  const random = seededRandom(1);
  assert.deepEqual([random(), random()], [0.6270739405881613, 0.002735721180215478]);
});

Deno.test("synthetic work is the same for the same seed, and different for another", () => {
  const make = (seed: number) => syntheticConversations({ weeks: 2, demandPercent: 3000, seed });
  assert.deepEqual(make(7), make(7));
  assert.notDeepEqual(make(7), make(8));
});

Deno.test("synthetic work uses what was asked for, in order of arrival, within its weeks", () => {
  const work = syntheticConversations({ weeks: 3, demandPercent: 5000, seed: 3 });
  closeTo(demandOf(work), 5000);
  assert.deepEqual(work, [...work].sort((a, b) => a.arrivesAtMs - b.arrivesAtMs));
  assert.ok(work.every((c) => c.arrivesAtMs >= 0 && c.arrivesAtMs < 3 * 7 * 24 * HOUR));
});

Deno.test("synthetic work starts only in the hours of its table, mostly in working hours", () => {
  const work = syntheticConversations({ weeks: 20, demandPercent: 50_000, seed: 4 });
  const hours = work.map((c) => Math.floor(c.arrivesAtMs / HOUR) % (7 * 24));
  const within = (hour: number, spans: ReadonlyArray<{ from: number; to: number }>) =>
    spans.some((span) => hour % 24 >= span.from && hour % 24 < span.to);
  assert.ok(
    hours.every((h) =>
      h < 5 * 24 ? within(h, SYNTHETIC.weekdayHours) : within(h, SYNTHETIC.weekendHours)
    ),
  );
  const working = hours.filter((h) => h < 5 * 24 && within(h, [{ from: 9, to: 18 }]));
  // 45 hours of weight 1, of 45 + 25 × 0.3 + 20 × 0.25.
  assert.ok(Math.abs(working.length / hours.length - 45 / 57.5) < 0.05);
});

Deno.test("lengths and rates have the declared medians, and few conversations use much of the total", () => {
  const work = syntheticConversations({ weeks: 50, demandPercent: 100_000, seed: 5 });
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? NaN;
  const minutes = median(work.map((c) => c.workMs / MINUTE));
  const rate = median(work.map((c) => c.burstPercentPerHour));
  assert.ok(Math.abs(minutes / SYNTHETIC.minutes.median - 1) < 0.1, `${minutes} min`);
  assert.ok(Math.abs(rate / SYNTHETIC.burstPercentPerHour.median - 1) < 0.1, `${rate} %/h`);
  const greedy = work.map(burstPercentOf).sort((a, b) => b - a).slice(0, work.length / 10);
  const share = greedy.reduce((a, b) => a + b) / 100_000;
  assert.ok(share > 0.4 && share < 0.7, `the greediest tenth burns ${share}`);
});

Deno.test("recorded sessions keep their times and on average use what was given", () => {
  const work = recorded([
    session(1, { startedAtMs: FROM + HOUR, endedAtMs: FROM + 3 * HOUR }),
    session(2, { startedAtMs: FROM + 2 * HOUR, endedAtMs: FROM + 2 * HOUR + MINUTE }),
  ]);
  assert.deepEqual(work.map((c) => [c.arrivesAtMs, c.workMs]), [
    [FROM + HOUR, 2 * HOUR],
    [FROM + 2 * HOUR, MINUTE],
  ]);
  closeTo(demandOf(work), (2 + 1 / 60) * 20);
});

Deno.test("sessions that were handed over are one conversation, however often it moved", () => {
  const work = recorded([
    session(1, {}),
    session(2, { handedFrom: 1, startedAtMs: FROM + HOUR, endedAtMs: FROM + 2 * HOUR }),
    session(3, { handedFrom: 2, startedAtMs: FROM + 4 * HOUR, endedAtMs: FROM + 5 * HOUR }),
    session(9, { handedFrom: 8 }),
  ]);
  assert.deepEqual(work.map((c) => [c.arrivesAtMs, c.workMs]), [[FROM, 3 * HOUR], [FROM, HOUR]]);
});

Deno.test("sessions may be in any order; work is sorted by arrival", () => {
  const work = recorded([
    session(3, { handedFrom: 1, startedAtMs: FROM + 5 * HOUR, endedAtMs: FROM + 6 * HOUR }),
    session(2, { startedAtMs: FROM, endedAtMs: FROM + MINUTE }),
    session(1, { startedAtMs: FROM + 4 * HOUR, endedAtMs: FROM + 5 * HOUR }),
  ]);
  assert.deepEqual(work.map((c) => [c.arrivesAtMs, c.workMs]), [
    [FROM, MINUTE],
    [FROM + 4 * HOUR, 2 * HOUR],
  ]);
});

Deno.test("recorded time outside the span and sessions that never started are left out", () => {
  const work = recorded([
    session(1, { startedAtMs: FROM - 5 * HOUR, endedAtMs: FROM + HOUR }),
    session(2, { startedAtMs: FROM + 9 * HOUR, endedAtMs: null, endedHow: null }),
    session(3, { endedHow: "failed" }),
    session(4, { startedAtMs: FROM + 2 * HOUR, endedAtMs: FROM + 2 * HOUR }),
  ]);
  assert.deepEqual(work.map((c) => [c.arrivesAtMs, c.workMs]), [
    [FROM, HOUR],
    [FROM + 9 * HOUR, HOUR],
  ]);
});

Deno.test("a share of the conversations runs on a model, the same ones and more with a higher share", () => {
  const work = syntheticConversations({ weeks: 4, demandPercent: 20_000, seed: 1 });
  const of = (share: number) => onModel(work, { model: "opus", share, seed: 1 });
  const chosen = (share: number) => of(share).map((one) => one.model === "opus");
  assert.deepEqual(of(0), work);
  assert.ok(chosen(1).every(Boolean));
  const [few, many] = [chosen(0.3), chosen(0.6)];
  assert.ok(few.every((isChosen, index) => !isChosen || many[index]));
  assert.ok(Math.abs(few.filter(Boolean).length / work.length - 0.3) < 0.05);
  assert.deepEqual(of(0.3).map(({ model: _, ...one }) => one), work);
});
