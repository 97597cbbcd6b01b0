// Tests of asking the client for figures: who is asked, how the answer is recorded, and what goes wrong.
import assert from "node:assert/strict";
import { refreshFigures, startRefresh } from "../../lib/accounts/refresh.ts";
import { pick } from "../../lib/commands/pick.ts";
import { standingsNow } from "../../lib/accounts/standings.ts";
import { accountWindow, useOf } from "../../lib/balance/windows.ts";
import { QUESTION_ARGUMENTS } from "../../lib/claude/usage_request.ts";
import type { FakeContext, FakeContextOptions } from "../helpers/context.ts";
import { fakeContext, putLogin, START_MS } from "../helpers/context.ts";
import { usageReply, usedReply } from "../helpers/usage_reply.ts";

const HOUR_MS = 3_600_000;

const used = (percent: number) => ({ line: usedReply(percent, START_MS) });
const reply = (figures: unknown) => ({ line: usageReply(figures) });

function contextWith(names: readonly string[], more: FakeContextOptions = {}): FakeContext {
  return fakeContext({
    config: { accounts: names.map((name) => ({ name })) },
    logins: Object.fromEntries(names.map((name) => [name, {}])),
    ...more,
  });
}

async function refresh(context: FakeContext, timeoutMs?: number) {
  const config = context.configFile.read();
  return await refreshFigures(context, {
    config,
    accounts: config.accounts,
    ...timeoutMs === undefined ? {} : { timeoutMs },
  });
}

/** Percent used and age in ms of an account's 5h window; null if nothing is known. */
function burst(context: FakeContext, name: string): [number, number] | null {
  const { accounts } = standingsNow(context, { config: context.configFile.read() });
  const standing = accounts.find(({ account }) => account.name === name);
  const window = useOf(accountWindow(standing?.windows ?? [], "five_hour"));
  return window === null ? null : [window.percentUsed, window.ageMs];
}

Deno.test("the client is asked on the account, in an empty folder of ours, without foreign logins", async () => {
  const context = contextWith(["work"]);
  context.processes.reply = () => used(42);
  assert.deepEqual(await refresh(context), [{
    account: "work",
    why: null,
    fix: null,
    repeatedMs: null,
  }]);
  assert.deepEqual(burst(context, "work"), [42, 0]);
  const [plan] = context.processes.asked;
  assert.deepEqual(plan?.args, QUESTION_ARGUMENTS);
  assert.equal(plan?.set["CLAUDE_CONFIG_DIR"], `${context.layout.accounts}/work`);
  for (const name of ["ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN", "CLAUDECODE"]) {
    assert.ok(plan?.unset.includes(name), name);
  }
  assert.equal(plan?.cwd, `${context.layout.root}/empty`);
  assert.equal(context.files.mode(plan?.cwd ?? ""), 0o700);
  assert.deepEqual(context.ledger().openSessions(), []);
  assert.deepEqual(context.processes.signals, []);
});

Deno.test("the account in ~/.claude is asked with the variable unset", async () => {
  const context = fakeContext({ config: { accounts: [{ name: "me", inPlace: true }] } });
  putLogin(context.files, { dir: context.layout.shared, name: "me", nowMs: START_MS });
  context.processes.reply = () => used(1);
  await refresh(context);
  assert.ok(context.processes.asked[0]?.unset.includes("CLAUDE_CONFIG_DIR"));
});

Deno.test("at most four clients run at the same time", async () => {
  const context = contextWith(["a", "b", "c", "d", "e", "f", "g"]);
  context.processes.reply = async () => {
    await context.clock.sleep(500);
    return used(10);
  };
  const results = await refresh(context);
  assert.deepEqual(results.map(({ account }) => account), ["a", "b", "c", "d", "e", "f", "g"]);
  assert.ok(results.every(({ why }) => why === null));
  assert.equal(context.processes.asking.most, 4);
});

