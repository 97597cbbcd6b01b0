// Accounts with the real client: its own login, a saved login, and what is shared or never shared.
import assert from "node:assert/strict";
import { binary, startProgram } from "../helpers/binaries.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";
import { leaveClient, pause, sessionRecords, slowly } from "./client_screen.ts";
import { MockApi } from "./mock_api.ts";
import { realClaude, realClaudeEnv } from "./real_claude.ts";

type Json = Record<string, unknown>;

/** Runs claude-multi with the real client. */
async function multi(
  home: TempHome,
  options: { api: MockApi; args: string[] },
): ReturnType<typeof startProgram>["ended"] {
  const onlyEnv = await environment(home, options.api);
  return await startProgram(binary("claude-multi"), options.args, { home, onlyEnv }).ended;
}

async function environment(home: TempHome, api: MockApi): Promise<Record<string, string>> {
  return realClaudeEnv(home, { api, more: { CLAUDE_MULTI_CLAUDE: await realClaude() } });
}

/** What the real client says about a config dir; null: the variable is unset. */
async function authStatus(
  home: TempHome,
  options: { api: MockApi; dir: string | null },
): Promise<Json> {
  const more: Record<string, string> = options.dir === null
    ? {}
    : { CLAUDE_CONFIG_DIR: options.dir };
  const onlyEnv = realClaudeEnv(home, { api: options.api, more });
  const run = await startProgram(await realClaude(), ["auth", "status"], { home, onlyEnv }).ended;
  return JSON.parse(run.stdout);
}

/** Logs in a made-up person through the client's own OAuth flow, in a terminal, with a pasted code. */
async function logIn(
  home: TempHome,
  options: { api: MockApi; command: string[]; person: string },
): Promise<void> {
  await using pty = await Pty.start(options.command, {
    env: await environment(home, options.api),
    cwd: home.project,
    columns: 700,
  });
  // Some clients shorten the URL and keep the state to themselves; then any will do.
  const screen = await pty.waitFor(/oauth\/authorize\?[\w-]+\S*/);
  const state = /[?&]state=([\w-]+)/.exec(screen)?.[1] ?? "state";
  await pty.enter(`${fakeIdentity(options.person).refreshToken}#${state}`);
  assert.equal(await pty.ended(), 0);
}

/** Types a prompt, and waits until the service has it. */
async function send(pty: Pty, { api, text }: { api: MockApi; text: string }): Promise<void> {
  await pty.enter(text);
  await waitUntil("it is sent", { holds: () => api.turns().some((turn) => turn.text === text) });
}

function read(path: string): Json {
  return JSON.parse(Deno.readTextFileSync(path));
}

Deno.test({
  name: "login works offline through the client's own OAuth, and stores who it is",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    await using api = await MockApi.start();
    home.writeConfig({ accounts: [{ name: "work" }] });
    const command = [binary("claude-multi"), "login", "work"];
    await logIn(home, { api, command, person: "kate" });
    const status = await authStatus(home, { api, dir: home.accountDir("work") });
    assert.equal(status["loggedIn"], true);
    assert.equal(status["email"], "kate@example.test");
    assert.equal((await authStatus(home, { api, dir: null }))["loggedIn"], false);
    const [account] = read(`${home.multi}/config.json`)["accounts"] as Json[];
    assert.equal((account?.["identity"] as Json)["email"], "kate@example.test");
  },
});

Deno.test({
  name: "two logins of the client, saved one after the other, become two working accounts",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    await using api = await MockApi.start();
    for (const [name, person] of [["personal", "kate"], ["work", "bob"]] as const) {
      await logIn(home, { api, command: [await realClaude(), "auth", "login"], person });
      const before = await authStatus(home, { api, dir: null });
      assert.equal(before["email"], `${person}@example.test`);
      const saved = await multi(home, { api, args: ["save", name] });
      assert.equal(saved.code, 0, saved.stderr);
      assert.equal((await authStatus(home, { api, dir: null }))["loggedIn"], false);
      const there = await authStatus(home, { api, dir: home.accountDir(name) });
      assert.equal(there["loggedIn"], true);
      assert.equal(there["email"], before["email"]);
    }
    for (const name of ["personal", "work"]) {
      const args = ["run", "--account", name, "--", "-p", `hello ${name}`];
      const run = await multi(home, { api, args });
      assert.equal(run.code, 0, run.stdout + run.stderr);
    }
    assert.deepEqual(api.turns(), [
      { account: "kate", text: "hello personal" },
      { account: "bob", text: "hello work" },
    ]);
  },
});

Deno.test("an MCP server that one account adds is there when the other is launched next", async () => {
  await using home = await TempHome.create();
  await using api = await MockApi.start();
  for (const name of ["a", "b"]) home.seedAccount(name);
  home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }] });
  const add = ["mcp", "add", "-s", "user", "files", "--", "/bin/true"];
  const added = await multi(home, { api, args: ["run", "--account", "a", "--", ...add] });
  assert.equal(added.code, 0, added.stderr);
  const run = await multi(home, { api, args: ["run", "--account", "b", "--", "-p", "hello"] });
  assert.equal(run.code, 0, run.stderr);
  const b = read(`${home.accountDir("b")}/.claude.json`);
  assert.deepEqual(Object.keys(b["mcpServers"] as Json), ["files"]);
  assert.equal((b["oauthAccount"] as Json)["emailAddress"], "b@example.test");
  const remove = ["mcp", "remove", "-s", "user", "files"];
  await multi(home, { api, args: ["run", "--account", "b", "--", ...remove] });
  await multi(home, { api, args: ["run", "--account", "a", "--", "-p", "hello"] });
  const a = read(`${home.accountDir("a")}/.claude.json`);
  assert.deepEqual(Object.keys((a["mcpServers"] ?? {}) as Json), []);
});

