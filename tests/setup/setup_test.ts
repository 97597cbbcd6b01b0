// Tests of setup and uninstall: guided, by flags, twice, in parallel, and undone to the byte.
import assert from "node:assert/strict";
import { UserError } from "../../lib/text/errors.ts";
import { runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import { repositoryPath } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { contextOf, dyingFiles, Killed, runHere } from "../commands/context_of.ts";

const read = (path: string): string => Deno.readTextFileSync(path);

function accountsOf(home: TempHome): Array<Record<string, unknown>> {
  return JSON.parse(read(`${home.multi}/config.json`)).accounts;
}

/** Every path below a directory with its kind and content, except files that every run may change. */
function snapshot(dir: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (path: string) => {
    for (const entry of Deno.readDirSync(path)) {
      const at = `${path}/${entry.name}`;
      if (entry.isSymlink) found[at] = `link to ${Deno.readLinkSync(at)}`;
      else if (entry.isDirectory) {
        found[at] = "folder";
        look(at);
      } else found[at] = read(at);
    }
  };
  look(dir);
  return found;
}

Deno.test("without a terminal, setup asks nothing, and a second run changes nothing", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  assert.equal((await runMulti(["setup"], { home })).code, 0);
  assert.deepEqual(accountsOf(home), []);
  const before = snapshot(home.path);
  const again = await runMulti(["setup"], { home, stdin: "y\ny\ny\n" });
  assert.equal(again.code, 0);
  assert.deepEqual(snapshot(home.path), before);
});

Deno.test("every step has a flag, and doing it twice does it once", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  home.seedSharedHome("kate");
  Deno.writeTextFileSync(`${home.path}/.bashrc`, "alias x=y");
  const words = [
    "setup",
    "--in-place",
    "personal",
    "--add",
    "work,spare",
    "--login",
    "work",
    "--shell",
    "auto",
    "--statusline",
    "no",
  ];
  const env = { SHELL: "/bin/bash", FAKE_CLAUDE_LOGIN_AS: "bob" };
  const first = await runMulti(words, { home, env });
  assert.equal(first.code, 0, first.stderr);
  const [personal, work, spare] = accountsOf(home);
  assert.equal(personal?.["inPlace"], true);
  assert.equal((personal?.["identity"] as Record<string, unknown>)["email"], "kate@example.test");
  assert.equal((work?.["identity"] as Record<string, unknown>)["email"], "bob@example.test");
  assert.deepEqual(spare, { name: "spare" });
  assert.equal(JSON.parse(read(`${home.multi}/config.json`)).statusline.install, false);
  const bashrc = read(`${home.path}/.bashrc`);
  assert.match(
    bashrc,
    /^alias x=y\n\[ ! -f '.*init\.bash' \] \|\| \. '.*init\.bash' # claude-multi\n$/,
  );
  const before = snapshot(home.path);
  assert.equal((await runMulti(words, { home, env })).code, 0);
  const after = snapshot(home.path);
  for (const path of Object.keys(after)) {
    if (path.endsWith("fake-claude.log")) continue;
    assert.equal(after[path], before[path], path);
  }
});

Deno.test("the line in the start file defines cl in a new shell", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }] });
  const result = await runMulti(["setup", "--shell", "bash"], { home });
  assert.equal(result.code, 0, result.stderr);
  const shell = new Deno.Command("bash", {
    args: ["--rcfile", `${home.path}/.bashrc`, "-ic", "type -t cl cl-work"],
    clearEnv: true,
    env: home.env(),
    stderr: "null",
  }).outputSync();
  assert.equal(new TextDecoder().decode(shell.stdout), "function\nfunction\n");
});

Deno.test("setup --yes takes the login in place and asks nothing", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const result = await runMulti(["setup", "--yes"], { home, env: { SHELL: "/usr/bin/fish" } });
  assert.equal(result.code, 0, result.stderr);
  assert.deepEqual(accountsOf(home).map((a) => a["name"]), ["personal"]);
  assert.match(read(`${home.path}/.config/fish/config.fish`), /# claude-multi\n$/);
});

