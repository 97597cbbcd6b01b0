// Tests of links before a launch: ours follow the shared home, and what is missing is said.
import assert from "node:assert/strict";
import { bringUpToDate } from "../../lib/accounts/before_launch.ts";
import { prepareFolder } from "../../lib/accounts/folder.ts";
import { brokenShared, linkProblems } from "../../lib/setup/folder_checks.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { contextOf, dyingFiles } from "../commands/context_of.ts";

const DENY = '{"permissions":{"deny":["Bash(rm:*)"]}}';

const sharedOf = (home: TempHome) => `${home.path}/.claude`;

/** A home whose `~/.claude` is a folder in dotfiles, unless `dotfiles` is false. */
async function homeWith(options: { dotfiles?: boolean } = {}): Promise<TempHome> {
  const home = await TempHome.create();
  home.seedAccount("a");
  home.writeConfig({ accounts: [{ name: "a" }] });
  const shared = options.dotfiles === false ? sharedOf(home) : `${home.path}/dot/claude`;
  if (options.dotfiles !== false) {
    Deno.mkdirSync(shared, { recursive: true });
    Deno.symlinkSync(shared, sharedOf(home));
  }
  Deno.mkdirSync(`${shared}/projects/-p`, { recursive: true });
  Deno.writeTextFileSync(`${shared}/settings.json`, DENY);
  const { context, account } = accountOf(home);
  prepareFolder(context, account);
  return home;
}

function accountOf(home: TempHome, options: Parameters<typeof contextOf>[1] = {}) {
  const context = contextOf(home, options);
  const [account] = context.configFile.read().accounts;
  assert.ok(account);
  return { context, account };
}

/** Does what a launch does to the account's folder; returns what it said. */
async function launch(home: TempHome): Promise<string[]> {
  const { context, account } = accountOf(home);
  await bringUpToDate(context, { config: context.configFile.read(), account });
  return context.printed;
}

const seen = (home: TempHome) => {
  try {
    return Deno.readTextFileSync(`${home.accountDir("a")}/settings.json`);
  } catch {
    return null;
  }
};
const relink = (path: string, target: string) => {
  Deno.removeSync(path, { recursive: true });
  Deno.symlinkSync(target, path);
};

Deno.test("links in order are neither changed nor talked about", async () => {
  for (const dotfiles of [true, false]) {
    await using home = await homeWith({ dotfiles });
    await launch(home);
    const dying = dyingFiles(1);
    const { context, account } = accountOf(home, { files: dying.wrap });
    await bringUpToDate(context, { config: context.configFile.read(), account });
    assert.deepEqual([context.printed, dying.changes()], [[], 0]);
  }
});

Deno.test("links follow dotfiles that were moved", async () => {
  await using home = await homeWith();
  Deno.renameSync(`${home.path}/dot`, `${home.path}/dotfiles`);
  relink(sharedOf(home), `${home.path}/dotfiles/claude`);
  const said = await launch(home);
  assert.match(
    said.join("\n"),
    /"a" had links to settings\.json, .* in "~\/dot\/claude"; they lead/,
  );
  assert.equal(seen(home), DENY);
  assert.ok(Deno.statSync(`${home.accountDir("a")}/projects/-p`).isDirectory);
  assert.deepEqual(await launch(home), []);
});

Deno.test("links follow dotfiles that were copied, and conversations that stay behind are named", async () => {
  await using home = await homeWith();
  Deno.mkdirSync(`${home.path}/new/projects`, { recursive: true });
  Deno.writeTextFileSync(`${home.path}/new/settings.json`, "{}");
  relink(sharedOf(home), `${home.path}/new`);
  const said = (await launch(home)).join("\n");
  assert.match(said, /conversations that are only in "~\/dot\/claude\/projects" stay there/);
  assert.equal(seen(home), "{}");
});

Deno.test("a ~/.claude that becomes a link is followed", async () => {
  await using home = await homeWith({ dotfiles: false });
  Deno.renameSync(sharedOf(home), `${home.path}/kept`);
  Deno.symlinkSync(`${home.path}/kept`, sharedOf(home));
  assert.deepEqual(await launch(home), []);
  Deno.renameSync(`${home.path}/kept`, `${home.path}/dot`);
  relink(sharedOf(home), `${home.path}/dot`);
  await launch(home);
  assert.equal(seen(home), DENY);
  assert.deepEqual(await launch(home), []);
});

Deno.test("links follow a new generation although the old one is still there", async () => {
  await using home = await homeWith({ dotfiles: false });
  const place = `${sharedOf(home)}/settings.json`;
  const link = `${home.accountDir("a")}/settings.json`;
  for (const generation of ["one", "two"]) {
    Deno.writeTextFileSync(`${home.path}/${generation}`, `{"g":"${generation}"}`);
  }
  relink(place, `${home.path}/one`);
  Deno.removeSync(link);
  await launch(home);
  assert.equal(Deno.readLinkSync(link), Deno.realPathSync(`${home.path}/one`));
  relink(place, `${home.path}/two`);
  const said = await launch(home);
  assert.match(said.join("\n"), /had links to settings\.json/);
  assert.equal(seen(home), '{"g":"two"}');
});

