// Tests of the windows on the line when several terminals know different things about them.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { accountHome, draw, payload } from "./drawn.ts";

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;
const nowS = (): number => Math.floor(Date.now() / 1000);

Deno.test("an idle terminal shows what another one has seen since, and marks it", async () => {
  const made = await accountHome();
  await using home = made.home;
  const inTwoHours = nowS() + 2 * HOUR_S;
  const say = (
    session_id: string,
    used_percentage: number,
    resets_at: number | null = inTwoHours,
  ): Promise<string> =>
    draw(home, {
      stdin: payload({
        session_id,
        transcript_path: made.transcript,
        rate_limits: { five_hour: { used_percentage, ...resets_at === null ? {} : { resets_at } } },
      }),
    });
  assert.match(await say("idle", 40), / 5h 40% /);
  assert.match(await say("busy", 95), / 5h 95% /);
  assert.match(await say("idle", 40), / 5h ~95% (2h00m|1h59m)/);
  assert.match(await say("busy", 95), / 5h 95% /);
  assert.match(await say("busy", 97.123456), / 5h 97% /);
  assert.match(await say("busy", 97.129), / 5h 97% /);
  assert.match(await say("busy", 97.129), / 5h 97% /);
  assert.match(await say("idle", 40), / 5h ~97% /);
  // After a limit reset or an upgrade the service says less than before.
  assert.match(await say("busy", 3), / 5h 3% /);
  assert.match(await say("idle", 40), / 5h ~3% /);
  assert.match(await say("idle", 5), / 5h 5% /);
  // Without a reset time nothing can be compared.
  assert.match(await say("idle", 30, null), / 5h 30%( │|$)/);
});

Deno.test("a window that started again in another terminal replaces what an idle one says", async () => {
  const made = await accountHome();
  await using home = made.home;
  const say = (session_id: string, used_percentage: number, minutes: number): Promise<string> =>
    draw(home, {
      stdin: payload({
        session_id,
        cost: { total_duration_ms: session_id === "busy" ? 0 : HOUR_S * 1000 },
        transcript_path: made.transcript,
        rate_limits: {
          five_hour: { used_percentage, resets_at: nowS() + minutes * MINUTE_S },
        },
      }),
    });
  assert.match(await say("busy", 3, 290), / 5h 3% /);
  assert.match(await say("idle", 80, 100), / 5h ~3% 4h(50|49)m/);
  assert.match(await say("older", 100, -1), / 5h ~3% 4h(50|49)m/);
});

Deno.test("an idle terminal that is cleared doesn't overrule what another one has measured since", async () => {
  const made = await accountHome();
  await using home = made.home;
  const inTwoHours = nowS() + 2 * HOUR_S;
  const say = (session_id: string, used_percentage: number, apiMs: number): Promise<string> =>
    draw(home, {
      stdin: payload({
        session_id,
        transcript_path: made.transcript,
        cost: { total_duration_ms: 1000, total_api_duration_ms: apiMs },
        rate_limits: { five_hour: { used_percentage, resets_at: inTwoHours } },
      }),
    });
  assert.match(await say("idle", 40, 900), / 5h 40% /);
  for (const percent of [55, 61, 70]) await say("busy", percent, percent * 100);
  assert.match(await say("idle after /clear", 40, 0), / 5h ~70% /);
  assert.match(await say("idle after /clear", 40, 0), / 5h ~70% /);
  assert.match(await say("busy", 70, 7000), / 5h 70% /);
  assert.match(await say("idle after /clear", 71.5, 800), / 5h 72% /);
  assert.match(await say("busy", 70, 7000), / 5h ~72% /);
});

Deno.test("an account that the service refuses says so, although its windows aren't full", async () => {
  const made = await accountHome();
  await using home = made.home;
  const stdin = payload({ transcript_path: made.transcript });
  await draw(home, { stdin });
  const db = new DatabaseSync(`${home.multi}/ledger.db`);
  db.prepare(
    "INSERT INTO limits (account, until_ms, kind, recorded_at_ms) VALUES (?, ?, 'limit', ?)",
  )
    .run("work", Date.now() + 2 * HOUR_S * 1000, Date.now());
  db.close();
  assert.match(
    await draw(home, { stdin }),
    / │ limited (2h00m|1h59m) claude-multi resume --account personal/,
  );
  home.writeConfig({ accounts: [{ name: "work" }] });
  assert.match(await draw(home, { stdin }), / │ limited (2h00m|1h59m)$/);
});

Deno.test("a window near its reserve in config.json leads to an account with room", async () => {
  const made = await accountHome();
  await using home = made.home;
  const stdin = payload({ transcript_path: made.transcript });
  assert.doesNotMatch(await draw(home, { stdin }), /→/);
  const accounts = [{ name: "work" }, { name: "personal" }];
  home.writeConfig({ accounts, reserve: { five_hour: 45 } });
  assert.match(await draw(home, { stdin }), / │ → personal$/);
});