Deno.test("whoever leaves the login as it is hears in setup how to move it", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  home.seedSharedHome("kate");
  const said: string[] = [];
  const context = contextOf(home);
  const answers = ["n"];
  const terminal = {
    ...context.terminal,
    interactive: true,
    ask: () => Promise.resolve(answers.shift() ?? null),
    note: (text: string) => said.push(text),
  };
  await assert.rejects(async () => await runHere({ ...context, terminal }, "setup"), /cancelled/);
  assert.match(
    said.join("\n"),
    /^to move it to an account of its own: \S+ save NAME$/m,
  );
});

Deno.test("a guided setup follows the answers", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  home.seedSharedHome("kate");
  const asked: string[] = [];
  const answers = ["", "me", "no good name", "work", "", "n", "y", "n", "y"];
  const context = contextOf(home, { env: { SHELL: "/bin/zsh" } });
  const terminal = {
    ...context.terminal,
    interactive: true,
    ask: (question: string) => {
      asked.push(question);
      return Promise.resolve(answers.shift() ?? null);
    },
  };
  assert.equal(await runHere({ ...context, terminal }, "setup"), 0);
  assert.deepEqual(accountsOf(home).map((a) => a["name"]), ["me", "work"]);
  assert.match(read(`${home.path}/.zshrc`), /# claude-multi/);
  const config = JSON.parse(read(`${home.multi}/config.json`));
  assert.equal(config.statusline.install, false);
  assert.equal(config.refresh, "launch");
  assert.equal(answers.length, 0, asked.join("\n"));
  // Asked only once: a second run asks only about the login of "work" and more accounts.
  asked.length = 0;
  answers.push("", "n");
  assert.equal(
    await runHere({ ...contextOf(home, { env: { SHELL: "/bin/zsh" } }), terminal }, "setup"),
    0,
  );
  assert.equal(asked.length, 2, asked.join("\n"));
});

Deno.test("invalid options are rejected before anything is created", async () => {
  await using home = await TempHome.create();
  for (
    const words of [
      ["--add", "../x"],
      ["--add", "ok,all"],
      ["--in-place", "a b"],
      ["--shell", "tcsh"],
      ["--statusline", "maybe"],
      ["--refresh", "launch"],
      ["--login", "x'"],
    ]
  ) {
    const result = await runMulti(["setup", ...words], { home });
    assert.equal(result.code, 2, `${words}: ${result.stderr}`);
    assert.deepEqual([...Deno.readDirSync(home.multi)], [], `${words}`);
  }
});

