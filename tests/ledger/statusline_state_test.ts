// Tests of what the status line records in the ledger, with real files and a real database.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { openLedgerDatabase } from "../../lib/ledger/schema.ts";
import type { StatuslineState } from "../../lib/ledger/statusline_state.ts";
import { statuslineState } from "../../lib/ledger/statusline_state.ts";
import { transcriptFiles } from "../../lib/system/transcript_files.ts";
import type { Reading } from "../../lib/balance/windows.ts";
import { callLine, promptLine } from "../statusline/lines.ts";
import { MemoryFiles, refreshOnce } from "../statusline/memory_transcripts.ts";
import { oracleTotals } from "../statusline/oracle.ts";
import { TempHome } from "../helpers/temp_home.ts";

const DAY_MS = 24 * 3_600_000;
const NO_NEWS = { session: null, numbers: "", measuredAtMs: 0 };

function stateAt(home: TempHome): StatuslineState {
  return statuslineState(`${home.multi}/ledger.db`, { busyTimeoutMs: 50 });
}

function rows(home: TempHome, sql: string): Record<string, unknown>[] {
  const db = new DatabaseSync(`${home.multi}/ledger.db`, { readOnly: true });
  try {
    return db.prepare(sql).all().map((row) => ({ ...row }));
  } finally {
    db.close();
  }
}

Deno.test("totals are kept from process to process, exactly", async () => {
  await using home = await TempHome.create();
  const main = `${home.project}/s.jsonl`;
  const subagent = `${home.project}/s/subagents/agent-a.jsonl`;
  Deno.mkdirSync(`${home.project}/s/subagents`, { recursive: true });
  Deno.writeTextFileSync(main, "");
  for (let turn = 0; turn < 12; turn++) {
    const at = `2026-11-23T06:00:${String(turn * 3).padStart(2, "0")}.000Z`;
    Deno.writeTextFileSync(
      main,
      promptLine("go", { at }) + callLine({ id: `m${turn % 5}`, output: turn, at }),
      { append: true },
    );
    Deno.writeTextFileSync(subagent, callLine({ id: `s${turn % 7}`, output: turn, at }), {
      append: true,
    });
    const totals = refreshOnce(transcriptFiles, stateAt(home).progress, { mainPath: main });
    const expected = oracleTotals(
      Deno.readFileSync(main),
      new Map([["agent-a.jsonl", Deno.readFileSync(subagent)]]),
    );
    assert.deepEqual(totals, { ...expected, complete: true }, `turn ${turn}`);
  }
});

Deno.test("of two runs at the same time one is recorded, and the next call is right", async () => {
  await using home = await TempHome.create();
  const files = new MemoryFiles();
  const path = "/p/session.jsonl";
  files.append(path, callLine({ id: "a", output: 1 }));
  refreshOnce(files, stateAt(home).progress);
  const [one, other] = [stateAt(home).progress, stateAt(home).progress];
  files.append(path, callLine({ id: "b", output: 2 }));
  const loaded = one.load(path);
  const late = { ...other, load: () => loaded };
  refreshOnce(files, one);
  files.append(path, callLine({ id: "c", output: 4 }));
  // This one loaded before the first one saved: its calls aren't added twice.
  refreshOnce(files, late);
  const totals = refreshOnce(files, stateAt(home).progress);
  assert.deepEqual([totals?.all.apiCalls, totals?.all.output], [3, 7]);
});

Deno.test("a call doesn't see what another run records meanwhile", async () => {
  await using home = await TempHome.create();
  const files = new MemoryFiles();
  const path = "/p/session.jsonl";
  files.append(path, callLine({ id: "a", output: 1 }));
  refreshOnce(files, stateAt(home).progress);
  files.append(path, callLine({ id: "b", output: 2 }));
  const slow = stateAt(home).progress;
  const loaded = slow.load(path);
  refreshOnce(files, stateAt(home).progress);
  const totals = refreshOnce(files, { ...slow, load: () => loaded });
  assert.deepEqual([totals?.all.apiCalls, totals?.all.output], [2, 3]);
});

