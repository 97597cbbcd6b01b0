// Tests of links to the shared home: created, repaired, and restored if a real file took their place.
import assert from "node:assert/strict";
import { runMulti } from "../helpers/binaries.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { contextOf, dyingFiles, Killed, runHere } from "../commands/context_of.ts";

const read = (path: string): string => Deno.readTextFileSync(path);

async function homeWithWork(): Promise<TempHome> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }] });
  Deno.mkdirSync(`${home.path}/.claude`);
  return home;
}

function replaceLink(
  home: TempHome,
  name: string,
  text: string,
  options: { newer: boolean },
): void {
  const path = `${home.accountDir("work")}/${name}`;
  Deno.removeSync(path);
  Deno.writeTextFileSync(path, text);
  const at = new Date(Date.now() + (options.newer ? 60_000 : -60_000));
  Deno.utimeSync(path, at, at);
}

function backups(home: TempHome): string {
  return [...Deno.readDirSync(`${home.multi}/backups`)].filter((entry) => entry.isFile)
    .map((entry) => read(`${home.multi}/backups/${entry.name}`)).join("\n");
}

Deno.test("settings that became a file are merged by key, and removals on either side stay", async () => {
  await using home = await homeWithWork();
  const shared = `${home.path}/.claude/settings.json`;
  Deno.writeTextFileSync(shared, JSON.stringify({ theme: "dark", old: 1, model: "a" }));
  assert.equal((await runMulti(["setup"], { home })).code, 0);
  replaceLink(home, "settings.json", JSON.stringify({ theme: "light", model: "b" }), {
    newer: true,
  });
  Deno.writeTextFileSync(shared, JSON.stringify({ theme: "dark", old: 1, model: "c", more: 2 }));
  const result = await runMulti(["setup"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(JSON.parse(read(shared)), { theme: "light", model: "b", more: 2 });
  const link = `${home.accountDir("work")}/settings.json`;
  assert.equal(Deno.readLinkSync(link), shared);
  assert.match(backups(home), /"model":"c"/);
});

Deno.test("instructions that became a file: the newer version stays, the other is backed up", async () => {
  for (const newer of [true, false]) {
    await using home = await homeWithWork();
    const shared = `${home.path}/.claude/CLAUDE.md`;
    Deno.writeTextFileSync(shared, "shared words");
    await runMulti(["setup"], { home });
    replaceLink(home, "CLAUDE.md", "own words", { newer });
    await runMulti(["setup"], { home });
    assert.equal(read(shared), newer ? "own words" : "shared words");
    assert.equal(read(`${home.accountDir("work")}/CLAUDE.md`), read(shared));
    assert.match(backups(home), newer ? /shared words/ : /own words/);
  }
});

Deno.test("prompt history is merged line by line, in order of time", async () => {
  await using home = await homeWithWork();
  const line = (n: number) => `{"display":"p${n}","timestamp":${n}}\n`;
  const shared = `${home.path}/.claude/history.jsonl`;
  Deno.writeTextFileSync(shared, line(1) + line(3));
  await runMulti(["setup"], { home });
  replaceLink(home, "history.jsonl", line(1) + line(2) + line(4), { newer: false });
  await runMulti(["setup"], { home });
  assert.equal(read(shared), line(1) + line(2) + line(3) + line(4));
});

Deno.test("a folder is merged file by file", async () => {
  await using home = await homeWithWork();
  await runMulti(["setup"], { home });
  const own = `${home.accountDir("work")}/skills`;
  const shared = `${home.path}/.claude/skills`;
  Deno.removeSync(own);
  Deno.mkdirSync(`${own}/mine`, { recursive: true });
  Deno.mkdirSync(`${own}/both`);
  Deno.mkdirSync(`${shared}/both`);
  Deno.writeTextFileSync(`${own}/mine/SKILL.md`, "mine");
  Deno.writeTextFileSync(`${own}/both/SKILL.md`, "own version");
  Deno.writeTextFileSync(`${shared}/both/SKILL.md`, "shared version");
  const at = new Date(Date.now() + 60_000);
  Deno.utimeSync(`${own}/both/SKILL.md`, at, at);
  const result = await runMulti(["setup"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.equal(Deno.readLinkSync(own), shared);
  assert.equal(read(`${shared}/mine/SKILL.md`), "mine");
  assert.equal(read(`${shared}/both/SKILL.md`), "own version");
  assert.match(backups(home), /shared version/);
});

Deno.test("the user's own link to another place stays; a broken link is repaired", async () => {
  await using home = await homeWithWork();
  await runMulti(["setup"], { home });
  const dir = home.accountDir("work");
  Deno.mkdirSync(`${home.path}/my-agents`);
  for (const [name, to] of [["agents", `${home.path}/my-agents`], ["rules", `${home.path}/gone`]]) {
    Deno.removeSync(`${dir}/${name}`);
    Deno.symlinkSync(`${to}`, `${dir}/${name}`);
  }
  const result = await runMulti(["setup"], { home });
  assert.match(result.stderr, /agents is not shared: it links to/);
  assert.equal(Deno.readLinkSync(`${dir}/agents`), `${home.path}/my-agents`);
  assert.equal(Deno.readLinkSync(`${dir}/rules`), `${home.path}/.claude/rules`);
});

Deno.test("the shared home may be a link, a file, or have a link that leads to itself", async (t) => {
  await t.step("a link: account links point to the resolved place", async () => {
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "work" }] });
    Deno.mkdirSync(`${home.path}/dotfiles`);
    Deno.symlinkSync("dotfiles", `${home.path}/.claude`);
    assert.equal((await runMulti(["setup"], { home })).code, 0);
    assert.equal(
      Deno.readLinkSync(`${home.accountDir("work")}/skills`),
      `${home.path}/dotfiles/skills`,
    );
  });
  await t.step("a file: refused", async () => {
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "work" }] });
    Deno.writeTextFileSync(`${home.path}/.claude`, "precious");
    const result = await runMulti(["setup"], { home });
    assert.equal(result.code, 1);
    assert.match(result.stderr, /isn't a directory/);
    assert.equal(read(`${home.path}/.claude`), "precious");
  });
  await t.step("a loop: reported, the rest is linked", async () => {
    await using home = await homeWithWork();
    Deno.symlinkSync("settings.json", `${home.path}/.claude/settings.json`);
    const result = await runMulti(["setup"], { home });
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stderr, /settings\.json is not shared: .* is a broken link/);
    assert.equal(
      Deno.readLinkSync(`${home.accountDir("work")}/skills`),
      `${home.path}/.claude/skills`,
    );
  });
});

