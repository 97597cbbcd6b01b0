// Tests of SQLite's errors: each is caused for real, recognised by its code, and survived.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import type { Fault } from "../../lib/ledger/faults.ts";
import { faultOf, isFromSqlite } from "../../lib/ledger/faults.ts";
import { immediately } from "../../lib/ledger/queries.ts";
import { openLedger, replaceLedger } from "../../lib/ledger/recovery.ts";
import { MIGRATIONS, openLedgerDatabase } from "../../lib/ledger/schema.ts";
import { binary, runMulti, startProgram } from "../helpers/binaries.ts";
import { damagePages } from "../helpers/damage.ts";
import { installTinyClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";

const NOW = 1_800_000_000_000;
const INSERT =
  "INSERT INTO limits (account, until_ms, kind, recorded_at_ms) VALUES ('one', 9999999999999, 'manual', 1)";

/** What an action throws. */
function thrown(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  return assert.fail("nothing was thrown");
}

/** A ledger with rows, the pages of all of whose tables are overwritten. */
function makeCorrupt(path: string): void {
  const database = openLedgerDatabase(path);
  for (let n = 0; n < 100; n++) database.exec(INSERT);
  database.close();
  damagePages(path);
}

/** Each causes an error in a database at a path; those without a code aren't handled. */
const FAULTS: ReadonlyArray<readonly [string, Fault | null, (path: string) => unknown]> = [
  ["a write while another connection writes", "busy", (path) => {
    using one = openLedgerDatabase(path);
    one.exec("BEGIN IMMEDIATE");
    using other = openLedgerDatabase(path, { busyTimeoutMs: 0 });
    immediately(other, () => {});
  }],
  ["opening while another program is making its own tables", "busy", (path) => {
    using other = new DatabaseSync(path);
    other.exec("BEGIN IMMEDIATE");
    openLedgerDatabase(path, { busyTimeoutMs: 30 });
  }],
  ["opening while another connection excludes everybody", "busy", (path) => {
    using other = new DatabaseSync(path);
    other.exec("BEGIN EXCLUSIVE");
    openLedgerDatabase(path, { busyTimeoutMs: 30 });
  }],
  ["a write to a ledger without room", "full", (path) => {
    using database = openLedgerDatabase(path);
    database.exec("PRAGMA max_page_count = 1");
    immediately(database, () => {
      for (let n = 0; n < 1000; n++) database.prepare(INSERT).run();
    });
  }],
  ["a write to a ledger that is only read", "read-only", (path) => {
    openLedgerDatabase(path).close();
    using database = new DatabaseSync(path, { readOnly: true });
    database.prepare(INSERT).run();
  }],
  ["a file of other bytes", "damaged", (path) => {
    Deno.writeTextFileSync(path, "this isn't a database ".repeat(100));
    openLedgerDatabase(path);
  }],
  ["a truncated file", "damaged", (path) => {
    openLedgerDatabase(path).close();
    Deno.truncateSync(path, 5000);
    openLedgerDatabase(path);
  }],
  ["a corrupt page", "damaged", (path) => {
    makeCorrupt(path);
    using database = openLedgerDatabase(path);
    database.prepare("SELECT * FROM limits").all();
  }],
  ["a corrupt page in the middle of a migration", "damaged", (path) => {
    const database = new DatabaseSync(path);
    database.exec(`${MIGRATIONS[0]} PRAGMA user_version = 1`);
    for (let n = 0; n < 200; n++) {
      database.exec(
        "INSERT INTO sessions (account, launcher_pid, cwd, started_at_ms) VALUES ('a', 1, '/', 1)",
      );
    }
    database.close();
    damagePages(path, ["sessions"]);
    openLedgerDatabase(path);
  }],
  ["a missing table", "damaged", (path) => {
    using database = openLedgerDatabase(path);
    database.prepare("SELECT * FROM other");
  }],
  ["a missing column", "damaged", (path) => {
    using database = openLedgerDatabase(path);
    database.prepare("SELECT other FROM limits");
  }],
  ["a missing index", "damaged", (path) => {
    using database = openLedgerDatabase(path);
    database.prepare("SELECT * FROM limits INDEXED BY other");
  }],
  ["tables that don't fit their version", "damaged", (path) => {
    using other = new DatabaseSync(path);
    other.exec("CREATE TABLE sessions (a); PRAGMA user_version = 1");
    openLedgerDatabase(path);
  }],
  ["a row that a rule of the tables refuses", null, (path) => {
    using database = openLedgerDatabase(path);
    database.prepare("INSERT INTO limits (account) VALUES ('one')").run();
  }],
  ["a folder", null, (path) => {
    Deno.mkdirSync(path);
    new DatabaseSync(path);
  }],
];

for (const [what, fault, make] of FAULTS) {
  Deno.test(`${what}: ${fault ?? "not a fault that we handle"}`, async () => {
    await using home = await TempHome.create();
    const error = thrown(() => make(`${home.multi}/ledger.db`));
    assert.equal(faultOf(error), fault, String(error));
    assert.ok(isFromSqlite(error));
  });
}

Deno.test("a fault is recognised by its code, whatever the message says", () => {
  assert.equal(faultOf(new Error("database is locked")), null);
  assert.equal(faultOf("database disk image is malformed"), null);
  assert.equal(faultOf(Object.assign(new Error("?"), { errcode: 11 })), "damaged");
  assert.equal(faultOf(Object.assign(new Error("?"), { errcode: 8 | (6 << 8) })), "read-only");
  assert.equal(faultOf(Object.assign(new Error("?"), { errcode: 19 | (7 << 8) })), null);
  assert.ok(!isFromSqlite(new Error("database is locked")));
});

Deno.test("a failed transaction changes nothing and throws the first error", () => {
  using database = openLedgerDatabase(":memory:");
  const error = thrown(() =>
    immediately(database, () => {
      database.exec(INSERT);
      // As SQLite does by itself if the disk is full.
      database.exec("ROLLBACK");
      throw new Error("the first");
    })
  );
  assert.equal((error as Error).message, "the first");
  assert.equal(database.prepare("SELECT count(*) AS n FROM limits").get()?.["n"], 0);
});

Deno.test("a failing ledger is replaced only if it is really damaged", async () => {
  await using home = await TempHome.create();
  const path = `${home.multi}/ledger.db`;
  const lines: string[] = [];
  const options = { nowMs: NOW, warn: (line: string) => void lines.push(line) };
  const sound = openLedger(path, options);
  sound.addLimit({
    account: "one",
    window: null,
    model: null,
    untilMs: NOW + 1,
    kind: "manual",
    recordedAtMs: NOW,
    session: null,
  });
  sound.close();
  const failing = (errcode: number, message: string) =>
    replaceLedger(path, { ...options, cause: Object.assign(new Error(message), { errcode }) });
  for (
    const [code, message, told] of [
      [5, "database is locked", "database is locked"],
      [8, "attempt to write a readonly database", "it is read-only"],
      [13, "database or disk is full", "the disk is full"],
      [11, "database disk image is malformed", "database disk image is malformed"],
    ] as const
  ) {
    const reading = failing(code, message);
    assert.equal(reading.isKept, false);
    assert.equal(
      reading.facts("one", { identity: null, nowMs: NOW }).limits.length,
      1,
      "known limits count",
    );
    assert.equal(lines.pop(), `the ledger failed (${told}); this run is not recorded`);
  }
  Deno.removeSync(path);
  makeCorrupt(path);
  assert.equal(failing(11, "database disk image is malformed").isKept, true);
  assert.match(lines.pop() ?? "", /^the ledger was damaged; moved it to ".*\.broken-2027-.*"/);
});

/** Whether tests may mount something that only they and their programs see. */
const CAN_MOUNT = (() => {
  try {
    return new Deno.Command("unshare", { args: ["-rm", "mount", "-t", "tmpfs", "x", "/mnt"] })
      .outputSync().success;
  } catch {
    return false;
  }
})();

/** How a shell fills the disk of folder `$1` or makes it read-only; without mounts, only for new data. */
const DISKS = {
  full: CAN_MOUNT
    ? `mount -t tmpfs -o size=4m,mode=700 x /mnt && cp -a "$1/." /mnt && mount --bind /mnt "$1" &&
       { head -c 8m /dev/zero > "$1/filler"; } 2> /dev/null`
    : "trap '' XFSZ; ulimit -f 0",
  "read-only": CAN_MOUNT
    ? `mount --bind "$1" "$1" && mount -o remount,bind,ro "$1"`
    : `ln -sf /nowhere/at/all "$1/ledger.db-shm"`,
};

function runOn(disk: keyof typeof DISKS, options: { home: TempHome; words: string[] }) {
  const { home, words } = options;
  const script = `${DISKS[disk]}; shift; exec "$@"`;
  const shell = ["/bin/bash", "-c", script, "bash", home.multi, binary("claude-multi"), ...words];
  const [program = "", ...args] = CAN_MOUNT ? ["/usr/bin/unshare", "-rm", ...shell] : shell;
  return startProgram(program, args, { home }).ended;
}

for (const disk of ["full", "read-only"] as const) {
  Deno.test(`on a ${disk} disk a launch continues, known limits count, and limit reports the failure`, async () => {
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "one" }, { name: "two" }] });
    for (const name of ["one", "two"]) home.seedAccount(name);
    installTinyClaude(home);
    assert.equal((await runMulti(["limit", "one", "1h"], { home })).code, 0);
    // If its files exist, SQLite needs no new ones to read.
    using _open = disk === "full" ? openLedgerDatabase(`${home.multi}/ledger.db`) : null;
    const dry = await runOn(disk, { home, words: ["run", "--dry-run", "--json"] });
    assert.equal(JSON.parse(dry.stdout).account, "two", dry.stderr);
    const run = await runOn(disk, { home, words: ["run"] });
    assert.equal(run.code, 0, run.stderr);
    const why = CAN_MOUNT && disk === "full" ? "failed \\(the disk is full\\)" : ".*";
    const line = new RegExp(`^claude-multi: .*the ledger ${why}; this run is not recorded$`, "m");
    assert.match(run.stderr, line);
    const limited = await runOn(disk, { home, words: ["limit", "two"] });
    assert.deepEqual([limited.code, limited.stdout], [1, ""], limited.stderr);
    assert.match(limited.stderr, /cannot write the ledger/);
  });
}
