// Tests of the standings, in process: every world with fakes, and what the status line concludes.
import assert from "node:assert/strict";
import { eligibleAccounts } from "../../lib/accounts/eligible.ts";
import type { Standings } from "../../lib/accounts/standings.ts";
import { closeLostSessions } from "../../lib/accounts/lost_sessions.ts";
import { opensAtMs } from "../../lib/accounts/openings.ts";
import { parsePolicy } from "../../lib/accounts/policy_option.ts";
import { standingsNow } from "../../lib/accounts/standings.ts";
import { conclusion, renderRanking, stateCell } from "../../lib/accounts/table.ts";
import { parsePayload } from "../../lib/claude/status_payload.ts";
import type { ProcessFacts } from "../../lib/balance/session.ts";
import type { ElsewhereCall } from "../../lib/statusline/elsewhere.ts";
import { lookElsewhere } from "../../lib/statusline/elsewhere.ts";
import { saidBy } from "../../lib/statusline/recording.ts";
import type { Room } from "../../lib/statusline/facts.ts";
import { readSettings } from "../../lib/statusline/settings.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext, putLogin, START_MS } from "../helpers/context.ts";
import { modelsOfFolder } from "../../lib/launch/model.ts";
import type { World } from "./worlds.ts";
import { WORLDS } from "./worlds.ts";

const HOUR = 3_600_000;
const PROJECT = "/home/ann/project";
const DEAD = 4_194_305;

/** The world in memory. */
function contextOf(world: World): FakeContext {
  const config = JSON.parse(
    JSON.stringify(world.config).replace('"PROJECT"', `"${PROJECT}"`).replace(
      '"LINK"',
      '"/home/ann/link"',
    ),
  );
  const context = fakeContext({ config, columns: 200 });
  const { files } = context;
  files.makeLink("/home/ann/link", PROJECT);
  if (world.model !== undefined) {
    files.put("/home/ann/.claude/settings.json", JSON.stringify({ model: world.model }));
  }
  for (const { name } of world.config.accounts) {
    const odd = world.logins?.[name]?.kind ?? null;
    const used = world.used?.[name];
    const dir = `${context.layout.accounts}/${name}`;
    if (odd === "none") continue;
    const windowOf = (percentUsed: number) => ({ percentUsed, resetsAtMs: START_MS + 2 * HOUR });
    putLogin(files, {
      dir,
      name: odd === "someone else" ? "someone" : name,
      ...used && {
        windows: { fiveHour: windowOf(used.five), sevenDay: windowOf(used.seven ?? 0) },
        models: used.models ?? {},
      },
      nowMs: START_MS,
    });
    if (odd === "blank") files.put(`${dir}/.credentials.json`, '{"claudeAiOauth":{}}');
    if (used?.of !== undefined && odd !== "someone else") {
      const path = `${dir}/.claude.json`;
      const global = JSON.parse(files.readText(path) ?? "");
      global.cachedUsageUtilization.accountUuid = "someone";
      files.put(path, JSON.stringify(global));
    }
  }
  world.rows?.(context.ledger(), { nowMs: START_MS, alive: 1000, dead: DEAD });
  return context;
}

function payloadOf(told: number, model?: string): ReturnType<typeof parsePayload> {
  return parsePayload(JSON.stringify({
    cwd: PROJECT,
    model: { id: model },
    rate_limits: {
      five_hour: { used_percentage: told, resets_at: START_MS / 1000 + 3600 },
      seven_day: { used_percentage: 20, resets_at: START_MS / 1000 + 90 * 3600 },
    },
  }));
}

/** What the status line knows about other accounts in this context. */
function elsewhere(
  context: FakeContext,
  more: {
    told?: number;
    model?: string;
    account?: string | null;
    env?: Record<string, string>;
    system?: string;
  } = {},
): ReturnType<typeof lookElsewhere> {
  const world: ElsewhereCall["world"] = {
    layout: context.layout,
    env: (name) => more.env?.[name] ?? null,
    nowMs: context.clock.nowMs(),
    system: more.system ?? "linux",
    files: { resolve: (path) => context.files.resolve(path) ?? path },
    readText: (path) => context.files.readText(path),
    processes: (pids): Map<number, ProcessFacts> => context.processes.facts(pids),
    ledger: () => context.ledger(),
  };
  const payload = payloadOf(more.told ?? 100, more.model);
  const account = more.account === undefined ? "work" : more.account;
  const own = context.configFile.read().accounts.find(({ name }) => name === account);
  return lookElsewhere({
    payload,
    settings: readSettings(context.files.readText(context.layout.configFile)),
    account,
    loggedIn: () => own === undefined ? null : context.claudeHome.identity(own),
    said: saidBy(payload, { account: account ?? "", last: null, nowMs: world.nowMs }),
    world,
  });
}