Deno.test("setup and doctor know our old link, also one that an older version made", async () => {
  for (const remembers of [true, false]) {
    await using home = await homeWith();
    Deno.mkdirSync(`${home.path}/new`);
    relink(sharedOf(home), `${home.path}/new`);
    if (!remembers) Deno.removeSync(`${home.multi}/links.json`);
    const { context, account } = accountOf(home);
    const problems = [...linkProblems(context, account)];
    assert.ok(problems.length > 0);
    for (const { fixable, fix } of problems) {
      assert.deepEqual([fixable, fix], [true, "claude-multi setup"]);
    }
    assert.deepEqual(prepareFolder(context, account).own, []);
    assert.deepEqual([...linkProblems(context, account)], []);
  }
});

Deno.test("the user's own link is left alone, in silence", async () => {
  await using home = await homeWith();
  const link = `${home.accountDir("a")}/skills`;
  Deno.mkdirSync(`${home.path}/mine`);
  relink(link, `${home.path}/mine`);
  assert.deepEqual(await launch(home), []);
  assert.equal(Deno.readLinkSync(link), `${home.path}/mine`);
});

Deno.test("a ~/.claude that leads nowhere is said at each launch, and nothing is created", async () => {
  await using home = await homeWith();
  Deno.renameSync(`${home.path}/dot`, `${home.path}/unmounted`);
  for (let n = 0; n < 2; n++) {
    const [said = ""] = await launch(home);
    assert.match(said, /"~\/\.claude" is a link to .*, which is missing: claude starts without/);
  }
  assert.throws(() => Deno.statSync(`${home.path}/dot`), Deno.errors.NotFound);
});

Deno.test("a broken link in the shared home is said at each launch", async () => {
  await using home = await homeWith();
  relink(`${home.path}/dot/claude/projects`, `${home.path}/nowhere`);
  for (let n = 0; n < 2; n++) {
    assert.match((await launch(home)).join(), /projects in "~\/\.claude" can't/);
  }
});

Deno.test("settings and conversations that are gone are said, with a copy of the settings", async () => {
  await using home = await homeWith({ dotfiles: false });
  await launch(home);
  Deno.renameSync(sharedOf(home), `${home.path}/.claude.old`);
  const said = (await launch(home)).join("\n");
  assert.match(
    said,
    /settings\.json" is gone: claude starts without your settings and deny rules; as/,
  );
  assert.match(said, /projects" is gone: claude starts without your earlier conversations/);
  const [copy = ""] = /~\/\S+\/backups\/settings\.json[^"]*/.exec(said) ?? [];
  assert.equal(Deno.readTextFileSync(copy.replace("~", home.path)), DENY);
  assert.deepEqual(await launch(home), []);
});

Deno.test("settings that replaced our link are said: the shared deny rules aren't in force", async () => {
  await using home = await homeWith();
  const own = `${home.accountDir("a")}/settings.json`;
  Deno.removeSync(own);
  Deno.writeTextFileSync(own, "{}");
  for (let n = 0; n < 2; n++) {
    assert.match(
      (await launch(home)).join(),
      /settings\.json" is a separate one: claude starts without/,
    );
  }
  assert.equal(seen(home), "{}");
});

Deno.test("a missing link is made again, in silence", async () => {
  await using home = await homeWith();
  Deno.removeSync(`${home.accountDir("a")}/projects`);
  assert.deepEqual(await launch(home), []);
  assert.ok(Deno.statSync(`${home.accountDir("a")}/projects/-p`).isDirectory);
});

Deno.test("links of the user in ~/.claude that are broken are said at each launch, on the account there too", async () => {
  for (const inPlace of [false, true]) {
    await using home = await homeWith({ dotfiles: false });
    if (inPlace) home.writeConfig({ accounts: [{ name: "a", inPlace: true }] });
    await launch(home);
    // As stow makes them: each file is a link, and the folder with the files has moved.
    relink(`${sharedOf(home)}/settings.json`, `${home.path}/gone/settings.json`);
    for (let n = 0; n < 3; n++) {
      const said = (await launch(home)).join("\n");
      assert.match(said, /settings\.json in "~\/\.claude" can't be used, because of broken links/);
    }
    const { context } = accountOf(home);
    const [problem, ...more] = brokenShared(context, context.configFile.read());
    assert.match(
      problem?.message ?? "",
      /is a link to "~\/gone\/settings\.json", which is missing/,
    );
    assert.deepEqual(more, []);
    Deno.mkdirSync(`${home.path}/gone`);
    Deno.writeTextFileSync(`${home.path}/gone/settings.json`, DENY);
    await launch(home);
    assert.deepEqual(await launch(home), []);
    Deno.removeSync(sharedOf(home), { recursive: true });
    Deno.symlinkSync("nowhere", sharedOf(home));
    assert.match(
      (await launch(home)).join("\n"),
      /"~\/\.claude" is a link to .*, which is missing/,
    );
  }
});

Deno.test("relative links and chains of links in ~/.claude are as good as others", async () => {
  await using home = await homeWith({ dotfiles: false });
  const shared = sharedOf(home);
  Deno.mkdirSync(`${home.path}/dot`);
  Deno.renameSync(`${shared}/settings.json`, `${home.path}/dot/real.json`);
  Deno.symlinkSync("real.json", `${home.path}/dot/settings.json`);
  Deno.symlinkSync("../dot/settings.json", `${shared}/settings.json`);
  Deno.renameSync(shared, `${home.path}/claude`);
  Deno.symlinkSync("claude", shared);
  await launch(home);
  assert.deepEqual(await launch(home), []);
  assert.equal(seen(home), DENY);
});
