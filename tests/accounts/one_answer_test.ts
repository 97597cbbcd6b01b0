// Tests that both programs give the same answer: in every world the status line sends a limited
// conversation to the account that the hand-off would move it to and pick would choose, and status, run and
// why say the same.
import assert from "node:assert/strict";
import { sqliteLedger } from "../../lib/ledger/ledger.ts";
import { openLedgerDatabase } from "../../lib/ledger/schema.ts";
import { runMulti, runStatusline } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { seedCachedUsage, TempHome, writeJson } from "../helpers/temp_home.ts";
import type { World } from "./worlds.ts";
import { CONVERSATION, WORLDS } from "./worlds.ts";

const HOUR = 3_600_000;
/** A process id that no system uses. */
const DEAD = 4_194_305;

/** The world on disk, with the conversation on "work" that the last session there left. */
async function homeOf(world: World): Promise<TempHome> {
  const home = await TempHome.create();
  const link = `${home.path}/link`;
  Deno.symlinkSync(home.project, link);
  if (world.model !== undefined) {
    Deno.mkdirSync(`${home.path}/.claude`, { recursive: true });
    writeJson(`${home.path}/.claude/settings.json`, { model: world.model });
  }
  home.writeConfig(
    JSON.stringify(world.config)
      .replace('"PROJECT"', JSON.stringify(home.project))
      .replace('"LINK"', JSON.stringify(link)),
  );
  for (const { name } of world.config.accounts) {
    const odd = world.logins?.[name]?.kind ?? null;
    const dir = home.accountDir(name);
    if (odd === "none") continue;
    home.seedAccount(name, {
      ...odd === "someone else" && { name: "someone" },
      ...odd === "blank" && { login: "blank" },
    });
    const used = world.used?.[name];
    if (used === undefined) continue;
    const resetsAtMs = Date.now() + 2 * HOUR;
    seedCachedUsage(`${dir}/.claude.json`, {
      name: used.of ?? name,
      fiveHour: { percentUsed: used.five, resetsAtMs },
      sevenDay: { percentUsed: used.seven ?? 0, resetsAtMs },
      models: used.models ?? {},
    });
  }
  const database = openLedgerDatabase(`${home.multi}/ledger.db`);
  const ledger = sqliteLedger(database);
  const nowMs = Date.now();
  const session = ledger.startSession(
    {
      account: "work",
      launcherPid: DEAD,
      cwd: home.project,
      startedAtMs: nowMs - 1000,
      handedFrom: null,
    },
    { chosenAtMs: nowMs, policy: "weighted", account: "work", forced: false, ranked: [] },
  );
  ledger.learnClientSession(session, CONVERSATION);
  ledger.endSession(session, { atMs: nowMs, how: "exit", code: 0, signal: null });
  world.rows?.(ledger, { nowMs, alive: Deno.pid, dead: DEAD });
  database.close();
  return home;
}

/** The line of the session on "work", without colour. */
async function lineOf(home: TempHome, { told = 100, model = "" }: World): Promise<string> {
  const at = (hours: number): number => Math.floor(Date.now() / 1000) + hours * 3600;
  const stdin = JSON.stringify({
    session_id: CONVERSATION,
    cwd: home.project,
    workspace: { current_dir: home.project, project_dir: home.project },
    model: { id: model, display_name: model },
    rate_limits: {
      five_hour: { used_percentage: told, resets_at: at(1) },
      seven_day: { used_percentage: 20, resets_at: at(90) },
    },
  });
  const env = { NO_COLOR: "1", COLUMNS: "200", CLAUDE_CONFIG_DIR: home.accountDir("work") };
  return (await runStatusline([], { home, stdin, env })).stdout;
}

async function accountOf(home: TempHome, ...words: string[]): Promise<string | null> {
  const { code, stdout, stderr } = await runMulti(words, { home });
  // Without an account run explains itself on stderr, and prints nothing.
  if (stdout === "") assert.ok([3, 4, 5].includes(code), `${code}: ${stderr}`);
  return stdout === "" ? null : (JSON.parse(stdout) as { account: string | null }).account;
}

for (const world of WORLDS) {
  Deno.test(`both programs agree on ${world.name}`, async () => {
    await using home = await homeOf(world);
    installFakeClaude(home);
    // Runs first: it sees sessions that no command has closed yet, and records its payload.
    const line = await lineOf(home, world);
    const shown = /(?:→|move to|--account) (\S+)/.exec(line)?.[1] ?? null;
    assert.equal(shown, world.moves, line);
    const pick = await accountOf(home, "pick", "--json");
    assert.equal(pick, world.picks === undefined ? world.moves : world.picks);
    const resume = ["--", "--resume", CONVERSATION];
    assert.equal(await accountOf(home, "run", "--dry-run", "--json", ...resume), world.moves);
    const others = Object.values(world.states).some((state) => state === "limited");
    if (world.moves === null && others) assert.match(line, /no room( in \w+)? for (59m|1h)/);
    const status = JSON.parse((await runMulti(["status", "--json"], { home })).stdout);
    assert.equal(status.account, pick);
    for (const { name, state } of status.accounts) {
      // The worlds say what pick finds in this folder, where "work" may not be among the choices.
      if (name !== "work") assert.equal(state, world.states[name], name);
    }
    if (world.moves === null) return;
    await runMulti(["run", ...resume, "-p", "x"], { home });
    const why = JSON.parse((await runMulti(["why", "--json"], { home })).stdout);
    assert.equal(why.account, world.moves);
  });
}
