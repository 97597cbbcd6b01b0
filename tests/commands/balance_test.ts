// Tests of the balancer as the user sees it: pick, limits, waiting, pins, why, the hook.
import assert from "node:assert/strict";
import { runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { seedCachedUsage, TempHome } from "../helpers/temp_home.ts";

async function homeWith(
  accounts: Array<Record<string, unknown> & { name: string; used?: number }>,
) {
  const home = await TempHome.create();
  home.writeConfig({ accounts: accounts.map(({ used: _, ...entry }) => entry) });
  for (const { name, used } of accounts) {
    home.seedAccount(name);
    if (used !== undefined) home.seedCachedUsage(name, { fiveHour: used, sevenDay: 0 });
  }
  return home;
}

interface Picked {
  version: number;
  account: string | null;
  policy: string;
  ranked: Array<{ name: string; score: number; limited: boolean; reasons: string[] }>;
}

async function pick(home: TempHome, ...args: string[]): Promise<Picked> {
  return JSON.parse((await runMulti(["pick", "--json", ...args], { home })).stdout) as Picked;
}

Deno.test("pick --json has its documented shape and the scores of the formula", async () => {
  await using home = await homeWith([{ name: "a", used: 40 }, { name: "b", used: 10 }]);
  const picked = await pick(home);
  assert.deepEqual(Object.keys(picked), ["version", "account", "policy", "ranked"]);
  assert.equal(picked.account, "b");
  assert.deepEqual(picked.ranked.map((row) => [row.name, row.score, row.limited]), [
    ["b", 93, false],
    ["a", 72, false],
  ]);
});

Deno.test("pick leaves out disabled and logged out accounts, and exits with 3 if none is left", async () => {
  await using home = await homeWith([{ name: "a", disabled: true }, { name: "b" }]);
  home.seedAccount("b", { login: "blank" });
  const result = await runMulti(["pick", "--json"], { home });
  assert.equal(result.code, 3);
  assert.deepEqual((JSON.parse(result.stdout) as Picked).ranked, []);
});

Deno.test("limit --clear says what it has forgotten, and the account is open again", async () => {
  await using home = await homeWith([{ name: "a", used: 100 }]);
  const clear = async () => (await runMulti(["limit", "a", "--clear"], { home })).stdout;
  await runMulti(["limit", "a"], { home });
  assert.match(
    await clear(),
    /^"a" is open again\nforgotten: a limit set by hand .*\nforgotten: 5h at 100 %, read .*\n$/,
  );
  assert.equal(await clear(), '"a" had no limit\n');
  assert.equal((await pick(home)).account, "a");
});

Deno.test("a manual limit applies until it is cleared", async () => {
  await using home = await homeWith([{ name: "a" }, { name: "b" }]);
  assert.equal((await pick(home)).account, "a");
  assert.equal((await runMulti(["limit", "a", "--until", "2h"], { home })).code, 0);
  assert.equal((await pick(home)).account, "b");
  assert.equal((await runMulti(["limit", "a", "--clear"], { home })).code, 0);
  assert.equal((await pick(home)).account, "a");
});

Deno.test("a manual limit replaces an earlier one, and the time that applies is printed", async () => {
  await using home = await homeWith([{ name: "a", used: 10 }]);
  const claude = installFakeClaude(home);
  const limitedForMs = async () => {
    const { stdout } = await runMulti(["status", "--json"], { home });
    const { accounts } = JSON.parse(stdout) as { accounts: Array<{ limitedUntilMs: number }> };
    return Math.round((accounts[0]?.limitedUntilMs ?? 0) / 60_000 - Date.now() / 60_000);
  };
  const set = async (time: string) => (await runMulti(["limit", "a", time], { home })).stdout;
  const threeHours = await set("3h");
  assert.match(threeHours, /^"a" is limited until [^:]+:\d\d, in 3h\n$/);
  const oneHour = await set("1h");
  assert.match(
    oneHour,
    /^"a" is limited until [^:]+:\d\d, in 1h; before, you had said [^:]+:\d\d\n$/,
  );
  assert.notEqual(oneHour, threeHours);
  assert.equal(await limitedForMs(), 60);
  await runMulti(["limit", "a", "--clear"], { home });
  const resetsAtMs = Math.ceil(Date.now() / 1000) * 1000 + 2 * 3_600_000;
  claude.order({ accounts: { a: { limit: { window: "five_hour", resetsAtMs } } } });
  await runMulti(["run", "--", "-p", "x"], { home });
  await set("3h");
  assert.match(
    await set("1h"),
    /^"a" is still limited until (.+): Claude reported a later reset than (?!\1)/,
  );
  assert.equal(await limitedForMs(), 120, "what claude met is not replaced");
});

Deno.test("a pin with a trailing slash applies to the folder itself", async () => {
  await using home = await homeWith([{ name: "a" }, { name: "b" }]);
  const accounts = [{ name: "a" }, { name: "b" }];
  home.writeConfig({ accounts, pins: [{ path: `${home.project}/`, account: "b" }] });
  assert.equal((await pick(home)).account, "b");
});

Deno.test("a pin that names a link applies to the folder that it leads to, and can be cleared there", async () => {
  await using home = await homeWith([{ name: "a" }, { name: "b" }]);
  const link = `${home.path}/link`;
  await Deno.symlink(home.project, link);
  const accounts = [{ name: "a" }, { name: "b" }];
  const pins = [{ path: link, account: "b" }, { path: `${home.path}/gone`, account: "a" }];
  home.writeConfig({ accounts, pins });
  assert.equal((await pick(home)).account, "b");
  const below = `${home.project}/below`;
  await Deno.mkdir(below);
  const plan = await runMulti(["run", "--dry-run", "--json"], { home, cwd: below });
  assert.equal(plan.code, 1, "there is no client");
  installFakeClaude(home);
  const { stdout } = await runMulti(["run", "--dry-run", "--json"], { home, cwd: below });
  assert.equal((JSON.parse(stdout) as Picked).account, "b");
  const cleared = await runMulti(["pin", "--clear"], { home });
  assert.match(cleared.stdout, /~\/project is no longer pinned/);
  assert.equal((await pick(home)).account, "a");
});

Deno.test("pin keeps keys, comments and order of the other pins, and unknown keys of its own", async () => {
  await using home = await homeWith([{ name: "a" }, { name: "b" }]);
  const inConfig = (pins: string) =>
    home.writeConfig(`{ "accounts": [{ "name": "a" }, { "name": "b" }],\n  "pins": [${pins}] }\n`);
  const config = () => Deno.readTextFileSync(`${home.multi}/config.json`).replace(/\s+/g, " ");
  const other = `// of last year\n    { "path": "/x", "account": "a", "note": "kept", "since": 3 }`;
  inConfig(`\n    ${other}\n  `);
  assert.equal((await runMulti(["pin", "b"], { home })).code, 0);
  assert.ok(config().includes(other.replace(/\s+/g, " ")), config());
  const own = `{ "path": "${home.project}", "account": "a", "note": "mine" }`;
  inConfig(`\n    ${own},\n    ${other},\n    { "path": "${home.project}/", "group": "g" }\n  `);
  assert.equal((await runMulti(["pin", "b"], { home })).code, 0);
  assert.ok(config().includes(other.replace(/\s+/g, " ")), config());
  assert.ok(config().includes(own.replace('"a"', '"b"')), config());
  const listed = JSON.parse((await runMulti(["pin", "--json"], { home })).stdout) as {
    pins: Array<{ path: string; account: string | null; group: string | null }>;
  };
  assert.deepEqual(listed.pins, [
    { path: home.project, account: "b", group: null },
    { path: "/x", account: "a", group: null },
  ]);
  assert.equal((await runMulti(["pin", "--clear"], { home })).code, 0);
  assert.match(config(), /"note": "kept", "since": 3/);
  assert.doesNotMatch(config(), /mine/);
});

const NO_TIMES: Array<[time: string, why: RegExp]> = [
  ["yesterday", /such as 15:04, 6pm, 90m/],
  ["someday", /such as 15:04, 6pm, 90m, 3d, tomorrow 9am, fri, dec 1 or 2026-01-31T15:04\n/],
  ["25:00", /such as 15:04, 6pm/],
  ["-2h", /such as 15:04, 6pm/],
  ["2020-01-01", /that time has passed/],
  ["0m", /that time has passed/],
  ["400d", /that is more than 366d away\n/],
];
for (const [time, why] of NO_TIMES) {
  Deno.test(`limit --until ${time} is refused with a reason`, async () => {
    await using home = await homeWith([{ name: "a" }]);
    const result = await runMulti(["limit", "a", `--until=${time}`], { home });
    assert.equal(result.code, 2, result.stderr);
    assert.match(result.stderr, why);
    assert.equal(result.stderr.trim().split("\n").length, 2, "one line, and the hint");
  });
}

Deno.test("limit says what a wrong time probably means, and else gives an example", async () => {
  await using home = await homeWith([{ name: "a" }]);
  for (
    const [words, near, line] of [
      ["90", "90m", "90m"],
      ["3", "3h", "3h"],
      ["tomorow", "tomorrow", "tomorrow"],
      ["--until tomorow", "tomorrow", "--until tomorrow"],
      ["--for 90", "90m", "--for 90m"],
      ["wensday 9am", "wednesday 9am", "wednesday 9am"],
      ["25:00", null, "2h"],
      ["9.30", null, "2h"],
      ["--until someday", null, "--until 2h"],
    ] as const
  ) {
    const { code, stderr } = await runMulti(["limit", "a", ...words.split(" ")], { home });
    assert.equal(code, 2, words);
    assert.equal(/; did you mean "(.*)"\?\n/.exec(stderr)?.[1] ?? null, near, stderr);
    assert.ok(stderr.endsWith(`try: claude-multi limit a ${line}\n`), stderr);
    const good = await runMulti(["limit", "a", ...line.split(" ")], { home });
    assert.equal(good.code, 0, good.stderr);
  }
});

Deno.test("all limited: the table of resets on stderr, exit 3, nothing started", async () => {
  await using home = await homeWith([{ name: "a", used: 100 }, { name: "b", used: 100 }]);
  const claude = installFakeClaude(home);
  const result = await runMulti(["run"], { home });
  assert.equal(result.code, 3);
  assert.match(result.stderr, /a .*100 %.*limited until/);
  assert.match(result.stderr, /b .*100 %.*limited until/);
  assert.equal(result.stdout, "");
  assert.deepEqual(claude.launches(), []);
});

Deno.test("--account takes a limited account with a warning, --wait starts when one opens", async () => {
  await using home = await homeWith([{ name: "a" }]);
  const claude = installFakeClaude(home);
  await runMulti(["limit", "a", "--until", "4s"], { home });
  const named = await runMulti(["run", "--account", "a", "--", "-p", "x"], { home });
  assert.equal(named.code, 0);
  assert.match(named.stderr, /account "a" is limited; used because you named it/);
  const waited = await runMulti(["run", "--wait", "--", "-p", "y"], { home });
  assert.equal(waited.code, 0, waited.stderr);
  assert.equal(claude.launches().length, 2);
});

Deno.test("a window at its reserve counts as limited", async () => {
  await using home = await homeWith([{ name: "a", used: 60 }, { name: "b", used: 80 }]);
  home.writeConfig({ accounts: [{ name: "b" }, { name: "a" }], reserve: { five_hour: 70 } });
  const picked = await pick(home);
  assert.deepEqual(picked.ranked.map((row) => [row.name, row.limited]), [["a", false], [
    "b",
    true,
  ]]);
  const { stdout } = await runMulti(["status"], { home });
  assert.match(stdout, /^b .* reserved until /m, "claude itself would still take work");
});

Deno.test("an old usage answer without a reset does not limit an account for good", async () => {
  await using home = await homeWith([{ name: "a" }]);
  const full = (fetchedAtMs: number) =>
    seedCachedUsage(`${home.accountDir("a")}/.claude.json`, {
      name: "a",
      fetchedAtMs,
      fiveHour: { percentUsed: 100, resetsAtMs: null },
    });
  full(Date.now() - 60 * 24 * 3_600_000);
  assert.equal((await pick(home)).account, "a");
  full(Date.now() - 60_000);
  assert.equal((await pick(home)).account, null, "a new one does");
});

Deno.test("limit also takes a time without --until, and prints a distant one with its date", async () => {
  await using home = await homeWith([{ name: "a" }]);
  const near = await runMulti(["limit", "a", "2h"], { home });
  assert.match(near.stdout, /^"a" is limited until (\w{3} )?\d\d:\d\d, in 2h\n$/);
  const far = await runMulti(["limit", "a", "--until", "60d"], { home });
  assert.match(far.stdout, /until \d{1,2} [A-Z][a-z]{2} \d\d:\d\d/);
  const midnight = await runMulti(["limit", "a", "--until", "tomorrow"], { home });
  assert.match(midnight.stdout, /until \w{3} 00:00, in \S+;/);
  for (const more of [["--until", "3h"], ["--clear"]]) {
    const refused = await runMulti(["limit", "a", "2h", ...more], { home });
    assert.equal(refused.code, 2);
  }
});

Deno.test("pin says what a folder was pinned to before, unless that is the same", async () => {
  await using home = await homeWith([{ name: "a" }, { name: "b", group: "office" }]);
  const pinned = async (...words: string[]) =>
    (await runMulti(["pin", ...words], { home })).stdout.replace(/^in .* now only takes /, "");
  assert.equal(await pinned("a"), "a\n");
  assert.equal(await pinned("b"), "b, instead of a\n");
  assert.equal(await pinned("b"), "b\n");
  assert.equal(
    await pinned("--group", "office"),
    "accounts of the group office, instead of b\n",
  );
  assert.equal(await pinned("a"), "a, instead of accounts of the group office\n");
});

Deno.test("pin --clear says whether there was a pin", async () => {
  await using home = await homeWith([{ name: "a" }]);
  assert.match(
    (await runMulti(["pin", "a"], { home })).stdout,
    /^in ~\/project and below, cl now only takes a\n$/,
  );
  assert.match((await runMulti(["pin", "--clear"], { home })).stdout, /is no longer pinned/);
  assert.match((await runMulti(["pin", "--clear"], { home })).stdout, /was not pinned/);
  assert.equal((await runMulti(["pin", "a"], { home })).code, 0);
  const below = `${home.project}/below`;
  Deno.mkdirSync(below);
  const refused = await runMulti(["pin", "--clear"], { home, cwd: below });
  assert.equal(refused.code, 1);
  assert.match(
    refused.stderr,
    /~\/project\/below is pinned by its folder ~\/project\ntry: cd \S+\/project && claude-multi pin --clear\n$/,
  );
});

Deno.test("a pinned folder and the tree below it only use the pinned account", async () => {
  await using home = await homeWith([{ name: "a" }, { name: "b" }]);
  const claude = installFakeClaude(home);
  assert.equal((await runMulti(["pin", "b"], { home })).code, 0);
  const below = `${home.project}/deep`;
  await Deno.mkdir(below);
  await runMulti(["run", "--", "-p", "x"], { home, cwd: below });
  assert.equal(claude.launches()[0]?.login, "b");
  await runMulti(["run", "--", "-p", "x"], { home, cwd: home.path });
  assert.equal(claude.launches()[1]?.login, "a", "outside it, nothing changes");
  await runMulti(["limit", "b"], { home });
  const limited = await runMulti(["run"], { home });
  assert.equal(limited.code, 3, "no silent fallback to another account");
  await runMulti(["pin", "--clear"], { home });
  assert.equal((await runMulti(["run", "--", "-p", "x"], { home })).code, 0);
});

Deno.test("a resumed conversation stays on its account as long as that has quota left, and in its group", async () => {
  await using home = await homeWith([
    { name: "a", used: 50, group: "office" },
    { name: "b", used: 40, group: "office" },
    { name: "c", used: 0 },
  ]);
  const claude = installFakeClaude(home);
  await runMulti(["run", "--account", "a", "--", "-p", "start"], { home });
  const sessions = JSON.parse((await runMulti(["sessions", "--json"], { home })).stdout) as {
    sessions: Array<{ clientSessionId: string }>;
  };
  const id = sessions.sessions[0]?.clientSessionId ?? "";
  assert.match(id, /^[0-9a-f-]{36}$/, "the hook has told the client's session id");
  const resumed = () => runMulti(["run", "--", "--resume", id, "-p", "more"], { home });
  await resumed();
  assert.equal(claude.launches().at(-1)?.login, "a");
  await runMulti(["limit", "a"], { home });
  await resumed();
  assert.equal(claude.launches().at(-1)?.login, "b", "the same group, though c has more room");
  await runMulti(["limit", "b"], { home });
  assert.equal((await resumed()).code, 3, "never out of the group");
});

Deno.test("why shows the stored ranking, even if the readings have changed since", async () => {
  await using home = await homeWith([{ name: "a", used: 10 }, { name: "b", used: 30 }]);
  installFakeClaude(home);
  await runMulti(["run", "--", "-p", "x"], { home });
  home.seedCachedUsage("a", { fiveHour: 95, sevenDay: 90 });
  const why = JSON.parse((await runMulti(["why", "--json"], { home })).stdout) as Picked;
  assert.equal(why.account, "a");
  assert.deepEqual(why.ranked.map((row) => [row.name, row.score]), [["a", 93], ["b", 79]]);
  const text = (await runMulti(["why"], { home })).stdout;
  assert.match(
    text,
    /b is 14 points behind; with 20 % less of its 5h used it would be\s+first/,
  );
});

/** A home where a owns a conversation and b has more room, with the conversation's id. */
async function homeWithOwner(more: { group?: string } = {}) {
  const home = await homeWith([
    { name: "a", used: 60, ...more },
    { name: "b", used: 10, ...more },
    { name: "c", used: 0 },
  ]);
  if (more.group === undefined) home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }] });
  installFakeClaude(home);
  await runMulti(["run", "--account", "a", "--", "-p", "start"], { home });
  const { stdout } = await runMulti(["sessions", "--json"], { home });
  const { sessions } = JSON.parse(stdout) as { sessions: Array<{ clientSessionId: string }> };
  return { home, id: sessions[0]?.clientSessionId ?? "" };
}

