// Tests that a throw-away home is private, has nothing of the caller's, and is gone afterwards.
import assert from "node:assert/strict";
import { startProgram } from "../helpers/binaries.ts";
import { fakeIdentity, nameInToken, refreshedTokens } from "../helpers/identity.ts";
import { needs } from "../helpers/needs.ts";
import { TempHome } from "../helpers/temp_home.ts";

type Json = Record<string, unknown>;

const modeOf = (path: string): number => (Deno.statSync(path).mode ?? 0) & 0o777;

Deno.test("a home is private while it is used and gone afterwards", async () => {
  let path = "";
  {
    await using home = await TempHome.create();
    path = home.path;
    for (const dir of [home.path, home.multi, home.project, home.bin]) {
      assert.equal(modeOf(dir), 0o700, dir);
    }
  }
  assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
});

Deno.test("a program in a home sees five variables and the given ones", async () => {
  await using home = await TempHome.create();
  const run = await startProgram("/usr/bin/env", [], { home, env: { MORE: "1" } }).ended;
  const names = run.stdout.trim().split("\n").map((line) => line.split("=")[0]).sort();
  assert.deepEqual(names, ["HOME", "LANG", "MORE", "PATH", "TERM", "USER"]);
});

Deno.test("a seeded account has a private login with its name, and a client that asks nothing at first start", async () => {
  await using home = await TempHome.create();
  home.seedAccount("alice");
  home.seedCachedUsage("alice", { fiveHour: 42, sevenDay: 17 });
  const dir = home.accountDir("alice");
  assert.equal(modeOf(dir), 0o700);
  assert.equal(modeOf(`${dir}/.credentials.json`), 0o600);
  assert.equal(modeOf(`${dir}/.claude.json`), 0o600);
  const oauth = readJson(`${dir}/.credentials.json`)["claudeAiOauth"] as Json;
  assert.equal(nameInToken(String(oauth["accessToken"])), "alice");
  const config = readJson(`${dir}/.claude.json`);
  assert.equal(config["hasCompletedOnboarding"], true);
  assert.ok(Object.keys(config["projects"] as Json).includes(home.project));
  const usage = (config["cachedUsageUtilization"] as Json)["utilization"] as Json;
  assert.equal((usage["five_hour"] as Json)["utilization"], 42);
  home.seedAccount("spent", { login: "blank" });
  const spent = readJson(`${home.accountDir("spent")}/.credentials.json`)["claudeAiOauth"] as Json;
  assert.equal(spent["accessToken"], "");
});

Deno.test("identities of different names differ, and names survive a refresh", () => {
  const names = ["alice", "bob", "a", "b", "a-1", "0"];
  const uuids = new Set(names.map((name) => fakeIdentity(name).accountUuid));
  assert.equal(uuids.size, names.length);
  for (const name of names) {
    assert.match(fakeIdentity(name).accountUuid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    assert.equal(nameInToken(`Bearer ${fakeIdentity(name).accessToken}`), name);
    assert.equal(nameInToken(refreshedTokens(name, 3).refresh), name);
  }
  assert.equal(nameInToken("Bearer something-else"), null);
});

Deno.test("a program that takes too long is killed and named", async () => {
  await using home = await TempHome.create();
  const run = startProgram("/bin/sleep", ["30"], { home, timeoutMs: 50 });
  await assert.rejects(run.ended, /"\/bin\/sleep 30" still ran/);
});

Deno.test("a missing program is never skipped silently", () => {
  const before = { PATH: Deno.env.get("PATH"), CI: Deno.env.get("CI") };
  const { error } = console;
  const told: string[] = [];
  try {
    console.error = (line: string) => void told.push(line);
    Deno.env.set("PATH", "/nowhere");
    Deno.env.delete("CI");
    assert.deepEqual(needs("fish"), { ignore: true });
    assert.match(told.join("\n"), /fish.*apt-get install fish/);
    Deno.env.set("CI", "true");
    assert.throws(() => needs("fish"), /"fish" is missing/);
  } finally {
    console.error = error;
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
  }
});

function readJson(path: string): Json {
  return JSON.parse(Deno.readTextFileSync(path)) as Json;
}