Deno.test("two setups at the same time complete each other", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const words = ["setup", "--in-place", "personal", "--add", "work", "--shell", "bash"];
  const results = await Promise.all([1, 2, 3].map(() => runMulti(words, { home })));
  assert.ok(results.some((result) => result.code === 0), results.map((r) => r.stderr).join());
  // A run that lost a race said so; another run finds everything in order.
  assert.equal((await runMulti(words, { home })).code, 0);
  assert.deepEqual(accountsOf(home).map((a) => a["name"]), ["personal", "work"]);
  assert.equal(read(`${home.path}/.bashrc`).match(/# claude-multi/g)?.length, 1);
});

Deno.test("killed before any change of files, setup is finished by a second run", async () => {
  let steps = 0;
  const words = ["setup", "--in-place", "personal", "--add", "work", "--shell", "bash"];
  const token = fakeIdentity("kate").refreshToken;
  for (let n = 1;; n += 1 + Math.floor(n / 12)) {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    Deno.writeTextFileSync(`${home.path}/.bashrc`, "alias x=y\n");
    const dying = dyingFiles(n);
    try {
      await runHere(contextOf(home, { files: dying.wrap }), ...words);
      break;
    } catch (caught) {
      // If the start file can't be changed, setup says how to do it by hand.
      const error = caught instanceof UserError ? caught.cause : caught;
      assert.ok(error instanceof Killed, String(caught));
      steps++;
      assert.ok(read(`${home.path}/.claude/.credentials.json`).includes(token), error.message);
      assert.equal(await runHere(contextOf(home), ...words), 0, error.message);
      assert.deepEqual(accountsOf(home).map((a) => a["name"]), ["personal", "work"], error.message);
      assert.match(read(`${home.path}/.bashrc`), /^alias x=y\n.*# claude-multi\n$/, error.message);
      assert.ok(Deno.lstatSync(`${home.accountDir("work")}/projects`).isSymlink, error.message);
    }
  }
  assert.ok(steps > 15, `only ${steps} changes were stepped through`);
});

Deno.test("uninstall puts start files and the shared home back to the byte", async () => {
  for (const text of ["alias x=y\n", "alias x=y", null]) {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    Deno.writeTextFileSync(`${home.path}/.claude/settings.json`, '{"theme":"dark"}');
    if (text !== null) Deno.writeTextFileSync(`${home.path}/.bashrc`, text);
    const before = snapshot(home.path);
    const words = ["setup", "--in-place", "personal", "--add", "work", "--shell", "bash"];
    assert.equal((await runMulti(words, { home })).code, 0);
    const dry = await runMulti(["uninstall", "--dry-run"], { home });
    assert.match(dry.stdout, /would {5}remove (our line from )?~\/\.bashrc/);
    assert.match(read(`${home.path}/.bashrc`), /# claude-multi/);
    const result = await runMulti(["uninstall", "--yes"], { home });
    assert.equal(result.code, 0, result.stderr);
    const after = Object.fromEntries(
      Object.entries(snapshot(home.path)).filter(([path]) => !path.startsWith(`${home.multi}/`)),
    );
    assert.deepEqual(after, before);
    assert.match((await runMulti(["uninstall", "--dry-run"], { home })).stdout, /nothing to undo/);
  }
});

Deno.test("a start file that isn't UTF-8 keeps every byte through setup and uninstall", async () => {
  for (const end of ["\n", ""]) {
    await using home = await TempHome.create("claude-multi é ");
    home.seedSharedHome("kate");
    const path = `${home.path}/.bashrc`;
    const before = Uint8Array.from([...new TextEncoder().encode('\ufeffPS1="caf'), 0xe9, 0x22]
      .concat(end === "" ? [] : [10]));
    Deno.writeFileSync(path, before);
    for (const _ of [1, 2]) {
      assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
    }
    const added = Deno.readFileSync(path);
    assert.deepEqual(added.slice(0, before.length), before);
    const lines = new TextDecoder().decode(added).split("\n");
    assert.equal(lines.filter((line) => line.includes("# claude-multi")).length, 1);
    assert.ok(lines[1]?.includes(`'${home.multi}/shell/init.bash'`), lines[1]);
    assert.equal((await runMulti(["uninstall", "--yes"], { home })).code, 0);
    assert.deepEqual(Deno.readFileSync(path), before);
  }
});

Deno.test("in a start file without a last newline, a line added after ours stays a line", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const path = `${home.path}/.bashrc`;
  Deno.writeTextFileSync(path, "alias x=y");
  assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
  Deno.writeTextFileSync(path, "export NVM=1\n", { append: true });
  assert.match(read(path), /^alias x=y\n.* # claude-multi\nexport NVM=1\n$/);
  assert.equal((await runMulti(["uninstall", "--yes"], { home })).code, 0);
  assert.equal(read(path), "alias x=y\nexport NVM=1\n");
});

Deno.test("setup and uninstall keep a user's own line that ends with our mark", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const path = `${home.path}/.bashrc`;
  const own = "export EDITOR=vim # claude-multi\n";
  Deno.writeTextFileSync(path, own);
  const set = await runMulti(["setup", "--shell", "bash"], { home });
  assert.match(set.stdout, /\.bashrc now has our line/);
  assert.equal((await runMulti(["uninstall", "--yes"], { home })).code, 0);
  assert.equal(read(path), own);
});

Deno.test("uninstall removes our status line from settings.json, but nobody else's", async () => {
  for (
    const [command, goes] of [
      ["~/.claude-multi/bin/claude-multi-statusline", true],
      ["cd / && ~/.claude-multi/bin/claude-multi-statusline", true],
      ["my-own-line | cat", false],
    ] as const
  ) {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    const settings = `${home.path}/.claude/settings.json`;
    Deno.writeTextFileSync(
      settings,
      JSON.stringify({ theme: "dark", statusLine: { type: "command", command } }),
    );
    assert.equal((await runMulti(["uninstall", "--yes"], { home })).code, 0);
    const left = JSON.parse(read(settings));
    assert.equal(left.statusLine === undefined, goes);
    assert.equal(left.theme, "dark");
  }
});

Deno.test("uninstall --restore moves a login back, and can be finished after a kill", async () => {
  const holders = (home: TempHome) =>
    [`${home.path}/.claude`, home.accountDir("work")].filter((dir) => {
      try {
        return read(`${dir}/.credentials.json`).includes(fakeIdentity("kate").refreshToken);
      } catch {
        return false;
      }
    });
  let steps = 0;
  for (let n = 1;; n++) {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    assert.equal(await runHere(contextOf(home), "save", "work"), 0);
    assert.deepEqual(holders(home), [home.accountDir("work")]);
    const dying = dyingFiles(n);
    try {
      await runHere(
        contextOf(home, { files: dying.wrap }),
        "uninstall",
        "--yes",
        "--restore",
        "work",
      );
    } catch (error) {
      assert.ok(error instanceof Killed, String(error));
      steps++;
      assert.equal(holders(home).length, 1, error.message);
      assert.equal(
        await runHere(contextOf(home), "uninstall", "--yes", "--restore", "work"),
        0,
        error.message,
      );
    }
    assert.deepEqual(holders(home), [`${home.path}/.claude`]);
    const shared = JSON.parse(read(`${home.path}/.claude.json`));
    assert.equal(shared.oauthAccount.emailAddress, "kate@example.test");
    const own = JSON.parse(read(`${home.accountDir("work")}/.claude.json`));
    assert.equal(own.oauthAccount, undefined);
    if (dying.changes() < n) break;
  }
  assert.ok(steps > 10, `only ${steps} changes were stepped through`);
});

Deno.test("uninstall --restore keeps a ~/.claude that we created, and a second run finds nothing to do", async () => {
  let steps = 0;
  for (let n = 1;; n++) {
    await using home = await TempHome.create();
    assert.equal((await runMulti(["setup", "--add", "b"], { home })).code, 0);
    home.seedAccount("b");
    const login = read(`${home.accountDir("b")}/.credentials.json`);
    const dry = await runMulti(["uninstall", "--restore", "b", "--dry-run"], { home });
    assert.match(dry.stdout, /move the login of "b" back/);
    assert.doesNotMatch(dry.stdout, /remove ~\/\.claude, /);
    const dying = dyingFiles(n);
    const words = ["uninstall", "--yes", "--restore", "b"] as const;
    try {
      assert.equal(await runHere(contextOf(home, { files: dying.wrap }), ...words), 0);
    } catch (error) {
      assert.ok(error instanceof Killed, String(error));
      steps++;
      assert.equal(await runHere(contextOf(home), ...words), 0, error.message);
    }
    assert.equal(read(`${home.path}/.claude/.credentials.json`), login);
    const again = await runMulti([...words], { home });
    assert.equal(again.code, 0, again.stderr);
    assert.doesNotMatch(again.stdout, /done/);
    if (dying.changes() < n) break;
  }
  assert.ok(steps > 10, `only ${steps} changes were stepped through`);
});

Deno.test("uninstall removes files with our names, and keeps others in our folders", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
  const put = (path: string) => {
    Deno.mkdirSync(`${home.multi}/${path}`.replace(/\/[^/]*$/, ""), { recursive: true });
    Deno.writeTextFileSync(`${home.multi}/${path}`, "x");
  };
  const others = ["bin/mine", "shell/aliases", "share/notes", "share/man/man1/mine.1"];
  const programs = ["bin/claude-multi", "bin/cl", "share/man/man1/claude-multi.1"];
  [...others, ...programs, "shell/init.zsh.tmp-1-2"].forEach(put);
  const left = () =>
    Object.keys(snapshot(home.multi)).map((path) => path.slice(home.multi.length + 1))
      .filter((path) => /^(bin|share|shell)\b.*\/(mine|aliases|notes|cl|init)/.test(path))
      .toSorted();
  assert.equal((await runMulti(["uninstall", "--yes", "--keep-programs"], { home })).code, 0);
  assert.deepEqual(left(), [...others, ...programs].toSorted());
  const result = await runMulti(["uninstall", "--yes"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.match(
    result.stdout,
    /remove our files from ~\/\.claude-multi\/bin: cl, claude-multi\n/,
  );
  assert.deepEqual(left(), others.toSorted());
  for (const path of others) Deno.removeSync(`${home.multi}/${path}`);
  assert.equal((await runMulti(["uninstall", "--yes"], { home })).code, 0);
  assert.deepEqual(left(), []);
});

Deno.test("uninstall --restore creates a missing ~/.claude", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "b" }] });
  home.seedAccount("b");
  const result = await runMulti(["uninstall", "--yes", "--restore", "b"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.ok(Deno.lstatSync(`${home.path}/.claude/.credentials.json`).isFile);
});