Deno.test("why of a resumed conversation names its owner, and no score, since none decided", async () => {
  const { home, id } = await homeWithOwner();
  await using _home = home;
  const args = ["--", "--resume", id, "-p", "more"];
  const plan = (await runMulti(["run", "--dry-run", "--json", ...args], { home })).stdout;
  assert.equal((await runMulti(["run", ...args], { home })).code, 0);
  const why = (await runMulti(["why", "--json"], { home })).stdout;
  for (const json of [plan, why]) {
    const { account, ranked } = JSON.parse(json) as Picked;
    assert.equal(account, "a");
    assert.equal(ranked[0]?.name, "b", "the table is by score");
    assert.equal(ranked[1]?.reasons.at(-1), "owns the conversation");
    assert.ok(!ranked[0]?.reasons.includes("owns the conversation"));
  }
  const text = (await runMulti(["why"], { home, env: { COLUMNS: "200" } })).stdout;
  assert.match(text, /took a at .* because it owns the conversation and had quota left\n/);
  assert.doesNotMatch(text, /by weighted|behind|be first/);
  await runMulti(["limit", "a"], { home });
  await runMulti(["run", ...args], { home });
  const moved = (await runMulti(["why"], { home, env: { COLUMNS: "200" } })).stdout;
  assert.match(moved, /took b at .* by weighted/);
  assert.match(moved, /^a is limited$/m);
});