Deno.test("a rewritten transcript is counted again, and its old calls are deleted", async () => {
  await using home = await TempHome.create();
  const files = new MemoryFiles();
  const path = "/p/session.jsonl";
  files.append(path, callLine({ id: "a", output: 1 }) + callLine({ id: "b", output: 2 }));
  refreshOnce(files, stateAt(home).progress);
  files.write(path, callLine({ id: "b", output: 30 }), { renamed: true });
  assert.equal(refreshOnce(files, stateAt(home).progress)?.all.output, 30);
  files.append(path, callLine({ id: "a", output: 5 }));
  assert.equal(refreshOnce(files, stateAt(home).progress)?.all.output, 35);
  assert.deepEqual(rows(home, "SELECT count(*) AS n FROM transcript_calls"), [{ n: 2 }]);
  assert.deepEqual(rows(home, "SELECT path FROM transcripts"), [{ path }]);
});

Deno.test("sessions that nobody looked at for a month are deleted, little by little", async () => {
  await using home = await TempHome.create();
  const calls = new Map(Array.from({ length: 1200 }, (_, i) => [`old${i}`, {
    call: {
      tokens: { freshInput: 1, cacheWrite: 0, cacheRead: 0, output: 1 },
      sidechain: false,
      file: 0,
      turn: 0,
      atMs: null,
    },
  }]));
  const progress = {
    sums: {
      all: { freshInput: 0, cacheWrite: 0, cacheRead: 0, output: 0, apiCalls: 0 },
      subagents: { freshInput: 0, cacheWrite: 0, cacheRead: 0, output: 0, apiCalls: 0 },
      turn: { number: 0, startedAtMs: null, input: 0, output: 0 },
    },
    files: [],
  };
  const save = (path: string, nowMs: number, kept: typeof calls): void => {
    const state = stateAt(home).progress;
    state.save(path, {
      progress,
      revision: state.load(path)?.revision ?? null,
      restart: false,
      calls: kept,
      nowMs,
    });
  };
  save("/old.jsonl", 0, calls);
  for (let run = 1; run <= 4; run++) save("/new.jsonl", 31 * DAY_MS + run, new Map());
  assert.deepEqual(rows(home, "SELECT path FROM transcripts"), [{ path: "/new.jsonl" }]);
  assert.deepEqual(rows(home, "SELECT count(*) AS n FROM transcript_calls"), [{ n: 0 }]);
});

Deno.test("a repeated reading renews its time and adds no row", async () => {
  await using home = await TempHome.create();
  const reading: Reading = {
    account: "work",
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: 42.4,
    resetsAtMs: 9_000_000,
    measuredAtMs: 1000,
    source: "statusline",
  };
  const add = (parts: Partial<Reading>): void => {
    const one = { ...reading, ...parts };
    const news = { session: "s", numbers: String(one.percentUsed), measuredAtMs: one.measuredAtMs };
    stateAt(home).readings.add([one], news);
  };
  add({});
  add({ measuredAtMs: 61_000 });
  add({ percentUsed: 43, measuredAtMs: 62_000 });
  add({ measuredAtMs: 63_000 });
  add({ window: "seven_day", resetsAtMs: null });
  add({ window: "seven_day", resetsAtMs: null });
  assert.deepEqual(
    rows(home, "SELECT window, percent_used, measured_at_ms FROM readings ORDER BY id"),
    [
      { window: "five_hour", percent_used: 42.4, measured_at_ms: 61_000 },
      { window: "five_hour", percent_used: 43, measured_at_ms: 62_000 },
      { window: "five_hour", percent_used: 42.4, measured_at_ms: 63_000 },
      { window: "seven_day", percent_used: 42.4, measured_at_ms: 1000 },
    ],
  );
  const heard = (session: string | null) =>
    stateAt(home).readings.heard("work", { session, identity: null, nowMs: 70_000 });
  assert.equal(heard(null)?.readings.length, 4);
  assert.deepEqual(heard("s")?.last, { numbers: "42.4", measuredAtMs: 1000 });
  assert.equal(heard("another")?.last, null);
  const ledger = stateAt(home).ledger();
  assert.equal(ledger?.facts("work", { identity: null, nowMs: 70_000 }).readings.length, 4);
  ledger?.addReadings([reading]);
  assert.equal(
    ledger?.facts("work", { identity: null, nowMs: 70_000 }).readings.length,
    4,
    "it is read-only",
  );
  const recent = stateAt(home).readings.readingsUntil("work", {
    window: "five_hour",
    identity: null,
    resetsAtMs: 9_000_500,
    everyMs: 1,
  });
  assert.deepEqual(recent.map((r) => r.percentUsed), [42.4, 43, 42.4]);
});