Deno.test("after uninstall --restore, setup and doctor say that save brings the login back", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  home.seedSharedHome("kate");
  assert.equal((await runMulti(["save", "work"], { home })).code, 0);
  await Deno.writeTextFile(`${home.path}/claude-multi-report.html`, "");
  const restored = await runMulti(["uninstall", "--yes", "--restore", "work"], { home });
  assert.match(restored.stdout, /^kept {6}~\/claude-multi-report\.html$/m);
  const { stdout } = await runMulti(["setup", "--yes", "--shell", "bash"], { home });
  assert.match(stdout, /claude-multi save work\n/);
  const { findings } = JSON.parse((await runMulti(["doctor", "--json"], { home })).stdout);
  const fixes = findings.filter(({ id }: { id: string }) => id === "login");
  assert.deepEqual(fixes.map(({ fix }: { fix: string }) => fix), ["claude-multi save work"]);
  assert.equal((await runMulti(["save", "work"], { home })).code, 0);
});

Deno.test("uninstall --restore refuses to overwrite a login", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  assert.equal((await runMulti(["save", "work"], { home })).code, 0);
  home.seedSharedHome("bob");
  const result = await runMulti(["uninstall", "--yes", "--restore", "work"], { home });
  assert.equal(result.code, 5);
  assert.match(result.stderr, /bob@example\.test.*would be lost/);
});

