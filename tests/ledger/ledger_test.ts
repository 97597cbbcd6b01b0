// Tests of the ledger: opening broken, foreign, newer and read-only files; ageing; session hours.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { sqliteLedger } from "../../lib/ledger/ledger.ts";
import { MIGRATIONS, openLedgerDatabase } from "../../lib/ledger/schema.ts";
import { binary, runMulti, startProgram } from "../helpers/binaries.ts";
import { damagePages } from "../helpers/damage.ts";
import { installTinyClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";

const NOW = 1_800_000_000_000;
/** Nobody is known to be logged in. */
const NOBODY = { identity: null, nowMs: NOW };
const HOUR = 3_600_000;

async function homeWithOne(): Promise<TempHome> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "one" }] });
  home.seedAccount("one");
  installTinyClaude(home);
  return home;
}

async function listed(home: TempHome): Promise<number> {
  const result = await runMulti(["sessions", "--json"], { home });
  return (JSON.parse(result.stdout) as { sessions: unknown[] }).sessions.length;
}

Deno.test("the ledger file and its folder are private", async () => {
  await using home = await homeWithOne();
  await Deno.chmod(home.multi, 0o755);
  await runMulti(["run"], { home });
  const modeOf = async (path: string) => ((await Deno.stat(path)).mode ?? 0) & 0o777;
  assert.equal(await modeOf(`${home.multi}/ledger.db`), 0o600);
  assert.equal(await modeOf(home.multi), 0o700);
});

const BROKEN: Array<[string, (path: string) => Promise<void>]> = [
  ["random bytes", (path) => Deno.writeTextFile(path, "this isn't a database ".repeat(100))],
  ["a truncated database", async (path) => {
    const database = openLedgerDatabase(path);
    database.close();
    await Deno.truncate(path, 5000);
  }],
  ["another program", (path) => makeDatabase(path, "CREATE TABLE notes (text)")],
  [
    "another program that has sessions too",
    (path) => makeDatabase(path, "CREATE TABLE sessions (id); INSERT INTO sessions VALUES (1)"),
  ],
  [
    "another program that counts versions too",
    (path) => makeDatabase(path, "CREATE TABLE notes (text); PRAGMA user_version = 1"),
  ],
];

function makeDatabase(path: string, sql: string): Promise<void> {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
  return Promise.resolve();
}

