// Tests of the daily rows in the ledger: kept before details age out, once, and in little space.
import assert from "node:assert/strict";
import type { DatabaseSync } from "node:sqlite";
import { dayOf, startOfDayMs } from "../../lib/history/calendar.ts";
import type { Daily } from "../../lib/history/daily.ts";
import { sqliteLedger } from "../../lib/ledger/ledger.ts";
import { openLedgerDatabase } from "../../lib/ledger/schema.ts";
import { statuslineState } from "../../lib/ledger/statusline_state.ts";
import { transcriptFiles } from "../../lib/system/transcript_files.ts";
import { callLine } from "../statusline/lines.ts";
import { refreshOnce } from "../statusline/memory_transcripts.ts";
import { fillPast } from "../helpers/past_work.ts";
import { TempHome } from "../helpers/temp_home.ts";

const NOW = Date.UTC(2026, 10, 26, 15, 30);
const DAY = 24 * 3_600_000;

function yearOf(options: { days?: number; database?: DatabaseSync } = {}): DatabaseSync {
  const { days = 365, database = openLedgerDatabase(":memory:") } = options;
  fillPast(database, { nowMs: NOW, days, accounts: ["work", "home", "spare"], seed: 7 });
  return database;
}

function spanOf(days: number) {
  const today = dayOf(NOW);
  return { fromMs: startOfDayMs(today - days + 1), toMs: NOW };
}

/** Rows with times in whole seconds, as they are kept. */
function plain({ days, folders }: Daily): unknown {
  const whole = <Row extends object>(row: Row) =>
    Object.fromEntries(
      Object.entries(row).map(([key, value]) => [
        key,
        typeof value === "number" ? Math.round(key.endsWith("Ms") ? value / 1000 : value) : value,
      ]),
    );
  return { days: days.map(whole), folders: folders.map(whole) };
}

Deno.test("kept days say the same as their details, and stay when the details are gone", async () => {
  const database = yearOf();
  // Before anything is kept, every row comes from the details.
  const reader = sqliteLedger(database, "read");
  const fromDetails = plain(await reader.daily(spanOf(365), { nowMs: NOW, foldersByDay: true }));
  const ledger = sqliteLedger(database);
  const first = plain(await ledger.daily(spanOf(365), { nowMs: NOW, foldersByDay: true }));
  assert.deepEqual(first, fromDetails);
  for (let round = 0; round < 60; round++) await ledger.ageOut(NOW);
  const left = database.prepare("SELECT min(measured_at_ms) AS at FROM readings").get()?.["at"];
  assert.ok(NOW - Number(left) <= 15 * DAY);
  assert.deepEqual(
    plain(await ledger.daily(spanOf(365), { nowMs: NOW, foldersByDay: true })),
    first,
  );
});

Deno.test("tokens that the status line counted are those of the session that used them", async () => {
  await using home = await TempHome.create();
  const path = `${home.multi}/ledger.db`;
  const database = openLedgerDatabase(path);
  const ledger = sqliteLedger(database);
  const at = (minutes: number) => new Date(NOW + minutes * 60_000).toISOString();
  const insert = database.prepare(
    `INSERT INTO sessions (account, launcher_pid, client_session_id, cwd, started_at_ms, ended_at_ms,
     ended_how) VALUES (?, 1, 's', ?, ?, ?, 'exit')`,
  );
  insert.run("work", "/src/a", NOW - 100 * 60_000, NOW - 50 * 60_000);
  insert.run("home", "/src/a", NOW - 40 * 60_000, NOW - 10 * 60_000);
  const main = `${home.project}/s.jsonl`;
  Deno.mkdirSync(`${home.project}/s/subagents`, { recursive: true });
  Deno.writeTextFileSync(
    main,
    callLine({ id: "before", request: "0", at: at(-3000), output: 1 }) +
      callLine({ id: "one", request: "1", at: at(-90), output: 2 }) +
      callLine({ id: "two", request: "2", at: at(-20), output: 4 }),
  );
  Deno.writeTextFileSync(
    `${home.project}/s/subagents/agent-a.jsonl`,
    callLine({ id: "three", request: "3", at: at(-80), output: 8, sidechain: true }),
  );
  const state = statuslineState(path, { busyTimeoutMs: 50 });
  refreshOnce(transcriptFiles, state.progress, { mainPath: main });
  const { days, folders } = await ledger.daily(spanOf(10), { nowMs: NOW, foldersByDay: true });
  const used = (account: string) => {
    const rows = days.filter((row) => row.account === account && row.tokensOut > 0);
    return rows.map(({ tokensIn, tokensOut }) => [tokensIn, tokensOut]);
  };
  assert.deepEqual([used("work"), used("home"), used("")], [
    [[2220, 10]],
    [[1110, 4]],
    [[3330, 14]],
  ]);
  assert.equal(folders.reduce((sum, { tokensOut }) => sum + tokensOut, 0), 14);
});