/** Runs the guided setup with answers; returns its output and questions. */
async function guided(
  home: TempHome,
  options: { answers: string[]; env?: Record<string, string> },
): Promise<string> {
  const answers = [...options.answers];
  const context = contextOf(home, { env: { SHELL: "/bin/bash", ...options.env } });
  const terminal = {
    ...context.terminal,
    interactive: true,
    ask: (question: string) => {
      context.printed.push(`${question}${answers[0]}`);
      return Promise.resolve(answers.shift() ?? null);
    },
  };
  assert.equal(await runHere({ ...context, terminal }, "setup"), 0);
  assert.deepEqual(answers, [], context.printed.join("\n"));
  return context.printed.join("\n");
}

Deno.test("yes and no aren't names: the guide asks again or continues", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  const said = await guided(home, { answers: ["y", "YES", "work", "No", "n", "n", "n"] });
  assert.deepEqual(accountsOf(home), [{ name: "work" }]);
  assert.equal(said.match(/type a name, such as work/g)?.length, 2);
});

Deno.test("after a guided setup, the next steps start with how to get cl in this shell", async () => {
  await using home = await TempHome.create("claude multi ");
  installFakeClaude(home);
  home.seedSharedHome("kate");
  const first = await guided(home, { answers: ["", "", "", "", ""] });
  assert.match(
    first,
    /all set\nnext: open a new terminal, or type: \. ~\/\.claude-multi\/shell\/init\.bash\n {6}cl$/,
  );
  assert.match(
    await guided(home, { answers: [""] }),
    /all set\nnext: cl\nif this terminal doesn't know cl yet, type: \. ~\/\.claude-multi\/shell\/init\.bash$/,
  );
});

