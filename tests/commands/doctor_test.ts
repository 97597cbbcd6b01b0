// Tests of doctor and status: what is found, what --fix fixes, and the shape of their JSON.
import assert from "node:assert/strict";
import { binary, runMulti, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { seedCachedUsage, TempHome } from "../helpers/temp_home.ts";
import { contextOf, runHere } from "./context_of.ts";

interface Report {
  version: number;
  ok: boolean;
  permissions: Record<string, string>;
  findings: Array<{ id: string; severity: string; message: string; fix: string | null }>;
  fixed?: string[];
}

async function doctor(home: TempHome, ...flags: string[]): Promise<Report & { code: number }> {
  const result = await runMulti(["doctor", "--json", ...flags], { home });
  return { ...JSON.parse(result.stdout), code: result.code };
}

async function healthyHome(): Promise<TempHome> {
  const home = await TempHome.create();
  installFakeClaude(home);
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "work" }] });
  assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
  return home;
}

Deno.test("a healthy home has no findings and no permission for the network", async () => {
  await using home = await healthyHome();
  const report = await doctor(home);
  assert.deepEqual(report.findings, []);
  assert.equal(report.version, 1);
  assert.equal(report.ok, true);
  assert.equal(report.permissions["net"], "denied");
  assert.equal(report.code, 0);
});

Deno.test("doctor finds each fault, and says what fixes it", async (t) => {
  const cases: Array<
    { id: string; severity: string; says: RegExp; arrange: (h: TempHome) => void }
  > = [
    {
      id: "credentials-mode",
      severity: "error",
      says: /mode 644/,
      arrange: (h) => Deno.chmodSync(`${h.accountDir("work")}/.credentials.json`, 0o644),
    },
    {
      id: "mode",
      severity: "warning",
      says: /config\/work/,
      arrange: (h) => Deno.chmodSync(h.accountDir("work"), 0o755),
    },
    {
      id: "login",
      severity: "warning",
      says: /blank/,
      arrange: (h) => h.seedAccount("work", { login: "blank" }),
    },
    {
      id: "drift",
      severity: "error",
      says: /belongs to "kate@.*" of "kate org", but "work@/,
      arrange: (h) =>
        h.writeConfig({
          accounts: [{
            name: "work",
            identity: {
              accountUuid: "k",
              email: "kate@example.test",
              organizationName: "kate org",
            },
          }],
        }),
    },
    {
      id: "duplicate",
      severity: "error",
      says: /share one limit/,
      arrange: (h) => {
        h.seedAccount("twin", { name: "work" });
        h.writeConfig({ accounts: [{ name: "work" }, { name: "twin" }] });
      },
    },
    {
      id: "link",
      severity: "warning",
      says: /is missing links to skills/,
      arrange: (h) => Deno.removeSync(`${h.accountDir("work")}/skills`),
    },
    {
      id: "unshared",
      severity: "warning",
      says: /CLAUDE\.md/,
      arrange: (h) => {
        Deno.removeSync(`${h.accountDir("work")}/CLAUDE.md`);
        Deno.writeTextFileSync(`${h.accountDir("work")}/CLAUDE.md`, "x");
      },
    },
    {
      id: "orphan",
      severity: "warning",
      says: /config\/old/,
      arrange: (h) => h.seedAccount("old"),
    },
    {
      id: "pin",
      severity: "warning",
      says: /which doesn't exist/,
      arrange: (h) =>
        h.writeConfig({
          accounts: [{ name: "work" }],
          pins: [{ path: h.project, account: "gone" }],
        }),
    },
    {
      id: "hooks",
      severity: "warning",
      says: /settings\.json has disableAllHooks: claude reports no limit/,
      arrange: (h) =>
        Deno.writeTextFileSync(`${h.path}/.claude/settings.json`, '{"disableAllHooks":true}'),
    },
    {
      id: "settings",
      severity: "error",
      says: /env\.ANTHROPIC_API_KEY/,
      arrange: (h) =>
        Deno.writeTextFileSync(
          `${h.path}/.claude/settings.json`,
          '{"env":{"ANTHROPIC_API_KEY":"secret-value"}}',
        ),
    },
    {
      id: "shell",
      severity: "warning",
      says: /bash, zsh, fish/,
      arrange: (h) => {
        h.seedAccount("more");
        h.writeConfig({ accounts: [{ name: "work" }, { name: "more" }] });
      },
    },
    {
      id: "config",
      severity: "error",
      says: /config\.json:\d+:\d+: "accounts\[0\]\.name" can't be/,
      arrange: (h) => h.writeConfig({ accounts: [{ name: "../../etc" }] }),
    },
    {
      id: "config-key",
      severity: "warning",
      says: /config\.json:\d+:\d+: unknown setting "polcy"; did you mean "policy"\?$/,
      arrange: (h) => h.writeConfig({ accounts: [{ name: "work" }], polcy: "paced" }),
    },
  ];
  for (const { id, severity, says, arrange } of cases) {
    await t.step(id, async () => {
      await using home = await healthyHome();
      arrange(home);
      const report = await doctor(home);
      const found = report.findings.find((finding) => finding.id === id);
      assert.ok(found, JSON.stringify(report.findings));
      assert.equal(found.severity, severity);
      assert.match(found.message, says);
      assert.notEqual(found.fix, "");
      assert.equal(report.ok, severity !== "error");
      assert.equal(report.code, severity === "error" ? 1 : 0);
      assert.doesNotMatch(JSON.stringify(report), /sk-ant|secret-value/);
    });
  }
});