/** The standings that `pick` gets in the project folder after the payload of "work" was recorded. */
function picked(context: FakeContext, told = 100): Standings {
  const config = context.configFile.read();
  context.ledger().addReadings([{
    account: "work",
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: told,
    resetsAtMs: START_MS + HOUR,
    measuredAtMs: START_MS,
    source: "statusline",
  }]);
  const eligible = eligibleAccounts(context, {
    config,
    cwd: PROJECT,
    owner: null,
    home: "/home/ann",
  });
  const models = () => modelsOfFolder(context, PROJECT);
  return standingsNow(context, { config, eligible, models });
}

for (const world of WORLDS) {
  Deno.test(`standings: ${world.name}`, () => {
    const context = contextOf(world);
    // The line comes first: it sees sessions that nobody has closed yet.
    const room = elsewhere(context, {
      told: world.told ?? 100,
      ...world.model && { model: world.model },
    }).room();
    const found = picked(context, world.told);
    assert.deepEqual(
      Object.fromEntries(found.accounts.map(({ account, state }) => [account.name, state])),
      {
        work: found.ranked.some((row) => row.name === "work") ? "limited" : "open",
        ...world.states,
      },
    );
    const [first] = found.ranked;
    const pick = first === undefined || first.limited ? null : first.name;
    assert.equal(pick, world.picks === undefined ? world.moves : world.picks);
    assert.equal(room?.best?.account ?? null, world.moves);
  });
}

/** A context with accounts whose 5h windows are used to a percentage; null if unknown. */
function used(
  windows: Record<string, number | null>,
  config: Record<string, unknown> = {},
): FakeContext {
  const names = Object.keys(windows);
  return contextOf({
    name: "",
    config: { accounts: names.map((name) => ({ name })), ...config },
    used: Object.fromEntries(
      Object.entries(windows).flatMap(([name, five]) => five === null ? [] : [[name, { five }]]),
    ),
    moves: null,
    states: {},
  });
}

Deno.test("without measurements and sessions a window is unknown, rather than unused", () => {
  const [work, a] = picked(used({ work: null, a: null })).accounts;
  assert.equal(work?.windows[0]?.state?.source, "statusline");
  assert.deepEqual(a?.windows.map(({ window, state }) => [window, state]), [["five_hour", null], [
    "seven_day",
    null,
  ]]);
});

Deno.test("what an account has left is what was measured, never an estimate", () => {
  const context = used({ work: null, a: 18 });
  assert.deepEqual(elsewhere(context).room(), {
    best: { account: "a", burstUsed: 18 },
    opensAtMs: null,
    where: null,
  });
  const unknown = used({ work: null, a: null });
  assert.deepEqual(elsewhere(unknown).room()?.best, {
    account: "a",
    burstUsed: null,
  });
  WORLDS.find(({ name }) => name === "estimates only")?.rows?.(unknown.ledger(), {
    nowMs: START_MS,
    alive: 1000,
    dead: DEAD,
  });
  assert.equal(picked(unknown).accounts[1]?.windows[0]?.state?.source, "estimate");
  assert.deepEqual(elsewhere(unknown).room()?.best, {
    account: "a",
    burstUsed: null,
  });
});

Deno.test("a session that isn't ours may move to any account; without accounts there is nowhere to go", () => {
  const context = used({ a: 50, b: 20 });
  assert.equal(elsewhere(context, { account: null }).room()?.best?.account, "b");
  assert.equal(elsewhere(used({ work: 0 })).room(), null);
});

Deno.test("next is the account that cl would choose, if it is another one", () => {
  const next = (told: number, context: FakeContext): string | null =>
    elsewhere(context, { told }).next()?.account ?? null;
  assert.equal(next(50, used({ work: null, a: 18 })), "a");
  assert.equal(next(18, used({ work: null, a: 40 })), null, "this one is as good");
  assert.equal(next(100, used({ work: null, a: 100 })), null, "none is open");
  const busy = used({ work: null, a: 15 });
  assert.equal(next(5, busy), null);
  busy.ledger().addLimit({
    account: "work",
    window: null,
    model: null,
    untilMs: START_MS + 1,
    kind: "manual",
    recordedAtMs: START_MS,
    session: null,
  });
  assert.equal(next(5, busy), "a");
  const grouped = [{ name: "work", group: "office" }, { name: "a" }];
  assert.equal(next(50, used({ work: null, a: 0 }, { accounts: grouped })), "a", "a new one");
  const pinned = { pins: [{ path: PROJECT, account: "work" }] };
  assert.equal(next(50, used({ work: null, a: 0 }, pinned)), null);
});