Deno.test("without claude, setup says so once and doesn't offer a login", async () => {
  await using home = await TempHome.create();
  const said = await guided(home, {
    answers: ["work", "spare", "", "", "", ""],
    env: { PATH: home.bin },
  });
  assert.equal(said.match(/no "claude" on PATH/g)?.length, 1);
  assert.match(said, /no "claude" on PATH\ntry: npm .*\n[^]*first account/);
  assert.match(said, /next: (open .*\n {6})?npm install -g .*\n {6}\S*claude-multi login work/);
  assert.match(said, /claude-multi login work\n {6}claude-multi login spare/);
  const flag = await runMulti(["setup", "--login", "work"], { home, env: { PATH: home.bin } });
  assert.equal(flag.code, 1);
  assert.match(flag.stderr, /no "claude" on PATH/);
  assert.doesNotMatch(flag.stdout, /all set/);
});

Deno.test("without claude, setup doesn't say all set even if the account is logged in", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const env = { PATH: home.bin, SHELL: "/bin/bash" };
  for (let run = 0; run < 2; run++) {
    const { stdout, stderr } = await runMulti(["setup", "--yes"], { home, env });
    assert.match(stderr, /no "claude" on PATH\ntry: npm install/);
    assert.doesNotMatch(stdout, /all set/);
    assert.match(stdout, /npm install -g @anthropic-ai\/claude-code\n$/);
  }
});

Deno.test("the guide offers the name that was meant, and prints what it added", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const answers = ["", "Personal", "", "Work 2", "work-2", "", "", "", ""];
  const said = await guided(home, { answers });
  assert.match(
    said,
    /Account name\? \[personal\] Personal\n {2}use 1 to 32 .*\nAccount name\? \[personal\] \n/,
  );
  assert.deepEqual(accountsOf(home).map((a) => a["name"]), ["personal", "work-2"]);
  assert.match(said, /added {5}personal, in place\n/);
  assert.match(said, /such as work-2\n\nAnother account\? .*: work-2\nadded {5}work-2\n/);
});

Deno.test("if no shell can be set up, setup --yes doesn't say all set", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const env = { PATH: home.bin };
  const result = await runMulti(["setup", "--yes"], { home, env });
  assert.equal(result.code, 0, result.stderr);
  assert.doesNotMatch(result.stdout, /all set/);
  assert.match(result.stdout, /next: npm install .*\n {6}.*\/claude-multi setup --shell bash\n$/);
  const auto = await runMulti(["setup", "--shell", "auto"], { home, env });
  assert.equal(auto.code, 2);
  assert.match(
    auto.stderr,
    /no supported shell: \$SHELL is not bash, zsh or fish, and none of them is on PATH/,
  );
});

