// Tests of editing config.json: layout, comments and unknown keys stay, and there is a backup.
import assert from "node:assert/strict";
import { configFile } from "../../lib/config/file.ts";
import * as configText from "../../lib/config/jsonc.ts";
import { systemFiles } from "../../lib/system/files.ts";
import { UserError } from "../../lib/text/errors.ts";
import { runMulti, startMulti } from "../helpers/binaries.ts";
import { TempHome } from "../helpers/temp_home.ts";

function open(home: TempHome) {
  const files = systemFiles({ backups: `${home.multi}/backups`, nowMs: () => 1_800_000_000_000 });
  return configFile(`${home.multi}/config.json`, files, configText);
}

const TEXT = `{
  // the ones I pay for
  "accounts": [{ "name": "work" }], // office
  "mine": { "kept": true },
}
`;

Deno.test("an edit keeps comments, layout and unknown keys, and backs up the old text", async () => {
  await using home = await TempHome.create();
  home.writeConfig(TEXT);
  open(home).edit([{ path: ["policy"], value: "paced" }]);
  const after = await Deno.readTextFile(`${home.multi}/config.json`);
  assert.match(
    after,
    /\/\/ the ones I pay for\n {2}"accounts": \[\{ "name": "work" \}\], \/\/ office/,
  );
  assert.match(after, /"mine": \{\s*"kept": true\s*\}/);
  assert.equal(open(home).read().policy, "paced");
  const [backup] = [...Deno.readDirSync(`${home.multi}/backups`)];
  assert.equal(await Deno.readTextFile(`${home.multi}/backups/${backup?.name}`), TEXT);
});

Deno.test("reading loads the code for comments and faults only for a file that has some", async () => {
  await using home = await TempHome.create();
  const files = systemFiles({ backups: `${home.multi}/backups`, nowMs: () => 0 });
  let loads = 0;
  const fresh = () =>
    configFile(`${home.multi}/config.json`, files, () => {
      loads++;
      return Promise.resolve(configText);
    });
  const file = fresh();
  for (const text of [null, "", '{ "policy": "paced" }']) {
    if (text !== null) home.writeConfig(text);
    await file.ready("read");
    assert.equal(file.read().policy, text?.includes("paced") ? "paced" : "weighted");
  }
  assert.equal(loads, 0);
  for (const text of [TEXT, '{ "policy": "fair" }', "{"]) {
    home.writeConfig(text);
    assert.throws(() => fresh().read(), UserError);
    const ready = fresh();
    await ready.ready("read");
    if (text === TEXT) assert.equal(ready.read().accounts[0]?.name, "work");
    else assert.throws(() => ready.read(), /config\.json:\d+:\d+: /);
  }
  assert.equal(loads, 3);
});

Deno.test("an edit that would make the file invalid is rejected and writes nothing", async () => {
  await using home = await TempHome.create();
  home.writeConfig(TEXT);
  assert.throws(() => open(home).edit([{ path: ["policy"], value: "fair" }]), UserError);
  assert.equal(await Deno.readTextFile(`${home.multi}/config.json`), TEXT);
});

Deno.test("if config.json is a link, its target is written", async () => {
  await using home = await TempHome.create();
  const target = `${home.path}/dotfiles.json`;
  await Deno.writeTextFile(target, TEXT);
  await Deno.symlink(target, `${home.multi}/config.json`);
  open(home).edit([{ path: ["policy"], value: "drain" }]);
  assert.ok((await Deno.lstat(`${home.multi}/config.json`)).isSymlink);
  assert.match(await Deno.readTextFile(target), /"policy": "drain"/);
});

Deno.test("accounts that are added at the same time are all kept", async () => {
  await using home = await TempHome.create();
  const names = ["a", "b", "c", "d", "e", "f"];
  const runs = names.map((name) => startMulti(["add", name], { home }).ended);
  for (const result of await Promise.all(runs)) assert.equal(result.code, 0, result.stderr);
  const listed = JSON.parse((await runMulti(["list", "--json"], { home })).stdout) as {
    accounts: Array<{ name: string }>;
  };
  assert.deepEqual(listed.accounts.map((account) => account.name).sort(), names);
});

Deno.test("an empty config.json, as after a crash, has no settings, and setup names the last backup", async () => {
  for (const text of ["", "\n", "\ufeff \n"]) {
    await using home = await TempHome.create();
    assert.equal((await runMulti(["add", "work"], { home })).code, 0);
    assert.equal((await runMulti(["disable", "work"], { home })).code, 0);
    home.writeConfig(text);
    const run = await runMulti(["run"], { home });
    assert.equal(run.code, 3, run.stderr);
    assert.match(run.stderr, /no account is set up yet\ntry: claude-multi setup/);
    const setup = await runMulti(["setup", "--add", "personal"], { home });
    assert.equal(setup.code, 0, setup.stderr);
    const earlier = /was empty.*the last backup is ~\/(\S+)/.exec(setup.stderr)?.[1];
    assert.match(Deno.readTextFileSync(`${home.path}/${earlier}`), /"work"/);
    const config = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
    assert.deepEqual(config.accounts, [{ name: "personal" }]);
    const kept = [...Deno.readDirSync(`${home.multi}/backups`)]
      .map(({ name }) => Deno.readTextFileSync(`${home.multi}/backups/${name}`));
    assert.ok(kept.includes(text), "what was replaced is kept");
  }
});

Deno.test("an edit removes the half-written file of a killed run, and nothing else", async () => {
  await using home = await TempHome.create();
  home.writeConfig(TEXT);
  for (const name of ["config.json.tmp-4194999-1", "config.json.tmp-mine", "other.tmp-1-1"]) {
    await Deno.writeTextFile(`${home.multi}/${name}`, "{");
  }
  open(home).edit([{ path: ["policy"], value: "drain" }]);
  const left = [...Deno.readDirSync(home.multi)].map((e) => e.name).filter((n) => /tmp/.test(n));
  assert.deepEqual(left.sort(), ["config.json.tmp-mine", "other.tmp-1-1"]);
});