/** Adds a row of a launch; returns its number. */
function launch(
  context: FakeContext,
  of: { account: string; from?: number; launcher?: number; cwd?: string },
): number {
  return context.ledger().startSession(
    {
      account: of.account,
      launcherPid: of.launcher ?? 1000,
      cwd: of.cwd ?? PROJECT,
      startedAtMs: START_MS,
      handedFrom: of.from ?? null,
    },
    { chosenAtMs: START_MS, policy: "weighted", account: of.account, forced: false, ranked: [] },
  );
}

Deno.test("a conversation may go back to an account that it came from, as the hand-off lets it", () => {
  const context = used({ work: null, a: 0, b: 60, c: 80 });
  const before = launch(context, { account: "a" });
  const session = launch(context, { account: "work", from: before });
  const env = { CLAUDE_MULTI_SESSION: String(session) };
  assert.equal(elsewhere(context, { env }).room()?.best?.account, "a");
});

Deno.test("a launch counts in the folder where it started, wherever the session is now", () => {
  const context = used({ work: null, a: 0, b: 50 }, { pins: [{ path: "/pinned", account: "b" }] });
  const session = launch(context, { account: "work", cwd: "/pinned" });
  const room = elsewhere(context, { env: { CLAUDE_MULTI_SESSION: String(session) } }).room;
  assert.equal(room()?.best?.account, "b");
  assert.equal(elsewhere(context).room()?.best?.account, "a");
});

Deno.test("if logins are in a keychain, an account with an identity counts as logged in", () => {
  const context = used({ work: null, a: 0, b: 50 });
  const dir = context.layout.accounts;
  context.files.remove(`${dir}/a/.credentials.json`);
  const goes = (system: string): string | undefined =>
    elsewhere(context, { system }).room()?.best?.account;
  assert.equal(goes("linux"), "b");
  assert.equal(goes("darwin"), "a");
  context.files.put(`${dir}/a/.claude.json`, "{}");
  assert.equal(goes("darwin"), "b");
});

Deno.test("if no account is open, the first one to open counts, including the current one", () => {
  const opens = (context: FakeContext, told = 100): Room | null => {
    const room = elsewhere(context, { told }).room();
    assert.equal(room?.best ?? null, null);
    return room;
  };
  // This account opens in an hour, the cached windows of the other in two.
  assert.equal(opens(used({ work: null, a: 100 }))?.opensAtMs, START_MS + HOUR);
  const sooner = used({ work: null, a: null });
  const limit = {
    window: null,
    model: null,
    kind: "limit",
    recordedAtMs: 0,
    session: null,
  } as const;
  sooner.ledger().addLimit({ ...limit, account: "a", untilMs: START_MS + 60_000 });
  assert.equal(opens(sooner)?.opensAtMs, START_MS + 60_000);
  // Its reserve opens this account in 90 hours, but the service accepts it again in one.
  const reserve = { reserve: { seven_day: 10 } };
  assert.equal(
    opens(used({ work: null, a: 100 }, reserve))?.opensAtMs,
    START_MS + HOUR,
  );
  const walled = {
    accounts: [{ name: "work" }, { name: "a" }, { name: "b", group: "g" }],
  };
  const wall = used({ work: null, a: 100, b: null }, walled);
  wall.ledger().addLimit({ ...limit, account: "b", untilMs: START_MS + 60_000 });
  assert.equal(opens(wall)?.opensAtMs, START_MS + HOUR, "b is behind a wall");
});

Deno.test("an account opens when everything that holds it back has ended, if all the ends are known", () => {
  const window = (percentUsed: number, resetsAtMs: number | null) =>
    ({
      state: "measured",
      percentUsed,
      resetsAtMs,
      source: "statusline",
      ageMs: 0,
      fellFrom: null,
    }) as const;
  const reserve = { five_hour: 90, seven_day: 100 };
  const opens = (
    limitedUntilMs: number | null,
    five: ReturnType<typeof window> | null = null,
    seven: ReturnType<typeof window> | null = null,
    more: { cap?: number; models?: readonly string[] } = {},
  ) =>
    opensAtMs({
      limit: limitedUntilMs === null ? null : { untilMs: limitedUntilMs },
      windows: [
        { window: "five_hour", model: null, state: five },
        { window: "seven_day", model: null, state: seven },
        { window: "seven_day", model: "opus", state: window(100, 20) },
      ],
    }, { full: reserve, models: null, ...more });
  assert.equal(opens(null), null);
  assert.equal(opens(7), 7);
  assert.equal(opens(null, window(90, 5), window(99, 9)), 5);
  assert.equal(opens(null, window(90, 5), window(100, 9)), 9);
  assert.equal(opens(7, window(90, 5), window(99, 9)), 7);
  assert.equal(opens(7, window(90, null)), null);
  assert.equal(opens(7, window(89, null)), 7);
  assert.equal(opens(7, window(89, 5), window(85, 9), { cap: 85 }), 9);
  assert.equal(opens(7, window(89, 5), null, { models: ["sonnet"] }), 7);
  assert.equal(opens(7, window(89, 5), null, { models: ["sonnet", "opus"] }), 20);
});