Deno.test("doctor for people: errors first, lines that fit, and a count", async () => {
  await using home = await healthyHome();
  home.seedAccount("more", { login: "blank" });
  home.writeConfig({ accounts: [{ name: "work" }, { name: "more" }] });
  Deno.chmodSync(`${home.accountDir("work")}/.credentials.json`, 0o644);
  const { code, stdout } = await runMulti(["doctor"], { home, env: { COLUMNS: "50" } });
  assert.equal(code, 1);
  const lines = stdout.split("\n");
  const first = (word: string) => lines.findIndex((line) => line.startsWith(word));
  assert.equal(first("error "), 0, stdout);
  assert.ok(first("rights ") >= lines.length - 3, "rights come last");
  assert.ok(first("error ") < first("warning "), stdout);
  assert.match(stdout, /\n\n1 error, \d+ warnings?\n/);
  for (const line of lines) {
    // What is there to be copied stays in one line, and so does a path.
    assert.ok(line.length <= 50 || /try: |\/|--fix/.test(line), line);
  }
});

Deno.test("--fix fixes modes, links, folders and shell files, and says so", async () => {
  await using home = await healthyHome();
  const dir = home.accountDir("work");
  Deno.chmodSync(`${dir}/.credentials.json`, 0o644);
  Deno.chmodSync(dir, 0o755);
  Deno.removeSync(`${dir}/skills`);
  Deno.removeSync(`${dir}/CLAUDE.md`);
  Deno.writeTextFileSync(`${dir}/CLAUDE.md`, "words");
  Deno.writeTextFileSync(`${home.multi}/shell/init.bash`, "__claude_multi='/gone'\n");
  const report = await doctor(home, "--fix");
  assert.deepEqual(report.findings, []);
  assert.ok((report.fixed?.length ?? 0) >= 5, JSON.stringify(report.fixed));
  assert.equal((Deno.statSync(`${dir}/.credentials.json`).mode ?? 0) & 0o777, 0o600);
  assert.equal(Deno.readTextFileSync(`${home.path}/.claude/CLAUDE.md`), "words");
  assert.deepEqual((await doctor(home, "--fix")).fixed, []);
});

Deno.test("doctor for people says first that all is well, then what it checked, and its rights last", async () => {
  await using home = await healthyHome();
  const { stdout } = await runMulti(["doctor"], { home, env: { COLUMNS: "300" } });
  assert.match(stdout, /^all is well\n\nclient +version 2\.1\.328, [^\n]+\n/);
  assert.match(stdout, /\nchecked +\S+claude; 1 account with logins, [^\n]*; cl in bash\n/);
  assert.match(stdout, /\nrights +network: denied; all of them: claude-multi doctor --json\n$/);
});

Deno.test("doctor says when the programs or shell files are of different versions", async () => {
  await using home = await healthyHome();
  const init = `${home.multi}/shell/init.bash`;
  const text = Deno.readTextFileSync(init);
  Deno.writeTextFileSync(init, text.replace("function cl {", "function cl { # older"));
  const stale = (await doctor(home)).findings.find(({ id }) => id === "shell");
  assert.match(stale?.message ?? "", /^the shell files for bash are out of date/);
  await doctor(home, "--fix");
  assert.equal(Deno.readTextFileSync(init), text);

  const bin = `${home.path}/half`;
  Deno.mkdirSync(bin);
  Deno.copyFileSync(binary("claude-multi"), `${bin}/claude-multi`);
  const half = async () => {
    const json = await startProgram(`${bin}/claude-multi`, ["doctor", "--json"], { home }).ended;
    const { findings } = JSON.parse(json.stdout) as { findings: { id: string; message: string }[] };
    return findings.find(({ id }) => id === "programs")?.message;
  };
  assert.match(
    await half() ?? "",
    /claude-multi-statusline is missing, so there is no status line/,
  );
  const other = "#!/bin/sh\necho claude-multi-statusline 0.0.9\n";
  Deno.writeTextFileSync(`${bin}/claude-multi-statusline`, other, { mode: 0o755 });
  assert.match(
    await half() ?? "",
    /is version 0\.0\.9, but this program is \d+\.\d+\.\d+: install/,
  );
});