Deno.test("tokens are those of the account that ran the conversation then, to the second of a move", async () => {
  await using home = await TempHome.create();
  const path = `${home.multi}/ledger.db`;
  const database = openLedgerDatabase(path);
  const ledger = sqliteLedger(database);
  // Within one quarter of an hour.
  const noon = Math.floor(NOW / 3_600_000) * 3_600_000 - 3_600_000;
  const insert = database.prepare(
    `INSERT INTO sessions (account, launcher_pid, client_session_id, cwd, started_at_ms, ended_at_ms,
     ended_how) VALUES (?, 1, 's', '/src/a', ?, ?, 'exit')`,
  );
  insert.run("work", noon, noon + 60_000);
  insert.run("home", noon + 61_000, noon + 120_000);
  insert.run("work", noon + 180_000, noon + 240_000);
  const main = `${home.project}/s.jsonl`;
  const at = (seconds: number) => new Date(noon + seconds * 1000).toISOString();
  Deno.writeTextFileSync(
    main,
    callLine({ id: "one", request: "1", at: at(30), output: 2 }) +
      callLine({ id: "two", request: "2", at: at(90), output: 4 }) +
      callLine({ id: "three", request: "3", at: at(200), output: 8 }),
  );
  refreshOnce(transcriptFiles, statuslineState(path, { busyTimeoutMs: 50 }).progress, {
    mainPath: main,
  });
  const { days } = await ledger.daily(spanOf(10), { nowMs: NOW, foldersByDay: false });
  const out = (name: string) =>
    days.filter(({ account }) => account === name).map((row) => row.tokensOut);
  assert.deepEqual([out("work"), out("home")], [[10], [4]]);
});

Deno.test("details stay until their days are kept, also when the status line deletes old ones", async () => {
  await using home = await TempHome.create();
  const path = `${home.multi}/ledger.db`;
  const database = yearOf({ database: openLedgerDatabase(path), days: 40 });
  const count = () => Number(database.prepare("SELECT count(*) AS n FROM readings").get()?.["n"]);
  const before = count();
  const state = statuslineState(path, { busyTimeoutMs: 1000 });
  state.readings.add([], { session: "one", numbers: "[]", measuredAtMs: NOW });
  assert.equal(count(), before);
  await sqliteLedger(database).daily(spanOf(1), { nowMs: NOW, foldersByDay: true });
  state.readings.add([], { session: "one", numbers: "[1]", measuredAtMs: NOW });
  assert.equal(count(), before - 20);
  state.close();
  database.close();
});

Deno.test("what is kept once isn't counted twice, and a failure in between keeps nothing", async () => {
  const database = yearOf({ days: 60 });
  const ledger = sqliteLedger(database);
  const rows = () => database.prepare("SELECT sum(sessions) AS n FROM days").get()?.["n"];
  database.exec(`CREATE TRIGGER no BEFORE INSERT ON kept_days WHEN NEW.until_ms > ${NOW - 5 * DAY}
    BEGIN SELECT RAISE(ABORT, 'in the middle'); END`);
  await assert.rejects(
    ledger.daily(spanOf(60), { nowMs: NOW, foldersByDay: true }),
    /in the middle/,
  );
  const half = rows();
  await assert.rejects(
    ledger.daily(spanOf(60), { nowMs: NOW, foldersByDay: true }),
    /in the middle/,
  );
  assert.equal(rows(), half);
  database.exec("DROP TRIGGER no");
  await ledger.daily(spanOf(60), { nowMs: NOW, foldersByDay: true });
  const all = rows();
  assert.ok(Number(all) > Number(half));
  await ledger.daily(spanOf(60), { nowMs: NOW, foldersByDay: true });
  await ledger.ageOut(NOW);
  assert.equal(rows(), all);
});

Deno.test("a ledger of an older format has its past in the daily rows too", async () => {
  await using home = await TempHome.create();
  const path = `${home.multi}/ledger.db`;
  const database = openLedgerDatabase(path);
  yearOf({ database });
  for (const table of ["days", "folders", "folder_days", "kept_days", "removed"]) {
    database.exec(`DROP TABLE ${table}`);
  }
  database.exec("PRAGMA user_version = 5");
  database.close();
  const ledger = sqliteLedger(openLedgerDatabase(path));
  const { days } = await ledger.daily(spanOf(365), { nowMs: NOW, foldersByDay: true });
  assert.ok(new Set(days.map((row) => row.day)).size > 300);
  ledger.close({ always: true });
});

Deno.test("a renamed account takes its days along, and none of another account's are lost", async () => {
  const database = yearOf({ days: 30 });
  const ledger = sqliteLedger(database);
  const sum = async (account: string) =>
    (await ledger.daily(spanOf(30), { nowMs: NOW, foldersByDay: true })).days.filter((row) =>
      row.account === account
    )
      .reduce((all, row) => all + row.sessions, 0);
  const [work, home] = [await sum("work"), await sum("home")];
  ledger.immediately(() => ledger.renameAccount("work", "job"));
  assert.deepEqual([await sum("work"), await sum("job")], [0, work]);
  ledger.immediately(() => ledger.renameAccount("home", "job"));
  assert.equal(await sum("job") + await sum("home"), work + home);
});