Deno.test("lost sessions are closed once, and the others stay open", () => {
  const context = used({ work: null });
  const live = launch(context, { account: "work" });
  const dead = launch(context, { account: "work", launcher: DEAD });
  const ledger = context.ledger();
  closeLostSessions(context, ledger);
  assert.deepEqual(ledger.openSessions().map(({ id }) => id), [live]);
  assert.deepEqual(
    [ledger.session(dead)?.endedHow, ledger.session(dead)?.endedAtMs],
    ["lost", START_MS],
  );
});

Deno.test("a policy is one of the names, or the configured one", () => {
  const config = used({ work: null }, { policy: "drain" }).configFile.read();
  assert.equal(parsePolicy(undefined, config), "drain");
  assert.equal(parsePolicy("paced", config), "paced");
  assert.throws(() => parsePolicy("pacd", config), { hint: "claude-multi pick --policy paced" });
  assert.throws(() => parsePolicy("x", config), { hint: "claude-multi pick --policy weighted" });
});

/** The lines below the ranking. */
function concluded(context: FakeContext): string {
  return conclusion(context, { standings: picked(context), surface: context.terminal });
}

Deno.test("below the ranking stands the choice, the first opening, or what to do", () => {
  assert.match(
    concluded(used({ work: null, a: 20 })),
    /^cl takes a: work is limited\nweighted: the least used now: 100 − 0\.7 × 5h used/,
  );
  assert.match(
    concluded(used({ work: null, a: 100 })),
    /^every account is limited; work opens first, in 1h \(/,
  );
  assert.match(
    concluded(used({ work: null, a: 0 }, { pins: [{ path: PROJECT, account: "work" }] })),
    /^every account allowed here is limited; work opens first, in 1h .*\n"~\/project" is pinned to/,
  );
  const unknown = used({ a: null }, { pins: [{ path: PROJECT, account: "a" }] });
  unknown.ledger().addReadings([{
    account: "a",
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: 100,
    resetsAtMs: null,
    measuredAtMs: START_MS,
    source: "limit",
  }]);
  assert.match(concluded(unknown), /^a is limited; reset time unknown\n/);
  assert.match(
    concluded(used({ work: null }, { pins: [{ path: PROJECT, account: "gone" }] })),
    /^no account can be used; try: cd \/home\/ann\/project && claude-multi pin --clear\n/,
  );
  const loggedOut = WORLDS.find(({ name }) => name === "a blank login");
  assert.ok(loggedOut);
  const pins = [{ path: PROJECT, account: "personal" }];
  assert.match(
    concluded(contextOf({ ...loggedOut, config: { ...loggedOut.config, pins } })),
    /^no account can be used; try: claude-multi login personal\n/,
  );
  const disabled = { accounts: [{ name: "work", disabled: true }] };
  assert.equal(
    concluded(used({ work: null }, disabled)),
    "no account can be used; try: claude-multi status",
  );
});

Deno.test("the table lists the choice, then limited accounts by opening, then those that can't be chosen", async () => {
  const context = used({ work: null, a: 100, b: 20, c: 0, d: null }, {
    accounts: [
      { name: "work" },
      { name: "a" },
      { name: "b" },
      { name: "c", disabled: true },
      { name: "d" },
    ],
  });
  context.ledger().addReadings([{
    account: "d",
    window: "seven_day",
    model: null,
    identity: null,
    percentUsed: 100,
    resetsAtMs: null,
    measuredAtMs: START_MS,
    source: "limit",
  }]);
  launch(context, { account: "b" });
  const standings = picked(context);
  const table = await renderRanking(context, { standings, surface: context.terminal });
  const names = table.split("\n").slice(1).map((line) => line.replace(/^[→ ]+/, "").split(" ")[0]);
  assert.deepEqual(names, ["b", "work", "a", "d", "c"]);
  assert.match(table, /^→ b +84\.0 +.* 20 % +2h .* 1 +open$/m);
  assert.doesNotMatch(table, /→ [^b]/);
  assert.match(table, /^ {2}c +– .* disabled$/m);
  assert.deepEqual(
    standings.accounts.map((standing) => stateCell(context, standing)).map((cell) =>
      typeof cell === "string" ? cell : cell.text.replace(/ until .*/, " until")
    ),
    ["limited until", "limited until", "open", "disabled", "limited"],
  );
});