Deno.test("why names the pin or the group that left only some accounts to choose from", async () => {
  const { home, id } = await homeWithOwner({ group: "office" });
  await using _home = home;
  await runMulti(["limit", "a"], { home });
  await runMulti(["run", "--", "--resume", id, "-p", "more"], { home });
  const walled = (await runMulti(["why"], { home, env: { COLUMNS: "200" } })).stdout;
  assert.match(walled, /took b at .* by weighted/);
  assert.match(
    walled,
    /\nnot all could be chosen: this conversation belongs to the group "office"\n/,
  );
  await runMulti(["limit", "a", "--clear"], { home });
  await runMulti(["pin", "a"], { home });
  await runMulti(["run", "--", "-p", "x"], { home });
  const pinned = 'not all could be chosen: "~/project" is pinned to the account "a"';
  const text = (await runMulti(["why"], { home, env: { COLUMNS: "200" } })).stdout;
  assert.match(text, /took a at .* as the only one to choose from\n/);
  assert.ok(text.includes(`\n${pinned}\n`), text);
  for (const args of [["why", "--json"], ["run", "--dry-run", "--json"], ["pick", "--json"]]) {
    const { ranked } = JSON.parse((await runMulti(args, { home })).stdout) as Picked;
    assert.deepEqual(ranked.map(({ name, reasons }) => [name, reasons.at(-1)]), [["a", pinned]]);
  }
  await runMulti(["run", "--account", "b", "--", "-p", "x"], { home });
  const named = (await runMulti(["why"], { home })).stdout;
  assert.match(named, /because you named it/);
  assert.doesNotMatch(named, /could be chosen/);
});

