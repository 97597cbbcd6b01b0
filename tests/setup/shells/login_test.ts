// Tests of login shells: with any start files, a new shell has cl, and uninstall leaves no trace.
import assert from "node:assert/strict";
import { runMulti, startProgram } from "../../helpers/binaries.ts";
import { needs } from "../../helpers/needs.ts";
import { TempHome } from "../../helpers/temp_home.ts";

const DEBIAN_PROFILE = `if [ -n "$BASH_VERSION" ]; then
    if [ -f "$HOME/.bashrc" ]; then
	. "$HOME/.bashrc"
    fi
fi
`;
const DEBIAN_BASHRC = `case $- in
    *i*) ;;
      *) return;;
esac
rc=\${rc-}r
`;

/** Every file below a home except ours, with its content and mode. */
function tree(home: TempHome): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (dir: string) => {
    for (const { name, isDirectory, isSymlink } of Deno.readDirSync(dir)) {
      const path = `${dir}/${name}`;
      if (path === home.multi) continue;
      const mode = ((Deno.lstatSync(path).mode ?? 0) & 0o777).toString(8);
      if (isDirectory) look(path);
      found[path] = isDirectory
        ? `folder ${mode}`
        : isSymlink
        ? `link ${Deno.readLinkSync(path)}`
        : `${mode} ${Deno.readTextFileSync(path)}`;
    }
  };
  look(home.path);
  return found;
}

/** What a shell prints; `kind` are the flags that make it a login or interactive shell. */
async function told(
  home: TempHome,
  options: { shell: string; kind: string[]; script: string },
): Promise<string> {
  const { shell, kind, script } = options;
  const result = await startProgram(`/usr/bin/${shell}`, [...kind, "-c", script], { home }).ended;
  return `${result.stdout}${result.code === 0 ? "" : `code ${result.code}\n${result.stderr}`}`;
}

const HOMES: ReadonlyArray<{ name: string; files: Record<string, string>; edited: string[] }> = [
  { name: "an empty home", files: {}, edited: [".bashrc", ".bash_profile"] },
  { name: "a .bashrc alone", files: { ".bashrc": "rc=r" }, edited: [".bashrc", ".bash_profile"] },
  { name: "an empty .bashrc", files: { ".bashrc": "" }, edited: [".bashrc", ".bash_profile"] },
  {
    name: "start files as on Debian",
    files: { ".bashrc": DEBIAN_BASHRC, ".profile": DEBIAN_PROFILE },
    edited: [".bashrc"],
  },
  {
    name: "a .profile that reads nothing",
    files: { ".profile": "login=p\n" },
    edited: [".bashrc", ".profile"],
  },
  {
    name: "a .bash_login before a .profile",
    files: { ".bash_login": "login=l", ".profile": "login=p\n" },
    edited: [".bashrc", ".bash_login"],
  },
  {
    name: "a .bash_profile that reads .bashrc",
    files: { ".bash_profile": "[ -f ~/.bashrc ] && . ~/.bashrc\n" },
    edited: [".bashrc"],
  },
  {
    name: "a .bash_profile that reads .profile, which reads .bashrc",
    files: { ".bash_profile": ". ~/.profile\n", ".profile": DEBIAN_PROFILE },
    edited: [".bashrc"],
  },
];

for (const { name, files, edited } of HOMES) {
  Deno.test(`bash, ${name}: each kind of new shell has cl, and uninstall leaves no trace`, async () => {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    for (const [file, text] of Object.entries(files)) {
      Deno.writeTextFileSync(`${home.path}/${file}`, text);
    }
    const before = tree(home);
    const env = { SHELL: "/bin/bash" };
    const setup = await runMulti(["setup", "--yes"], { home, env });
    assert.equal(setup.code, 0, setup.stderr);
    const after = tree(home);
    const changed = Object.keys(after)
      .filter((path) => before[path] !== after[path] && !path.includes("/.claude"));
    assert.deepEqual(changed.map((path) => path.slice(home.path.length + 1)).sort(), edited.sort());
    const script =
      'type -t cl cl-personal; complete -p claude-multi > /dev/null && echo tab; echo "$login$rc"';
    for (const kind of [["-i"], ["-l", "-i"]]) {
      const printed = await told(home, { shell: "bash", kind, script });
      assert.match(printed, /^function\nfunction\ntab\nr?[lp]?r?\n$/, `${kind}: ${printed}`);
    }
    // A display manager reads ~/.profile with sh, which must not fail on it.
    assert.equal(await told(home, { shell: "sh", kind: ["-l"], script: "echo fine" }), "fine\n");
    const settled = tree(home);
    assert.equal((await runMulti(["setup", "--yes"], { home, env })).code, 0);
    assert.deepEqual(tree(home), settled);
    assert.equal((await runMulti(["uninstall", "--yes"], { home, env })).code, 0);
    assert.deepEqual(tree(home), before);
  });
}

