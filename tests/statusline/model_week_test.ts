// Tests of the week of the model that runs, which no payload names: where the line knows it from.
import assert from "node:assert/strict";
import { runMulti } from "../helpers/binaries.ts";
import { modelLimits } from "../helpers/model_limits.ts";
import { seedCachedUsage, TempHome } from "../helpers/temp_home.ts";
import { usageReply } from "../helpers/usage_reply.ts";
import { draw, payload } from "./drawn.ts";

const HOUR_MS = 3_600_000;
const IN_TWO_HOURS = Math.floor(Date.now() / 1000) + 7200;

/** The line of a session on "work" with this model, after so many milliseconds of API calls. */
function lineOf(home: TempHome, { model, apiMs = 1000 }: { model: string; apiMs?: number }) {
  const stdin = payload({
    model: { id: model, display_name: model },
    cost: { total_duration_ms: 5000, total_api_duration_ms: apiMs },
    rate_limits: {
      five_hour: { used_percentage: 42, resets_at: IN_TWO_HOURS },
      seven_day: { used_percentage: 17, resets_at: IN_TWO_HOURS },
    },
  });
  return draw(home, { stdin, env: { CLAUDE_CONFIG_DIR: home.accountDir("work") } });
}

async function homeOfWork(): Promise<TempHome> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }] });
  home.seedAccount("work");
  return home;
}

Deno.test("the line shows the week of its model once refresh has asked, though no limit was met", async () => {
  await using home = await homeOfWork();
  const nowMs = Date.now();
  const resets_at = new Date(nowMs + 2 * HOUR_MS).toISOString();
  const reply = usageReply({
    five_hour: { utilization: 42, resets_at },
    seven_day: { utilization: 17, resets_at },
    seven_day_sonnet: { utilization: 61, resets_at },
    limits: modelLimits({ Opus: 85, Fable: 9 }, nowMs),
  });
  const client = `${home.bin}/claude`;
  Deno.writeTextFileSync(client, `#!/bin/sh\nread -r _\necho '${reply}'\ncat > /dev/null\n`);
  Deno.chmodSync(client, 0o700);
  assert.doesNotMatch(await lineOf(home, { model: "claude-opus-5-5[1m]" }), /7d opus/);
  assert.equal((await runMulti(["refresh"], { home })).code, 0);
  const cases = [
    ["claude-opus-5-5[1m]", / 7d opus ~85% (2h00m|1h59m) 7d ~?17% /],
    ["claude-sonnet-5", / 7d sonnet ~61% /],
    ["claude-fable-5", / 7d fable ~9% /],
  ] as const;
  for (const [model, expected] of cases) assert.match(await lineOf(home, { model }), expected);
  assert.doesNotMatch(await lineOf(home, { model: "claude-haiku-5" }), /7d (opus|sonnet|fable)/);
});

Deno.test("the line shows the week of its model that the client itself has cached, from the next turn on", async () => {
  await using home = await homeOfWork();
  const cached = (percent: number, of = "work") =>
    seedCachedUsage(`${home.accountDir("work")}/.claude.json`, {
      name: of,
      models: { Opus: percent },
    });
  const shown = async (apiMs: number) => {
    const line = await lineOf(home, { model: "opus", apiMs });
    return /7d opus ~(\d+)%/.exec(line)?.[1] ?? null;
  };
  cached(70);
  assert.equal(await shown(1000), null);
  assert.equal(await shown(2000), "70");
  cached(75);
  assert.equal(await shown(2000), "70", "no turn");
  assert.equal(await shown(3000), "70");
  assert.equal(await shown(3000), "75");
  cached(100, "someone else");
  assert.equal(await shown(4000), "75");
  assert.equal(await shown(5000), "75", "it is the answer of somebody else");
});