Deno.test("a client that hangs is ended at the deadline, and the others' figures are kept", async () => {
  const context = contextWith(["a", "b"]);
  context.processes.reply = ({ set }) => set["CLAUDE_CONFIG_DIR"]?.endsWith("/a") ? null : used(30);
  const results = await refresh(context, 3000);
  assert.deepEqual(results.map(({ why }) => why), ["claude didn't answer within 3s", null]);
  assert.deepEqual(burst(context, "b")?.[0], 30);
  assert.deepEqual(context.processes.signals, ["SIGTERM", "SIGKILL"]);
  assert.match(context.terminal.stderr, /^claude-multi: no new figures of "a": claude didn't/);
});

Deno.test("a client that is writing its login isn't ended before it has finished", async () => {
  const context = contextWith(["a"]);
  const lock = `${context.layout.accounts}/a/.oauth_refresh.lock`;
  let freeAtMs = 0;
  context.processes.reply = async () => {
    context.files.makeDirectory(lock);
    await context.clock.sleep(6000);
    context.files.remove(lock);
    freeAtMs = context.clock.nowMs();
    return null;
  };
  const { signals } = context.processes;
  let endedAtMs = 0;
  signals.push = (...items: string[]) => {
    endedAtMs ||= context.clock.nowMs();
    return Array.prototype.push.apply(signals, items);
  };
  await refresh(context, 1000);
  assert.ok(freeAtMs > 0 && endedAtMs >= freeAtMs, `${endedAtMs} ${freeAtMs}`);
});

Deno.test("a lock that a killed client left behind doesn't delay the end of one that hangs", async () => {
  const context = contextWith(["a"]);
  context.files.makeDirectory(`${context.layout.accounts}/a/.oauth_refresh.lock`);
  context.clock.advance(HOUR_MS);
  context.processes.reply = () => null;
  const startMs = context.clock.nowMs();
  await refresh(context, 1000);
  assert.equal(context.clock.nowMs() - startMs, 1000);
});

Deno.test("an answer that the ledger can't store is no success", async () => {
  const context = contextWith(["a"]);
  context.processes.reply = () => used(42);
  const ledger = { ...context.ledger(), isKept: false };
  const config = context.configFile.read();
  const { accounts } = config;
  const [result] = await refreshFigures({ ...context, ledger: () => ledger }, { config, accounts });
  assert.equal(result?.why, "the ledger can't store them");
});

Deno.test("an answer from the client's cache has the time of the cache", async () => {
  const context = contextWith(["a"], {
    logins: {
      a: {
        fiveHour: { percentUsed: 42, resetsAtMs: START_MS + 2 * HOUR_MS },
        sevenDay: { percentUsed: 42, resetsAtMs: START_MS + 50 * HOUR_MS },
      },
    },
  });
  context.clock.advance(40_000);
  context.processes.reply = () => used(42);
  assert.deepEqual(
    (await refresh(context)).map(({ why, repeatedMs }) => [why, repeatedMs]),
    [[null, 40_000]],
  );
  assert.match(
    context.terminal.stderr,
    /: "a": claude repeats its answer of 40s ago; try again in a minute\n/,
  );
  assert.deepEqual(burst(context, "a"), [42, 40_000]);
  // If the service fails, the client repeats what it has cached for up to an hour.
  context.clock.advance(30 * 60_000);
  assert.equal((await refresh(context))[0]?.why, "the service gave none, or refused");
  assert.deepEqual(burst(context, "a"), [42, 40_000 + 30 * 60_000]);
});

Deno.test("the answer to someone who logged in meanwhile is not recorded", async () => {
  const context = contextWith(["a"]);
  context.processes.reply = () => {
    putLogin(context.files, { dir: `${context.layout.accounts}/a`, name: "bob", nowMs: START_MS });
    return used(42);
  };
  assert.equal((await refresh(context))[0]?.why, "who is logged in has changed meanwhile");
  assert.equal(burst(context, "a"), null);
});

Deno.test("no client is started for an account that isn't logged in as its owner", async () => {
  const context = contextWith(["a", "b", "c"], {
    config: {
      accounts: [{ name: "a" }, { name: "b" }, {
        name: "c",
        identity: { accountUuid: "00000000-0000-4000-8000-000000000001" },
      }],
    },
    logins: { b: {}, c: {} },
  });
  const path = `${context.layout.accounts}/b/.credentials.json`;
  context.files.put(
    path,
    (context.files.readText(path) ?? "").replace(/sk-ant-o[ar]t01[^"]*/g, ""),
  );
  const results = await refresh(context);
  assert.deepEqual(results.slice(0, 2), [
    { account: "a", why: "not logged in", fix: "claude-multi login a", repeatedMs: null },
    { account: "b", why: "its login has expired", fix: "claude-multi login b", repeatedMs: null },
  ]);
  assert.match(results[2]?.why ?? "", /^it belongs to .* is logged in$/);
  assert.deepEqual(context.processes.asked, []);
});

for (
  const [what, said, why] of [
    [
      "a client without --safe-mode",
      { code: 1, complaint: "error: unknown option '--safe-mode'\n" },
      "this claude is too old to be asked",
    ],
    ["a client that fails", { code: 7 }, "claude exited with 7 without an answer"],
    ["no figures", reply(null), "the service gave none, or refused"],
    ["figures of another shape", reply({ five_hour: "much" }), "claude's answer is not understood"],
    ["something else", { line: "hello" }, "claude exited with 0 without an answer"],
  ] as const
) {
  Deno.test(`one line says why there are no figures: ${what}`, async () => {
    const context = contextWith(["a"]);
    context.processes.reply = () => said;
    assert.equal((await refresh(context))[0]?.why, why);
    assert.equal(context.terminal.stderr.trimEnd().split("\n").length, 1);
    assert.equal(burst(context, "a"), null);
  });
}

Deno.test("a variable that keeps the client from asking is named, and no client is started", async () => {
  const name = "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC";
  const context = contextWith(["a"], { env: { [name]: "1" } });
  const [result] = await refresh(context);
  assert.deepEqual(result, {
    account: "a",
    why: `${name} keeps claude from asking`,
    fix: `unset ${name}`,
    repeatedMs: null,
  });
  assert.deepEqual(context.processes.asked, []);
});

Deno.test("the same variable in the settings of claude is named too", async () => {
  const name = "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC";
  const context = contextWith(["a"]);
  const path = `${context.layout.shared}/settings.json`;
  context.files.put(path, JSON.stringify({ env: { [name]: "1" } }));
  const [result] = await refresh(context);
  assert.equal(result?.why, `${name} in ~/.claude/settings.json keeps claude from asking`);
  assert.deepEqual(context.processes.asked, []);
});

Deno.test("pick --refresh doesn't choose an account whose login expired while it was asked", async () => {
  const context = contextWith(["a", "b"]);
  context.processes.reply = ({ set }) => {
    const dir = set["CLAUDE_CONFIG_DIR"] ?? "";
    if (dir.endsWith("/b")) return used(50);
    const path = `${dir}/.credentials.json`;
    const login = context.files.readText(path) ?? "";
    context.files.put(path, login.replace(/sk-ant-o[ar]t01[^"]*/g, ""));
    return used(1);
  };
  const switches = new Set(["refresh", "json"]);
  await pick.run(context, { positionals: [], values: {}, switches, rest: [] });
  assert.equal(JSON.parse(context.terminal.stdout).account, "b");
});

Deno.test("stopped, the clients that haven't answered are ended and no further one is started", async () => {
  const names = ["a", "b", "c", "d", "e", "f"];
  const context = contextWith(names);
  context.processes.reply = () => null;
  const config = context.configFile.read();
  const asked = startRefresh(context, { config, accounts: config.accounts, timeoutMs: 60_000 });
  await asked.stop();
  const results = (await asked.done).filter(Boolean);
  assert.ok(results.every(({ why }) => why === "it was stopped before it answered"));
  assert.ok(context.processes.asked.length <= 4);
  assert.equal(context.processes.asking.now, 0);
});

Deno.test("of two processes, only one may ask about an account within five minutes", () => {
  const context = contextWith(["a"]);
  const ledger = context.ledger();
  const claim = (names: string[], afterMs: number) =>
    ledger.claimRefresh(names, { nowMs: START_MS + afterMs, pauseMs: 300_000 });
  assert.deepEqual(claim(["a", "b"], 0), ["a", "b"]);
  assert.deepEqual(claim(["a", "c"], 1000), ["c"]);
  assert.deepEqual(claim(["a"], 300_000), ["a"]);
  // A process that read the clock before another claimed the account.
  assert.deepEqual(claim(["a"], 299_990), []);
  // After the clock was set back, the old time doesn't count.
  assert.deepEqual(claim(["a"], -1000), ["a"]);
  ledger.renameAccount("a", "z");
  assert.deepEqual(claim(["a", "z"], 0), ["a"]);
  ledger.forgetAccount("z");
  assert.deepEqual(claim(["z"], 0), ["z"]);
});

Deno.test("a full window that the newest answer no longer has holds nothing back, and neither does its limit", async () => {
  const windows = ["five_hour", "seven_day", "seven_day_opus", "seven_day_fable"] as const;
  const modelOf = (window: string) => /^seven_day_(\w+)$/.exec(window)?.[1] ?? null;
  const stateAfter = async (full: string, figures: Record<string, unknown>) => {
    const context = contextWith(["work"]);
    const known = { account: "work", window: full, model: modelOf(full), identity: null };
    const resetsAtMs = START_MS + 4 * HOUR_MS;
    const measuredAtMs = START_MS - HOUR_MS;
    context.ledger().addReadings([
      { ...known, percentUsed: 100, resetsAtMs, measuredAtMs, source: "limit" },
    ]);
    context.ledger().addLimit({
      ...known,
      untilMs: resetsAtMs,
      kind: "limit",
      recordedAtMs: measuredAtMs,
      session: null,
    });
    context.processes.reply = () => reply(figures);
    await refresh(context);
    const models = () => ["opus", "fable"];
    const config = context.configFile.read();
    return standingsNow(context, { config, models }).accounts[0]?.state;
  };
  const none = { five_hour: null, seven_day: null, seven_day_opus: null, limits: [] };
  for (const window of windows) assert.equal(await stateAfter(window, none), "open", window);
  const { limits: _, ...unlisted } = none;
  assert.equal(await stateAfter("seven_day_opus", unlisted), "open");
  assert.equal(await stateAfter("seven_day_fable", unlisted), "limited", "it says nothing of it");
  assert.equal(await stateAfter("seven_day", { five_hour: null }), "limited", "nor of the week");
  const week = { utilization: 100, resets_at: new Date(START_MS + 4 * HOUR_MS).toISOString() };
  assert.equal(await stateAfter("seven_day", { ...none, seven_day: week }), "limited");
  assert.equal(await stateAfter("seven_day_opus", { ...none, seven_day_opus: week }), "limited");
});
