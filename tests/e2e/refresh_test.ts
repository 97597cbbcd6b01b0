// Figures on demand with the real client: who is asked, what is shown, and what is left behind.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { binary, startProgram } from "../helpers/binaries.ts";
import type { RunResult } from "../helpers/binaries.ts";
import { TempHome } from "../helpers/temp_home.ts";
import type { SeedOptions } from "../helpers/temp_home.ts";
import { MockApi } from "./mock_api.ts";
import { realClaude, realClaudeEnv } from "./real_claude.ts";

const HOUR_MS = 3_600_000;
/** On a busy machine, a client takes longer than usual to start. */
const PATIENT = ["--timeout", "55"];

/** A home with idle accounts, and a service that says how much of their windows is used (0–1). */
async function stage(accounts: Record<string, [burst: number, week: number]>, options: {
  config?: Record<string, unknown>;
  seed?: Partial<SeedOptions>;
} = {}) {
  const home = await TempHome.create();
  const api = await MockApi.start();
  home.writeConfig({
    accounts: Object.keys(accounts).map((name) => ({ name })),
    ...options.config,
  });
  for (const [name, used] of Object.entries(accounts)) {
    home.seedAccount(name, options.seed);
    use(api, name, used);
  }
  return {
    home,
    api,
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

type Stage = Awaited<ReturnType<typeof stage>>;

function use(api: MockApi, name: string, [burst, week]: [number, number]): void {
  api.accounts[name] = {
    fiveHour: { utilization: burst, resetsAtMs: Date.now() + 2 * HOUR_MS },
    sevenDay: { utilization: week, resetsAtMs: Date.now() + 70 * HOUR_MS },
  };
}

async function multi({ home, api }: Stage, ...args: string[]): Promise<RunResult> {
  const onlyEnv = realClaudeEnv(home, { api, more: { CLAUDE_MULTI_CLAUDE: await realClaude() } });
  return await startProgram(binary("claude-multi"), args, { home, onlyEnv }).ended;
}

async function picked(stage: Stage): Promise<string | null> {
  return JSON.parse((await multi(stage, "pick", "--json")).stdout).account;
}

/** How often each account's figures were asked for, by the name in the bearer token. */
function asked({ requests }: MockApi): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { path, account } of requests) {
    if (!path.endsWith("/api/oauth/usage")) continue;
    const name = account ?? "nobody";
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** Every path in a folder, with links not followed. */
function pathsIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].flatMap(({ name, isDirectory }) =>
    isDirectory ? [name, ...pathsIn(`${dir}/${name}`).map((path) => `${name}/${path}`)] : [name]
  );
}

function rows(home: TempHome, sql: string): unknown[] {
  const database = new DatabaseSync(`${home.multi}/ledger.db`, { readOnly: true });
  try {
    return database.prepare(sql).all().map((row) => ({ ...row }));
  } finally {
    database.close();
  }
}

/** Processes of a home that are running: their command line names its config dirs or folder. */
function running(home: TempHome): string[] {
  const { stdout } = new Deno.Command("ps", { args: ["eww", "-eo", "pid,args"] }).outputSync();
  return new TextDecoder().decode(stdout).split("\n").filter((line) => line.includes(home.path));
}

/** Messages and anything else that would use an account. */
function spent({ requests }: MockApi): string[] {
  return requests.map(({ path }) => path).filter((path) => path.includes("/v1/messages"));
}

Deno.test("refresh shows the figures of idle accounts, and pick changes its mind", async () => {
  await using s = await stage({ a: [0.1, 0.1], b: [0.6, 0.6] });
  const first = await multi(s, "refresh", ...PATIENT);
  assert.equal(first.code, 0, first.stderr);
  assert.match(first.stdout, /a .*10 %/);
  assert.equal(await picked(s), "a");
  // The client answers from its cache for a minute, so the second question is asked "later".
  for (const name of ["a", "b"]) forgetCache(s.home, name);
  use(s.api, "a", [0.9, 0.2]);
  const second = await multi(s, "refresh", ...PATIENT);
  assert.equal(second.code, 0, second.stderr);
  assert.match(second.stdout, /a .*90 %/);
  assert.equal(await picked(s), "b");
  assert.deepEqual(asked(s.api), { a: 2, b: 2 });
  assert.deepEqual(spent(s.api), []);
  const left = pathsIn(s.home.path).filter((path) => /projects\/|\.jsonl|sessions\/./.test(path));
  assert.deepEqual(left, []);
  assert.deepEqual(rows(s.home, "SELECT * FROM sessions"), []);
  assert.deepEqual(pathsIn(`${s.home.multi}/empty`), []);
  assert.equal((Deno.statSync(`${s.home.multi}/empty`).mode ?? 0) & 0o777, 0o700);
  assert.deepEqual(running(s.home), []);
});