Deno.test("uninstall asks first: without a terminal it needs --yes, and no cancels it", async () => {
  await using home = await TempHome.create();
  assert.equal((await runMulti(["setup", "--add", "work", "--shell", "bash"], { home })).code, 0);
  const before = snapshot(home.path);
  const refused = await runMulti(["uninstall"], { home, stdin: "y\n" });
  assert.equal(refused.code, 2);
  assert.match(
    refused.stderr,
    /no terminal to ask on: use --yes to uninstall\ntry: .* uninstall --dry-run/,
  );
  const context = contextOf(home);
  const terminal = { ...context.terminal, interactive: true, ask: () => Promise.resolve("n") };
  assert.equal(await runHere({ ...context, terminal }, "uninstall"), 130);
  assert.equal(context.printed.at(-1), "nothing was changed");
  const { [`${home.multi}/ledger.db`]: _a, ...now } = snapshot(home.path);
  for (const [path, text] of Object.entries(before)) {
    if (!path.includes("/ledger.db")) assert.equal(now[path], text, path);
  }
});

Deno.test("uninstall counts the logins it keeps, including those of removed accounts", async () => {
  await using home = await TempHome.create();
  for (const name of ["work", "old"]) home.seedAccount(name);
  home.writeConfig({ accounts: [{ name: "work" }, { name: "old" }] });
  const two = await runMulti(["uninstall", "--yes"], { home });
  assert.match(two.stdout, /backups, 2 logins\n/);
  assert.equal((await runMulti(["remove", "old"], { home })).code, 0);
  const one = await runMulti(["uninstall", "--yes"], { home });
  assert.match(one.stdout, /backups, 1 login, 1 login of a removed account\n/);
  await using empty = await TempHome.create();
  const none = await runMulti(["uninstall", "--yes"], { home: empty });
  assert.match(
    none.stdout,
    /kept .*: settings, ledger, backups\nto delete all of it, accounts and logins included: rm -r /,
  );
});

Deno.test("uninstall breaks lines between words, and no command, to fit a narrow terminal", async () => {
  await using home = await TempHome.create();
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "work" }] });
  assert.equal((await runMulti(["setup"], { home })).code, 0);
  for (const columns of [60, 100]) {
    const context = contextOf(home);
    const terminal = { ...context.terminal, columns };
    assert.equal(await runHere({ ...context, terminal }, "uninstall", "--dry-run"), 0);
    const lines = context.printed.join("\n").split("\n");
    assert.deepEqual(lines.filter((line) => line.length > columns), [], `at ${columns}`);
    const login = lines.findIndex((line) => line.endsWith(" claude"));
    const command = "CLAUDE_CONFIG_DIR=~/.claude-multi/config/work claude";
    const label = "          work:";
    const shown = columns === 60 ? `${label}\n${command}` : `${label} ${command}`;
    assert.ok(lines.slice(login - 1, login + 1).join("\n").endsWith(shown), lines.join("\n"));
  }
});

Deno.test("uninstall keeps empty folders that a remaining login uses, and says so", async () => {
  await using home = await TempHome.create();
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "work" }] });
  assert.equal((await runMulti(["setup"], { home })).code, 0);
  const result = await runMulti(["uninstall", "--yes"], { home });
  assert.match(result.stdout, /kept {6}~\/\.claude: used by these logins: .*projects/);
  Deno.mkdirSync(`${home.accountDir("work")}/projects/new`);
  // Without the account, nothing links there any more.
  assert.equal((await runMulti(["remove", "work"], { home })).code, 0);
  assert.equal((await runMulti(["uninstall", "--yes"], { home })).code, 0);
  assert.deepEqual([...Deno.readDirSync(`${home.path}/.claude`)].map((e) => e.name), ["projects"]);
});

