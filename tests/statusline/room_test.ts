// Tests of where there is room: among which accounts, by what is known of them, and when none has any.
import assert from "node:assert/strict";
import { layoutOf } from "../../lib/config/paths.ts";
import type { Reading } from "../../lib/balance/windows.ts";
import type { ReadingLog } from "../../lib/ports/mod.ts";
import type { Facts, Room } from "../../lib/statusline/facts.ts";
import { findRoom } from "../../lib/statusline/room.ts";
import { readSettings } from "../../lib/statusline/settings.ts";
import { runStatusline } from "../helpers/binaries.ts";
import { accountHome, draw, payload } from "./drawn.ts";
import { MemoryFiles } from "./memory_transcripts.ts";

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 10, 23, 6, 0, 0);
const layout = layoutOf({ home: "/h", root: null });

const reading = (percentUsed: number, parts: Partial<Reading> = {}): Reading => ({
  account: "any",
  window: "five_hour",
  percentUsed,
  resetsAtMs: NOW_MS + 2 * HOUR_MS,
  observedAtMs: NOW_MS - 30_000,
  source: "statusline",
  ...parts,
});

type Known = Partial<NonNullable<ReturnType<ReadingLog["facts"]>>>;

/** What the ledger knows of accounts by name. */
const KNOWN: Readonly<Record<string, Known>> = {
  busy: { readings: [reading(90)] },
  idle: { readings: [reading(18)] },
  full: { readings: [reading(100, { resetsAtMs: NOW_MS + HOUR_MS })] },
  refused: { limitedUntilMs: NOW_MS + 2 * HOUR_MS },
};

const LOGGED_IN = JSON.stringify({ oauthAccount: { accountUuid: "u" } });
const cachedFull = (owner: string): string =>
  JSON.stringify({
    oauthAccount: { accountUuid: "u" },
    cachedUsageUtilization: {
      fetchedAtMs: NOW_MS - HOUR_MS,
      accountUuid: owner,
      utilization: {
        five_hour: { utilization: 100, resets_at: new Date(NOW_MS + 3 * HOUR_MS).toISOString() },
      },
    },
  });

const unknown: Facts["limits"] = { five_hour: null, seven_day: null };
const used = (percentUsed: number, hours: number): Facts["limits"] => ({
  five_hour: { percentUsed, resetsAtMs: NOW_MS + hours * HOUR_MS, live: true },
  seven_day: null,
});

/** Where there is room; every account is logged in unless `globals` says else by its path. */
function room(accounts: unknown[], options: {
  current?: string | null;
  limits?: Facts["limits"];
  known?: Known;
  globals?: Readonly<Record<string, string | null>>;
  unreadable?: string;
} = {}): Room | null {
  const files = new MemoryFiles();
  if (options.unreadable) files.append(options.unreadable, "x");
  return findRoom(options.current === undefined ? "work" : options.current, {
    settings: readSettings(JSON.stringify({ accounts })),
    limits: options.limits ?? unknown,
    world: {
      layout,
      nowMs: NOW_MS,
      files,
      readSmall(path) {
        const given = options.globals?.[path];
        return given === undefined && path !== options.unreadable ? LOGGED_IN : given ?? null;
      },
      readings: {
        facts: (account) => ({
          readings: [],
          limitedUntilMs: null,
          lastUsedAtMs: null,
          activeSessions: 0,
          ...account === "work" ? options.known : KNOWN[account],
        }),
        standing: () => null,
        recent: () => [],
        add() {},
      },
    },
  });
}

const names = (...all: string[]): unknown[] => all.map((name) => ({ name }));
const globalOf = (name: string): string => `/h/.claude-multi/config/${name}/.claude.json`;

Deno.test("room is where cl would go: not here, not disabled, not limited, not over a wall", () => {
  assert.equal(room(names("work", "busy", "idle"))?.account, "idle");
  assert.equal(room(names("work", "busy", "idle"))?.burstRemaining, 82);
  assert.equal(room(names("work", "busy", "idle"), { current: null })?.account, "work");
  assert.equal(room(names("work")), null);
  assert.equal(room([{ name: "work" }, { name: "idle", disabled: true }]), null);
  assert.equal(room([{ name: "work" }, { name: "idle", group: "home" }]), null);
  assert.equal(
    room([{ name: "work", group: "g" }, { name: "busy", group: "g" }, { name: "idle" }])?.account,
    "busy",
  );
  assert.deepEqual(room(names("work", "full", "refused"), { limits: used(100, 4) }), {
    account: null,
    isFirst: false,
    burstRemaining: null,
    opensAtMs: NOW_MS + HOUR_MS,
  });
  assert.equal(room(names("work", "unheard"))?.burstRemaining, null);
});