Deno.test("our .bash_profile reads a .profile that is created later, and .bashrc once", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }] });
  assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
  const bashrc = `${home.path}/.bashrc`;
  Deno.writeTextFileSync(bashrc, `${Deno.readTextFileSync(bashrc)}rc=\${rc-}r\n`);
  const login = async () =>
    await told(home, { shell: "bash", kind: ["-l", "-i"], script: 'echo "$rc $p"; type -t cl' });
  assert.equal(await login(), "r \nfunction\n");
  Deno.writeTextFileSync(`${home.path}/.profile`, "p=p\n");
  assert.equal(await login(), "r p\nfunction\n");
  Deno.writeTextFileSync(`${home.path}/.profile`, `p=p\n. ~/.bashrc\n`);
  assert.equal(await login(), "r p\nfunction\n");
  // Text that somebody added to a file of ours stays.
  Deno.writeTextFileSync(`${home.path}/.bash_profile`, "added=1\n", { append: true });
  assert.equal((await runMulti(["uninstall", "--yes"], { home })).code, 0);
  assert.equal(Deno.readTextFileSync(`${home.path}/.bash_profile`), "added=1\n");
  assert.equal(Deno.readTextFileSync(bashrc), "rc=${rc-}r\n");
});

Deno.test({
  name:
    "without SHELL, setup --yes sets up every shell there is, and uninstall leaves an empty home",
  ...needs("zsh", "fish"),
  async fn() {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    const before = tree(home);
    const setup = await runMulti(["setup", "--yes"], { home });
    assert.equal(setup.code, 0, setup.stderr);
    for (const file of [".bashrc", ".bash_profile", ".zshrc", ".config/fish/config.fish"]) {
      assert.match(setup.stdout, new RegExp(`shell     ~/${file} now has our line`));
    }
    const made = tree(home);
    const has = "type cl cl-personal claude-multi > /dev/null && echo yes";
    for (const shell of ["bash", "zsh", "fish"]) {
      assert.equal(await told(home, { shell, kind: ["-l", "-i"], script: has }), "yes\n", shell);
    }
    // Files that fish and zsh write themselves aren't ours to remove.
    for (const path of Object.keys(tree(home))) {
      if (made[path] === undefined) Deno.removeSync(path, { recursive: true });
    }
    const gone = await runMulti(["uninstall", "--yes"], { home });
    assert.match(
      gone.stdout,
      /remove ~\/\.config\/fish\/config\.fish, which has nothing else in it/,
    );
    assert.deepEqual(tree(home), before);
  },
});

Deno.test("uninstall removes a ~/.claude that we created, unless something was added to it", async () => {
  for (const file of [null, "settings.json"]) {
    await using home = await TempHome.create();
    const before = tree(home);
    assert.equal((await runMulti(["setup", "--add", "work"], { home })).code, 0);
    if (file !== null) Deno.writeTextFileSync(`${home.path}/.claude/${file}`, "{}");
    assert.equal((await runMulti(["uninstall", "--yes"], { home })).code, 0);
    const after = Object.keys(tree(home)).filter((path) => before[path] === undefined);
    const kept = file === null ? [] : [`${home.path}/.claude`, `${home.path}/.claude/${file}`];
    assert.deepEqual(after.sort(), kept);
  }
});