Deno.test("a ledger that is locked, broken, newer or a folder is neither waited for nor changed", async () => {
  await using home = await TempHome.create();
  const path = `${home.multi}/ledger.db`;
  const files = new MemoryFiles();
  files.append("/p/session.jsonl", callLine({ output: 5 }));
  const works = (): void => {
    const state = stateAt(home);
    assert.equal(refreshOnce(files, state.progress)?.all.output, 5);
    state.readings.add([], NO_NEWS);
    state.readings.heard("work", { session: null, identity: null, nowMs: 0 });
  };
  openLedgerDatabase(path).close();
  const holder = new DatabaseSync(path);
  holder.exec("BEGIN EXCLUSIVE");
  works();
  holder.exec("ROLLBACK");
  assert.deepEqual(rows(home, "SELECT * FROM transcripts"), []);
  holder.exec("PRAGMA user_version = 999");
  holder.close();
  works();
  assert.deepEqual(rows(home, "PRAGMA user_version"), [{ user_version: 999 }]);
  for (const suffix of ["", "-wal", "-shm"]) {
    try {
      Deno.removeSync(path + suffix);
    } catch { /* not there */ }
  }
  Deno.writeTextFileSync(path, "no database at all, and not a small one either ".repeat(40));
  const before = Deno.readTextFileSync(path);
  works();
  assert.equal(Deno.readTextFileSync(path), before);
  Deno.removeSync(path);
  Deno.mkdirSync(path);
  works();
});

Deno.test("a missing ledger stays missing until there is something to record, and is then private", async () => {
  await using home = await TempHome.create();
  const path = `${home.multi}/deeper/ledger.db`;
  const state = statuslineState(path, { busyTimeoutMs: 50 });
  assert.equal(state.progress.load("/p/session.jsonl"), null);
  assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
  assert.equal(state.readings.heard("work", { session: null, identity: null, nowMs: 0 }), null);
  state.readings.add([], NO_NEWS);
  assert.equal((Deno.statSync(path).mode ?? 0) & 0o777, 0o600);
  assert.equal((Deno.statSync(`${home.multi}/deeper`).mode ?? 0) & 0o777, 0o700);
});

Deno.test("pipes, folders, devices and unreadable paths aren't transcripts", async () => {
  await using home = await TempHome.create();
  const pipe = `${home.project}/pipe.jsonl`;
  assert.ok(new Deno.Command("mkfifo", { args: [pipe] }).outputSync().success);
  for (const path of [pipe, home.project, "/dev/null", "/nowhere/x.jsonl", "bad\0path"]) {
    assert.equal(transcriptFiles.look(path), null, path);
    assert.equal(transcriptFiles.open(path), null, path);
  }
  assert.deepEqual(transcriptFiles.list("/nowhere"), []);
  assert.equal(transcriptFiles.resolve("/nowhere/x"), "/nowhere/x");
});