Deno.test({
  name: "a folder that one account trusts opens on another, whose running session keeps that",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    await using api = await MockApi.start();
    const folder = `${home.path}/other`;
    Deno.mkdirSync(folder);
    for (const name of ["a", "b"]) home.seedAccount(name);
    home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }] });
    const command = [binary("claude-multi"), "run", "--account", "b"];
    const env = await environment(home, api);
    const idle = () => sessionRecords(home).filter(({ status }) => status === "idle").length;
    await using first = await Pty.start(command, { env, cwd: home.project });
    await waitUntil("the first client is ready", { holds: () => idle() === 1 });
    home.seedAccount("a", { trusted: [home.project, folder] });
    await using second = await Pty.start(command, { env, cwd: folder });
    await waitUntil("the second client is ready", { holds: () => idle() === 2 });
    for (const [pty, text] of [[second, "hello there"], [first, "hello here"]] as const) {
      await send(pty, { api, text });
    }
    await second.enter("/exit");
    assert.equal(await second.ended(), 0);
    await leaveClient(first, home);
    assert.equal(await first.ended(), 0);
    const projects = read(`${home.accountDir("b")}/.claude.json`)["projects"] as Record<
      string,
      Json
    >;
    for (const path of [folder, home.project]) {
      assert.equal(projects[path]?.["hasTrustDialogAccepted"], true, path);
      assert.ok(projects[path]?.["lastSessionId"], path);
    }
  },
});

Deno.test({
  name: "-c continues on its account what claude finds, not what -p has begun since",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    await using api = await MockApi.start();
    for (const name of ["a", "b"]) home.seedAccount(name);
    home.seedCachedUsage("a", { fiveHour: 50, sevenDay: 0 });
    home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }] });
    const env = await environment(home, api);
    const says = async (args: string[], text: string) => {
      const command = [binary("claude-multi"), "run", ...args];
      await using pty = await Pty.start(command, { env, cwd: home.project });
      await waitUntil("the client is ready", {
        holds: () => sessionRecords(home).some(({ status }) => status === "idle"),
      });
      await send(pty, { api, text });
      await leaveClient(pty, home);
    };
    await says(["--account", "a"], "typed words");
    const args = ["run", "--account", "b", "--", "-p", "printed words"];
    assert.equal((await multi(home, { api, args })).code, 0);
    await says(["--", "-c"], "more words");
    assert.equal(api.turns().at(-1)?.account, "a");
    const sent = JSON.stringify(
      api.requests.findLast(({ body }) => JSON.stringify(body).includes("more words"))?.body,
    );
    assert.ok(sent.includes("typed words") && !sent.includes("printed words"));
  },
});

Deno.test("refreshing a token of one account leaves the login of the other alone", async () => {
  await using home = await TempHome.create();
  await using api = await MockApi.start();
  for (const name of ["a", "b"]) home.seedAccount(name, { expiresInSeconds: 60 });
  home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }] });
  const login = (name: string) =>
    Deno.readTextFileSync(`${home.accountDir(name)}/.credentials.json`);
  const [a, b] = [login("a"), login("b")];
  const first = await multi(home, { api, args: ["run", "--account", "a", "--", "-p", "one"] });
  assert.equal(first.code, 0, first.stderr);
  assert.notEqual(login("a"), a);
  assert.equal(login("b"), b);
  const second = await multi(home, { api, args: ["run", "--account", "b", "--", "-p", "two"] });
  assert.equal(second.code, 0, second.stderr);
  assert.deepEqual(api.turns().map((turn) => turn.account), ["a", "b"]);
});

Deno.test({
  name: "a setting changed in one account applies to the other; the link stays a link",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    await using api = await MockApi.start();
    for (const name of ["a", "b"]) home.seedAccount(name);
    home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }], statusline: { install: false } });
    assert.equal((await multi(home, { api, args: ["setup"] })).code, 0);
    await using pty = await Pty.start([binary("claude-multi"), "run", "--account", "a"], {
      env: await environment(home, api),
      cwd: home.project,
    });
    await waitUntil("the client is ready", {
      holds: () => sessionRecords(home).some(({ status }) => status === "idle"),
    });
    await pty.enter("/theme");
    const settings = `${home.accountDir("b")}/settings.json`;
    const shared = `${home.path}/.claude/settings.json`;
    const hasTheme = () => {
      try {
        return read(settings)["theme"] !== undefined;
      } catch {
        return false; // Not written yet.
      }
    };
    for (let attempt = 0; attempt < 10 && !hasTheme(); attempt++) {
      await slowly(pty, ["Down", "Enter"]);
      await pause(1_000);
    }
    assert.equal(typeof read(settings)["theme"], "string");
    assert.equal(Deno.readLinkSync(settings), shared);
    assert.equal(Deno.readLinkSync(`${home.accountDir("a")}/settings.json`), shared);
    await pty.enter("/exit");
    assert.equal(await pty.ended(), 0);
  },
});