Deno.test("if setup is killed before any change of files, no content is lost and a second run finishes it", async () => {
  let steps = 0;
  for (let n = 1;; n++) {
    await using home = await homeWithWork();
    const shared = `${home.path}/.claude`;
    Deno.writeTextFileSync(`${shared}/settings.json`, '{"a":1}');
    Deno.writeTextFileSync(`${shared}/CLAUDE.md`, "shared words");
    assert.equal(await runHere(contextOf(home), "setup"), 0);
    replaceLink(home, "settings.json", '{"a":1,"b":2}', { newer: false });
    replaceLink(home, "CLAUDE.md", "own words", { newer: true });
    Deno.removeSync(`${home.accountDir("work")}/plans`);
    Deno.mkdirSync(`${home.accountDir("work")}/plans`);
    Deno.writeTextFileSync(`${home.accountDir("work")}/plans/p.md`, "the plan");
    const dying = dyingFiles(n);
    try {
      await runHere(contextOf(home, { files: dying.wrap }), "setup");
      break;
    } catch (error) {
      assert.ok(error instanceof Killed, String(error));
      steps++;
      assert.equal(await runHere(contextOf(home), "setup"), 0);
      assert.deepEqual(JSON.parse(read(`${shared}/settings.json`)), { a: 1, b: 2 }, error.message);
      assert.equal(read(`${shared}/CLAUDE.md`), "own words", error.message);
      assert.match(backups(home), /shared words/, error.message);
      assert.equal(read(`${shared}/plans/p.md`), "the plan", error.message);
      for (const name of ["settings.json", "CLAUDE.md", "plans"]) {
        assert.ok(Deno.lstatSync(`${home.accountDir("work")}/${name}`).isSymlink, error.message);
      }
    }
  }
  assert.ok(steps > 20, `only ${steps} changes were stepped through`);
});
