// Tests of the advice: which sets are compared, when a smaller or larger one is named, and what is too short.
import assert from "node:assert/strict";
import type { Session } from "../../lib/balance/session.ts";
import type { Advice, Scenario, Subscription } from "../../lib/history/advice.ts";
import { adviceOf } from "../../lib/history/advice.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 2);

/** One session of some hours at ten each day, the newest yesterday. */
function sessions(days: number, hours: number): Session[] {
  return Array.from({ length: days }, (_, at): Session => {
    const startedAtMs = NOW - (days - at) * DAY + 10 * HOUR;
    return {
      ...{ id: at + 1, account: "work", launcherPid: 1, pid: null, processStart: null },
      ...{ clientSessionId: `c${at}`, backgroundTasks: 0, cwd: "/src", startedAtMs },
      ...{ endedAtMs: startedAtMs + hours * HOUR, endedHow: "exit", exitCode: 0, signal: null },
      ...{ handedFrom: null, origin: "terminal" },
    };
  });
}

function account(name: string, facts: Partial<Subscription> = {}): Subscription {
  return { name, plan: "pro", price: null, weekUsed: 50, ...facts };
}

function advice(
  accounts: readonly Subscription[],
  { days = 56, hours = 4, waitedMinutes = 0, onProgress = () => {} }: {
    days?: number;
    hours?: number;
    waitedMinutes?: number;
    onProgress?: (percent: number) => void;
  } = {},
): Advice {
  return adviceOf(sessions(days, hours), {
    ...{ accounts, onProgress, recorded: { waitedMinutes, moves: 3 } },
    ...{ policy: "weighted", burstsPerWeek: 8, fromMs: NOW - 56 * DAY, nowMs: NOW },
  });
}

function replayed(...of: Parameters<typeof advice>): Extract<Advice, { kind: "replayed" }> {
  const found = advice(...of);
  assert.ok(found.kind === "replayed", found.kind);
  return found;
}

const names = (scenarios: readonly Scenario[]) => scenarios.map(({ name }) => name);

Deno.test("the sets are those as now, without the least used, one more, and other plans", () => {
  const { scenarios } = replayed([
    account("work", { weekUsed: 80, price: 20 }),
    // Half of a plan that is ten times as large is more work.
    account("lab", { plan: "ultra", weekUsed: 40, price: 200 }),
    account("home", { weekUsed: 10, price: 17 }),
  ]);
  assert.deepEqual(names(scenarios), [
    "as now",
    "without home",
    "one more ultra",
    "work as max",
    "lab as max",
    "home as max",
  ]);
  assert.deepEqual(scenarios.map(({ price }) => price), [0, -17, 200, null, null, null]);
  assert.deepEqual(scenarios[1]?.plans, ["pro", "ultra"]);
  assert.deepEqual(scenarios[2]?.plans, ["pro", "ultra", "pro", "ultra"]);
  assert.deepEqual(scenarios[4]?.plans, ["pro", "max", "pro"]);
});

Deno.test("a plan of an older name has the same neighbours, and a single account isn't taken away", () => {
  const { scenarios } = replayed([account("work", { plan: "max5" })]);
  assert.deepEqual(names(scenarios), ["as now", "one more max5", "work as pro", "work as ultra"]);
});

Deno.test("an account that is hardly used isn't needed", () => {
  const { best } = replayed([account("work", { weekUsed: 20 }), account("home", { weekUsed: 2 })]);
  assert.deepEqual([best.kind, best.name], ["fewer", "without home"]);
  // Half an hour a week is bearable.
  assert.ok(best.moreMinutes.mean < 8 * 30, String(best.moreMinutes.mean));
});

Deno.test("a larger set is named only if there really was much waiting", () => {
  const busy = [account("work", { weekUsed: 100 })];
  assert.equal(replayed(busy, { hours: 9 }).best.kind, "now");
  const { best, scenarios } = replayed(busy, { hours: 9, waitedMinutes: 8 * 120 });
  assert.ok(best.moreMinutes.mean < 0, names(scenarios).join());
  assert.ok(["more", "plan"].includes(best.kind), best.kind);
});

Deno.test("more room means no more waiting and a larger unused share", () => {
  const { scenarios: [now, fewer, more] } = replayed([
    account("work", { weekUsed: 90 }),
    account("home", { weekUsed: 60 }),
  ]);
  const waited = [fewer, now, more].map((one) => one?.waitedMinutes.mean ?? NaN);
  assert.deepEqual(waited, waited.toSorted((a, b) => b - a));
  const unused = [fewer, now, more].map((one) => one?.percentUnused.mean ?? NaN);
  assert.deepEqual(unused, unused.toSorted((a, b) => a - b));
  assert.deepEqual(now?.moreMinutes, { mean: 0, deviation: 0 });
});

Deno.test("what was recorded is unused by size, and a week that nobody measured counts as unused", () => {
  const { recorded } = replayed([
    account("work", { weekUsed: 60 }),
    account("lab", { plan: "max", weekUsed: 30 }),
    account("home", { weekUsed: null }),
  ]);
  // (60 × 1 + 30 × 5 + 0 × 1) ÷ 7 is 30 % used.
  assert.deepEqual(recorded, { waitedMinutes: 0, moves: 3, percentUnused: 70 });
});

Deno.test("less than two weeks, or no measured week, is too little", () => {
  assert.deepEqual(advice([account("work")], { days: 7 }).kind, "short");
  const short = advice([account("work")], { days: 7 });
  assert.ok(short.kind === "short" && short.why === "sessions" && short.weeks < 1);
  const unread = advice([account("work", { weekUsed: null })]);
  assert.ok(unread.kind === "short" && unread.why === "readings" && unread.weeks > 7);
  assert.equal(advice([], {}).kind, "short");
});

Deno.test("the same history gives the same advice, and progress only grows", () => {
  const accounts = [account("work"), account("home")];
  const seen: number[] = [];
  const first = advice(accounts, { onProgress: (percent) => seen.push(percent) });
  assert.deepEqual(advice(accounts), first);
  assert.deepEqual(seen, seen.toSorted((a, b) => a - b));
  assert.ok(seen.every((percent) => percent >= 0 && percent < 100) && seen.length > 20);
});
