// Tests of `save`: where the login is at every moment, and what it refuses.
import assert from "node:assert/strict";
import { runMulti, startMulti, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { contextOf, dyingFiles, Killed, runHere } from "../commands/context_of.ts";

/** Every file below the home that contains the refresh token of a name. */
function holders(home: TempHome, name: string): string[] {
  const token = `${fakeIdentity(name).refreshToken}"`;
  const found: string[] = [];
  const look = (dir: string) => {
    for (const entry of Deno.readDirSync(dir)) {
      const path = `${dir}/${entry.name}`;
      if (entry.isDirectory) look(path);
      else if (entry.isFile && Deno.readTextFileSync(path).includes(token)) {
        found.push(path.slice(home.path.length + 1));
      }
    }
  };
  look(home.path);
  return found.sort();
}

const SHARED = ".claude/.credentials.json";
const at = (name: string): string => `.claude-multi/config/${name}/.credentials.json`;

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(Deno.readTextFileSync(path));
}

async function authStatus(home: TempHome, dir: string | null): Promise<Record<string, unknown>> {
  const env = dir === null ? {} : { CLAUDE_CONFIG_DIR: dir };
  const { stdout } = await startProgram(`${home.bin}/claude`, ["auth", "status"], { home, env })
    .ended;
  return JSON.parse(stdout);
}

Deno.test("two logins saved one after the other become two working accounts", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  for (const name of ["personal", "work"]) {
    const login = await startProgram(`${home.bin}/claude`, ["auth", "login"], {
      home,
      env: { FAKE_CLAUDE_LOGIN_AS: name },
    }).ended;
    assert.equal(login.code, 0, login.stderr);
    const saved = await runMulti(["save", name], { home });
    assert.equal(saved.code, 0, saved.stderr);
    assert.match(saved.stdout, new RegExp(`${name}@example.test`));
    assert.doesNotMatch(saved.stdout + saved.stderr, /sk-ant/);
    assert.deepEqual(holders(home, name), [at(name)]);
    assert.equal((await authStatus(home, null))["loggedIn"], false);
    const there = await authStatus(home, home.accountDir(name));
    assert.equal(there["loggedIn"], true);
    assert.equal(there["email"], `${name}@example.test`);
  }
  for (const name of ["personal", "work"]) {
    const run = await runMulti(["run", "--account", name, "--", "-p", "hello"], { home });
    assert.equal(run.code, 0, run.stderr);
  }
  const config = readJson(`${home.multi}/config.json`);
  assert.deepEqual(
    (config["accounts"] as Array<Record<string, Record<string, unknown>>>).map((a) =>
      a["identity"]?.["email"]
    ),
    ["personal@example.test", "work@example.test"],
  );
  assert.equal((Deno.statSync(`${home.path}/${at("work")}`).mode ?? 0) & 0o777, 0o600);
});

Deno.test("saving under the wrong name is refused, and both people are named", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  assert.equal((await runMulti(["save", "personal"], { home })).code, 0);
  home.seedSharedHome("bob");
  const wrong = await runMulti(["save", "personal"], { home });
  assert.equal(wrong.code, 5);
  for (const text of ["kate@example.test", "kate org", "bob@example.test", "bob org"]) {
    assert.ok(wrong.stderr.includes(text), `${text} is missing in: ${wrong.stderr}`);
  }
  assert.deepEqual(holders(home, "bob"), [SHARED]);
  assert.deepEqual(holders(home, "kate"), [at("personal")]);
  assert.equal((await runMulti(["save", "work"], { home })).code, 0);
  home.seedSharedHome("kate");
  const twice = await runMulti(["save", "work"], { home });
  assert.equal(twice.code, 5);
  assert.match(twice.stderr, /is the account "personal"/);
  assert.match(twice.stderr, /bob@example.test/);
  assert.deepEqual(holders(home, "bob"), [at("work")]);
});

