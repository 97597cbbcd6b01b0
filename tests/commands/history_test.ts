// Tests that one generated year goes through all four: stats, the forecast, advise and report agree on it.
import assert from "node:assert/strict";
import type { Summary } from "../../lib/history/summary.ts";
import { fakeContext } from "../helpers/context.ts";
import { runInUtc } from "../helpers/run_in_utc.ts";

const ACCOUNTS = ["work", "home", "spare"];

/** What `claude-multi WORDS` prints at the end of the year. */
async function said(...words: string[]): Promise<string> {
  const context = fakeContext({
    columns: 80,
    config: { accounts: ACCOUNTS.map((name) => ({ name })) },
    logins: Object.fromEntries(ACCOUNTS.map((name) => [name, {}])),
    // The last sitting ended only a little before noon on a Monday.
    past: { days: 365, accounts: ACCOUNTS, seed: 7, sittings: 9 },
  });
  return (await runInUtc(context, words)).stdout;
}

Deno.test("a generated year goes through stats, the forecast, advise and report", async () => {
  const stats = JSON.parse(await said("stats", "--days", "365", "--json")) as Summary;
  assert.equal(stats.accounts.length, 3);
  assert.ok(stats.weeksEnded > 100 && (stats.total.limits ?? 0) > 50);

  const status = JSON.parse(await said("status", "--json"));
  type Windows = Record<string, { outlook: unknown }>;
  const outlooks = status.accounts.flatMap(({ windows }: { windows: Windows }) =>
    Object.values(windows).map(({ outlook }) => outlook)
  );
  assert.ok(outlooks.some((outlook: unknown) => outlook !== null), JSON.stringify(status));

  const advice = JSON.parse(await said("advise", "--json"));
  assert.ok(advice.weeks > 7 && advice.best !== null, advice.sentence);
  // Both look back over the same eight weeks.
  const weeks = JSON.parse(await said("stats", "--days", "56", "--json")) as Summary;
  assert.ok(Math.abs(advice.recorded.moves - (weeks.total.moves ?? 0)) <= 5);

  const page = await said("report", "-");
  const values = [...page.matchAll(/<data value="([^"]*)">/g)].map(([, value]) => Number(value));
  const figures = Object.values(stats.total).filter((value) => value !== stats.total.sessionHours);
  for (const figure of figures) assert.ok(values.includes(figure ?? NaN), String(figure));
  for (const { percentUnused } of stats.accounts) assert.ok(values.includes(percentUnused ?? NaN));
});