Deno.test("a mistyped policy is refused, and the hint has the one that was probably meant", async () => {
  await using home = await homeWith([{ name: "a" }]);
  for (const [typed, meant] of [["pacd", "paced"], ["drian", "drain"], ["x", "weighted"]]) {
    const { code, stderr } = await runMulti(["pick", `--policy=${typed}`], { home });
    assert.equal(code, 2);
    assert.match(stderr, new RegExp(`try: claude-multi pick --policy ${meant}\n`));
  }
});

Deno.test("pick for people: the choice with its reasons, what broke a tie, and no line too wide", async () => {
  await using home = await homeWith([{ name: "a", used: 20 }, { name: "b", used: 20 }]);
  const { stdout } = await runMulti(["pick"], { home });
  assert.match(stdout, /^→ a +86\.0 .* open\n {2}b +86\.0 .* open$/m);
  assert.match(
    stdout,
    /\ncl takes a: b has the same score, but a is first in config\.json\nweighted: /,
  );
  const narrow = await runMulti(["pick"], { home, env: { COLUMNS: "44" } });
  for (const line of narrow.stdout.split("\n")) assert.ok(line.length <= 44, line);
});

Deno.test("pick with every account limited says which one opens first, and gives no reasons", async () => {
  await using home = await homeWith([{ name: "a" }, { name: "b" }]);
  await runMulti(["limit", "a", "--until", "3h"], { home });
  await runMulti(["limit", "b", "--until", "2h"], { home });
  const { code, stdout } = await runMulti(["pick"], { home });
  assert.equal(code, 3);
  assert.match(stdout, /\nevery account is limited; b opens first, in 2h/);
  assert.match(stdout, /^b .*\na .*limited until/m);
  installFakeClaude(home);
  const resets = await runMulti(["run", "--", "-p", "x"], { home });
  assert.match(resets.stderr, /^b .*\na [^]*\nevery account is limited; b opens first, in 2h/m);
  assert.doesNotMatch(stdout, /100 % × 0\.7|→/);
});

