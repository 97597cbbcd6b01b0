// Tests of figures that are old: they are marked everywhere, and refresh is named.
import assert from "node:assert/strict";
import { statusText } from "../../lib/accounts/status_report.ts";
import { standingsNow } from "../../lib/accounts/standings.ts";
import { conclusion, renderRanking } from "../../lib/accounts/table.ts";
import { reasonText } from "../../lib/balance/reasons.ts";
import { useText } from "../../lib/launch/handoff_words.ts";
import { fakeContext, START_MS } from "../helpers/context.ts";

const HOUR_MS = 3_600_000;

function contextAfter(hours: number) {
  const windows = {
    fiveHour: { percentUsed: 18, resetsAtMs: START_MS + 4 * HOUR_MS },
    sevenDay: { percentUsed: 10, resetsAtMs: START_MS + 90 * HOUR_MS },
  };
  const context = fakeContext({
    config: { accounts: [{ name: "a" }] },
    logins: { a: windows },
    columns: 200,
  });
  context.clock.advance(hours * HOUR_MS);
  return context;
}

async function shown(context: ReturnType<typeof contextAfter>): Promise<string[]> {
  const standings = standingsNow(context, { config: context.configFile.read() });
  const surface = context.terminal;
  return [
    `${await renderRanking(context, { standings, surface })}\n${
      conclusion(context, { standings, surface })
    }`,
    await statusText(context, () => null),
    (standings.ranked[0]?.reasons ?? []).map(reasonText).join(", "),
  ];
}

Deno.test("figures of nine hours are marked in pick, status and the reasons of a choice", async () => {
  const [pick = "", status = "", reasons = ""] = await shown(contextAfter(9));
  assert.match(pick, /9h ago/);
  assert.match(reasons, /figures from 9h ago/);
  for (const text of [pick, status]) {
    assert.match(text, /figures of a are older than an hour; for new ones: claude-multi refresh/);
  }
});

Deno.test("figures of an hour aren't marked", async () => {
  const [pick = "", status = "", reasons = ""] = await shown(contextAfter(1));
  assert.doesNotMatch(`${pick}${status.replace(/read 1h ago/g, "")}${reasons}`, /ago|refresh/);
});

Deno.test("the question at a hand-off says how old the figure of the offer is", () => {
  assert.equal(useText({ percentUsed: 18, ageMs: 9 * HOUR_MS }), " (18 % of 5h used, 9h ago)");
  assert.equal(useText({ percentUsed: 18 }), " (18 % of 5h used)");
});
