// Tests that the fakes keep the promises of the ports, side by side with the real ones.
import assert from "node:assert/strict";
import { systemFiles } from "../../lib/system/files.ts";
import type { Files } from "../../lib/ports/mod.ts";
import { fakeContext, START_MS } from "../helpers/context.ts";
import { MemoryFiles } from "../helpers/memory_files.ts";
import { TempHome } from "../helpers/temp_home.ts";

/** Runs a test against the files in memory and against the files on disk. */
function onBoth(name: string, check: (files: Files, root: string) => void): void {
  Deno.test(`files in memory: ${name}`, () => {
    const files = new MemoryFiles({ backups: "/r/backups", nowMs: () => START_MS });
    files.makePrivateDirectory("/r");
    check(files, "/r");
  });
  Deno.test(`files on disk: ${name}`, async () => {
    await using home = await TempHome.create();
    const root = `${home.path}/r`;
    const files = systemFiles({ backups: `${root}/backups`, nowMs: () => START_MS });
    files.makePrivateDirectory(root);
    check(files, root);
  });
}

onBoth("a written file is read back with mode 0600, and keeps a mode it had", (files, root) => {
  files.writeText(`${root}/a`, "one\ntwo");
  assert.equal(files.readText(`${root}/a`), "one\ntwo");
  assert.equal(files.mode(`${root}/a`), 0o600);
  files.setMode(`${root}/a`, 0o640);
  files.writeText(`${root}/a`, "three");
  assert.equal(files.mode(`${root}/a`), 0o640);
  files.writeText(`${root}/a`, "three", 0o600);
  assert.equal(files.mode(`${root}/a`), 0o600);
  assert.equal(files.readHead(`${root}/a`, 2), "th");
  assert.equal(files.readTail(`${root}/a`, 2), "ee");
});

onBoth("what is missing says so", (files, root) => {
  const path = `${root}/no/such`;
  assert.equal(files.kind(path), "missing");
  assert.equal(files.readText(path), null);
  assert.equal(files.readHead(path, 9), "");
  assert.equal(files.readTail(path, 9), "");
  assert.equal(files.resolve(path), null);
  assert.equal(files.readLink(path), null);
  assert.equal(files.mode(path), null);
  assert.equal(files.modifiedAtMs(path), null);
  assert.equal(files.device(path), null);
  assert.deepEqual(files.list(path), []);
  files.remove(path);
  files.removeTree(path);
  assert.throws(() => files.writeText(path, "x"));
  assert.throws(() => files.rename(path, `${root}/x`));
  assert.throws(() => files.readText(root), "a directory has no text");
});

onBoth("a link is a link, and is followed on the way and for its text", (files, root) => {
  files.makePrivateDirectory(`${root}/real`);
  files.writeText(`${root}/real/file`, "text");
  files.makeLink(`${root}/dir`, `${root}/real`);
  files.makeLink(`${root}/relative`, "real/file");
  files.makeLink(`${root}/broken`, "nowhere");
  assert.equal(files.kind(`${root}/dir`), "link");
  assert.equal(files.kind(`${root}/dir/file`), "file");
  assert.equal(files.readLink(`${root}/relative`), "real/file");
  assert.equal(files.readText(`${root}/relative`), "text");
  assert.equal(files.resolve(`${root}/dir/file`), `${root}/real/file`);
  assert.equal(files.kind(`${root}/broken`), "link");
  assert.equal(files.resolve(`${root}/broken`), null);
  assert.throws(() => files.makeLink(`${root}/dir`, "elsewhere"));
  files.writeText(`${root}/relative`, "changed");
  assert.equal(files.kind(`${root}/relative`), "link");
  assert.equal(files.readText(`${root}/real/file`), "changed");
  files.makeLink(`${root}/loop`, "loop");
  assert.equal(files.resolve(`${root}/loop`), null);
});

onBoth("directories are made, listed, moved and removed", (files, root) => {
  assert.equal(files.makeDirectory(`${root}/d`), true);
  assert.equal(files.makeDirectory(`${root}/d`), false);
  assert.equal(files.mode(`${root}/d`), 0o700);
  files.writeText(`${root}/d/b`, "b");
  files.writeText(`${root}/d/a`, "a");
  files.makePrivateDirectory(`${root}/d/sub/deep`);
  assert.deepEqual(files.list(`${root}/d`), ["a", "b", "sub"]);
  files.rename(`${root}/d`, `${root}/e`);
  assert.equal(files.kind(`${root}/d`), "missing");
  assert.equal(files.readText(`${root}/e/a`), "a");
  assert.equal(files.kind(`${root}/e/sub/deep`), "directory");
  assert.throws(() => files.remove(`${root}/e`));
  files.writeText(`${root}/kept`, "kept");
  files.makeLink(`${root}/e/out`, `${root}/kept`);
  files.removeTree(`${root}/e`);
  assert.equal(files.kind(`${root}/e`), "missing");
  assert.equal(files.readText(`${root}/kept`), "kept");
});

onBoth("copies, comparisons and backups", (files, root) => {
  files.writeText(`${root}/a`, "same", 0o640);
  files.copy(`${root}/a`, `${root}/b`);
  assert.equal(files.mode(`${root}/b`), 0o640);
  assert.equal(files.sameContent(`${root}/a`, `${root}/b`), true);
  files.writeText(`${root}/b`, "else");
  assert.equal(files.sameContent(`${root}/a`, `${root}/b`), false);
  assert.equal(files.device(`${root}/a`), files.device(`${root}/b`));
  const first = files.backUp(`${root}/a`);
  assert.equal(files.readText(first), "same");
  assert.equal(files.mode(first), 0o600);
  for (let n = 0; n < 25; n++) files.backUp(`${root}/a`);
  assert.equal(files.list(`${root}/backups`).length, 20);
  assert.equal(files.locked(`${root}/lock`, () => 7), 7);
  assert.equal(files.kind(`${root}/lock`), "file");
});

Deno.test("a fake context gives commands accounts, readings and a ledger", async () => {
  const context = fakeContext({
    config: { accounts: [{ name: "alice" }, { name: "bob" }] },
    logins: { alice: { fiveHour: { percentUsed: 40, resetsAtMs: START_MS + 3_600_000 } } },
  });
  const [alice, bob] = context.configFile.read().accounts;
  assert.ok(alice && bob);
  assert.equal(context.claudeHome.login(alice), "present");
  assert.equal(context.claudeHome.login(bob), "missing");
  assert.equal(context.claudeHome.cachedUsage(alice)[0]?.percentUsed, 40);
  assert.equal(context.ledgerOpened, false);
  assert.deepEqual(context.ledger().openSessions(), []);
  assert.equal(context.ledgerOpened, true);
  context.clock.advance(1000);
  await context.clock.sleep(500);
  assert.equal(context.clock.nowMs(), START_MS + 1500);
  context.ledger().close();
});

Deno.test("a fake launch stores the plan, runs until its end, and ends as ordered", async () => {
  const { processes } = fakeContext();
  processes.programs.push(() => ({ code: 143, signal: "SIGTERM" }));
  const plan = { program: "/usr/bin/claude", args: ["-p"], set: {}, unset: [], cwd: "/" };
  const child = processes.launch(plan);
  assert.equal(processes.facts([child.pid]).get(child.pid)?.start, child.start());
  assert.deepEqual(await child.ended, { code: 143, signal: "SIGTERM" });
  assert.equal(processes.facts([child.pid]).size, 0);
  assert.deepEqual(processes.launched, [plan]);
  assert.throws(() => processes.launch({ ...plan, program: "/usr/bin/none" }));
});
