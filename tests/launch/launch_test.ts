// Tests of launches of the program: environment, arguments, exit code, signals, processes.
import assert from "node:assert/strict";
import { binary, runMulti, startMulti, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";

/** A home with logged-in accounts and their use of 5h in percent. */
async function homeWith(used: Record<string, number>): Promise<TempHome> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: Object.keys(used).map((name) => ({ name })) });
  for (const [name, fiveHour] of Object.entries(used)) {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour, sevenDay: 10 });
  }
  return home;
}

async function sessionsOf(home: TempHome): Promise<Array<Record<string, unknown>>> {
  const result = await runMulti(["sessions", "--json"], { home });
  assert.equal(result.code, 0, result.stderr);
  return (JSON.parse(result.stdout) as { sessions: Array<Record<string, unknown>> }).sessions;
}

async function until(condition: () => boolean, what: string): Promise<void> {
  for (let n = 0; n < 400; n++) {
    if (condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`never: ${what}`);
}

Deno.test("the arguments reach claude unchanged", async () => {
  await using home = await homeWith({ one: 0 });
  const claude = installFakeClaude(home);
  const args = ["-p", "a  'b' \"c\" $d\n*", "--model", "x", "--", "--weird"];
  await runMulti(["run", "--", ...args], { home });
  const argv = claude.launches()[0]?.argv ?? [];
  assert.deepEqual(argv.slice(-args.length), args);
});

Deno.test("variables that would override the account do not reach claude, with a notice", async () => {
  await using home = await homeWith({ one: 0 });
  const claude = installFakeClaude(home);
  const env = {
    ANTHROPIC_API_KEY: "sk-secret",
    CLAUDE_CODE_OAUTH_TOKEN: "sk-secret",
    CLAUDECODE: "1",
    CLAUDE_CODE_EFFORT_LEVEL: "high",
  };
  const result = await runMulti(["run", "--", "-p", "x"], { home, env });
  assert.equal(result.code, 0, result.stderr);
  const seen = claude.launches()[0]?.env ?? {};
  assert.equal(seen["ANTHROPIC_API_KEY"], undefined);
  assert.equal(seen["CLAUDE_CODE_OAUTH_TOKEN"], undefined);
  assert.equal(seen["CLAUDECODE"], undefined);
  assert.equal(seen["CLAUDE_CODE_EFFORT_LEVEL"], "high", "the user's own settings stay");
  assert.match(result.stderr, /ANTHROPIC_API_KEY, CLAUDE_CODE_OAUTH_TOKEN would override/);
  assert.doesNotMatch(result.stderr + result.stdout, /sk-secret/);
});

Deno.test("the exit code of claude is passed on and kept", async () => {
  await using home = await homeWith({ one: 0 });
  installFakeClaude(home).order({ exitCode: 37 });
  const result = await runMulti(["run", "--", "-p", "x"], { home });
  assert.equal(result.code, 37);
  const [session] = await sessionsOf(home);
  assert.equal(session?.["endedHow"], "exit");
  assert.equal(session?.["exitCode"], 37);
});

Deno.test("the launcher dies by the signal that ended claude", async () => {
  await using home = await homeWith({ one: 0 });
  installFakeClaude(home).order({ die: "SIGKILL" });
  const result = await runMulti(["run", "--", "-p", "x"], { home });
  assert.equal(result.signal, "SIGKILL");
  const [session] = await sessionsOf(home);
  assert.equal(session?.["endedHow"], "signal");
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test(`${signal} reaches claude, and its answer is ours`, async () => {
    await using home = await homeWith({ one: 0 });
    const claude = installFakeClaude(home);
    claude.order({ sleepMs: 20_000 });
    const run = startMulti(["run", "--", "-p", "x"], { home });
    await until(() => claude.launches().length === 1, "the launch");
    run.kill(signal);
    const result = await run.ended;
    assert.equal(result.code, code);
    assert.equal((await sessionsOf(home))[0]?.["exitCode"], code);
  });
}

Deno.test("kill -9 of the launcher: the session counts as long as claude runs, then as lost", async () => {
  await using home = await homeWith({ one: 0 });
  const claude = installFakeClaude(home);
  claude.order({ sleepMs: 60_000 });
  const run = startMulti(["run", "--", "-p", "x"], { home });
  await until(() => claude.launches().length === 1, "the launch");
  await new Promise((resolve) => setTimeout(resolve, 300));
  run.kill("SIGKILL");
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.equal((await sessionsOf(home))[0]?.["endedAtMs"], null);
  Deno.kill(claude.launches()[0]?.pid ?? 0, "SIGKILL");
  // The client held the launcher's streams: only now do they end.
  await run.ended;
  assert.equal((await sessionsOf(home))[0]?.["endedHow"], "lost");
});

Deno.test("a client that can't be started leaves a closed row and one clear line", async () => {
  await using home = await homeWith({ one: 0 });
  const broken = `${home.bin}/claude`;
  await Deno.writeTextFile(broken, "#!/no/such/interpreter\n", { mode: 0o755 });
  const result = await runMulti(["run"], { home });
  assert.equal(result.code, 1);
  assert.match(result.stderr, /cannot start ".*\/claude"/);
  assert.equal((await sessionsOf(home))[0]?.["endedHow"], "failed");
});

/** Scripts called claude that start us again, in ways that can't be seen in their text. */
const CALLERS: Array<[how: string, script: string]> = [
  ["by a variable", 'bin=claude-multi; exec "$bin" run -- "$@"'],
  ["with an effort set", 'export CLAUDE_EFFORT=high; bin=claude-multi; exec "$bin" run -- "$@"'],
  ["as a process of its own", 'bin=claude-multi; "$bin" run -- "$@"; exit $?'],
  [
    "through a program between",
    `exec env sh -c 'x=multi; "claude-$x" run -- "$@"; exit $?' x "$@"`,
  ],
];
for (const [how, script] of CALLERS) {
  Deno.test(`a client that starts us again ${how} is refused in one line, after one launch`, async () => {
    await using home = await homeWith({ one: 0 });
    const wrapper = `${home.bin}/claude`;
    await Deno.writeTextFile(wrapper, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    await Deno.symlink(binary("claude-multi"), `${home.bin}/claude-multi`);
    for (const env of [{}, { CLAUDE_MULTI_CLAUDE: wrapper }]) {
      const result = await runMulti(["run", "--", "-p", "x"], { home, env, timeoutMs: 20_000 });
      assert.equal(result.code, 5, result.stderr);
      const [said = "", hint = "", ...more] = result.stderr.trim().split("\n");
      assert.match(
        said,
        /".*\/bin\/claude" is not the official claude: it starts claude-multi again;/,
      );
      assert.match(
        hint,
        "CLAUDE_MULTI_CLAUDE" in env
          ? /^try: unset CLAUDE_MULTI_CLAUDE$/
          : /^try: (which -a claude|claude-multi config set claudePath \/.*\/claude)$/,
      );
      assert.deepEqual(more, []);
    }
    assert.equal((await sessionsOf(home)).length, 2, "one row for each launch");
  });
}

Deno.test("a launch from inside a session works, and from a tmux server that outlived one", async () => {
  await using home = await homeWith({ one: 0 });
  const claude = installFakeClaude(home);
  const outer = `${home.path}/outer`;
  const inner = `'${binary("claude-multi")}' run -- -p inner`;
  for (const between of ["CLAUDECODE=1", "CLAUDE_CODE_SESSION_ID=x"]) {
    await Deno.writeTextFile(
      outer,
      `#!/bin/sh\nunset CLAUDE_MULTI_CLAUDE\n${between} ${inner}; exit $?\n`,
      { mode: 0o755 },
    );
    const env = { CLAUDE_MULTI_CLAUDE: outer };
    const result = await runMulti(["run", "--", "-p", "outer"], { home, env });
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /inner/);
  }
  const env = { CLAUDE_MULTI_LAUNCHER: "999999:/usr/bin/tmux" };
  assert.equal((await runMulti(["run", "--", "-p", "x"], { home, env })).code, 0);
  assert.equal(claude.launches().length, 3);
});

Deno.test("a copy of ourselves called claude is skipped on PATH, and refused if it is named", async () => {
  await using home = await homeWith({ one: 0 });
  const claude = installFakeClaude(home);
  const copies = `${home.path}/copies`;
  await Deno.mkdir(copies);
  const copy = `${copies}/claude`;
  await Deno.copyFile(binary("claude-multi"), copy);
  const path = `${copies}:${home.bin}:/usr/bin:/bin`;
  const passed = await runMulti(["run", "--", "-p", "x"], { home, env: { PATH: path } });
  assert.equal(passed.code, 0, passed.stderr);
  assert.equal(claude.launches().length, 1);
  const named = await runMulti(["run"], { home, env: { CLAUDE_MULTI_CLAUDE: copy } });
  assert.equal(named.code, 1);
  assert.match(named.stderr, /CLAUDE_MULTI_CLAUDE is claude-multi itself/);
  // Another version of it has another size.
  const other = `${home.path}/other`;
  await Deno.writeTextFile(other, `#!/bin/sh\nexec '${binary("claude-multi")}' "$@"\n`, {
    mode: 0o755,
  });
  const older = await runMulti(["run", "--", "-p", "x"], {
    home,
    env: { CLAUDE_MULTI_CLAUDE: other },
  });
  assert.equal(older.code, 5, older.stderr);
  assert.match(older.stderr, /starts claude-multi again/);
});

Deno.test("the caller's own --settings may be a pipe, as from <(...)", async () => {
  await using home = await homeWith({ a: 10 });
  installFakeClaude(home);
  const line = `'${
    binary("claude-multi")
  }' run --dry-run --json -- --settings <(echo '{"x":"piped"}') -p x`;
  const { code, stdout, stderr } = await startProgram("bash", ["-c", line], { home }).ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /\\"x\\":\\"piped\\"/);
});
