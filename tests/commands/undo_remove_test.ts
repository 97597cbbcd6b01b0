// Tests of what remains of a removed account: what its undo brings back, and what nobody else inherits.
import assert from "node:assert/strict";
import { identityKey } from "../../lib/config/account.ts";
import type { Reading } from "../../lib/balance/windows.ts";
import { binary, runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { contextOf, runHere } from "./context_of.ts";

const HOUR_MS = 3_600_000;

async function homeWith(...names: string[]): Promise<TempHome> {
  const home = await TempHome.create();
  for (const name of names) home.seedAccount(name);
  home.writeConfig({ accounts: names.map((name) => ({ name })) });
  return home;
}

/** Runs a command that must work; returns what it printed. */
async function done(home: TempHome, line: string): Promise<string> {
  const { code, stdout, stderr } = await runMulti(line.split(" "), { home });
  assert.equal(code, 0, `${line}: ${stderr}`);
  return stdout;
}

/** Removes an account, and runs the line that brings it back, as a shell would. */
async function removeAndUndo(home: TempHome, name: string): Promise<void> {
  const undo = /^undo with (.*)$/m.exec(await done(home, `remove ${name}`))?.[1] ?? "";
  const shell = new Deno.Command("sh", { args: ["-c", undo], clearEnv: true, env: home.env() });
  assert.equal(shell.outputSync().code, 0, undo);
}

/** What `status` says of an account, except for the age of its figures. */
async function look(home: TempHome, name: string): Promise<Record<string, unknown>> {
  const { accounts } = JSON.parse(await done(home, "status --json")) as {
    accounts: Array<Record<"name" | "state" | "limitedUntilMs" | "windows", unknown>>;
  };
  const found = accounts.find((one) => one.name === name);
  const { state, limitedUntilMs } = found ?? {};
  const windows = (found?.windows ?? {}) as Record<string, { percentUsed: number } | null>;
  const used = Object.values(windows).map((window) => window?.percentUsed ?? null);
  return { state, used, limitedUntilMs };
}

/** Records that the 5h of an account is full, by its status line and by a limit that it met. */
function fill(home: TempHome, account: string, identity: string | null): void {
  const context = contextOf(home);
  const [nowMs, resetsAtMs] = [Date.now(), Date.now() + 2 * HOUR_MS];
  const window = { account, window: "five_hour", model: null, identity };
  const reading: Reading = {
    ...window,
    percentUsed: 100,
    resetsAtMs,
    measuredAtMs: nowMs,
    source: "statusline",
  };
  const limit = { kind: "limit", untilMs: resetsAtMs, recordedAtMs: nowMs, session: null } as const;
  context.ledger().addReadings([reading]);
  context.ledger().addLimit({ ...window, ...limit });
  context.close();
}

const personOf = (name: string) => identityKey(fakeIdentity(name));

Deno.test("the undo of remove brings back what was known: a full window, a limit, one set by hand, one that was cleared", async () => {
  const known: Array<[state: string, make: (home: TempHome) => Promise<unknown>]> = [
    ["limited", (home) => Promise.resolve(fill(home, "work", personOf("work")))],
    ["limited", (home) => done(home, "limit work --until 3h")],
    ["open", (home) => {
      home.seedCachedUsage("work", { fiveHour: 100, sevenDay: 20 });
      return done(home, "limit work --clear");
    }],
  ];
  for (const [state, make] of known) {
    await using home = await homeWith("work");
    // What claude itself keeps is older, and would count if the ledger forgot what came later.
    home.seedCachedUsage("work", { fiveHour: 20, sevenDay: 20 });
    await make(home);
    const before = await look(home, "work");
    assert.equal(before["state"], state);
    await removeAndUndo(home, "work");
    assert.deepEqual(await look(home, "work"), before);
  }
});

Deno.test("the undo of remove brings back the limit of an account that was renamed, and of one in place", async () => {
  await using home = await homeWith("work");
  home.seedSharedHome("kate");
  await done(home, "rename work job");
  await done(home, "add me --in-place");
  for (const name of ["job", "me"]) {
    await done(home, `limit ${name} --until 3h`);
    const before = await look(home, name);
    await removeAndUndo(home, name);
    assert.deepEqual(await look(home, name), before);
    assert.equal(before["state"], "limited");
  }
});

/** Ways to make somebody else's account of the name `work`. */
const WAYS: Readonly<Record<string, (home: TempHome) => Promise<unknown>>> = {
  async "added, then logged in"(home) {
    await done(home, "add work");
    home.seedAccount("work", { name: "someone" });
  },
  async "added to a folder with a login"(home) {
    home.seedAccount("work", { name: "someone" });
    await done(home, "add work");
  },
  async "added in place"(home) {
    home.seedSharedHome("someone");
    await done(home, "add work --in-place");
  },
  async saved(home) {
    home.seedSharedHome("someone");
    await done(home, "save work");
  },
  async renamed(home) {
    home.seedAccount("other", { name: "someone" });
    await done(home, "add other");
    await done(home, "rename other work");
  },
};

Deno.test("a new account with an old name gets no figure and no limit of another person, however it is made", async () => {
  const gone: Record<string, (home: TempHome) => Promise<unknown> | void> = {
    removed: (home) => done(home, "remove work"),
    // By hand, nothing can be signed.
    "taken out of config.json": (home) => {
      home.writeConfig({ accounts: [] });
      Deno.removeSync(home.accountDir("work"), { recursive: true });
    },
  };
  for (const [how, leave] of Object.entries(gone)) {
    const written = async (home: TempHome) => {
      home.seedAccount("work", { name: "someone" });
      home.writeConfig({ accounts: [{ name: "work" }] });
      await Promise.resolve();
    };
    const ways = how === "removed" ? { ...WAYS, "written into config.json": written } : WAYS;
    for (const [way, make] of Object.entries(ways)) {
      await using home = await homeWith("work");
      fill(home, "work", personOf("work"));
      fill(home, "work", null);
      await done(home, "limit work --until 3h");
      await leave(home);
      await make(home);
      const found = await look(home, "work");
      const nothing = { state: "open", used: [null, null], limitedUntilMs: null };
      assert.deepEqual(found, nothing, `${how}, then ${way}`);
    }
  }
});

Deno.test("whoever logs in again to a new account with the old name still has the limit", async () => {
  await using home = await homeWith("work");
  fill(home, "work", personOf("work"));
  const before = await look(home, "work");
  await done(home, "remove work");
  installFakeClaude(home);
  await done(home, "add work");
  const env = { FAKE_CLAUDE_LOGIN_AS: "work" };
  assert.equal((await runMulti(["login", "work"], { home, env })).code, 0);
  assert.deepEqual(await look(home, "work"), before);
  assert.equal(before["state"], "limited");
});

/** Two groups, of which "bob" and "carl" have one printed reply each; what "bob" was asked is `secret`. */
async function homeOfGroups(): Promise<TempHome> {
  const home = await TempHome.create();
  for (const name of ["bob", "carl", "dan"]) home.seedAccount(name);
  const inGroup = (name: string, group: string) => ({ name, group });
  home.writeConfig({
    accounts: [inGroup("bob", "work"), inGroup("carl", "home"), inGroup("dan", "work")],
  });
  installFakeClaude(home);
  await done(home, "run --account bob -- -p secret");
  await done(home, "run --account carl -- -p other");
  await done(home, "limit bob --until 3h");
  return home;
}

/** The accounts of the sessions, the oldest first. */
async function accountsOfSessions(home: TempHome): Promise<string[]> {
  const { sessions } = JSON.parse(await done(home, "sessions --json"));
  return sessions.map(({ account }: { account: string }) => account).toReversed();
}

Deno.test("a name of a removed account brings another one none of its conversations, and the undo brings them back", async () => {
  await using home = await homeOfGroups();
  const undo = /^undo with (.*)$/m.exec(await done(home, "remove bob"))?.[1] ?? "";
  await done(home, "rename carl bob");
  assert.deepEqual(await accountsOfSessions(home), ["bob (removed)", "bob"]);
  const words = ["resume", "secret", "--account", "bob", "--", "-p", "more"];
  const resumed = await runMulti(words, { home });
  assert.equal(resumed.code, 5, resumed.stderr);
  assert.match(
    resumed.stderr,
    /cannot continue on "bob": this conversation belongs to the group "work"/,
  );
  await done(home, "rename bob carl");
  const shell = new Deno.Command("sh", { args: ["-c", undo], clearEnv: true, env: home.env() });
  assert.equal(shell.outputSync().code, 0, undo);
  assert.deepEqual(await accountsOfSessions(home), ["bob", "carl"]);
  assert.equal((await look(home, "bob"))["state"], "limited");
  await done(home, "limit bob --clear");
  await done(home, "resume secret -- -p more");
  assert.deepEqual(await accountsOfSessions(home), ["bob", "carl", "bob"]);
});

Deno.test("a new account of an old name has no history, until the same person logs in to it", async () => {
  await using home = await homeOfGroups();
  await done(home, "remove bob");
  await done(home, "add bob");
  assert.deepEqual(await accountsOfSessions(home), ["bob (removed)", "carl"]);
  const env = (name: string) => ({ FAKE_CLAUDE_LOGIN_AS: name });
  assert.equal((await runMulti(["login", "bob"], { home, env: env("eve") })).code, 0);
  await done(home, "run --account bob -- -p mine");
  await done(home, "remove bob");
  await done(home, "add bob");
  const former = ["bob (removed)", "carl", "bob (removed 2)"];
  assert.deepEqual(await accountsOfSessions(home), former);
  assert.equal((await runMulti(["login", "bob"], { home, env: env("bob") })).code, 0);
  assert.deepEqual(await accountsOfSessions(home), ["bob", "carl", "bob (removed 2)"]);
});

Deno.test("a folder that stays pinned to a removed account is named once another one gets the name", async () => {
  await using home = await homeOfGroups();
  const { accounts } = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
  home.writeConfig({ accounts, pins: [{ path: home.project, account: "bob" }] });
  await done(home, "remove bob");
  const { stderr } = await runMulti(["rename", "carl", "bob"], { home });
  assert.match(stderr, /still pinned to "bob", and so to this account now: ~\/project; to unpin, /);
});

Deno.test("the undo brings back an account in which the wrong person is logged in, and says what mends it", async () => {
  await using home = await homeWith("anna", "dora");
  home.seedAccount("dora", { name: "anna" });
  installFakeClaude(home);
  const undo = /^undo with (.*)$/m.exec(await done(home, "remove dora"))?.[1] ?? "";
  const shell = new Deno.Command("sh", { args: ["-c", undo], clearEnv: true, env: home.env() });
  const { code, stdout, stderr } = shell.outputSync();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.equal(code, 0, text(stderr));
  assert.match(
    text(stderr),
    /dora is logged in as "anna@\S+" of .*, which is the account "anna"\n/,
  );
  assert.match(text(stdout), /^added "dora"\nnext: \S*claude-multi\S* login dora$/m);
  const refused = await runMulti(["run", "--account", "dora", "--", "-p", "x"], { home });
  assert.equal(refused.code, 5, refused.stderr);
  const { accounts } = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
  assert.deepEqual(accounts.at(-1), { name: "dora" });
});

Deno.test("remove deletes the figures with --purge, or if nobody knows whose they are, and says so", async () => {
  for (
    const [words, login, isKept] of [
      [["remove", "work"], "ok", true],
      [["remove", "work", "--purge", "--yes"], "ok", false],
      [["remove", "work"], "none", false],
    ] as const
  ) {
    await using home = await TempHome.create();
    home.seedAccount("work", { login });
    home.writeConfig({ accounts: [{ name: "work" }] });
    fill(home, "work", login === "none" ? null : personOf("work"));
    const context = contextOf(home);
    await runHere(context, ...words);
    const said = context.printed.join("\n");
    assert.equal(/^kept {6}its .*readings and limits$/m.test(said), isKept, said);
    assert.equal(/^deleted .*readings and limits$/m.test(said), !isKept, said);
    const after = contextOf(home);
    const options = { identity: personOf("work"), nowMs: Date.now() };
    const { readings, limits } = after.ledger().facts("work", options);
    assert.deepEqual([readings.length, limits.length], isKept ? [1, 1] : [0, 0]);
    after.close();
  }
});

Deno.test("the undo lines of remove bring back the pins that were given up, and none is printed otherwise", async () => {
  for (
    const [words, answer, count] of [
      [["remove", "work"], "y", 3],
      [["remove", "work"], "n", 1],
      [["remove", "work", "--purge", "--yes"], "y", 0],
    ] as const
  ) {
    await using home = await homeWith("work");
    const folders = ["old-project", "it's $mine"].map((name) => `${home.path}/${name}`);
    for (const folder of folders) Deno.mkdirSync(folder);
    const config = {
      accounts: [{ name: "work" }],
      pins: folders.map((path) => ({ path, account: "work" })),
    };
    home.writeConfig(config);
    const context = contextOf(home, { processes: { executable: () => binary("claude-multi") } });
    const terminal = { ...context.terminal, interactive: true, ask: () => Promise.resolve(answer) };
    assert.equal(await runHere({ ...context, terminal }, ...words), 0);
    const lines = context.printed.flatMap((line) => /^undo with (.*)$/.exec(line)?.[1] ?? []);
    assert.equal(lines.length, count, context.printed.join("\n"));
    if (count === 0) continue;
    const args = ["-ec", lines.join("\n")];
    const shell = new Deno.Command("sh", { args, clearEnv: true, env: home.env() });
    assert.equal(shell.outputSync().code, 0, lines.join("\n"));
    const { pins } = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
    assert.deepEqual(pins, config.pins);
  }
});

Deno.test("after remove, the limit that a session met is still in its history, and no listing shows the account", async () => {
  await using home = await homeWith("personal", "work");
  fill(home, "work", personOf("work"));
  await done(home, "remove work");
  const { accounts } = JSON.parse(await done(home, "stats --json"));
  const [work] = accounts as Array<{ account: string; limits: number; highestFiveHour: number }>;
  assert.deepEqual([work?.account, work?.limits, work?.highestFiveHour], ["work", 1, 100]);
  for (const line of ["status", "pick", "list", "complete -- limit ", "doctor"]) {
    const { stdout } = await runMulti(line.split(" "), { home });
    assert.doesNotMatch(stdout, /\bwork\b/, line);
  }
});