Deno.test("one login can't be saved under two names", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  assert.equal((await runMulti(["save", "personal"], { home })).code, 0);
  // The same token again, under an identity that hides whose it is.
  home.seedSharedHome("kate");
  const global = `${home.path}/.claude.json`;
  const config = readJson(global);
  (config["oauthAccount"] as Record<string, unknown>)["accountUuid"] = "another";
  Deno.writeTextFileSync(global, JSON.stringify(config));
  const result = await runMulti(["save", "work"], { home });
  assert.equal(result.code, 5, result.stderr);
  assert.match(result.stderr, /is the account "personal"/);
});

Deno.test("a person in two organisations has two accounts", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  assert.equal((await runMulti(["save", "personal"], { home })).code, 0);
  home.seedSharedHome("kate");
  const credentials = `${home.path}/${SHARED}`;
  Deno.writeTextFileSync(
    credentials,
    Deno.readTextFileSync(credentials).replaceAll("FAKE-kate", "FAKE-kate2"),
  );
  const global = `${home.path}/.claude.json`;
  const config = readJson(global);
  (config["oauthAccount"] as Record<string, unknown>)["organizationUuid"] = "elsewhere";
  Deno.writeTextFileSync(global, JSON.stringify(config));
  const result = await runMulti(["save", "work"], { home });
  assert.equal(result.code, 0, result.stderr);
});

Deno.test("a refused save changes nothing", async (t) => {
  const cases: Array<{
    title: string;
    arrange: (home: TempHome) => void;
    code: number;
    says: RegExp;
  }> = [
    {
      title: "nobody logged in",
      arrange: (home) => home.seedSharedHome("kate", { login: "none" }),
      code: 4,
      says: /nobody is logged in/,
    },
    { title: "no ~/.claude at all", arrange: () => {}, code: 4, says: /nobody is logged in/ },
    {
      title: "blank tokens",
      arrange: (home) => home.seedSharedHome("kate", { login: "blank" }),
      code: 4,
      says: /has expired/,
    },
    {
      title: "an account that already has a login",
      arrange: (home) => {
        home.seedSharedHome("kate");
        home.seedAccount("work", { name: "kate" });
        const own = `${home.path}/${at("work")}`;
        Deno.writeTextFileSync(
          own,
          Deno.readTextFileSync(own).replaceAll("FAKE-kate", "FAKE-kate-old"),
        );
        home.writeConfig({ accounts: [{ name: "work" }] });
      },
      code: 5,
      says: /which would be lost/,
    },
    {
      title: "an in-place account without an owner",
      arrange: (home) => {
        home.seedSharedHome("kate");
        home.writeConfig({ accounts: [{ name: "personal", inPlace: true }] });
      },
      code: 5,
      says: /is the account "personal"/,
    },
    {
      title: "a running session",
      arrange: (home) => {
        home.seedSharedHome("kate");
        Deno.mkdirSync(`${home.path}/.claude/sessions`);
        Deno.writeTextFileSync(
          `${home.path}/.claude/sessions/${Deno.pid}.json`,
          JSON.stringify({ pid: Deno.pid, sessionId: "x", cwd: `${home.path}/job` }),
        );
      },
      code: 5,
      says: /claude is running on .*\(session in ~\/job, process \d+\); leave claude there first/,
    },
    {
      title: "a login that is being refreshed",
      arrange: (home) => {
        home.seedSharedHome("kate");
        Deno.mkdirSync(`${home.path}/.claude/.oauth_refresh.lock`);
      },
      code: 5,
      says: /claude is writing there/,
    },
    {
      title: "tokens that don't belong to the person in .claude.json",
      arrange: (home) => {
        home.seedSharedHome("kate");
        const path = `${home.path}/${SHARED}`;
        const whole = readJson(path);
        (whole["claudeAiOauth"] as Record<string, unknown>)["accountUuid"] = "somebody";
        Deno.writeTextFileSync(path, JSON.stringify(whole));
      },
      code: 5,
      says: /don't belong to/,
    },
    {
      title: "credentials that are a link",
      arrange: (home) => {
        home.seedSharedHome("kate");
        const path = `${home.path}/${SHARED}`;
        Deno.renameSync(path, `${home.path}/elsewhere.json`);
        Deno.symlinkSync(`${home.path}/elsewhere.json`, path);
      },
      code: 5,
      says: /is a link/,
    },
  ];
  for (const { title, arrange, code, says } of cases) {
    await t.step(title, async () => {
      await using home = await TempHome.create();
      arrange(home);
      const before = holders(home, "kate");
      const result = await runMulti(["save", "work"], { home });
      assert.equal(result.code, code, result.stderr);
      assert.match(result.stderr, says);
      assert.match(result.stderr, /^try: |; run this again in a minute$/m);
      assert.deepEqual(holders(home, "kate"), before);
    });
  }
});

