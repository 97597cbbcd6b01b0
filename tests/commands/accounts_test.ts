// Tests of remove, rename, enable and disable on the compiled program.
import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { COMMAND_NAMES } from "../../lib/config/new_name.ts";
import { binary, runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { contextOf, dyingFiles, Killed, runHere } from "./context_of.ts";

async function homeWith(...names: string[]): Promise<TempHome> {
  const home = await TempHome.create();
  for (const name of names) home.seedAccount(name);
  home.writeConfig({ accounts: names.map((name) => ({ name })) });
  return home;
}

function namesIn(home: TempHome): string[] {
  const config = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
  return config.accounts.map((account: { name: string }) => account.name);
}

function loginsOf(home: TempHome, name: string): string[] {
  const found: string[] = [];
  const look = (dir: string) => {
    for (const entry of Deno.readDirSync(dir)) {
      const path = `${dir}/${entry.name}`;
      if (entry.isDirectory) look(path);
      else if (entry.isFile && Deno.readTextFileSync(path).includes(`sk-ant-ort01-FAKE-${name}"`)) {
        found.push(path.slice(home.multi.length + 1));
      }
    }
  };
  look(home.multi);
  return found;
}

Deno.test("remove keeps the folder with its login in backups and leaves the others alone", async () => {
  await using home = await homeWith("personal", "work");
  const result = await runMulti(["remove", "work"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.match(
    result.stdout,
    /^removed "work"\nkept {6}its conversations, sessions, readings and limits\nkept {6}its folder with the login: ~\/.*\/backups\/account-work\.\S+\nundo with mv .*\n$/,
  );
  assert.deepEqual(namesIn(home), ["personal"]);
  const [kept, ...more] = loginsOf(home, "work");
  assert.match(kept ?? "", /^backups\/account-work\.[^/]+\/\.credentials\.json$/);
  assert.deepEqual(more, []);
  assert.deepEqual(loginsOf(home, "personal"), ["config/personal/.credentials.json"]);
  const shell = Deno.readTextFileSync(`${home.multi}/shell/init.bash`);
  assert.match(shell, /cl-personal/);
  assert.doesNotMatch(shell, /cl-work/);
});

Deno.test("remove --purge destroys the folder, and nothing that its links lead to", async () => {
  await using home = await homeWith("work");
  await runMulti(["setup"], { home });
  Deno.writeTextFileSync(`${home.path}/.claude/skills/mine.md`, "mine");
  const result = await runMulti(["remove", "work", "--purge", "--yes"], { home });
  assert.equal(
    result.stdout,
    [
      'removed "work"',
      "deleted   its folder with the login, its readings and limits",
      "kept      its conversations and sessions\n",
    ].join("\n"),
  );
  assert.deepEqual(loginsOf(home, "work"), []);
  assert.equal(Deno.readTextFileSync(`${home.path}/.claude/skills/mine.md`), "mine");
});

Deno.test("remove of an in-place account leaves the shared home untouched", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  home.writeConfig({ accounts: [{ name: "personal", inPlace: true }] });
  const result = await runMulti(["remove", "personal", "--purge"], { home });
  assert.match(result.stdout, /^deleted {3}its readings and limits$[^]*login: ~\/\.claude$/m);
  assert.ok(Deno.statSync(`${home.path}/.claude/.credentials.json`).isFile);
});

Deno.test("remove refuses while a session or a background daemon is running, and says in which folder", async () => {
  await using home = await homeWith("work");
  const dir = home.accountDir("work");
  const stat = Deno.readTextFileSync(`/proc/${Deno.pid}/stat`);
  const procStart = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  Deno.writeTextFileSync(
    `${dir}/daemon.status.json`,
    JSON.stringify({ supervisorPid: Deno.pid, supervisorProcStart: procStart, workers: {} }),
  );
  const daemon = await runMulti(["remove", "work"], { home });
  assert.equal(daemon.code, 5);
  assert.match(
    daemon.stderr,
    /\(daemon, process \d+\); end that first\ntry: claude-multi run --account work -- daemon stop --any/,
  );
  Deno.removeSync(`${dir}/daemon.status.json`);
  Deno.mkdirSync(`${dir}/sessions`);
  const record = (start: string) =>
    Deno.writeTextFileSync(
      `${dir}/sessions/${Deno.pid}.json`,
      JSON.stringify({ pid: Deno.pid, procStart: start, cwd: home.project }),
    );
  record(`${procStart}`);
  const session = await runMulti(["remove", "work"], { home });
  assert.equal(session.code, 5);
  assert.match(
    session.stderr,
    new RegExp(`\\(session in ~/project, process ${Deno.pid}\\); leave claude there first`),
  );
  assert.deepEqual(namesIn(home), ["work"]);
  // The same process id with another start is another process: the record was left by a kill.
  record("1");
  assert.equal((await runMulti(["remove", "work"], { home })).code, 0);
});

Deno.test("killed before any change of files, remove keeps one login and a second run finishes it", async () => {
  let steps = 0;
  for (let n = 1;; n++) {
    await using home = await homeWith("personal", "work");
    const dying = dyingFiles(n);
    try {
      await runHere(contextOf(home, { files: dying.wrap }), "remove", "work");
      break;
    } catch (error) {
      assert.ok(error instanceof Killed, String(error));
      steps++;
      assert.equal(loginsOf(home, "work").length, 1, error.message);
      if (namesIn(home).includes("work")) {
        assert.equal(await runHere(contextOf(home), "remove", "work"), 0);
      }
      assert.deepEqual(namesIn(home), ["personal"], error.message);
      assert.equal(loginsOf(home, "work").length, 1, error.message);
    }
  }
  assert.ok(steps > 5, `only ${steps} changes were stepped through`);
});

Deno.test("rename changes the name everywhere, but never the folder", async () => {
  await using home = await homeWith("personal", "work");
  installFakeClaude(home);
  assert.equal((await runMulti(["run", "--account", "work", "--", "-p", "x"], { home })).code, 0);
  const result = await runMulti(["rename", "work", "office"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(namesIn(home), ["personal", "office"]);
  assert.ok(Deno.statSync(home.accountDir("work")).isDirectory);
  const sessions = JSON.parse((await runMulti(["sessions", "--json"], { home })).stdout);
  assert.equal(sessions.sessions[0].account, "office");
  assert.match(Deno.readTextFileSync(`${home.multi}/shell/init.zsh`), /cl-office/);
  assert.equal((await runMulti(["run", "--account", "office", "--", "-p", "x"], { home })).code, 0);
  // Back again: no folder key is left behind.
  assert.equal((await runMulti(["rename", "office", "work"], { home })).code, 0);
  assert.doesNotMatch(Deno.readTextFileSync(`${home.multi}/config.json`), /folder/);
});

Deno.test("rename refuses names that are taken, reserved or invalid", async () => {
  await using home = await homeWith("personal", "work");
  await runMulti(["rename", "work", "office"], { home });
  for (
    const name of ["personal", "work/../x", "all", "", "a".repeat(33), "it's", "a b", "\u001b[1m"]
  ) {
    const result = await runMulti(["rename", "personal", name], { home });
    assert.equal(result.code, name === "personal" ? 0 : 2, name);
  }
  assert.equal((await runMulti(["rename", "personal", "office"], { home })).code, 2);
  // The folder "work" is still that of "office".
  assert.equal((await runMulti(["rename", "personal", "work"], { home })).code, 2);
  assert.equal((await runMulti(["add", "work"], { home })).code, 2);
});

Deno.test("a disabled account is not chosen, and can be enabled again", async () => {
  await using home = await homeWith("personal", "work");
  const chosen = async () => JSON.parse((await runMulti(["pick", "--json"], { home })).stdout);
  const states = async () => {
    const { accounts } = JSON.parse((await runMulti(["status", "--json"], { home })).stdout);
    return accounts.map((a: { state: string }) => a.state);
  };
  assert.equal((await runMulti(["disable", "personal"], { home })).code, 0);
  assert.deepEqual(await states(), ["disabled", "open"]);
  assert.equal((await chosen()).account ?? (await chosen()).chosen, "work");
  assert.equal((await runMulti(["enable", "personal"], { home })).code, 0);
  assert.deepEqual(await states(), ["open", "open"]);
  assert.doesNotMatch(Deno.readTextFileSync(`${home.multi}/config.json`), /disabled/);
});

Deno.test("add refuses a login in place that already is an account; one in a folder left behind is nobody's yet", async () => {
  await using home = await homeWith("work");
  home.seedSharedHome("work");
  const inPlace = await runMulti(["add", "personal", "--in-place"], { home });
  assert.equal(inPlace.code, 5);
  assert.match(inPlace.stderr, /~\/\.claude is logged in as "work@.*is the account "work"/);
  home.seedAccount("left", { name: "work" });
  const left = await runMulti(["add", "left"], { home });
  assert.equal(left.code, 0);
  assert.match(left.stderr, /config\/left is logged in as "work@.*is the account "work"\n/);
  assert.match(left.stdout, /claude-multi'? login left\n/);
  home.seedAccount("other");
  assert.equal((await runMulti(["add", "other"], { home })).code, 0);
  assert.deepEqual(namesIn(home), ["work", "left", "other"]);
});

Deno.test("add says that a group is new, and which one was probably meant", async () => {
  await using home = await homeWith("personal");
  const added = (name: string, group: string) =>
    runMulti(["add", name, "--group", group], { home });
  assert.match(
    (await added("work", "office")).stderr,
    /^"work" is the first .* group "office"\nto start only .*pin --group office\n$/,
  );
  assert.equal((await added("more", "office")).stderr, "");
  assert.match(
    (await added("late", "ofice")).stderr,
    /did you mean "office"\?\ntry: claude-multi config set accounts\.late\.group office\n$/,
  );
});

Deno.test("a new account isn't called like a command; one that exists keeps such a name", async () => {
  const typed = COMMANDS.filter(({ internal }) => internal !== true).map(({ name }) => name);
  assert.deepEqual([...COMMAND_NAMES].sort(), typed.sort());
  await using home = await homeWith("status");
  installFakeClaude(home);
  assert.equal((await runMulti(["add", "work"], { home })).code, 0);
  const refused = [["add", "pick"], ["rename", "work", "pick"], ["save", "pick"]];
  for (const args of [...refused, ["setup", "--add", "pick"], ["setup", "--in-place", "pick"]]) {
    const { code, stderr } = await runMulti(args, { home });
    assert.equal(code, 2, stderr);
    assert.match(stderr, /: "pick" is a command of claude-multi; choose another name\ntry: /);
  }
  assert.deepEqual(namesIn(home), ["status", "work"]);
  assert.equal(
    (await runMulti(["setup", "--add", "status", "--login", "status"], { home })).code,
    0,
  );
  const ran = await runMulti(["run", "--account", "status", "--", "-p", "x"], { home });
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal((await runMulti(["rename", "status", "office"], { home })).code, 0);
});

Deno.test("login says if someone else has logged in, and if that login already has a name", async () => {
  await using home = await homeWith("personal");
  installFakeClaude(home);
  const login = (name: string, person: string) =>
    runMulti(["login", name], { home, env: { FAKE_CLAUDE_LOGIN_AS: person } });
  assert.equal((await runMulti(["add", "work"], { home })).code, 0);
  const twin = await login("work", "personal");
  assert.equal(twin.code, 5, twin.stderr);
  assert.match(twin.stderr, /is the account "personal"/);
  assert.equal((await login("work", "bob")).code, 0);
  const drift = await login("work", "eve");
  assert.equal(drift.code, 5, drift.stderr);
  assert.match(drift.stderr, /belongs to "bob@.*but "eve@.*has logged in/);
  const launch = await runMulti(["run", "--account", "work", "--", "-p", "x"], { home });
  assert.equal(launch.code, 5, launch.stderr);
});

Deno.test("the owner of an account may log in to it, though another one has that login, too", async () => {
  await using home = await homeWith("personal");
  installFakeClaude(home);
  const login = (name: string, person: string) =>
    runMulti(["login", name], { home, env: { FAKE_CLAUDE_LOGIN_AS: person } });
  assert.equal((await runMulti(["add", "bobby"], { home })).code, 0);
  assert.equal((await login("bobby", "bob")).code, 0);
  assert.equal((await runMulti(["add", "dave"], { home })).code, 0);
  assert.equal((await login("dave", "bob")).code, 5);
  const own = await login("bobby", "bob");
  assert.equal(own.code, 0, own.stderr);
  assert.match(own.stdout, /"bobby" is logged in as "bob@/);
});

Deno.test("a login that the client did not complete is reported, with what is still there", async () => {
  await using home = await homeWith("personal");
  installFakeClaude(home);
  assert.equal((await runMulti(["add", "work"], { home })).code, 0);
  const out = await runMulti(["login", "work"], { home });
  assert.equal(out.code, 1);
  assert.match(
    out.stderr,
    /cannot log in to "work": claude auth login exited with 1, and it is not logged in\ntry: claude-multi login work\n$/,
  );
  const still = await runMulti(["login", "personal"], { home });
  assert.equal(still.code, 1);
  assert.match(still.stderr, /exited with 1, and its earlier login is still there/);
});

Deno.test("a new account with a removed one's name gets none of its readings and limits; rename keeps them", async () => {
  await using home = await homeWith("personal", "work");
  home.seedCachedUsage("work", { fiveHour: 90, sevenDay: 90 });
  const look = async (name: string) => {
    const { stdout } = await runMulti(["status", "--json"], { home });
    const { accounts } = JSON.parse(stdout) as {
      accounts: Array<{ name: string; state: string; windows: Record<string, unknown> }>;
    };
    const found = accounts.find((account) => account.name === name);
    return { state: found?.state, burst: found?.windows["five_hour"] };
  };
  const context = contextOf(home);
  context.ledger().addReadings([{
    account: "work",
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: 80,
    resetsAtMs: Date.now() + 3_600_000,
    measuredAtMs: Date.now(),
    source: "statusline",
  }]);
  context.close();
  assert.equal((await runMulti(["limit", "work", "--until", "2h"], { home })).code, 0);
  assert.equal((await runMulti(["rename", "work", "office"], { home })).code, 0);
  assert.equal((await look("office")).state, "limited");
  assert.equal((await runMulti(["remove", "office"], { home })).code, 0);
  assert.equal((await runMulti(["add", "office"], { home })).code, 0);
  home.seedAccount("office");
  assert.deepEqual(await look("office"), { state: "open", burst: null });
  // Taken out of config.json by hand, it could not be forgotten then.
  assert.equal((await runMulti(["limit", "office"], { home })).code, 0);
  home.writeConfig({ accounts: [{ name: "personal" }] });
  assert.equal((await runMulti(["add", "office"], { home })).code, 0);
  assert.equal((await look("office")).state, "open");
});

Deno.test("removing a pinned account warns of the pin, and run, pick and doctor say how to clear it", async () => {
  await using home = await homeWith("personal", "work");
  installFakeClaude(home);
  assert.equal((await runMulti(["pin", "work"], { home })).code, 0);
  const removed = await runMulti(["remove", "work"], { home });
  assert.equal(removed.code, 0);
  assert.match(
    removed.stderr,
    /~\/project stays pinned to "work"; to unpin it, run claude-multi pin --clear there/,
  );
  const clear = new RegExp(`cd ${home.project} && claude-multi pin --clear`);
  const run = await runMulti(["run"], { home });
  assert.equal(run.code, 3);
  assert.match(run.stderr, /"~\/project" is pinned to the account "work", which is not set up/);
  assert.match(run.stderr, clear);
  home.seedAccount("personal", { login: "none" });
  const pick = await runMulti(["pick"], { home });
  assert.equal(pick.code, 3);
  assert.match(pick.stdout, clear);
  assert.match(pick.stdout, /"~\/project" is pinned/);
  home.seedAccount("personal");
  assert.match((await runMulti(["doctor"], { home })).stdout, clear);
  assert.equal((await runMulti(["pin", "--clear"], { home })).code, 0);
  assert.equal((await runMulti(["run", "--", "-p", "x"], { home })).code, 0);
});

Deno.test("in a folder pinned to a removed account, run names the line that brings it back as it was", async () => {
  await using home = await TempHome.create("claude multi ");
  home.seedAccount("work");
  home.seedAccount("personal");
  home.writeConfig({
    accounts: [{ name: "personal" }, { name: "work", plan: "max5", group: "office" }],
    pins: [{ path: home.project, account: "job" }],
  });
  installFakeClaude(home);
  const stderrOf = async (...words: string[]) => (await runMulti(words, { home })).stderr;
  assert.doesNotMatch(await stderrOf("run"), / back: /, "it was never there");
  assert.equal(await stderrOf("rename", "work", "job"), "");
  const config = () => Deno.readTextFileSync(`${home.multi}/config.json`);
  const before = JSON.parse(config()).accounts[1];
  assert.equal((await runMulti(["remove", "job"], { home })).code, 0);
  const said = await stderrOf("run");
  const undo = /, which is not set up; to bring "job" back: (.*)$/m.exec(said)?.[1] ?? "";
  assert.match(said, /\ntry: cd .* && claude-multi pin --clear\n$/);
  const program = binary("claude-multi");
  const args = ["-ec", undo.replaceAll("claude-multi ", `'${program}' `)];
  const shell = new Deno.Command("sh", { args, clearEnv: true, env: home.env() });
  assert.equal(shell.outputSync().code, 0, said);
  const { identity: _, ...after } = JSON.parse(config()).accounts[1];
  assert.deepEqual(after, before);
  assert.equal((await runMulti(["run", "--", "-p", "x"], { home })).code, 0);
  // Without its folder there is nothing to bring back.
  assert.equal((await runMulti(["remove", "job", "--purge", "--yes"], { home })).code, 0);
  assert.doesNotMatch(await stderrOf("run"), / back: /);
});

Deno.test("removing the last account of a group warns of its pins, and only then", async () => {
  await using home = await homeWith("a", "b");
  home.writeConfig({
    accounts: [{ name: "a", group: "office" }, { name: "b", group: "office" }],
    pins: [{ path: home.project, group: "office" }],
  });
  const first = await runMulti(["remove", "a"], { home });
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  const { stderr } = await runMulti(["remove", "b"], { home });
  assert.match(
    stderr,
    /still pinned to the group "office", which has no accounts now: ~\/project;/,
  );
});

Deno.test("on a terminal, remove offers to clear the pins of the account, and only those", async () => {
  for (const [answer, left] of [["y", 1], ["n", 3]] as const) {
    await using home = await homeWith("personal", "work");
    const pins = [
      { path: "/a", account: "work" },
      { path: "/b", account: "personal" },
      { path: "/c d", account: "work" },
    ];
    home.writeConfig({ accounts: [{ name: "personal" }, { name: "work" }], pins });
    const context = contextOf(home);
    const terminal = { ...context.terminal, interactive: true, ask: () => Promise.resolve(answer) };
    assert.equal(await runHere({ ...context, terminal }, "remove", "work"), 0);
    const config = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
    assert.equal(config.pins.length, left);
    assert.ok(config.pins.some((pin: { account: string }) => pin.account === "personal"));
  }
});

Deno.test("list has a column that says which accounts are disabled", async () => {
  await using home = await homeWith("personal", "work");
  assert.doesNotMatch((await runMulti(["list"], { home })).stdout, /state/);
  assert.equal((await runMulti(["disable", "work"], { home })).code, 0);
  const { stdout } = await runMulti(["list"], { home });
  assert.match(stdout, /account +state +plan +login +folder/);
  assert.match(stdout, /work +disabled +\S+ +work@/);
});

Deno.test("without an account, every command names the same next step", async () => {
  await using home = await TempHome.create();
  for (const words of [["list"], ["pick"], ["status"], ["run"], ["login", "work"], ["doctor"]]) {
    const result = await runMulti(words, { home });
    assert.match(`${result.stdout}${result.stderr}`, /try: claude-multi setup\n/, words.join(" "));
  }
});

Deno.test("an account that is removed and added again changes nothing for the others", async () => {
  await using home = await homeWith("personal", "work");
  installFakeClaude(home);
  const run = (name: string, ...words: string[]) =>
    runMulti(["run", "--account", name, "--", ...words], { home });
  assert.equal((await run("personal", "mcp", "add", "-s", "user", "files", "--", "x")).code, 0);
  assert.equal((await run("work", "-p", "x")).code, 0);
  assert.equal((await runMulti(["remove", "work"], { home })).code, 0);
  assert.equal((await runMulti(["add", "work"], { home })).code, 0);
  home.seedAccount("work");
  assert.equal((await run("work", "-p", "x")).code, 0);
  assert.equal((await run("personal", "-p", "x")).code, 0);
  for (const name of ["personal", "work"]) {
    const text = Deno.readTextFileSync(`${home.accountDir(name)}/.claude.json`);
    assert.deepEqual(Object.keys(JSON.parse(text).mcpServers), ["files"], name);
  }
});

Deno.test("before the shell is set up, the next steps name the program by its path", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  const env = { FAKE_CLAUDE_LOGIN_AS: "bob" };
  const next = async (...words: string[]) =>
    /^next: (.*)$/m.exec((await runMulti(words, { home, env })).stdout)?.[1] ?? "";
  assert.match(await next("add", "work"), /^\/.*\/claude-multi login work$/);
  assert.match(await next("login", "work"), /^\/.*\/claude-multi run --account work$/);
  assert.match(await next("rename", "work", "office"), /^\/.*\/claude-multi run --account office$/);
  home.seedSharedHome("kate");
  assert.match(await next("save", "kate"), /^\/.*\/claude-multi run --account kate$/);
  assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
  assert.equal(await next("rename", "office", "work"), "cl-work");
  const renewing = "with: . ~/.claude-multi/shell/init.bash\n";
  await runMulti(["add", "lab"], { home });
  const first = await runMulti(["login", "lab"], { home, env: { FAKE_CLAUDE_LOGIN_AS: "lea" } });
  assert.ok(first.stdout.endsWith(`next: cl-lab\nother open shells get cl-lab ${renewing}`));
  assert.doesNotMatch(first.stderr, /logged in already/);
  const again = await runMulti(["login", "lab"], { home, env: { FAKE_CLAUDE_LOGIN_AS: "lea" } });
  assert.match(
    again.stderr,
    /^"lab" is logged in already, as "lea@\S+" of "lea org"; Ctrl-C leaves it so$/m,
  );
  assert.ok(again.stdout.endsWith("next: cl-lab\n"), again.stdout);
  assert.match(
    (await runMulti(["rename", "work", "job"], { home })).stdout,
    /\nother open shells get cl-job with: \. ~\/\.claude-multi\/shell\/init\.bash\n$/,
  );
  const former = await runMulti(["limit", "work", "--until", "2h"], { home });
  assert.equal(former.code, 2);
  assert.match(
    former.stderr,
    /unknown account "work": it is called "job" now\ntry: claude-multi limit job --until 2h\n$/,
  );
  assert.equal(await next("add", "spare"), "claude-multi login spare");
});

Deno.test("remove ends with the line that brings the account back as it was", async () => {
  await using home = await TempHome.create("claude multi ");
  home.seedAccount("work");
  home.seedSharedHome("kate");
  home.writeConfig({ accounts: [{ name: "work", plan: "max5", group: "office" }] });
  assert.equal((await runMulti(["rename", "work", "job"], { home })).code, 0);
  assert.equal((await runMulti(["add", "me", "--in-place"], { home })).code, 0);
  const accounts = () =>
    JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`)).accounts
      .map(({ identity: _, ...rest }: Record<string, unknown>) => rest);
  const before = accounts();
  for (const name of ["job", "me"]) {
    const { stdout } = await runMulti(["remove", name], { home });
    const undo = /^undo with (.*)$/m.exec(stdout)?.[1] ?? "";
    const shell = new Deno.Command("sh", { args: ["-c", undo], clearEnv: true, env: home.env() });
    assert.equal(shell.outputSync().code, 0, stdout);
  }
  assert.deepEqual(accounts(), before);
  assert.deepEqual(loginsOf(home, "work"), ["config/work/.credentials.json"]);
});

Deno.test("remove --purge asks first, and needs --yes if there is no terminal", async () => {
  await using home = await homeWith("work");
  const refused = await runMulti(["remove", "work", "--purge"], { home, stdin: "y\n" });
  assert.equal(refused.code, 2);
  assert.match(
    refused.stderr,
    /use --yes to destroy "[^\n]*config\/work"\ntry: claude-multi remove work --purge --yes\n/,
  );
  for (const answer of ["", "n", null]) {
    const context = contextOf(home);
    const terminal = { ...context.terminal, interactive: true, ask: () => Promise.resolve(answer) };
    assert.equal(await runHere({ ...context, terminal }, "remove", "work", "--purge"), 130);
    assert.deepEqual(namesIn(home), ["work"]);
    assert.equal(loginsOf(home, "work").length, 1);
  }
  const context = contextOf(home);
  const terminal = { ...context.terminal, interactive: true, ask: () => Promise.resolve("y") };
  assert.equal(await runHere({ ...context, terminal }, "remove", "work", "--purge"), 0);
  assert.deepEqual(loginsOf(home, "work"), []);
  assert.doesNotMatch(context.printed.join("\n"), /undo/);
});

Deno.test("add --group writes the group, and checks it like a name", async () => {
  await using home = await TempHome.create();
  const bad = await runMulti(["add", "work", "--group", "The Office"], { home });
  assert.equal(bad.code, 2);
  assert.match(bad.stderr, /"The Office" for --group: .*\ntry: .* add work --group the-office\n/);
  assert.equal((await runMulti(["add", "work", "--group", "office"], { home })).code, 0);
  const config = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
  assert.deepEqual(config.accounts, [{ name: "work", group: "office" }]);
});

Deno.test("add takes a plan as people write it", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }] });
  for (
    const [name, plan] of [["a", "max-5x"], ["b", "Max 20x"], ["c", "PRO"], ["d", "20x"]] as const
  ) {
    assert.equal((await runMulti(["add", name, "--plan", plan], { home })).code, 0);
  }
  const { accounts } = JSON.parse((await runMulti(["list", "--json"], { home })).stdout);
  assert.deepEqual(
    accounts.map(({ plan }: { plan: string | null }) => plan).slice(1),
    ["max5", "max20", "pro", "max20"],
  );
});