/** Removes the answer that the client has cached. */
function forgetCache(home: TempHome, name: string): void {
  const path = `${home.accountDir(name)}/.claude.json`;
  const { cachedUsageUtilization: _, ...rest } = JSON.parse(Deno.readTextFileSync(path));
  Deno.writeTextFileSync(path, JSON.stringify(rest));
}

Deno.test("refresh runs no hook and no MCP server, and no variable of the caller changes the login", async () => {
  await using s = await stage({ a: [0.3, 0.1] }, {
    seed: {
      more: {
        mcpServers: { probe: { command: "/bin/sh", args: ["-c", "touch mcp-ran; sleep 5"] } },
      },
    },
  });
  const { home, api } = s;
  const touch = { hooks: [{ type: "command", command: `touch '${home.path}/hook-ran'` }] };
  const hooks = { SessionStart: [touch], SessionEnd: [touch], Stop: [touch] };
  Deno.mkdirSync(`${home.path}/.claude`);
  for (const dir of [`${home.path}/.claude`, home.accountDir("a")]) {
    Deno.writeTextFileSync(`${dir}/settings.json`, JSON.stringify({ hooks }));
  }
  const onlyEnv = realClaudeEnv(home, {
    api,
    more: {
      CLAUDE_MULTI_CLAUDE: await realClaude(),
      ANTHROPIC_API_KEY: "sk-ant-FAKE-other",
      CLAUDE_CODE_OAUTH_TOKEN: "sk-ant-oat01-FAKE-other",
      CLAUDE_CONFIG_DIR: `${home.path}/elsewhere`,
    },
  });
  const words = ["refresh", ...PATIENT];
  const run = await startProgram(binary("claude-multi"), words, { home, onlyEnv }).ended;
  assert.equal(run.code, 0, run.stderr);
  assert.deepEqual(asked(api), { a: 1 });
  const ran = pathsIn(home.path).filter((path) => path.endsWith("-ran"));
  assert.deepEqual(ran, []);
});

Deno.test("refresh with an expired access token renews it once, and the login stays in one place", async () => {
  await using s = await stage({ a: [0.3, 0.1] }, { seed: { expiresInSeconds: -60 } });
  const run = await multi(s, "refresh", ...PATIENT, "--json");
  assert.equal(run.code, 0, run.stderr);
  assert.equal(JSON.parse(run.stdout).accounts[0].windows.five_hour.percentUsed, 30);
  const renewals = s.api.requests.filter(({ path }) => path.endsWith("/v1/oauth/token"));
  assert.equal(renewals.length, 1);
  const holders = pathsIn(s.home.path).filter((path) => {
    const whole = `${s.home.path}/${path}`;
    return Deno.lstatSync(whole).isFile && Deno.readTextFileSync(whole).includes("FAKE-a.r1");
  });
  assert.deepEqual(holders, [".claude-multi/config/a/.credentials.json"]);
});

