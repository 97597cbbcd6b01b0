// Tests of the Files port on real files: links, locks, backups, modes, and faults in plain words.
import assert from "node:assert/strict";
import { systemFiles } from "../../lib/system/files.ts";
import { UserError } from "../../lib/text/errors.ts";
import type { Files } from "../../lib/ports/mod.ts";
import { TempHome } from "../helpers/temp_home.ts";

function filesIn(home: TempHome): Files {
  let now = Date.UTC(2026, 0, 1);
  return systemFiles({ backups: `${home.multi}/backups`, nowMs: () => now += 1000 });
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

Deno.test("a link that leads to itself is there and leads nowhere", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  Deno.symlinkSync("loop", `${home.path}/loop`);
  assert.equal(files.kind(`${home.path}/loop`), "link");
  assert.equal(files.resolve(`${home.path}/loop`), null);
});

Deno.test("the newest twenty backups of a name are kept, those of another name are not touched", async () => {
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

Deno.test("one process at a time holds a lock directory; removing what is missing is fine", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  assert.equal(files.makeDirectory(`${home.path}/lock`), true);
  assert.equal(files.makeDirectory(`${home.path}/lock`), false);
  files.remove(`${home.path}/lock`);
  files.remove(`${home.path}/lock`);
  files.removeTree(`${home.path}/never/was`);
  assert.equal(files.makeDirectory(`${home.path}/lock`), true);
});

Deno.test("removing a tree follows no link", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  Deno.mkdirSync(`${home.path}/tree`);
  Deno.writeTextFileSync(`${home.project}/kept`, "kept");
  Deno.symlinkSync(home.project, `${home.path}/tree/link`);
  files.removeTree(`${home.path}/tree`);
  assert.equal(read(`${home.project}/kept`), "kept");
});

Deno.test("a copy has content, mode and time of its origin", async () => {
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

Deno.test("a full disk and a refused write are told in plain words, and leave the old file", async () => {
  await using home = await TempHome.create();
  const files = filesIn(home);
  const path = `${home.path}/file`;
  Deno.writeTextFileSync(path, "old");
  const { openSync } = Deno;
  const faults: Array<[Error, RegExp]> = [
    [new Error("No space left on device (os error 28): write"), /the disk is full/],
    [new Error("Read-only file system (os error 30): open"), /is read-only/],
    [new Deno.errors.PermissionDenied("Permission denied (os error 13)"), /permission denied/],
  ];
  for (const [fault, says] of faults) {
    // The fault comes in the middle of the write, after the temporary file was made.
    Deno.openSync = (...args) => {
      const file = openSync(...args);
      file.writeSync = () => {
        throw fault;
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

Deno.test("a pipe is never opened to look at it", async () => {
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

Deno.test("a pipe in the place of a lock file is refused, not waited for", async () => {
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

Deno.test("a lock file that cannot be written is told in plain words", async () => {
  await using home = await TempHome.create();
  const { openSync } = Deno;
  Deno.openSync = () => {
    throw new Error("Read-only file system (os error 30): open");
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
