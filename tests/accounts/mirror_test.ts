// Tests of copying settings between .claude.json files: with the client's lock, never during a session.
import assert from "node:assert/strict";
import { mirrorGlobalConfig, spreadRemoval } from "../../lib/accounts/mirror.ts";
import { startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";
import type { TestContext } from "../commands/context_of.ts";
import { contextOf, dyingFiles, Killed } from "../commands/context_of.ts";

type Json = Record<string, unknown>;

async function homeWithTwo(): Promise<TempHome> {
  const home = await TempHome.create();
  installFakeClaude(home);
  home.seedAccount("a");
  home.seedAccount("b", { trusted: [] });
  home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }] });
  return home;
}

async function mirrorTo(home: TempHome, name: string, context?: TestContext): Promise<string[]> {
  const here = context ?? contextOf(home);
  const config = here.configFile.read();
  const account = config.accounts.find((a) => a.name === name);
  assert.ok(account);
  await mirrorGlobalConfig(here, { config, account });
  return here.printed;
}

async function claude(home: TempHome, name: string, ...words: string[]): Promise<void> {
  const env = { CLAUDE_CONFIG_DIR: home.accountDir(name) };
  const { code, stderr } = await startProgram(`${home.bin}/claude`, words, { home, env }).ended;
  assert.equal(code, 0, stderr);
}

function globalConfig(home: TempHome, name: string): Json {
  return JSON.parse(Deno.readTextFileSync(`${home.accountDir(name)}/.claude.json`));
}

const servers = (home: TempHome, name: string): string[] =>
  Object.keys((globalConfig(home, name)["mcpServers"] ?? {}) as Json);

Deno.test("a server that the client adds on one account reaches the other, but the identity doesn't", async () => {
  await using home = await homeWithTwo();
  await mirrorTo(home, "b");
  await claude(home, "a", "mcp", "add", "-s", "user", "files", "--", "files-server");
  assert.deepEqual(await mirrorTo(home, "b"), []);
  assert.deepEqual(servers(home, "b"), ["files"]);
  const b = globalConfig(home, "b");
  assert.equal((b["oauthAccount"] as Json)["emailAddress"], "b@example.test");
  assert.equal((b["projects"] as Json)[home.project] !== undefined, true);
  const mode = Deno.statSync(`${home.accountDir("b")}/.claude.json`).mode ?? 0;
  assert.equal(mode & 0o777, 0o600);
  assert.equal((Deno.statSync(`${home.multi}/mirror.json`).mode ?? 0) & 0o777, 0o600);
});

Deno.test("nothing is written if nothing has changed", async () => {
  await using home = await homeWithTwo();
  await mirrorTo(home, "a");
  await mirrorTo(home, "b");
  const dying = dyingFiles(1);
  const context = contextOf(home, { files: dying.wrap });
  assert.deepEqual(await mirrorTo(home, "b", context), []);
  assert.equal(dying.changes(), 0);
});

Deno.test("during a session of the account, too, it gets what the others have", async () => {
  await using home = await homeWithTwo();
  await mirrorTo(home, "b");
  await claude(home, "a", "mcp", "add", "-s", "user", "files", "--", "files-server");
  const sessions = `${home.accountDir("b")}/sessions`;
  Deno.mkdirSync(sessions);
  Deno.writeTextFileSync(`${sessions}/${Deno.pid}.json`, JSON.stringify({ pid: Deno.pid }));
  await mirrorTo(home, "b");
  assert.deepEqual(servers(home, "b"), ["files"]);
});

Deno.test("a lock of the client is waited for, reported if it stays, and taken over if abandoned", async () => {
  await using home = await homeWithTwo();
  await mirrorTo(home, "b");
  await claude(home, "a", "mcp", "add", "-s", "user", "files", "--", "files-server");
  const lock = `${home.accountDir("b")}/.claude.json.lock`;
  Deno.mkdirSync(lock);
  const [warning] = await mirrorTo(home, "b");
  assert.match(warning ?? "", /not copied to "b": .*claude is writing there/);
  assert.deepEqual(servers(home, "b"), []);
  assert.ok(Deno.statSync(lock).isDirectory);
  const old = new Date(Date.now() - 60_000);
  Deno.utimeSync(lock, old, old);
  await mirrorTo(home, "b");
  assert.deepEqual(servers(home, "b"), ["files"]);
  assert.throws(() => Deno.statSync(lock), Deno.errors.NotFound);
});

Deno.test("a broken or missing .claude.json removes nothing anywhere", async () => {
  await using home = await homeWithTwo();
  await claude(home, "a", "mcp", "add", "-s", "user", "files", "--", "files-server");
  await mirrorTo(home, "b");
  for (const text of ["{ broken", null]) {
    const path = `${home.accountDir("a")}/.claude.json`;
    if (text === null) Deno.removeSync(path);
    else Deno.writeTextFileSync(path, text);
    await mirrorTo(home, "b");
    assert.deepEqual(servers(home, "b"), ["files"]);
  }
});