Deno.test("a login isn't moved to another disk", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const context = contextOf(home, {
    files: (files) => ({
      ...files,
      device: (path) => path.startsWith(home.multi) ? 2 : 1,
    }),
  });
  await assert.rejects(() => runHere(context, "save", "work"), /on different disks/);
  assert.deepEqual(holders(home, "kate"), [SHARED]);
});

Deno.test("save --copy keeps the live login and says what will happen", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const result = await runMulti(["save", "work", "--copy"], { home });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stderr, /logs the other out/);
  assert.deepEqual(holders(home, "kate"), [at("work"), SHARED].sort());
});

Deno.test("on macOS save explains why not and points to login", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  const context = contextOf(home, { processes: { system: "darwin" } });
  await assert.rejects(
    () => runHere(context, "save", "work"),
    (error: Error & { hint?: string; exit?: number }) =>
      /Keychain/.test(error.message) && error.hint === "claude-multi login work" &&
      error.exit === 5,
  );
  assert.deepEqual(holders(home, "kate"), [SHARED]);
});

function assertSaved(home: TempHome, when: string): void {
  assert.deepEqual(holders(home, "kate"), [at("work")], when);
  assert.equal(readJson(`${home.path}/.claude.json`)["oauthAccount"], undefined, when);
  const there = readJson(`${home.accountDir("work")}/.claude.json`);
  const identity = there["oauthAccount"] as Record<string, unknown>;
  assert.equal(identity["emailAddress"], "kate@example.test", when);
  const [account] = readJson(`${home.multi}/config.json`)["accounts"] as Array<
    Record<string, Record<string, unknown>>
  >;
  assert.equal(account?.["identity"]?.["email"], "kate@example.test", when);
  const left = [home.path, home.multi, `${home.path}/.claude`, home.accountDir("work")]
    .flatMap((dir) => [...Deno.readDirSync(dir)].map((entry) => `${dir}/${entry.name}`))
    .filter((path) => /(^|\/)(save\.json|locks-.*)$|(_refresh|json|claude|write)\.lock$/.test(path))
    .filter((path) => !path.startsWith(`${home.multi}/config.json`));
  assert.deepEqual(left, [], when);
}

Deno.test("if save is killed before any change of files, the login is in one place and a second run finishes it", async () => {
  let steps = 0;
  for (let n = 1;; n++) {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    const dying = dyingFiles(n);
    const context = contextOf(home, { files: dying.wrap });
    try {
      await runHere(context, "save", "work");
      break;
    } catch (error) {
      assert.ok(error instanceof Killed, String(error));
      const places = holders(home, "kate");
      assert.equal(places.length, 1, `${error.message}: ${places}`);
      assert.ok(places[0] === SHARED || places[0] === at("work"), String(places));
      assert.equal(await runHere(contextOf(home), "save", "work"), 0, error.message);
      assertSaved(home, error.message);
      steps++;
    }
  }
  assert.ok(steps > 30, `only ${steps} changes were stepped through`);
});