Deno.test("doctor says when new shells do not define cl, and --fix brings its files back", async (t) => {
  const shellFaults = async (home: TempHome, ...flags: string[]) =>
    (await doctor(home, ...flags)).findings.filter(({ id }) => id === "shell");
  await t.step("the folder of the shell files is gone", async () => {
    await using home = await healthyHome();
    Deno.removeSync(`${home.multi}/shell`, { recursive: true });
    const [found] = await shellFaults(home);
    assert.match(found?.message ?? "", /^new bash shells don't define cl: .*init\.bash/);
    assert.equal(found?.fix, "claude-multi setup --shell auto");
    assert.deepEqual(await shellFaults(home, "--fix"), []);
    assert.match(Deno.readTextFileSync(`${home.multi}/shell/init.bash`), /cl-work/);
  });
  await t.step("our line is gone from every start file", async () => {
    await using home = await healthyHome();
    for (const name of [".bashrc", ".bash_profile"]) {
      await Deno.writeTextFile(`${home.path}/${name}`, "");
    }
    const env = { SHELL: "/bin/bash" };
    const { stdout } = await runMulti(["doctor"], { home, env });
    assert.match(
      stdout,
      /^warning +new bash shells don't define cl\n +try: claude-multi setup --shell auto$/m,
    );
  });
  await t.step("setup never ran", async () => {
    await using home = await TempHome.create();
    installFakeClaude(home);
    const [found] = await shellFaults(home);
    assert.equal(found?.message, "new shells don't define cl");
  });
});

Deno.test("doctor finds a missing shared folder, and --fix and a launch recreate it", async () => {
  await using home = await healthyHome();
  const projects = `${home.path}/.claude/projects`;
  const isThere = () => Deno.statSync(`${home.accountDir("work")}/projects`).isDirectory;
  Deno.removeSync(projects);
  const [found] = (await doctor(home)).findings;
  assert.equal(found?.id, "link");
  assert.match(
    found?.message ?? "",
    /"work" links to projects in "~\/.claude", which no longer exists/,
  );
  await runMulti(["pick"], { home });
  await runMulti(["run", "--dry-run"], { home });
  assert.throws(() => Deno.statSync(projects), Deno.errors.NotFound);
  const report = await doctor(home, "--fix");
  assert.deepEqual(report.findings, []);
  assert.deepEqual(report.fixed, ["folder projects in ~/.claude"]);
  assert.ok(isThere());
  Deno.removeSync(projects);
  assert.equal((await runMulti(["run", "--", "-p", "hello"], { home })).code, 0);
  assert.ok(isThere());
  assert.deepEqual((await doctor(home)).findings, []);
});

Deno.test("a folder NAME.lock of the client is neither an account nor a finding", async () => {
  await using home = await healthyHome();
  Deno.mkdirSync(`${home.multi}/config/work.lock`);
  assert.deepEqual((await doctor(home)).findings, []);
});

Deno.test("status --json has the documented shape", async () => {
  await using home = await healthyHome();
  home.seedCachedUsage("work", { fiveHour: 23, sevenDay: 35 });
  const { accounts, version } = JSON.parse((await runMulti(["status", "--json"], { home })).stdout);
  assert.equal(version, 1);
  const [account] = accounts;
  assert.deepEqual(Object.keys(account).sort(), [
    "activeSessions",
    "email",
    "lastUsedAtMs",
    "limitedUntilMs",
    "name",
    "plan",
    "score",
    "state",
    "unusedResetUntilMs",
    "windowList",
    "windows",
  ]);
  assert.equal(account.state, "open");
  assert.equal(account.email, "work@example.test");
  const { five_hour } = account.windows;
  assert.deepEqual(Object.keys(five_hour).sort(), [
    "ageMs",
    "fellFrom",
    "outlook",
    "percentUsed",
    "resetsAtMs",
    "source",
  ]);
  assert.equal(five_hour.percentUsed, 23);
  assert.equal(five_hour.source, "usage-cache");
});

Deno.test("status shows whose account it is, its plan, and source and age of each figure", async () => {
  await using home = await healthyHome();
  home.writeConfig({ accounts: [{ name: "work", plan: "max5" }] });
  home.seedCachedUsage("work", { fiveHour: 23, sevenDay: 35 });
  const { stdout } = await runMulti(["status"], { home });
  for (const text of ["work@example.test · max5", "23 %", "35 %", "by claude", "ago", "open"]) {
    assert.ok(stdout.includes(text), `${text} is missing in:\n${stdout}`);
  }
  assert.ok(!stdout.includes("\u001b"), "colour without a terminal");
});

Deno.test("status --watch reads everything again at every round", async () => {
  await using home = await healthyHome();
  const context = contextOf(home);
  const clock = {
    ...context.clock,
    sleep: () => {
      if (context.printed.length === 2) throw new Error("enough");
      home.seedCachedUsage("work", { fiveHour: 50, sevenDay: 60 });
      return Promise.resolve();
    },
  };
  const running = runHere({ ...context, clock }, "status", "--watch", "--json");
  await assert.rejects(() => running, /enough/);
  const used = context.printed.map((text) =>
    JSON.parse(text).accounts[0].windows.five_hour?.percentUsed ?? null
  );
  assert.deepEqual(used, [null, 50]);
});

Deno.test("a wrong login is reported for that account only, and list shows it", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  home.writeConfig({ accounts: [{ name: "work" }, { name: "side" }] });
  for (const name of ["work", "side"]) {
    home.seedAccount(name);
    const run = await runMulti(["run", "--account", name, "--", "-p", "x"], { home });
    assert.equal(run.code, 0, run.stderr);
  }
  home.seedAccount("work", { name: "side" });
  const { findings } = await doctor(home);
  assert.deepEqual(
    findings.filter(({ id }) => id === "drift" || id === "duplicate").map((
      { id, fix },
    ) => [id, fix]),
    [["drift", "claude-multi login work"]],
  );
  const { stdout } = await runMulti(["list"], { home });
  assert.match(stdout, /^work .*side@\S+, wrong login/m);
  assert.doesNotMatch(stdout, /^side .*wrong login/m);
});