Deno.test("the account's own broken .claude.json is reported and left alone", async () => {
  await using home = await homeWithTwo();
  await claude(home, "a", "mcp", "add", "-s", "user", "files", "--", "files-server");
  const path = `${home.accountDir("b")}/.claude.json`;
  Deno.writeTextFileSync(path, "{ broken");
  const [warning] = await mirrorTo(home, "b");
  assert.match(warning ?? "", /isn't a JSON object/);
  assert.equal(Deno.readTextFileSync(path), "{ broken");
});

Deno.test("a launch killed before any change of files loses neither removals nor additions", async () => {
  let steps = 0;
  for (let n = 1;; n++) {
    await using home = await homeWithTwo();
    await claude(home, "a", "mcp", "add", "-s", "user", "old", "--", "x");
    await mirrorTo(home, "b");
    await mirrorTo(home, "a");
    const path = `${home.accountDir("a")}/.claude.json`;
    const config = JSON.parse(Deno.readTextFileSync(path));
    config.mcpServers = { added: { command: "y" } };
    Deno.writeTextFileSync(path, JSON.stringify(config));
    const dying = dyingFiles(n);
    const context = contextOf(home, { files: dying.wrap });
    const printed = await mirrorTo(home, "b", context);
    const died = printed.some((line) => line.includes(new Killed("killed before").message));
    await mirrorTo(home, "b");
    await mirrorTo(home, "a");
    assert.deepEqual(servers(home, "b"), ["added"], printed.join());
    assert.deepEqual(servers(home, "a"), ["added"], printed.join());
    if (!died) break;
    steps++;
  }
  assert.ok(steps > 4, `only ${steps} changes were stepped through`);
});

/** Rewrites an account's `.claude.json`. */
function rewrite(home: TempHome, name: string, edit: (config: Json) => Json): void {
  const path = `${home.accountDir(name)}/.claude.json`;
  Deno.writeTextFileSync(path, JSON.stringify(edit(globalConfig(home, name))));
}

/** The copies in backups whose names match, as JSON. */
function backups(home: TempHome, name: RegExp): Json[] {
  const dir = `${home.multi}/backups`;
  try {
    return [...Deno.readDirSync(dir)].map((entry) => entry.name).filter((entry) => name.test(entry))
      .sort().map((entry) => JSON.parse(Deno.readTextFileSync(`${dir}/${entry}`)));
  } catch {
    return [];
  }
}

Deno.test("servers that a client has lost stay in the others, and come back at its next launch", async () => {
  await using home = await homeWithTwo();
  for (const server of ["one", "two"]) {
    await claude(home, "a", "mcp", "add", "-s", "user", server, "--", "x");
  }
  await mirrorTo(home, "b");
  await mirrorTo(home, "a");
  rewrite(home, "a", ({ mcpServers: _lost, ...config }) => config);
  const [warning, ...more] = await mirrorTo(home, "b");
  assert.match(warning ?? "", /a\/\.claude\.json" has lost server "one", server "two", which/);
  assert.deepEqual(more, []);
  assert.deepEqual(servers(home, "b"), ["one", "two"]);
  assert.deepEqual(await mirrorTo(home, "a"), []);
  assert.deepEqual(servers(home, "a"), ["one", "two"]);
});

Deno.test("what is removed or replaced in an account is in backups first", async () => {
  await using home = await homeWithTwo();
  await claude(home, "a", "mcp", "add", "-s", "user", "one", "--", "x");
  await mirrorTo(home, "b");
  await mirrorTo(home, "a");
  assert.deepEqual(backups(home, /json/), [], "an addition replaces nothing");
  rewrite(home, "a", (config) => ({ ...config, mcpServers: { one: { command: "new" } } }));
  await mirrorTo(home, "b");
  const commands = () =>
    backups(home, /^b\.claude\.json/).map((copy) => (copy["mcpServers"] as Json)["one"]);
  assert.equal(JSON.stringify(commands()).includes('"x"'), true);
  rewrite(home, "a", (config) => ({ ...config, mcpServers: {} }));
  await mirrorTo(home, "b");
  assert.deepEqual(servers(home, "b"), []);
  assert.deepEqual(commands().at(-1), { command: "new" });
  // Even if no other account had it.
  assert.equal(backups(home, /^mirror\.json/).length, 2);
});

Deno.test("what a command of the client has removed is removed everywhere, however much", async () => {
  await using home = await homeWithTwo();
  for (const server of ["one", "two"]) {
    await claude(home, "a", "mcp", "add", "-s", "user", server, "--", "x");
  }
  await mirrorTo(home, "b");
  await mirrorTo(home, "a");
  const context = contextOf(home);
  const config = context.configFile.read();
  const account = config.accounts.find(({ name }) => name === "a");
  assert.ok(account);
  const remove = (left: Json, ...words: string[]) => {
    rewrite(home, "a", (config) => ({ ...config, mcpServers: left }));
    spreadRemoval(context, { config, account, words, cwd: home.project });
  };
  remove({ two: { command: "x" } }, "mcp", "remove", "one");
  remove({}, "mcp", "remove", "two");
  remove({}, "mcp", "list");
  await mirrorTo(home, "b");
  assert.deepEqual(servers(home, "b"), []);
});