for (const [what, make] of BROKEN) {
  Deno.test(`a ledger of ${what} is moved aside, reported in one line, and the launch continues`, async () => {
    await using home = await homeWithOne();
    const path = `${home.multi}/ledger.db`;
    await make(path);
    const before = await Deno.readFile(path);
    const result = await runMulti(["run"], { home });
    assert.equal(result.code, 0, result.stderr);
    assert.match(
      result.stderr,
      /^claude-multi: the ledger was (corrupt|another program's); moved it to ".*\.broken-.*"/,
    );
    assert.equal(result.stderr.trimEnd().split("\n").length, 1);
    const aside = [...Deno.readDirSync(home.multi)].map((e) => e.name).find((n) =>
      /^ledger\.db\.broken-[0-9TZ-]+$/.test(n)
    );
    assert.deepEqual(await Deno.readFile(`${home.multi}/${aside}`), before, "nothing is lost");
    assert.equal(await listed(home), 1);
  });
}

Deno.test("a ledger that others can read becomes private again, with its log", async () => {
  await using home = await homeWithOne();
  await runMulti(["run"], { home });
  const path = `${home.multi}/ledger.db`;
  const database = new DatabaseSync(path);
  database.exec("CREATE TABLE x (y); DROP TABLE x");
  for (const suffix of ["", "-wal", "-shm"]) await Deno.chmod(path + suffix, 0o644);
  await runMulti(["pick"], { home });
  for (const suffix of ["", "-wal", "-shm"]) {
    assert.equal(((await Deno.stat(path + suffix)).mode ?? 0) & 0o777, 0o600, suffix);
  }
  database.close();
});

Deno.test("an empty file is a new ledger", async () => {
  await using home = await homeWithOne();
  await Deno.writeTextFile(`${home.multi}/ledger.db`, "");
  const result = await runMulti(["run"], { home });
  assert.equal(result.stderr, "");
  assert.equal(await listed(home), 1);
});

Deno.test("a folder in the ledger's place doesn't stop a launch", async () => {
  await using home = await homeWithOne();
  await Deno.mkdir(`${home.multi}/ledger.db`);
  const result = await runMulti(["run"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stderr, /cannot use the ledger .*; this run is not recorded/);
});

Deno.test("a pipe in the ledger's place doesn't stop a launch and is reported in one line", async () => {
  await using home = await homeWithOne();
  const path = `${home.multi}/ledger.db`;
  assert.ok((await new Deno.Command("mkfifo", { args: [path] }).output()).success);
  const result = await runMulti(["run"], { home, timeoutMs: 15_000 });
  assert.equal(result.code, 0, result.stderr);
  assert.match(
    result.stderr,
    /^claude-multi: .*it is not a regular file.*this run is not recorded\n$/,
  );
});

Deno.test("a newer ledger is refused with a clear message and left alone, and a launch continues", async () => {
  await using home = await homeWithOne();
  const path = `${home.multi}/ledger.db`;
  const database = openLedgerDatabase(path);
  database.exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
  database.close();
  const status = await runMulti(["status"], { home });
  assert.equal(status.code, 1);
  assert.match(
    status.stderr,
    /format \d+ is newer than this program's \d+; install the newest claude-multi\ntry: claude-multi --version/,
  );
  const run = await runMulti(["run"], { home });
  assert.equal(run.code, 0);
  assert.match(
    run.stderr,
    /^claude-multi: cannot use the ledger ".*" \(format \d+ is newer than this program; install the newest claude-multi\); this run is not recorded\n$/,
  );
  const after = new DatabaseSync(path, { readOnly: true });
  assert.equal(after.prepare("SELECT count(*) AS n FROM sessions").get()?.["n"], 0);
  after.close();
});

Deno.test("a ledger that opens but fails doesn't stop a launch, which gets no session number", async () => {
  await using home = await homeWithOne();
  const path = `${home.multi}/ledger.db`;
  const database = new DatabaseSync(path);
  database.exec(`CREATE TABLE other (x); PRAGMA user_version = ${MIGRATIONS.length}`);
  database.close();
  assert.equal((await runMulti(["sessions"], { home })).code, 0);
  const [aside] = [...Deno.readDirSync(home.multi)].filter(({ name }) => /broken/.test(name));
  assert.ok(aside, "without our tables it is set aside");
  Deno.removeSync(path);
  const alike = new DatabaseSync(path);
  alike.exec(`CREATE TABLE sessions (a); PRAGMA user_version = ${MIGRATIONS.length}`);
  alike.close();
  assert.match((await runMulti(["sessions"], { home })).stderr, /damaged; moved it to/);
  const failing = new DatabaseSync(path);
  failing.exec("CREATE TRIGGER t BEFORE INSERT ON choices BEGIN SELECT RAISE(ABORT, 'no'); END");
  failing.close();
  await Deno.writeTextFile(
    `${home.bin}/claude`,
    '#!/bin/sh\necho "number $CLAUDE_MULTI_SESSION"\n',
  );
  const result = await runMulti(["run"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stderr, /the ledger failed \(.*\); this run is not recorded/);
  assert.equal(result.stdout, "number \n");
});

/** A ledger with rows, the pages of all of whose tables are overwritten. */
async function homeWithDamage(): Promise<{ home: TempHome; path: string }> {
  const home = await homeWithOne();
  assert.equal((await runMulti(["run"], { home })).code, 0);
  const path = `${home.multi}/ledger.db`;
  damagePages(path);
  return { home, path };
}

Deno.test("a ledger with damaged pages is moved aside, and the launch is recorded in a new one", async () => {
  const { home, path } = await homeWithDamage();
  await using _home = home;
  const result = await runMulti(["run"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.match(
    result.stderr,
    /^claude-multi: the ledger was damaged; moved it to ".*\.broken-.*" and started a new one\n$/,
  );
  assert.equal(await listed(home), 1);
  const [, aside = ""] = result.stderr.match(/moved it to "(.*)" and/) ?? [];
  assert.equal((await Deno.stat(aside)).size, (await Deno.stat(path)).size);
});

Deno.test("a ledger with damaged pages that somebody has open stays where it is", async () => {
  const { home, path } = await homeWithDamage();
  await using _home = home;
  const other = new DatabaseSync(path);
  other.prepare("PRAGMA user_version").get();
  const before = (await Deno.stat(path)).ino;
  const result = await runMulti(["run"], { home });
  other.close();
  assert.equal(result.code, 0, result.stderr);
  assert.match(
    result.stderr,
    /^claude-multi: the ledger failed \(.*malformed.*\); this run is not/,
  );
  assert.equal((await Deno.stat(path)).ino, before);
});

for (let version = 0; version < MIGRATIONS.length; version++) {
  Deno.test(`a ledger of version ${version} is migrated`, async () => {
    await using home = await homeWithOne();
    const path = `${home.multi}/ledger.db`;
    const database = new DatabaseSync(path);
    for (const step of MIGRATIONS.slice(0, version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${version}`);
    database.close();
    const result = await runMulti(["run"], { home });
    assert.deepEqual([result.code, result.stderr], [0, ""]);
    assert.equal(await listed(home), 1);
  });
}

function memoryLedger() {
  return sqliteLedger(openLedgerDatabase(":memory:"));
}

const CHOICE = {
  chosenAtMs: NOW,
  policy: "weighted",
  account: "a",
  forced: false,
  ranked: [],
} as const;

function session(
  ledger: ReturnType<typeof memoryLedger>,
  fromMs: number,
  toMs: number | null,
): number {
  const id = ledger.startSession(
    { account: "a", launcherPid: 1, cwd: "/", startedAtMs: fromMs, handedFrom: null },
    { ...CHOICE, ranked: [] },
  );
  if (toMs !== null) ledger.endSession(id, { atMs: toMs, how: "exit", code: 0, signal: null });
  return id;
}

Deno.test("a conversation's share of use: its tokens by price, among the sessions of its account at that time", () => {
  const database = openLedgerDatabase(":memory:");
  const ledger = sqliteLedger(database);
  const used = (id: string, tokens: { input?: number; output?: number }, minutesAgo = 10) => {
    database.prepare(
      "INSERT OR IGNORE INTO transcripts (path, revision, progress, updated_at_ms) VALUES (?, 1, '', ?)",
    )
      .run(`/p/${id}.jsonl`, NOW);
    database.prepare(
      `INSERT INTO transcript_calls SELECT id, ?, 0, 0, ?, 0, ?, 0, 0, ?
       FROM transcripts WHERE path = ?`,
    ).run(
      minutesAgo,
      NOW - minutesAgo * 60_000,
      tokens.input ?? 0,
      tokens.output ?? 0,
      `/p/${id}.jsonl`,
    );
  };
  for (const id of ["mine", "neighbour"]) {
    ledger.learnClientSession(session(ledger, NOW - HOUR, null), id);
  }
  ledger.learnClientSession(session(ledger, NOW - 3 * HOUR, NOW - 2 * HOUR), "over");
  const span = { account: "a", fromMs: NOW - HOUR, toMs: NOW };
  assert.equal(ledger.shareOfUse("mine", span), null, "nothing was counted");
  used("mine", { output: 10 });
  assert.equal(ledger.shareOfUse("mine", span), 1);
  used("neighbour", { input: 150 });
  used("over", { input: 1000 });
  used("of another account", { input: 1000 });
  used("neighbour", { input: 1000 }, 90);
  assert.equal(ledger.shareOfUse("mine", span), 0.25);
  assert.equal(ledger.shareOfUse("unknown", span), null);
});

Deno.test("hours of sessions: only the trailing window counts, and overlaps count once per session", () => {
  const ledger = memoryLedger();
  session(ledger, NOW - 10 * HOUR, NOW - 4 * HOUR);
  session(ledger, NOW - 2 * HOUR, NOW - 1 * HOUR);
  session(ledger, NOW - 2 * HOUR, null);
  const ms = ledger.sessionMs("a", { window: "five_hour", nowMs: NOW });
  assert.equal(ms / HOUR, 1 + 1 + 2);
  assert.equal(ledger.sessionMs("a", { window: "seven_day", nowMs: NOW }) / HOUR, 6 + 1 + 2);
  assert.equal(ledger.sessionMs("b", { window: "seven_day", nowMs: NOW }), 0);
});

Deno.test("ageing out deletes old rows, and keeps those that can matter or are still running", async () => {
  const ledger = memoryLedger();
  const old = NOW - 500 * 24 * HOUR;
  session(ledger, old, old + 1);
  const open = session(ledger, old, null);
  const fresh = session(ledger, NOW - HOUR, NOW);
  const reading = {
    account: "a",
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: 5,
    source: "statusline",
  } as const;
  ledger.addReadings([
    { ...reading, resetsAtMs: old, measuredAtMs: old },
    { ...reading, resetsAtMs: NOW + HOUR, measuredAtMs: NOW },
  ]);
  await ledger.ageOut(NOW);
  assert.deepEqual(ledger.recentSessions(9).map((s) => s.id), [fresh, open]);
  assert.equal(ledger.facts("a", NOBODY).readings.length, 1);
});

Deno.test("ageing out is as fast with many sessions: references to a row are found through an index", async () => {
  const database = openLedgerDatabase(":memory:");
  for (const column of ["choice_id", "handed_from"]) {
    const plan = database.prepare(`EXPLAIN QUERY PLAN SELECT 1 FROM sessions WHERE ${column} = 5`)
      .all().map((row) => String(row["detail"]));
    assert.match(plan.join(), /USING .*INDEX sessions_by_(choice|origin)/);
  }
  const old = NOW - 500 * 24 * HOUR;
  database.exec(`
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO choices SELECT i, iif(i <= 200, ${old}, ${NOW}), 'weighted', 'a', 0, '[]' FROM n;
    INSERT INTO sessions (id, account, choice_id, launcher_pid, cwd, started_at_ms, ended_at_ms, ended_how)
      SELECT id, 'a', id, 1, '/', chosen_at_ms, chosen_at_ms, 'exit' FROM choices`);
  const ledger = sqliteLedger(database);
  await ledger.ageOut(NOW);
  assert.equal(ledger.recentSessions(30_000).length, 19_800);
});

Deno.test("rows whose reset is too far away don't hide real readings", () => {
  const ledger = memoryLedger();
  const seen = {
    account: "a",
    window: "five_hour",
    model: null,
    identity: null,
    source: "statusline",
  } as const;
  const far = Date.UTC(2100, 0, 1);
  ledger.addReadings([
    { ...seen, percentUsed: 30, resetsAtMs: NOW + HOUR, measuredAtMs: NOW },
    ...Array.from({ length: 40 }, (_, i) => (
      { ...seen, percentUsed: 100 - i, resetsAtMs: far, measuredAtMs: NOW }
    )),
  ]);
  assert.deepEqual(ledger.facts("a", NOBODY).readings.map((r) => r.percentUsed), [30]);
});

Deno.test("a session from before the clock was set back doesn't count as the last use of its account", () => {
  const ledger = memoryLedger();
  const start = (startedAtMs: number) =>
    ledger.startSession(
      { account: "a", launcherPid: 1, cwd: "/", startedAtMs, handedFrom: null },
      { chosenAtMs: startedAtMs, policy: "weighted", account: "a", forced: false, ranked: [] },
    );
  start(NOW + 365 * 24 * HOUR);
  assert.equal(ledger.facts("a", NOBODY).lastUsedAtMs, null);
  start(NOW - HOUR);
  assert.equal(ledger.facts("a", NOBODY).lastUsedAtMs, NOW - HOUR);
});

Deno.test("a gateway that reports its budget with every turn doesn't push out the weeks of models", () => {
  const ledger = memoryLedger();
  const seen = { account: "a", identity: null, resetsAtMs: NOW + HOUR } as const;
  const opus = {
    ...seen,
    window: "seven_day_opus",
    model: "opus",
    percentUsed: 85,
    measuredAtMs: NOW - HOUR,
    source: "usage-cache",
  } as const;
  const budget = { ...seen, window: "spend_limit", model: null, source: "statusline" } as const;
  ledger.addReadings([
    opus,
    ...Array.from(
      { length: 200 },
      (_, i) => ({ ...budget, percentUsed: i / 2, measuredAtMs: NOW - 200 + i }),
    ),
  ]);
  const known = ledger.facts("a", NOBODY).readings;
  assert.deepEqual(known.map((r) => [r.window, r.percentUsed]), [
    ["spend_limit", 99.5],
    ["seven_day_opus", 85],
  ]);
});

Deno.test("readings from the future don't hide real ones, and count if there is no other", () => {
  const ledger = memoryLedger();
  const seen = {
    account: "a",
    model: null,
    identity: null,
    source: "statusline",
    resetsAtMs: NOW + HOUR,
  } as const;
  ledger.addReadings([
    { ...seen, window: "five_hour", percentUsed: 30, measuredAtMs: NOW },
    ...Array.from({ length: 40 }, (_, i) => (
      { ...seen, window: "five_hour", percentUsed: 100, measuredAtMs: NOW + HOUR + i } as const
    )),
    { ...seen, window: "seven_day", percentUsed: 70, measuredAtMs: NOW + HOUR },
  ]);
  assert.deepEqual(ledger.facts("a", NOBODY).readings.map((r) => r.percentUsed), [30, 70]);
});

Deno.test("readings and limits of a ledger of the previous version are kept", async () => {
  await using home = await homeWithOne();
  const path = `${home.multi}/ledger.db`;
  const database = new DatabaseSync(path);
  for (const step of MIGRATIONS.slice(0, 2)) database.exec(step);
  database.exec(`
    INSERT INTO readings (account, window, percent_used, resets_at_ms, observed_at_ms, source)
      VALUES ('one', 'seven_day', 34.5, ${NOW + HOUR}, ${NOW - HOUR}, 'statusline');
    INSERT INTO limits (account, window, until_ms, kind, recorded_at_ms, session_id)
      VALUES ('one', 'five_hour', ${NOW + HOUR}, 'limit', ${NOW - HOUR}, 7);
    PRAGMA user_version = 2`);
  database.close();
  const { readings, limits } = sqliteLedger(openLedgerDatabase(path)).facts("one", NOBODY);
  assert.deepEqual(readings.map((r) => [r.window, r.percentUsed, r.resetsAtMs, r.measuredAtMs]), [
    ["seven_day", 34.5, NOW + HOUR, NOW - HOUR],
  ]);
  assert.deepEqual(limits.map((l) => [l.window, l.untilMs, l.kind, l.recordedAtMs]), [
    ["five_hour", NOW + HOUR, "limit", NOW - HOUR],
  ]);
});

Deno.test("a session that somebody closed as lost ended as its launcher says, but not later", () => {
  const ledger = memoryLedger();
  const id = session(ledger, NOW, null);
  ledger.endSession(id, { atMs: NOW + 1, how: "lost", code: null, signal: null });
  ledger.endSession(id, { atMs: NOW + 9, how: "exit", code: 0, signal: null });
  const ended = ledger.session(id);
  assert.deepEqual([ended?.endedHow, ended?.exitCode, ended?.endedAtMs], ["exit", 0, NOW + 1]);
  ledger.endSession(id, { atMs: NOW + 9, how: "lost", code: null, signal: null });
  assert.equal(ledger.session(id)?.endedHow, "exit");
});

Deno.test("a transaction that throws changes nothing", () => {
  const ledger = memoryLedger();
  assert.throws(() =>
    ledger.immediately(() => {
      session(ledger, NOW, null);
      throw new Error("in the middle");
    })
  );
  assert.deepEqual(ledger.openSessions(), []);
});

const OTHERS = [
  ["status"],
  ["sessions"],
  ["why"],
  ["pick"],
  ["limit", "one", "1h"],
  ["rename", "one", "two"],
  ["simulate", "--ledger"],
];
for (const words of OTHERS) {
  Deno.test(`${words[0]} moves a ledger with damaged pages aside, as a launch does`, async () => {
    const { home } = await homeWithDamage();
    await using _home = home;
    const result = await runMulti(words, { home });
    assert.doesNotMatch(result.stderr, /malformed/);
    assert.match(result.stderr, /^claude-multi: the ledger was damaged; moved it to /);
    const again = await runMulti(["status"], { home });
    assert.deepEqual([again.code, again.stderr], [0, ""]);
    assert.equal(/limited/.test(again.stdout), words[0] === "limit");
  });
}

Deno.test("remove, which can't start over, names the damaged ledger and the command that moves it aside", async () => {
  const { home } = await homeWithDamage();
  await using _home = home;
  const refused = await runMulti(["remove", "one"], { home });
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /^claude-multi: cannot use the ledger ".*": .*malformed\ntry: claude-multi status\n$/,
  );
  assert.equal((await runMulti(["status"], { home })).code, 0);
  assert.equal((await runMulti(["remove", "one"], { home })).code, 0);
});

Deno.test("an integer too large for a JavaScript number breaks no command", async () => {
  await using home = await homeWithOne();
  assert.equal((await runMulti(["run"], { home })).code, 0);
  const database = new DatabaseSync(`${home.multi}/ledger.db`);
  for (const column of ["background_tasks", "exit_code", "ended_at_ms", "started_at_ms"]) {
    database.exec(`UPDATE sessions SET ${column} = 9223372036854775807`);
  }
  database.exec(
    `INSERT INTO readings (account, window, percent_used, measured_at_ms, source)
       VALUES ('one', 'five_hour', 5, 9223372036854775807, 'limit');
     INSERT INTO limits (account, until_ms, kind, recorded_at_ms)
       VALUES ('one', 9223372036854775807, 'manual', 1)`,
  );
  database.close();
  for (const words of [["status"], ["sessions"], ["sessions", "--json"], ["why"], ["pick"]]) {
    const { code, stderr } = await runMulti(words, { home });
    assert.deepEqual([code, stderr], [words[0] === "pick" ? 3 : 0, ""], words.join(" "));
  }
  const cleared = await runMulti(["limit", "one", "--clear"], { home });
  assert.match(cleared.stdout, /^"one" is open again\nforgotten: /, cleared.stderr);
});

Deno.test("if a folder is in the ledger's place, limit and rename say so and change nothing", async () => {
  await using home = await homeWithOne();
  await Deno.mkdir(`${home.multi}/ledger.db`);
  const before = await Deno.readTextFile(`${home.multi}/config.json`);
  for (const words of [["limit", "one"], ["limit", "one", "--clear"], ["rename", "one", "two"]]) {
    const { code, stdout, stderr } = await runMulti(words, { home });
    assert.deepEqual([code, stdout], [1, ""]);
    assert.match(
      stderr,
      /^claude-multi: cannot write the ledger ".*": it is not a regular file\ntry: .*\n$/,
    );
  }
  assert.equal(await Deno.readTextFile(`${home.multi}/config.json`), before);
});

/** Runs a command that can't make any file grow, as on a full disk. */
function runFull(home: TempHome, ...words: string[]) {
  const script = `trap '' XFSZ; ulimit -f 0; exec "$0" "$@"`;
  return startProgram("/bin/bash", ["-c", script, binary("claude-multi"), ...words], { home })
    .ended;
}

Deno.test("if no file can be created next to the ledger, a copy is read, which leaves nothing behind", async () => {
  await using home = await homeWithOne();
  home.writeConfig({ accounts: [{ name: "one" }, { name: "two" }] });
  home.seedAccount("two");
  assert.equal((await runMulti(["limit", "one", "1h"], { home })).code, 0);
  await Deno.symlink("/nowhere/at/all", `${home.multi}/ledger.db-shm`);
  const copies = () =>
    ["/dev/shm", "/tmp"].flatMap((dir) => {
      try {
        return [...Deno.readDirSync(dir)].filter((e) => e.name.startsWith("claude-multi-ledger-"));
      } catch {
        return [];
      }
    });
  const before = copies().length;
  const dry = await runMulti(["run", "--dry-run", "--json"], { home });
  assert.match(dry.stderr, /cannot use the ledger .*; this run is not recorded/);
  assert.equal(JSON.parse(dry.stdout).account, "two");
  const run = await runMulti(["run"], { home });
  assert.equal(run.code, 0, run.stderr);
  assert.equal(copies().length, before);
});

Deno.test("on a full disk known limits count, and limit reports the failure", async () => {
  await using home = await homeWithOne();
  home.writeConfig({ accounts: [{ name: "one" }, { name: "two" }] });
  home.seedAccount("two");
  assert.equal((await runMulti(["limit", "one", "1h"], { home })).code, 0);
  using open = new DatabaseSync(`${home.multi}/ledger.db`);
  open.exec(`INSERT INTO limits (account, until_ms, kind, recorded_at_ms)
     VALUES ('two', 9999999999999, 'manual', 1)`);
  const picked = await runFull(home, "pick", "--json");
  assert.equal(picked.code, 3, picked.stderr);
  const none = await runFull(home, "run", "--", "-p", "x");
  assert.equal(none.code, 3, none.stderr);
  open.exec("DELETE FROM limits WHERE account = 'two'");
  const dry = await runFull(home, "run", "--dry-run", "--json");
  assert.equal(JSON.parse(dry.stdout).account, "two", dry.stderr);
  const limited = await runFull(home, "limit", "two");
  assert.deepEqual([limited.code, limited.stdout], [1, ""], limited.stderr);
  assert.match(limited.stderr, /cannot write the ledger/);
});

Deno.test("first openings at the same time: no process takes a ledger that another is creating for a foreign one", async () => {
  await using home = await TempHome.create();
  const opening = new URL("../../lib/ledger/recovery.ts", import.meta.url).href;
  const script = `
    import { openLedger } from ${JSON.stringify(opening)};
    const [folder, startMs, rounds] = [Deno.args[0], Number(Deno.args[1]), Number(Deno.args[2])];
    for (let round = 0; round < rounds; round++) {
      while (Date.now() < startMs + round * 10);
      openLedger(folder + "/" + round + ".db", {
        tolerant: true,
        nowMs: Date.now(),
        warn: (line) => console.log(line),
      }).close({ always: true });
    }`;
  Deno.writeTextFileSync(`${home.path}/open.ts`, script);
  const args = ["run", "-A", "--no-check", "--no-lock", "--no-config", `${home.path}/open.ts`];
  const more = [home.project, String(Date.now() + 2500), "150"];
  const results = await Promise.all(
    [1, 2, 3].map(() => new Deno.Command(Deno.execPath(), { args: [...args, ...more] }).output()),
  );
  for (const { stdout, stderr, code } of results) {
    assert.equal(code, 0, new TextDecoder().decode(stderr));
    assert.equal(new TextDecoder().decode(stdout), "");
  }
});

Deno.test("an older ledger that can't be written is read, so that its limits count", async () => {
  await using home = await homeWithOne();
  const path = `${home.multi}/ledger.db`;
  const database = new DatabaseSync(path);
  database.exec(MIGRATIONS[0] ?? "");
  database.exec(
    `INSERT INTO limits VALUES (NULL, 'one', NULL, ${Date.now() + HOUR}, 'manual', 1, NULL);
     PRAGMA user_version = 1`,
  );
  database.close();
  const result = await runFull(home, "pick", "--json");
  assert.equal(JSON.parse(result.stdout).ranked[0].limited, true, result.stderr);
});