Deno.test("the rankings of a renamed account name it as it is called now", () => {
  const database = openLedgerDatabase(":memory:");
  const ledger = sqliteLedger(database);
  const ranked = ["work", "home"].map((name, index) => ({
    name,
    score: 90 - index,
    limited: false,
    reasons: [],
  }));
  const session = {
    account: "work",
    launcherPid: 1,
    cwd: "/",
    startedAtMs: NOW,
    handedFrom: null,
  };
  const choice = { chosenAtMs: NOW, policy: "weighted", account: "work", forced: false } as const;
  const id = ledger.startSession(session, { ...choice, ranked });
  database.exec(
    "INSERT INTO choices (chosen_at_ms, policy, forced, ranked) VALUES (1, 'x', 0, '{')",
  );
  ledger.immediately(() => ledger.renameAccount("work", "job"));
  assert.deepEqual(ledger.choice(id)?.ranked, [{ ...ranked[0], name: "job" }, ranked[1]]);
  assert.equal(ledger.choice(id)?.account, "job");
});

Deno.test("ten years of five accounts take less than 5 MB", async () => {
  await using home = await TempHome.create();
  const path = `${home.multi}/ledger.db`;
  const database = openLedgerDatabase(path);
  const accounts = ["work", "home", "spare", "lab", "four"];
  const past = { accounts, seed: 3, sittings: 14, holidays: () => false };
  fillPast(database, { nowMs: NOW, days: 368, ...past });
  await sqliteLedger(database).daily(spanOf(1), { nowMs: NOW, foldersByDay: true });
  for (const table of ["readings", "limits", "sessions", "transcripts", "transcript_calls"]) {
    database.exec(`DELETE FROM ${table}`);
  }
  for (const table of ["days", "folder_days"]) {
    const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all()
      .map(({ name }) => String(name)).filter((name) => name !== "day").join();
    database.exec(`
      WITH RECURSIVE years(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM years WHERE n < 9)
      INSERT INTO ${table} (day, ${columns}) SELECT day - 366 * n, ${columns} FROM ${table}, years`);
  }
  const count = Number(database.prepare("SELECT count(*) AS n FROM days").get()?.["n"]);
  assert.ok(count > 15_000, `${count} rows`);
  database.exec("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)");
  database.close();
  const { size } = await Deno.stat(path);
  assert.ok(size < 5_000_000, `${size} bytes`);
});

Deno.test("limit --clear leaves the limits that were met in the history, and holds nothing back", async () => {
  const ledger = sqliteLedger(openLedgerDatabase(":memory:"));
  const met = { window: "five_hour", model: null, kind: "limit", session: null } as const;
  const recordedAtMs = NOW - DAY / 24;
  for (const account of ["work", "home"]) {
    ledger.addLimit({ ...met, account, recordedAtMs, untilMs: NOW + DAY / 12 });
  }
  ledger.addLimit({ ...met, account: "work", kind: "manual", recordedAtMs, untilMs: NOW + DAY });
  const limits = async () => {
    const { days } = await ledger.daily(spanOf(7), { nowMs: NOW, foldersByDay: false });
    return Object.fromEntries(days.map((day) => [day.account, day.limits]));
  };
  assert.deepEqual(await limits(), { "": 2, home: 1, work: 1 });
  assert.equal(ledger.clearLimits("work", NOW), 2);
  assert.equal(ledger.clearLimits("work", NOW), 0);
  assert.deepEqual(ledger.facts("work", { identity: null, nowMs: NOW }).limits, []);
  assert.deepEqual(await limits(), { "": 2, home: 1, work: 1 });
});

Deno.test("a conversation that still stands at its limit has waited until now, not until the reset", async () => {
  const ledger = sqliteLedger(openLedgerDatabase(":memory:"));
  const account = "work";
  const metAtMs = NOW - DAY / 24;
  const session = ledger.startSession(
    { account, launcherPid: 1, cwd: "/home/ann", startedAtMs: metAtMs, handedFrom: null },
    { chosenAtMs: metAtMs, policy: "weighted", account, forced: false, ranked: [] },
  );
  const untilMs = NOW + 3 * DAY / 24;
  const limit = { window: "five_hour", model: null, kind: "limit", session } as const;
  ledger.addLimit({ ...limit, account, recordedAtMs: metAtMs, untilMs });
  const waitedMs = async (nowMs: number) => {
    const span = { ...spanOf(7), toMs: nowMs };
    const { days } = await ledger.daily(span, { nowMs, foldersByDay: false });
    return days.find((day) => day.account === account)?.waitedMs;
  };
  assert.equal(await waitedMs(NOW), DAY / 24);
  assert.equal(await waitedMs(untilMs + DAY / 24), 4 * DAY / 24);
});