Deno.test("a limit that claude hits is recorded with its window and reset", async () => {
  await using home = await homeWith([{ name: "a", used: 10 }, { name: "b", used: 30 }]);
  const claude = installFakeClaude(home);
  const resetsAtMs = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000;
  claude.order({ accounts: { a: { limit: { window: "five_hour", resetsAtMs } } } });
  const result = await runMulti(["run", "--", "-p", "x"], { home });
  assert.equal(result.code, 1, result.stderr);
  const status = JSON.parse((await runMulti(["status", "--json"], { home })).stdout) as {
    accounts: Array<
      {
        name: string;
        state: string;
        limitedUntilMs: number;
        windows: { five_hour: { source: string } };
      }
    >;
  };
  const [a] = status.accounts;
  assert.equal(a?.state, "limited");
  assert.equal(a?.limitedUntilMs, resetsAtMs);
  assert.equal((await pick(home)).account, "b");
});

Deno.test("an overloaded server is a short cool-down, not a limit", async () => {
  await using home = await homeWith([{ name: "a", used: 10 }]);
  installFakeClaude(home).order({ error: "rate_limit" });
  await runMulti(["run", "--", "-p", "x"], { home });
  const status = JSON.parse((await runMulti(["status", "--json"], { home })).stdout) as {
    accounts: Array<{ limitedUntilMs: number }>;
  };
  const leftMs = (status.accounts[0]?.limitedUntilMs ?? 0) - Date.now();
  assert.ok(leftMs > 0 && leftMs <= 120_000, `${leftMs}`);
});