Deno.test({
  name: "zsh with ZDOTDIR has the line in the file that it reads",
  ...needs("zsh"),
  async fn() {
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "work" }] });
    const env = { ZDOTDIR: `${home.path}/zsh` };
    assert.equal((await runMulti(["setup", "--shell", "zsh"], { home, env })).code, 0);
    assert.match(Deno.readTextFileSync(`${home.path}/zsh/.zshrc`), /# claude-multi\n$/);
    // Undone where the variable isn't set, such as in another shell.
    assert.equal((await runMulti(["uninstall", "--yes"], { home })).code, 0);
    assert.throws(() => Deno.statSync(`${home.path}/zsh`), Deno.errors.NotFound);
  },
});

Deno.test("a start file that can't be read isn't replaced", async () => {
  await using home = await TempHome.create();
  Deno.symlinkSync(`${home.path}/dotfiles/bashrc`, `${home.path}/.bashrc`);
  const result = await runMulti(["setup", "--shell", "bash"], { home });
  assert.equal(result.code, 1);
  assert.match(result.stderr, /cannot add our line to "~\/\.bashrc": it can't be read/);
  assert.match(result.stderr, /try: add it yourself: \[ ! -f /);
  assert.ok(Deno.lstatSync(`${home.path}/.bashrc`).isSymlink);
});

Deno.test("a .bash_profile that bash can't read is skipped, as bash does", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }] });
  Deno.symlinkSync(`${home.path}/gone`, `${home.path}/.bash_profile`);
  Deno.writeTextFileSync(`${home.path}/.profile`, "p=p\n");
  assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
  const script = 'type -t cl; echo "$p"';
  assert.equal(await told(home, { shell: "bash", kind: ["-l", "-i"], script }), "function\np\n");
});

Deno.test("uninstall works with an invalid config.json, and still refuses during a session", async () => {
  await using home = await TempHome.create();
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "work" }] });
  const before = tree(home);
  assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
  home.writeConfig("{ broken");
  Deno.mkdirSync(`${home.accountDir("work")}/sessions`);
  const session = `${home.accountDir("work")}/sessions/${Deno.pid}.json`;
  const start = Deno.readTextFileSync(`/proc/${Deno.pid}/stat`).split(") ")[1]?.split(" ")[19];
  Deno.writeTextFileSync(session, JSON.stringify({ pid: Deno.pid, procStart: start }));
  const running = await runMulti(["uninstall", "--yes"], { home });
  assert.equal(running.code, 5, running.stderr);
  Deno.removeSync(session);
  const result = await runMulti(["uninstall", "--yes"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stderr, /config\.json:1:\d+: /);
  assert.match(result.stdout, /1 login\n/);
  // Folders that the remaining login uses stay in the shared home.
  const left = Object.entries(tree(home)).filter(([path]) =>
    !path.startsWith(`${home.path}/.claude`)
  );
  assert.deepEqual(Object.fromEntries(left), before);
});

for (const shell of ["bash", "zsh", "fish"] as const) {
  Deno.test({
    name: `${shell}: after uninstall, cl in an open shell prints one clear line`,
    ...shell === "bash" ? {} : needs(shell),
    async fn() {
      await using home = await TempHome.create();
      const bin = `${home.multi}/bin`;
      home.writeConfig({ accounts: [{ name: "work" }] });
      assert.equal((await runMulti(["setup"], { home })).code, 0);
      const init = `${home.multi}/shell/init.${shell}`;
      const text = Deno.readTextFileSync(init)
        .replace(/(__claude_multi[= ])'[^']*'/, `$1'${bin}/claude-multi'`);
      const script = `${text}\ncl -p x\necho $${shell === "fish" ? "status" : "?"}\ncl-work`;
      const args = shell === "bash"
        ? ["--norc", "--noprofile"]
        : shell === "zsh"
        ? ["-f"]
        : ["--no-config"];
      const result = await startProgram(`/usr/bin/${shell}`, [...args, "-c", script], { home })
        .ended;
      assert.equal(result.stdout, "127\n");
      const line =
        `claude-multi is no longer installed; to remove it from this shell, type: exec ${shell}\n`;
      assert.equal(result.stderr, line + line);
      assert.equal(result.code, 127);
    },
  });
}