Deno.test("an account that nobody ever logged in to is not suggested", () => {
  const login = (text: string | null): string | null | undefined =>
    room(names("work", "idle"), { globals: { [globalOf("idle")]: text } })?.account;
  assert.equal(login(LOGGED_IN), "idle");
  assert.equal(login(null), undefined);
  assert.equal(login("{}"), undefined);
  assert.equal(login('{"oauthAccount":null}'), undefined);
  // What is there and cannot be understood may be a login.
  assert.equal(login('{"oauthAccount":'), "idle");
  assert.equal(login("[]"), "idle");
  assert.equal(room(names("work", "idle"), { unreadable: globalOf("idle") })?.account, "idle");
  const inPlace = [{ name: "work" }, { name: "home", inPlace: true }];
  assert.equal(room(inPlace, { globals: { "/h/.claude.json": "{}" } }), null);
  assert.equal(room(inPlace, { globals: { [globalOf("home")]: "{}" } })?.account, "home");
});

Deno.test("an account that only its own client's usage answer calls full is not suggested", () => {
  const cached = (owner: string): Room | null =>
    room(names("work", "new", "busy"), { globals: { [globalOf("new")]: cachedFull(owner) } });
  assert.equal(cached("u")?.account, "busy");
  assert.equal(cached("someone else")?.account, "new");
});

Deno.test("the account cl would choose is named as such only when this one is not better", () => {
  const first = (percentUsed: number, known: Known = {}): boolean | undefined =>
    room(names("work", "idle"), { limits: used(percentUsed, 2), known })?.isFirst;
  assert.equal(first(50), true);
  assert.equal(first(18), false);
  assert.equal(first(5), false);
  assert.equal(first(17, { activeSessions: 1 }), true);
  assert.equal(first(5, { limitedUntilMs: NOW_MS + 1 }), true);
  const disabled = [{ name: "work", disabled: true }, { name: "idle" }];
  assert.equal(room(disabled, { limits: used(5, 2) })?.isFirst, true);
});

Deno.test("without room anywhere the soonest opening counts, this account's own too", () => {
  const opens = (limits: Facts["limits"], known: Known = {}): number | null | undefined =>
    room(names("work", "full"), { limits, known })?.opensAtMs;
  assert.equal(opens(used(100, 0.5)), NOW_MS + 0.5 * HOUR_MS);
  assert.equal(opens(used(100, 3)), NOW_MS + HOUR_MS);
  assert.equal(opens(used(40, 3), { limitedUntilMs: NOW_MS + 60_000 }), NOW_MS + 60_000);
  const both = { ...used(100, 0.5), seven_day: used(100, 90).five_hour };
  assert.equal(opens(both), NOW_MS + HOUR_MS);
});

Deno.test("a full line leads to nobody who was never logged in, nor to one that is full as well", async () => {
  const made = await accountHome();
  await using home = made.home;
  home.writeConfig({ accounts: [{ name: "work" }, { name: "fresh" }, { name: "personal" }] });
  const soon = Math.floor(Date.now() / 1000);
  const stdin = payload({
    transcript_path: made.transcript,
    rate_limits: { five_hour: { used_percentage: 100, resets_at: soon + 7200 } },
  });
  assert.match(await draw(home, { stdin }), /→ personal claude-multi resume --account personal$/);
  home.seedCachedUsage("personal", { fiveHour: 100, sevenDay: 100 });
  assert.match(await draw(home, { stdin }), /no room for (2h00m|1h59m)$/);
  Deno.removeSync(home.accountDir("personal"), { recursive: true });
  const { stdout } = await runStatusline([], { home, stdin, env: { COLUMNS: "200" } });
  assert.doesNotMatch(stdout, /room|→/);
});