Deno.test("if the program is killed at any moment, there is one login and a second run finishes it", async () => {
  const measure = async (): Promise<number> => {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    const from = performance.now();
    await runMulti(["save", "work"], { home });
    return performance.now() - from;
  };
  const wholeMs = await measure();
  let killed = 0;
  for (let n = 0; n < 16; n++) {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    const running = startMulti(["save", "work"], { home });
    await new Promise((resolve) => setTimeout(resolve, wholeMs * (0.25 + n * 0.05)));
    try {
      running.kill("SIGKILL");
    } catch {
      // It has ended.
    }
    const { signal } = await running.ended;
    if (signal === "SIGKILL") killed++;
    assert.equal(holders(home, "kate").length, 1, `after ${n}`);
    const again = await runMulti(["save", "work"], { home });
    if (signal === null && again.code !== 0) assert.equal(again.code, 4, again.stderr);
    else assert.ok(again.code === 0 || /nobody is logged in/.test(again.stderr), again.stderr);
    assertSaved(home, `after ${n}`);
  }
  assert.ok(killed > 0, "no run was killed");
});

Deno.test("if the disk is full at any change of files, there is one login and a later run finishes it", async () => {
  let steps = 0;
  for (let n = 1;; n++) {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    const failing = dyingFiles(n, { once: true });
    const context = contextOf(home, { files: failing.wrap });
    const code = await runHere(context, "save", "work").catch((error) => {
      assert.match(String(error), /killed before|another disk/);
      return null;
    });
    if (failing.changes() < n) break;
    steps++;
    assert.equal(holders(home, "kate").length, 1, `change ${n}`);
    if (code === 0) continue;
    assert.equal(await runHere(contextOf(home), "save", "work"), 0, `change ${n}`);
    assertSaved(home, `change ${n}`);
  }
  assert.ok(steps > 30, `only ${steps} changes were stepped through`);
});

Deno.test("a client that refreshes the login during save never leaves a used token behind", async () => {
  for (let round = 0; round < 3; round++) {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    const refresher = `${home.path}/refresher.ts`;
    Deno.writeTextFileSync(
      refresher,
      `// A client that refreshes again and again under its own locks (CONTRACT §4), until the login is gone.
const dir = Deno.args[0] ?? "";
const locks = [dir + "/.oauth_refresh.lock", dir + ".lock"];
const take = () => {
  const held: string[] = [];
  try {
    for (const lock of locks) { Deno.mkdirSync(lock); held.push(lock); }
    return true;
  } catch {
    for (const lock of held) Deno.removeSync(lock);
    return false;
  }
};
console.log("ready");
for (let n = 1;; n++) {
  while (!take()) await new Promise((resolve) => setTimeout(resolve, 5));
  let whole;
  try {
    whole = JSON.parse(Deno.readTextFileSync(dir + "/.credentials.json"));
  } catch {
    for (const lock of locks) Deno.removeSync(lock);
    console.log(n - 1);
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 20));
  whole.claudeAiOauth.refreshToken = "sk-ant-ort01-FAKE-kate.r" + n;
  Deno.writeTextFileSync(dir + "/.credentials.json.tmp.1", JSON.stringify(whole), { mode: 0o600 });
  Deno.renameSync(dir + "/.credentials.json.tmp.1", dir + "/.credentials.json");
  for (const lock of locks) Deno.removeSync(lock);
  await new Promise((resolve) => setTimeout(resolve, 15));
}
`,
    );
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        "run",
        "-A",
        "--no-check",
        "--no-config",
        "--no-lock",
        refresher,
        `${home.path}/.claude`,
      ],
      stdout: "piped",
    }).spawn();
    const output = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await output.read()).value, "ready\n");
    const saved = await runMulti(["save", "work"], { home });
    assert.equal(saved.code, 0, saved.stderr);
    const last = Number((await output.read()).value);
    await child.status;
    await output.cancel();
    const kept = readJson(`${home.path}/${at("work")}`)["claudeAiOauth"] as Record<string, unknown>;
    assert.equal(kept["refreshToken"], `sk-ant-ort01-FAKE-kate${last === 0 ? "" : `.r${last}`}`);
    assert.throws(() => Deno.statSync(`${home.path}/${SHARED}`), Deno.errors.NotFound);
  }
});
