// Tests of files that aren't ours: root is refused in another's home, and doctor says what mends it.
import assert from "node:assert/strict";
import { refuseForeignRoot } from "../../lib/config/root_guard.ts";
import { ownerProblems } from "../../lib/setup/owner_checks.ts";
import { systemFiles } from "../../lib/system/files.ts";
import { UserError } from "../../lib/text/errors.ts";
import { binary, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { contextOf } from "./context_of.ts";

/** A context in which some paths belong to another user. */
function contextWith(home: TempHome, others: readonly string[]) {
  return contextOf(home, {
    files: (files) => ({
      ...files,
      ownFacts(path) {
        const facts = files.ownFacts(path);
        return others.includes(path) && facts !== null ? { ...facts, owner: 12345 } : facts;
      },
    }),
  });
}

function refusal(options: { owner: Record<string, number>; root: boolean }): UserError | null {
  const layout = { home: "/h", root: "/h/.claude-multi", shared: "/h/.claude" };
  const context = {
    layout,
    files: { owner: (path: string) => options.owner[path] ?? null },
    processes: { isRoot: () => options.root },
  };
  try {
    refuseForeignRoot(context as unknown as Parameters<typeof refuseForeignRoot>[0], "run");
    return null;
  } catch (error) {
    assert.ok(error instanceof UserError);
    return error;
  }
}

Deno.test("root is refused in a home, a folder of ours or a ~/.claude of somebody else", () => {
  for (const path of ["/h", "/h/.claude-multi", "/h/.claude"]) {
    const error = refusal({ owner: { "/h": 0, [path]: 1000 }, root: true });
    assert.equal(error?.exit, 5);
    assert.equal(error?.hint, "sudo -H -u '#1000' claude-multi run");
    assert.equal(refusal({ owner: { "/h": 0, [path]: 1000 }, root: false }), null);
  }
  assert.equal(refusal({ owner: { "/h": 0, "/h/.claude": 0 }, root: true }), null);
  assert.equal(refusal({ owner: { "/h": 1000, "/h/.claude-multi": 0 }, root: true }), null);
});

Deno.test("a file that root replaces or creates stays its user's", async () => {
  // Nobody else may give files away.
  if (Deno.uid() !== 0) return;
  await using home = await TempHome.create();
  const files = systemFiles({ backups: `${home.path}/backups`, nowMs: () => 0 });
  const path = `${home.path}/file`;
  files.writeText(path, "one");
  Deno.chownSync(path, 1234, 4321);
  files.writeText(path, "two");
  Deno.chownSync(home.path, 1234, 4321);
  files.writeText(`${home.path}/new`, "new");
  for (const name of ["file", "new"]) {
    const { uid, gid } = Deno.statSync(`${home.path}/${name}`);
    assert.deepEqual([uid, gid], [1234, 4321], name);
  }
});

Deno.test("doctor names files of another user, whatever their mode, and the command that mends them", async () => {
  await using home = await TempHome.create();
  home.seedAccount("a");
  home.seedSharedHome("a");
  home.writeConfig({ accounts: [{ name: "a" }] });
  assert.deepEqual([...ownerProblems(contextOf(home))], []);
  const paths = [`${home.multi}/config.json`, `${home.path}/.claude.json`];
  const [found, ...more] = ownerProblems(contextWith(home, paths));
  assert.equal(found?.id, "owner");
  assert.equal(found?.fix, `sudo chown -Rh "$(id -u):$(id -g)" ${paths.join(" ")}`);
  assert.deepEqual(more, []);
});

Deno.test("doctor names many files by their folder, also a conversation below ~/.claude", async () => {
  await using home = await TempHome.create();
  const dir = `${home.path}/.claude/projects/-p`;
  Deno.mkdirSync(dir, { recursive: true });
  const paths = ["a", "b", "c", "d"].map((name) => `${Deno.realPathSync(dir)}/${name}.jsonl`);
  for (const path of paths) Deno.writeTextFileSync(path, "");
  const [found] = ownerProblems(contextWith(home, paths));
  assert.match(
    found?.message ?? "",
    /"~\/\.claude\/projects\/-p\/\w\.jsonl", .* and 1 more file belong/,
  );
  const shared = Deno.realPathSync(`${home.path}/.claude`);
  assert.equal(found?.fix, `sudo chown -Rh "$(id -u):$(id -g)" ${shared}`);
});

Deno.test("doctor names what its owner may not read", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [] });
  Deno.chmodSync(`${home.multi}/config.json`, 0);
  const [found] = ownerProblems(contextOf(home));
  assert.deepEqual([found?.id, found?.fix], [
    "unreadable",
    `chmod -R u+rwX ${home.multi}/config.json`,
  ]);
});

Deno.test("doctor names a ledger that can't be written, and the file behind a linked config.json", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [] });
  Deno.writeTextFileSync(`${home.multi}/ledger.db`, "", { mode: 0o400 });
  const [found, ...none] = ownerProblems(contextOf(home));
  assert.deepEqual([found?.id, found?.fix, none], [
    "unreadable",
    `chmod -R u+rwX ${home.multi}/ledger.db`,
    [],
  ]);
  Deno.chmodSync(`${home.multi}/ledger.db`, 0o600);
  Deno.renameSync(`${home.multi}/config.json`, `${home.path}/dotfile.json`);
  Deno.symlinkSync("../dotfile.json", `${home.multi}/config.json`);
  const real = Deno.realPathSync(`${home.path}/dotfile.json`);
  const [foreign] = ownerProblems(contextWith(home, [real]));
  assert.equal(foreign?.fix, `sudo chown -Rh "$(id -u):$(id -g)" ${real}`);
});

Deno.test("what can't be opened is one line that leads to doctor", async () => {
  // Root may open everything.
  if (Deno.uid() !== 0) return;
  await using home = await TempHome.create();
  installFakeClaude(home);
  home.seedAccount("a");
  home.writeConfig({ accounts: [{ name: "a" }] });
  const own = await new Deno.Command("chown", { args: ["-R", "1234:1234", home.path] }).output();
  assert.ok(own.success);
  const shared = `${home.path}/.claude`;
  Deno.mkdirSync(shared, { recursive: true, mode: 0o700 });
  Deno.chownSync(shared, 0, 0);
  const words = ["--reuid=1234", "--regid=1234", "--clear-groups", binary("claude-multi"), "run"];
  const ended = await startProgram("/usr/bin/setpriv", words, { home }).ended;
  assert.match(ended.stderr, /permission denied.*\ntry: claude-multi doctor\n$/i);
});