Deno.test("refresh says in one line why an account has no figures, and keeps what was known", async () => {
  const names = ["down", "refused", "busy", "odd", "slow", "out", "blank", "gone", "good"];
  await using s = await stage(Object.fromEntries(names.map((name) => [name, [0.2, 0.2]])));
  const { home, api } = s;
  home.seedCachedUsage("down", { fiveHour: 77, sevenDay: 33 });
  const old = `${home.accountDir("down")}/.claude.json`;
  const config = JSON.parse(Deno.readTextFileSync(old));
  config.cachedUsageUtilization.fetchedAtMs -= HOUR_MS / 2;
  Deno.writeTextFileSync(old, JSON.stringify(config));
  const answer = (name: string, status: number, body = "{}") =>
    void (api.accounts[name] = { usageAnswer: { status, body } });
  answer("down", 503);
  answer("refused", 401);
  answer("busy", 429);
  answer("odd", 200, "<html>");
  Deno.removeSync(`${home.accountDir("out")}/.credentials.json`);
  home.seedAccount("blank", { login: "blank" });
  home.seedAccount("gone", { expiresInSeconds: -60 });
  const release = api.hold("slow");
  const run = await multi(s, "refresh", ...PATIENT, "--json");
  assert.deepEqual(running(home), []);
  release();
  assert.equal(run.code, 1);
  const lines = run.stderr.trimEnd().split("\n");
  const said = (name: string) => lines.filter((line) => line.includes(`"${name}"`));
  for (const name of names) {
    assert.equal(said(name).length, ["good", "gone"].includes(name) ? 0 : 1, run.stderr);
  }
  for (const name of ["down", "refused", "busy", "odd", "slow"]) {
    assert.match(said(name)[0] ?? "", /: the service gave none, or refused$/);
  }
  assert.match(said("out")[0] ?? "", /: not logged in; try: claude-multi login out$/);
  assert.match(said("blank")[0] ?? "", /: its login has expired; try: claude-multi login blank$/);
  const { accounts } = JSON.parse(run.stdout) as {
    accounts: Array<
      { name: string; windows: Record<string, { percentUsed: number; ageMs: number } | null> }
    >;
  };
  const used = (name: string) =>
    accounts.find((account) => account.name === name)?.windows["five_hour"]?.percentUsed;
  // The client repeats its cached answer if the service fails; its time is that of the cache.
  assert.equal(used("down"), 77);
  const down = accounts.find((account) => account.name === "down")?.windows["five_hour"];
  assert.ok((down?.ageMs ?? 0) >= HOUR_MS / 2);
  assert.equal(used("good"), 20);
  assert.deepEqual(spent(api), []);
});

Deno.test("refresh of a login whose renewal the service refuses says that it has expired", async () => {
  await using s = await stage({ a: [0.2, 0.2] }, { seed: { expiresInSeconds: -60 } });
  s.api.tokenError = { status: 400, body: { error: "invalid_grant" } };
  // Older clients (run on 2.1.197) then ask with the expired token, which the service refuses.
  s.api.accounts["a"] = { usageAnswer: { status: 401, body: "{}" } };
  const run = await multi(s, "refresh", ...PATIENT);
  assert.equal(run.code, 1);
  assert.match(run.stderr, /"a": its login has expired; try: claude-multi login a\n$/);
});

Deno.test('with "refresh": "launch", cl chooses by the figures of now, and asks once in five minutes', async () => {
  await using s = await stage({ a: [0.9, 0.2], b: [0.1, 0.2] }, {
    config: { refresh: "launch", refreshDeadlineMs: 10_000 },
  });
  for (const round of [1, 2]) {
    const run = await multi(s, "run", "--", "-p", `round ${round}`);
    assert.equal(run.code, 0, run.stderr);
  }
  assert.deepEqual(s.api.turns().map(({ account }) => account), ["b", "b"]);
  assert.deepEqual(asked(s.api), { a: 1, b: 1 });
});

Deno.test('twelve cl at once with "refresh": "launch" ask once for each account', async () => {
  await using s = await stage({ a: [0.1, 0.1], b: [0.1, 0.1] }, {
    config: { refresh: "launch", refreshDeadlineMs: 10_000 },
  });
  const { home, api } = s;
  const onlyEnv = realClaudeEnv(home, { api, more: { CLAUDE_MULTI_CLAUDE: await realClaude() } });
  // Twelve clients take 20 s on two idle cores, and longer on busy ones.
  const options = { home, onlyEnv, timeoutMs: 240_000 };
  const runs = await Promise.all(
    Array.from(
      { length: 12 },
      (_, n) =>
        startProgram(binary("claude-multi"), ["run", "--", "-p", `hello ${n}`], options).ended,
    ),
  );
  for (const { code, stderr } of runs) assert.equal(code, 0, stderr);
  assert.equal(api.turns().length, 12);
  assert.deepEqual(asked(api), { a: 1, b: 1 });
  assert.deepEqual(running(home), []);
});
