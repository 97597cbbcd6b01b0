// Tests of many launches at the same time: they spread out, and kill -9 loses no committed row.
import assert from "node:assert/strict";
import { openLedgerDatabase } from "../../lib/ledger/schema.ts";
import { runMulti, startMulti } from "../helpers/binaries.ts";
import { installTinyClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";

const NAMES = ["a", "b", "c", "d", "e"];
/** `make fuzz` repeats more often. */
const THOROUGH = Deno.env.get("FUZZ_RUNS") !== undefined;
const STORMS = THOROUGH ? 20 : 1;
const KILL_ROUNDS = THOROUGH ? 120 : 20;

async function fiveEqualAccounts(): Promise<TempHome> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: NAMES.map((name) => ({ name })) });
  for (const name of NAMES) {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 10, sevenDay: 10 });
  }
  installTinyClaude(home);
  return home;
}

Deno.test("50 launches at the same time on 5 equal accounts go 10 to each, and no row is lost", async () => {
  for (let storm = 0; storm < STORMS; storm++) await launchStorm();
});

async function launchStorm(): Promise<void> {
  await using home = await fiveEqualAccounts();
  // Each stand-in outlives the storm, however slow the machine: all sessions are open at the end.
  const env = { TINY_CLAUDE_SLEEP: "600" };
  const runs = Array.from({ length: 50 }, () => startMulti(["run"], { home, env }));
  const database = openLedgerDatabase(`${home.multi}/ledger.db`);
  const counts = () =>
    database.prepare(
      "SELECT account, count(*) AS n FROM sessions GROUP BY account ORDER BY account",
    )
      .all().map((row) => [row["account"], row["n"]]);
  const attached = () =>
    Number(
      database.prepare("SELECT count(*) AS n FROM sessions WHERE pid IS NOT NULL").get()?.["n"],
    );
  for (let n = 0; n < 1200 && attached() < 50; n++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const spread = counts();
  const pids = database.prepare("SELECT pid FROM sessions").all().map((row) => Number(row["pid"]));
  database.close();
  for (const run of runs) run.kill("SIGTERM");
  const results = await Promise.all(runs.map((run) => run.ended));
  assert.deepEqual(spread, NAMES.map((name) => [name, 10]));
  assert.equal(new Set(pids).size, 50);
  assert.deepEqual(results.map((r) => r.stderr).filter((text) => text !== ""), []);
}

Deno.test("after rounds of kill -9 in the middle, the ledger is sound and has every committed row", async () => {
  await using home = await fiveEqualAccounts();
  const path = `${home.multi}/ledger.db`;
  await runMulti(["run"], { home });
  let before = 1;
  for (let round = 0; round < KILL_ROUNDS; round++) {
    const runs = [0, 1].map(() => startMulti(["run"], { home }));
    await new Promise((resolve) => setTimeout(resolve, 20 + (round % 20) * 4));
    for (const run of runs) {
      try {
        run.kill("SIGKILL");
      } catch {
        // It has already ended.
      }
    }
    await Promise.all(runs.map((run) => run.ended));
    const database = openLedgerDatabase(path);
    assert.equal(database.prepare("PRAGMA integrity_check").get()?.["integrity_check"], "ok");
    const now = Number(database.prepare("SELECT count(*) AS n FROM sessions").get()?.["n"]);
    const orphans = database.prepare(
      "SELECT count(*) AS n FROM sessions LEFT JOIN choices ON choices.id = choice_id WHERE choices.id IS NULL",
    ).get()?.["n"];
    database.close();
    assert.ok(now >= before && now <= before + 2, `${before} rows became ${now}`);
    assert.equal(orphans, 0, "a session and its choice are written together or not at all");
    before = now;
  }
});