Deno.test("the built doctor sees an exported proxy, and never shows its password", async () => {
  await using home = await healthyHome();
  for (const name of ["HTTPS_PROXY", "http_proxy", "ALL_PROXY"]) {
    const env = { [name]: "http://me:geheim@gate.test:3128" };
    const { stdout } = await runMulti(["doctor", "--json"], { home, env });
    const { findings } = JSON.parse(stdout) as Report;
    assert.deepEqual(findings.map(({ id, fix }) => [id, fix]), [["requests", `unset ${name}`]]);
    assert.match(findings[0]?.message ?? "", /requests go to http:\/\/gate\.test:3128/);
    assert.doesNotMatch(stdout, /geheim/);
    const exempt = { ...env, NO_PROXY: "*" };
    assert.equal((await runMulti(["doctor"], { home, env: exempt })).code, 0);
    const launched = await runMulti(["run"], { home, env });
    assert.match(launched.stderr, new RegExp(`requests go to http://gate\\.test:3128.*${name}`));
    assert.doesNotMatch(launched.stderr, /geheim/);
  }
});

Deno.test("doctor after a setup without accounts says how to add one", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  const fixOf = async () =>
    (await doctor(home)).findings.find(({ id }) => id === "no-account")?.fix;
  assert.equal(await fixOf(), "claude-multi setup");
  assert.equal((await runMulti(["setup", "--yes"], { home })).code, 0);
  assert.equal(await fixOf(), "claude-multi add NAME");
});

Deno.test("doctor and limit --clear tell a limited account from a limited model, by the model of a plain cl", async () => {
  await using home = await healthyHome();
  const cached = { name: "work", fiveHour: { percentUsed: 0, resetsAtMs: null } };
  seedCachedUsage(`${home.accountDir("work")}/.claude.json`, { ...cached, models: { Opus: 100 } });
  const limited = async (model: string) => {
    const { stdout } = await runMulti(["doctor"], { home, env: { ANTHROPIC_MODEL: model } });
    return /^limited +(.*)$/m.exec(stdout)?.[1]?.replace(/,.*/, "");
  };
  assert.equal(await limited("opus"), '"work": 7d opus at 100 %');
  assert.equal(await limited("sonnet"), 'opus of "work": 7d opus at 100 %');
  const env = { ANTHROPIC_MODEL: "sonnet" };
  const { stdout } = await runMulti(["limit", "work", "--clear"], { home, env });
  assert.match(stdout, /^opus on "work" is open again\nforgotten: 7d opus at 100 %, read /);
  assert.equal(await limited("opus"), undefined);
});