Deno.test("uninstall shows what it keeps before it asks, and in a dry run during a session", async () => {
  await using home = await TempHome.create();
  home.seedAccount("reserve");
  home.writeConfig({ accounts: [{ name: "reserve" }] });
  assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
  const stays = /kept .* backups, 1 login\n +reserve: CLAUDE_CONFIG_DIR=\S+ claude\n/;
  const context = contextOf(home);
  const ask = () => {
    assert.match(`${context.printed.join("\n")}\n`, stays);
    return Promise.resolve("n");
  };
  const terminal = { ...context.terminal, interactive: true, ask };
  assert.equal(await runHere({ ...context, terminal }, "uninstall"), 130);
  const stat = read(`/proc/${Deno.pid}/stat`);
  const procStart = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  Deno.mkdirSync(`${home.accountDir("reserve")}/sessions`);
  Deno.writeTextFileSync(
    `${home.accountDir("reserve")}/sessions/${Deno.pid}.json`,
    JSON.stringify({ pid: Deno.pid, procStart, cwd: home.project }),
  );
  const refused = await runMulti(["uninstall", "--yes"], { home });
  assert.equal(refused.code, 5);
  const why =
    /cannot uninstall while claude is running on "reserve" \(session in ~\/project, process \d+\); leave claude there first/;
  assert.match(refused.stderr, why);
  const dry = await runMulti(["uninstall", "--dry-run"], { home });
  assert.equal(dry.code, 0);
  assert.match(dry.stderr, why);
  assert.match(dry.stdout, stays);
});

Deno.test("uninstall --restore says in which folder claude is running on ~/.claude", async () => {
  await using home = await TempHome.create();
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "work" }] });
  Deno.mkdirSync(`${home.path}/.claude/sessions`, { recursive: true });
  Deno.writeTextFileSync(
    `${home.path}/.claude/sessions/${Deno.pid}.json`,
    JSON.stringify({ pid: Deno.pid, cwd: home.project }),
  );
  const result = await runMulti(["uninstall", "--yes", "--restore", "work"], { home });
  assert.equal(result.code, 5);
  assert.match(
    result.stderr,
    /running on ~\/\.claude \(session in ~\/project, process \d+\); leave claude there first/,
  );
});

Deno.test("uninstall --restore with an in-place account says that its login stays", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "me", inPlace: true }, { name: "work" }] });
  const result = await runMulti(["uninstall", "--yes", "--restore", "work"], { home });
  assert.equal(result.code, 5);
  assert.match(
    result.stderr,
    /~\/\.claude has the login of the in-place account "me", which stays there\ntry: claude-multi remove me && claude-multi save me\n/,
  );
  for (const words of [["remove", "me"], ["save", "me"]]) {
    const done = await runMulti(words, { home });
    assert.equal(done.code, 0, done.stderr);
  }
  const sessions = `${home.accountDir("work")}/sessions`;
  Deno.mkdirSync(sessions);
  Deno.writeTextFileSync(`${sessions}/${Deno.pid}.json`, JSON.stringify({ pid: Deno.pid }));
  const busy = await runMulti(["uninstall", "--yes", "--restore", "work"], { home });
  assert.match(busy.stderr, /\ntry: claude-multi uninstall --restore work\n$/);
  Deno.removeSync(`${sessions}/${Deno.pid}.json`);
  const restored = await runMulti(["uninstall", "--yes", "--restore", "work"], { home });
  assert.equal(restored.code, 0, restored.stderr);
});

Deno.test("uninstall names programs with another prefix, and the line that removes them", async () => {
  await using home = await TempHome.create();
  const prefix = `${home.path}/.local`;
  const made = await new Deno.Command(repositoryPath("build/install"), { args: [prefix] }).output();
  assert.ok(made.success);
  const result = await new Deno.Command(`${prefix}/bin/claude-multi`, {
    args: ["uninstall", "--yes"],
    clearEnv: true,
    env: home.env(),
  }).output();
  const said = new TextDecoder().decode(result.stdout);
  const line = /^kept {6}the programs; to remove them too: (rm .*)$/m.exec(said)?.[1] ?? "";
  assert.match(line, /bin\/cl .*bin\/claude-multi .*bin\/claude-multi-statusline$/);
  assert.ok(new Deno.Command("sh", { args: ["-c", line] }).outputSync().success);
  assert.deepEqual([...Deno.readDirSync(`${prefix}/bin`)], []);
});