for (
  const input of [
    "",
    "not json",
    "[]",
    '{"session_id":5}',
    '{"error":"rate_limit","transcript_path":"/dev/full"}',
  ]
) {
  Deno.test(`the hook is silent and succeeds on ${JSON.stringify(input)}`, async () => {
    await using home = await homeWith([{ name: "a" }]);
    for (const event of ["SessionStart", "StopFailure", "Nonsense"]) {
      const env = { CLAUDE_MULTI_SESSION: "1" };
      const result = await runMulti(["hook", event], { home, env, stdin: input });
      assert.deepEqual([result.code, result.stdout, result.stderr], [0, "", ""]);
    }
  });
}

for (const policy of ["weighted", "paced", "drain", "round-robin"]) {
  Deno.test(`pick --policy ${policy} ranks every account`, async () => {
    await using home = await homeWith([{ name: "a", used: 10 }, { name: "b", used: 30 }]);
    const picked = await pick(home, "--policy", policy);
    assert.equal(picked.policy, policy);
    assert.equal(picked.ranked.length, 2);
  });
}

Deno.test("in a folder pinned to a disabled account the refusal names both; pin NAME takes no --json", async () => {
  await using home = await homeWith([{ name: "a", disabled: true }, { name: "b" }]);
  installFakeClaude(home);
  assert.equal((await runMulti(["pin", "a"], { home })).code, 0);
  const run = await runMulti(["run", "--", "-p", "x"], { home });
  assert.equal(run.code, 3);
  assert.match(run.stderr, /"~\/project" is pinned to the account "a", and "a" is disabled\n/);
  assert.match(run.stderr, /^try: claude-multi enable a$/m);
  assert.equal((await runMulti(["enable", "a"], { home })).code, 0);
  home.seedAccount("a", { login: "none" });
  Deno.removeSync(`${home.accountDir("a")}/.credentials.json`);
  const loggedOut = await runMulti(["run", "--", "-p", "x"], { home });
  assert.equal(loggedOut.code, 4);
  assert.match(
    loggedOut.stderr,
    /is pinned to the account "a", and "a" is not logged in\ntry: claude-multi login a\n$/,
  );
  const json = await runMulti(["pin", "b", "--json"], { home });
  assert.deepEqual([json.code, json.stdout], [2, ""]);
  const group = await runMulti(["pin", "--group", "office"], { home });
  assert.match(
    group.stderr,
    /no account is in the group "office", nor in another one: put one into it first\ntry: claude-multi config set accounts\.a\.group office\n/,
  );
});
