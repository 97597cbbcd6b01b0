// Measurements of claude-multi: start-up, the choice, the launch, the hook, a large ledger.
import { openLedgerDatabase } from "../../lib/ledger/schema.ts";
import { installTinyClaude } from "../helpers/fake_claude.ts";
import { fillPast } from "../helpers/past_work.ts";
import { readFixture } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import type { Case } from "./case.ts";
import { helloLike, program } from "./case.ts";

const NAMES = ["personal", "work", "spare"];
const SESSIONS = 1_000_000;
const READINGS = 100_000;
const DAY_MS = 24 * 3_600_000;

/** The rows; add one to measure more. */
export const LAUNCHER_CASES: readonly Case[] = [
  againstHello("claude-multi --version", { args: ["--version"], goal: 1.25 }),
  againstHello("pick --json, 3 accounts", { args: ["pick", "--json"], goal: 1.25 }),
  againstHello("run --dry-run", { args: ["run", "--dry-run"], goal: 1.25 }),
  againstHello("hook SessionStart", {
    args: ["hook", "SessionStart"],
    goal: 1.3,
    stdin: readFixture("hooks/SessionStart.json"),
    env: { CLAUDE_MULTI_SESSION: "1" },
  }),
  withPast("stats, a year / hello", {
    ...{ goal: 1.6, args: ["stats", "--days", "365"], days: 365, accounts: NAMES },
  }),
  // Below a second wherever hello takes up to 125 ms.
  withPast("report, 3 years of 5 accounts / hello", {
    ...{ goal: 8, args: ["report", "-"], days: 3 * 365 },
    accounts: [...NAMES, "lab", "four"],
  }),
  {
    name: "run to the first byte of claude / hello, then claude",
    goal: 1.5,
    prepare(home, hello) {
      threeAccounts(home);
      const claude = `${home.bin}/claude`;
      Deno.writeTextFileSync(claude, "#!/bin/sh\necho ready\n", { mode: 0o755 });
      const run = program(home, { name: "claude-multi", args: ["run"] });
      const subject = { ...run, untilFirstByte: true };
      return {
        subject,
        baseline: [helloLike(hello, run), { ...subject, path: claude, args: [] }],
      };
    },
  },
  {
    name: `pick, ${SESSIONS / 1e6}M sessions / empty ledger`,
    goal: 1.2,
    async prepare(home) {
      threeAccounts(home);
      const subject = program(home, { name: "claude-multi", args: ["pick", "--json"] });
      fillLedger(`${home.multi}/ledger.db`);
      const small = await TempHome.create();
      threeAccounts(small);
      return { subject, baseline: [{ ...subject, env: small.env() }] };
    },
  },
];

function againstHello(
  name: string,
  options: { args: string[]; goal: number; stdin?: string; env?: Record<string, string> },
): Case {
  const { goal, ...what } = options;
  return {
    name,
    goal,
    prepare(home, hello) {
      threeAccounts(home);
      installTinyClaude(home);
      const subject = program(home, { name: "claude-multi", ...what });
      return { subject, baseline: [helloLike(hello, subject)] };
    },
  };
}

/** A command on a ledger with made-up work of many days, against hello world. */
function withPast(
  name: string,
  options: { args: string[]; goal: number; days: number; accounts: readonly string[] },
): Case {
  const { args, goal, days, accounts } = options;
  return {
    name,
    goal,
    prepare(home, hello) {
      threeAccounts(home);
      const database = openLedgerDatabase(`${home.multi}/ledger.db`);
      const folders = ["api", "site", "notes", "tools", "infra"].map((name) => `/src/${name}`);
      fillPast(database, { nowMs: Date.now(), days, accounts, seed: 1, folders });
      database.close();
      const subject = program(home, { name: "claude-multi", args });
      return { subject, baseline: [helloLike(hello, subject)] };
    },
  };
}

/** Three logged-in accounts with cached usage, and typical settings. */
export function threeAccounts(home: TempHome): void {
  Deno.mkdirSync(`${home.path}/.claude`, { recursive: true });
  Deno.writeTextFileSync(`${home.path}/.claude/settings.json`, `{ "permissions": {} }\n`);
  home.writeConfig({ accounts: NAMES.map((name) => ({ name })) });
  for (const [index, name] of NAMES.entries()) {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 20 * index, sevenDay: 10 * index });
  }
}

/** A year of sessions and two weeks of readings, spread over the accounts. */
function fillLedger(path: string): void {
  console.log(`==> a ledger with ${SESSIONS} sessions and ${READINGS} readings`);
  const database = openLedgerDatabase(path);
  const nowMs = Date.now();
  const session = database.prepare(
    `INSERT INTO sessions (account, launcher_pid, pid, cwd, started_at_ms, ended_at_ms, ended_how, exit_code)
     VALUES (?, 1, 2, '/src', ?, ?, 'exit', 0)`,
  );
  const reading = database.prepare(
    `INSERT INTO readings (account, window, percent_used, resets_at_ms, measured_at_ms, source)
     VALUES (?, ?, ?, ?, ?, 'statusline')`,
  );
  database.exec("BEGIN");
  for (let i = 0; i < SESSIONS; i++) {
    const atMs = nowMs - Math.floor((1 - i / SESSIONS) * 365 * DAY_MS);
    session.run(NAMES[i % 3] ?? "", atMs, atMs + 600_000);
  }
  for (let i = 0; i < READINGS; i++) {
    const atMs = nowMs - Math.floor((1 - i / READINGS) * 14 * DAY_MS);
    const lengthMs = 5 * 3_600_000;
    const resetsAtMs = Math.ceil(atMs / lengthMs) * lengthMs;
    const window = i % 2 === 0 ? "five_hour" : "seven_day";
    reading.run(NAMES[i % 3] ?? "", window, (i % 1000) / 10, resetsAtMs, atMs);
  }
  database.exec("COMMIT");
  database.close();
}
