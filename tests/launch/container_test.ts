// Tests of the recipe in docs/containers.md: a rebuilt container keeps accounts, and odd users get one clear line.
import assert from "node:assert/strict";
import { binary, startProgram } from "../helpers/binaries.ts";
import { installTinyClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { TempHome } from "../helpers/temp_home.ts";

/** Where the home is inside a container. */
const HOME = "/home/dev";

/**
 * Runs claude-multi in a container: a root file tree whose home is new and empty, except for the two
 * volumes of the recipe, and with processes of its own.
 */
async function inContainer(
  home: TempHome,
  words: readonly string[],
  options: { more?: readonly string[] } = {},
) {
  const variables = { FAKE_CLAUDE_LOG: "/dev/null", HOME, PATH: `${home.bin}:/usr/bin:/bin` };
  const args = [
    ...["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--unshare-pid"],
    ...["--tmpfs", "/home", "--dir", HOME],
    ...["--bind", home.multi, `${HOME}/.claude-multi`],
    ...["--bind", `${home.path}/.claude`, `${HOME}/.claude`],
    ...["--chdir", HOME, "--clearenv"],
    ...Object.entries(variables).flatMap(([name, value]) => ["--setenv", name, value]),
    ...options.more ?? [],
    ...[binary("claude-multi"), ...words],
  ];
  return await startProgram("/usr/bin/bwrap", args, { home }).ended;
}

async function volumes(): Promise<TempHome> {
  const home = await TempHome.create();
  Deno.mkdirSync(`${home.path}/.claude`, { mode: 0o700 });
  installTinyClaude(home);
  return home;
}

Deno.test({
  name: "a rebuilt container keeps accounts, logins, sessions and conversations",
  ...needs("bwrap"),
  async fn() {
    await using home = await volumes();
    const first = await inContainer(home, ["setup", "--add", "work"]);
    assert.equal(first.code, 0, first.stderr);
    home.seedAccount("work");
    Deno.writeTextFileSync(`${home.path}/.claude/settings.json`, "{}");
    const run = await inContainer(home, ["run", "--", "-p", "hello"]);
    assert.equal(run.code, 0, run.stderr);
    Deno.mkdirSync(`${home.path}/.claude/projects/-home-dev`, { recursive: true });
    Deno.writeTextFileSync(`${home.path}/.claude/projects/-home-dev/a.jsonl`, "{}\n");
    // Each of these is a container of its own.
    const list = await inContainer(home, ["list", "--json"]);
    const { accounts } = JSON.parse(list.stdout) as { accounts: Array<Record<string, unknown>> };
    assert.deepEqual(accounts.map(({ name, login }) => [name, login]), [["work", "present"]]);
    const again = await inContainer(home, ["run", "--", "-p", "hello"]);
    assert.deepEqual([again.code, again.stderr], [0, ""]);
    const sessions = JSON.parse((await inContainer(home, ["sessions", "--json"])).stdout) as {
      sessions: Array<Record<string, unknown>>;
    };
    assert.deepEqual(sessions.sessions.map(({ account, endedHow }) => [account, endedHow]), [
      ["work", "exit"],
      ["work", "exit"],
    ]);
    const doctor = await inContainer(home, ["doctor", "--json"]);
    const { findings } = JSON.parse(doctor.stdout) as { findings: Array<{ id: string }> };
    // A container has no shell of yours.
    assert.deepEqual(findings.filter(({ id }) => id !== "shell"), []);
    assert.ok(Deno.statSync(`${home.accountDir("work")}`).isDirectory);
  },
});

Deno.test({
  name: "with a read-only home, cl still starts, and says in one line what isn't recorded",
  ...needs("bwrap"),
  async fn() {
    await using home = await volumes();
    await inContainer(home, ["setup", "--add", "work"]);
    home.seedAccount("work");
    const more = ["--remount-ro", `${HOME}/.claude-multi`, "--remount-ro", "/home"];
    const run = await inContainer(home, ["run", "--", "-p", "hello"], { more });
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, /^claude-multi: [^\n]*\n$/);
    const setup = await inContainer(home, ["setup", "--add", "other"], { more });
    assert.equal(setup.code, 1);
    assert.match(setup.stderr, /claude-multi: cannot [^\n]*read-only[^\n]*\ntry: [^\n]*\n$/);
  },
});

Deno.test({
  name: "a user without a home and without HOME gets one clear line",
  ...needs("bwrap"),
  async fn() {
    await using home = await volumes();
    const more = ["--unshare-user", "--uid", "4242", "--gid", "4242", "--unsetenv", "HOME"];
    const run = await inContainer(home, ["run", "--", "-p", "hello"], { more });
    assert.equal(run.code, 1);
    assert.equal(
      run.stderr,
      "claude-multi: HOME is not set, and this user has no home\ntry: export HOME=/home/you\n",
    );
  },
});

Deno.test("a user who may not read the home gets one clear line", async () => {
  // Only root can become somebody else.
  if (Deno.uid() !== 0) return;
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }] });
  home.seedAccount("work");
  const args = ["--reuid", "4242", "--regid", "4242", "--clear-groups", "--reset-env", "env"];
  const variables = Object.entries(home.env()).map(([name, value]) => `${name}=${value}`);
  const run = await startProgram(
    "/usr/bin/setpriv",
    [...args, "-i", ...variables, binary("claude-multi"), "run", "--", "-p", "hello"],
    { home, cwd: "/" },
  ).ended;
  assert.notEqual(run.code, 0);
  assert.match(run.stderr, /^claude-multi: [^\n]*\n(try: [^\n]*\n)?$/);
});
