// Tests of `advise`: golden pages of made-up weeks, the answer, its JSON, what it refuses.
import assert from "node:assert/strict";
import { cellWidth } from "../../lib/text/cells.ts";
import { fakeContext } from "../helpers/context.ts";
import { goldenFile } from "../helpers/golden.ts";
import type { PastWork } from "../helpers/past_work.ts";
import { runInUtc } from "../helpers/run_in_utc.ts";

/** Runs `claude-multi advise ARGS` after some made-up weeks, and returns what it printed. */
async function advise(
  args: string[],
  { past = {}, plan = "pro", prices = {} }: {
    past?: Partial<PastWork>;
    plan?: string;
    prices?: Record<string, number>;
  } = {},
): Promise<string> {
  const accounts = past.accounts ?? ["work", "home", "spare"];
  const context = fakeContext({
    columns: 80,
    config: { accounts: accounts.map((name) => ({ name, plan, price: prices[name] })) },
    past: { days: 70, seed: 7, holidays: () => false, ...past, accounts },
  });
  return (await runInUtc(context, ["advise", ...args])).stdout;
}

Deno.test("an account that is hardly used isn't needed, and the page fits 80 columns", async () => {
  const page = await advise(["--price", "work=100,spare=20"], { past: { sittings: 1 } });
  goldenFile("tests/commands/golden/advise.txt", page.trimEnd());
  assert.match(page, /^2 accounts would have been enough \(without spare\): [^]* −20 a month/m);
  for (const line of page.split("\n")) assert.ok(cellWidth(line) <= 80, line);
});

Deno.test("JSON has every set with its spread, the present one first, and the same sentence", async () => {
  const page = (await advise([])).replaceAll("\n", " ");
  const json = JSON.parse(await advise(["--json"]));
  assert.ok(page.includes(json.sentence), json.sentence);
  assert.equal(json.scenarios[0].name, "as now");
  assert.deepEqual(json.scenarios[0].plans, ["pro", "pro", "pro"]);
  const names = json.scenarios.map(({ name }: { name: string }) => name);
  assert.deepEqual(names.slice(1, 3), ["without spare", "one more pro"]);
  assert.ok(names.includes("work as max") && names.includes(json.best));
  const unused = (at: number) => json.scenarios[at].percentUnused.mean;
  assert.ok(unused(1) < unused(0) && unused(0) < unused(2));
  assert.ok(json.scenarios[1].waitedMinutes.mean >= json.scenarios[0].waitedMinutes.mean);
});

Deno.test("a busy single account would have been helped by more", async () => {
  const busy = { accounts: ["work"], sittings: 16 };
  const json = JSON.parse(await advise(["--json"], { past: busy }));
  assert.match(json.sentence, /would have helped/);
  assert.ok(json.scenarios.every(({ name }: { name: string }) => !name.startsWith("without")));
});

Deno.test("a history that is too short gives no advice, and says why", async () => {
  const short = await advise([], { past: { days: 9 } });
  assert.match(short, /^Too little is known to say: \d days of sessions, and two weeks/);
  assert.equal(JSON.parse(await advise(["--json"], { past: { days: 9 } })).best, null);
  assert.match(await advise([], { past: { days: 0 } }), /^Too little is known/);
});

Deno.test("what really was unused is what the replays start from", async () => {
  const { recorded, scenarios } = JSON.parse(await advise(["--json"]));
  assert.ok(Math.abs(recorded.percentUnused - scenarios[0].percentUnused.mean) < 1);
});

Deno.test("prices may stand in config.json; --price comes first", async () => {
  const prices = { work: 100, home: 50, spare: 20 };
  const priceOf = async (...args: string[]) =>
    JSON.parse(await advise(["--json", ...args], { prices })).scenarios
      .slice(1, 3).map(({ name, price }: { name: string; price: number }) => [name, price]);
  assert.deepEqual(await priceOf(), [["without spare", -20], ["one more pro", 100]]);
  assert.deepEqual(await priceOf("--price", "spare=30"), [
    ["without spare", -30],
    ["one more pro", 100],
  ]);
});

Deno.test("prices need an account and a number", async () => {
  await assert.rejects(advise(["--price", "work"]), /invalid value "work" for --price/);
  await assert.rejects(advise(["--price", "wrok=5"]), /unknown account "wrok"/);
  await assert.rejects(advise(["--weeks", "1"]), /invalid value "1" for --weeks/);
});
