// Tests of the Files port on real files: links, locks, backups, modes, and errors in plain words.
import assert from "node:assert/strict";
import { systemFiles } from "../../lib/system/files.ts";
import { UserError } from "../../lib/text/errors.ts";
import type { Files } from "../../lib/ports/mod.ts";
import { TempHome } from "../helpers/temp_home.ts";

function filesIn(home: TempHome): Files {
  let now = Date.UTC(2026, 0, 1);
  return systemFiles({ backups: `${home.multi}/backups`, nowMs: () => now += 1000 });
}

/** An error as Deno throws it. */
function fault(code: string): Error {
  return Object.assign(new Error("in the runtime's own words"), { code });
}

const read = (path: string): string => Deno.readTextFileSync(path);
const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;

Deno.test("writing through a link changes the target and keeps link and mode", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  Deno.writeTextFileSync(`${home.path}/target`, "old", { mode: 0o640 });
  Deno.chmodSync(`${home.path}/target`, 0o640);
  Deno.symlinkSync("target", `${home.path}/link`);
  files.writeText(`${home.path}/link`, "new");
  assert.equal(read(`${home.path}/target`), "new");
  assert.equal(Deno.readLinkSync(`${home.path}/link`), "target");
  assert.equal(modeOf(`${home.path}/target`), 0o640);
  files.writeText(`${home.path}/fresh`, "x");
  assert.equal(modeOf(`${home.path}/fresh`), 0o600);
});

Deno.test("a link to itself is a link without a target", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  Deno.symlinkSync("loop", `${home.path}/loop`);
  assert.equal(files.kind(`${home.path}/loop`), "link");
  assert.equal(files.resolve(`${home.path}/loop`), null);
});

Deno.test("the newest twenty backups of a name are kept; those of other names aren't touched", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  for (const name of ["a.json", "a"]) Deno.writeTextFileSync(`${home.path}/${name}`, name);
  files.backUp(`${home.path}/a`);
  const copies = Array.from({ length: 25 }, (_, n) => {
    Deno.writeTextFileSync(`${home.path}/a.json`, `version ${n}`);
    return files.backUp(`${home.path}/a.json`);
  });
  const left = [...Deno.readDirSync(`${home.multi}/backups`)].map((entry) => entry.name);
  assert.equal(left.filter((name) => name.startsWith("a.json.")).length, 20);
  assert.equal(left.length, 21);
  assert.equal(read(copies.at(-1) ?? ""), "version 24");
  assert.equal(modeOf(copies.at(-1) ?? ""), 0o600);
});

Deno.test("a directory is created once; removing a missing path does nothing", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  assert.equal(files.makeDirectory(`${home.path}/lock`), true);
  assert.equal(files.makeDirectory(`${home.path}/lock`), false);
  files.remove(`${home.path}/lock`);
  files.remove(`${home.path}/lock`);
  files.removeTree(`${home.path}/never/was`);
  assert.equal(files.makeDirectory(`${home.path}/lock`), true);
});

Deno.test("removing a tree doesn't follow links", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  Deno.mkdirSync(`${home.path}/tree`);
  Deno.writeTextFileSync(`${home.project}/kept`, "kept");
  Deno.symlinkSync(home.project, `${home.path}/tree/link`);
  files.removeTree(`${home.path}/tree`);
  assert.equal(read(`${home.project}/kept`), "kept");
});

Deno.test("a copy has the content, mode and modification time of the original", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  const [from, to] = [`${home.path}/from`, `${home.path}/to`];
  Deno.writeTextFileSync(from, "text");
  Deno.chmodSync(from, 0o640);
  Deno.utimeSync(from, new Date(1_700_000_000_000), new Date(1_700_000_000_000));
  files.copy(from, to);
  assert.ok(files.sameContent(from, to));
  assert.equal(modeOf(to), 0o640);
  assert.equal(files.modifiedAtMs(to), 1_700_000_000_000);
  Deno.writeTextFileSync(to, "tex!");
  assert.equal(files.sameContent(from, to), false);
});

Deno.test("a write that fails is reported in plain words, by its code, and leaves the old file", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  const path = `${home.path}/file`;
  Deno.writeTextFileSync(path, "old");
  const { openSync } = Deno;
  const faults: Array<[code: string, says: RegExp]> = [
    ["ENOSPC", /^cannot write ".*\/file": the disk is full$/],
    ["EROFS", /^cannot write ".*\/file": the file system is read-only$/],
    ["EDQUOT", /^cannot write ".*\/file": the disk quota is used up$/],
    ["EACCES", /^cannot write ".*\/file": permission denied$/],
    ["EPERM", /^cannot write ".*\/file": permission denied$/],
  ];
  for (const [code, says] of faults) {
    // The fault comes in the middle of the write, after the temporary file was made.
    Deno.openSync = (...args) => {
      const file = openSync(...args);
      file.writeSync = () => {
        throw fault(code);
      };
      return file;
    };
    try {
      assert.throws(
        () => files.writeText(path, "new"),
        (error: unknown) => error instanceof UserError && says.test(error.message),
      );
    } finally {
      Deno.openSync = openSync;
    }
    assert.equal(read(path), "old");
    const left = [...Deno.readDirSync(home.path)].filter((entry) => entry.name.includes("tmp"));
    assert.deepEqual(left, []);
  }
});

Deno.test("a pipe is never opened to read it", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  const pipe = `${home.path}/pipe`;
  assert.ok(new Deno.Command("mkfifo", { args: [pipe] }).outputSync().success);
  assert.equal(files.readHead(pipe, 10), "");
  assert.equal(files.readTail(pipe, 10), "");
  for (
    const look of [
      () => files.readText(pipe),
      () => files.backUp(pipe),
      () => files.copy(pipe, `${home.path}/copy`),
      () => files.sameContent(pipe, pipe),
    ]
  ) assert.throws(look, /pipe" is not a regular file/);
});

Deno.test("a pipe in place of a lock file is refused instead of waited for", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  const lock = `${home.path}/folders.lock`;
  assert.ok(new Deno.Command("mkfifo", { args: [lock] }).outputSync().success);
  assert.throws(
    () => files.locked(lock, () => assert.fail("it ran")),
    (error: unknown) =>
      error instanceof UserError && /folders\.lock": it is not a regular file/.test(error.message),
  );
  Deno.removeSync(lock);
  assert.equal(files.locked(lock, () => 7), 7);
  assert.equal(files.locked(lock, () => 8), 8);
});

Deno.test("a lock that isn't waited for is refused until whoever has it lets go", async () => {
  await using home = await TempHome.create();
  const path = `${home.path}/edit.lock`;
  Deno.writeTextFileSync(path, "1234567");
  for (const text of ["12", "3"]) {
    const release = filesIn(home).lockNow(path, text);
    assert.ok(release !== null);
    assert.equal(filesIn(home).lockNow(path, "other"), null);
    assert.equal(read(path), text);
    release();
  }
});

Deno.test("a lock file that can't be written is reported in plain words", async () => {
  await using home = await TempHome.create();
  const { openSync } = Deno;
  Deno.openSync = () => {
    throw fault("EROFS");
  };
  try {
    assert.throws(
      () => filesIn(home).locked(`${home.path}/save.lock`, () => 1),
      (error: unknown) => error instanceof UserError && /is read-only/.test(error.message),
    );
  } finally {
    Deno.openSync = openSync;
  }
});
