// Made-up worlds, and the account that a limited conversation on "work" should move to in each of them:
// one table for both programs and for the standings alone.
import type { Ledger } from "../../lib/ports/mod.ts";
import { fakeIdentity } from "../helpers/identity.ts";

/** The client's id of the conversation on "work". */
export const CONVERSATION = "11111111-2222-4333-8444-555555555555";

/** The percentages in the usage answer that the client cached, and whose answer it is. */
export interface Used {
  five: number;
  seven?: number;
  /** Percentages of the weekly windows of models, by the names that the service shows. */
  models?: Readonly<Record<string, number>>;
  of?: string;
}

/** A login that isn't simply the account's own. */
export interface OddLogin {
  kind: "blank" | "none" | "someone else";
}

/** Adds rows to the ledger as of `nowMs`; `alive` and `dead` are process ids. */
export type Rows = (
  ledger: Ledger,
  at: { nowMs: number; alive: number; dead: number },
) => void;

/** One world. */
export interface World {
  name: string;
  /** config.json, whose pins may use `PROJECT` for the folder of the session, `LINK` for a link to it. */
  config: Record<string, unknown> & { accounts: Array<Record<string, unknown> & { name: string }> };
  logins?: Record<string, OddLogin>;
  used?: Record<string, Used>;
  rows?: Rows;
  /** The model in the settings and in the payload; default: none is named. */
  model?: string;
  /** The 5h percentage in the payload of the session on "work" (default: 100). */
  told?: number;
  /** The account that the conversation moves to; null for none. */
  moves: string | null;
  /** The account that `pick` chooses (default: the same). */
  picks?: string | null;
  /** The state of each account in `status` (default: "work" is limited). */
  states: Record<string, string>;
}

const HOUR = 3_600_000;

const accounts = (...names: string[]): World["config"] => ({
  accounts: names.map((name) => ({ name, identity: identityOf(name) })),
});
const grouped = (groups: Record<string, string | null>): World["config"] => ({
  accounts: Object.entries(groups).map(([name, group]) => ({
    name,
    ...group === null ? {} : { group },
  })),
});

function identityOf(name: string): Record<string, unknown> {
  const { accountUuid, organizationUuid, email } = fakeIdentity(name);
  return { accountUuid, organizationUuid, email };
}

/** A session that ran for some hours until now; without hours it is still running. */
function session(
  ledger: Ledger,
  of: { account: string; nowMs: number; hours?: number; pid: number },
): void {
  const { account, nowMs, hours } = of;
  const id = ledger.startSession(
    {
      account,
      launcherPid: of.pid,
      cwd: "/elsewhere",
      startedAtMs: nowMs - (hours ?? 0) * HOUR,
      handedFrom: null,
    },
    { chosenAtMs: nowMs, policy: "weighted", account, forced: false, ranked: [] },
  );
  if (hours === undefined) return;
  ledger.endSession(id, { atMs: nowMs, how: "exit", code: 0, signal: null });
}

function limit(
  ledger: Ledger,
  of: {
    account: string;
    nowMs: number;
    kind?: "limit" | "manual" | "cooldown";
    window?: string;
    model?: string;
    identity?: string;
  },
): void {
  ledger.addLimit({
    account: of.account,
    window: of.window ?? null,
    model: of.model ?? null,
    untilMs: of.nowMs + HOUR,
    kind: of.kind ?? "limit",
    recordedAtMs: of.nowMs,
    session: null,
    identity: of.identity ?? null,
  });
}

/** What `refresh` leaves in the ledger of an account: percentages of its windows, a model's by its key. */
function refreshed(
  ledger: Ledger,
  { account, nowMs, ...figures }: {
    account: string;
    nowMs: number;
    /** null if the plan has no 5h window. */
    five: number | null;
    seven?: number;
    models?: Readonly<Record<string, number>>;
  },
): void {
  const seen = { account, identity: null, measuredAtMs: nowMs, source: "usage-cache" } as const;
  const week = { ...seen, resetsAtMs: nowMs + 90 * HOUR };
  const { five, seven = 20, models = {} } = figures;
  ledger.addReadings([
    five === null
      ? {
        ...seen,
        window: "five_hour",
        model: null,
        percentUsed: null,
        resetsAtMs: null,
        source: "absent",
      }
      : {
        ...seen,
        window: "five_hour",
        model: null,
        percentUsed: five,
        resetsAtMs: nowMs + 2 * HOUR,
      },
    { ...week, window: "seven_day", model: null, percentUsed: seven },
    ...Object.entries(models).map(([model, percentUsed]) => (
      { ...week, window: `seven_day_${model}`, model, percentUsed }
    )),
  ]);
}

/** The worlds; add a row to test another one. */
export const WORLDS: readonly World[] = [
  {
    name: "nothing known about the other account",
    config: accounts("work", "personal"),
    moves: "personal",
    states: { personal: "open" },
  },
  {
    name: "only one account",
    config: accounts("work"),
    moves: null,
    states: {},
  },
  {
    name: "a folder pinned to the limited account",
    config: { ...accounts("work", "personal"), pins: [{ path: "PROJECT", account: "work" }] },
    moves: null,
    states: { personal: "open" },
  },
  {
    name: "a folder pinned to another account",
    config: { ...accounts("work", "a", "b"), pins: [{ path: "PROJECT", account: "b" }] },
    used: { a: { five: 0 }, b: { five: 85 } },
    moves: "b",
    states: { a: "open", b: "open" },
  },
  {
    name: "a folder pinned through a link to it",
    config: { ...accounts("work", "a", "b"), pins: [{ path: "LINK", account: "b" }] },
    moves: "b",
    states: { a: "open", b: "open" },
  },
  {
    name: "another folder is pinned",
    config: { ...accounts("work", "a"), pins: [{ path: "/elsewhere", account: "work" }] },
    moves: "a",
    states: { a: "open" },
  },
  {
    name: "a folder pinned to an account that is not set up",
    config: { ...accounts("work", "a"), pins: [{ path: "PROJECT", account: "gone" }] },
    moves: null,
    states: { a: "open" },
  },
  {
    name: "a folder pinned to a group",
    config: {
      ...grouped({ work: "office", desk: "office", personal: null }),
      pins: [{ path: "PROJECT", group: "office" }],
    },
    used: { desk: { five: 60 } },
    moves: "desk",
    states: { desk: "open", personal: "open" },
  },
  {
    name: "a conversation of a group",
    config: grouped({ work: "office", desk: "office", personal: null }),
    used: { desk: { five: 60 }, personal: { five: 10 } },
    moves: "desk",
    picks: "personal",
    states: { desk: "open", personal: "open" },
  },
  {
    name: "a conversation of no group",
    config: grouped({ work: null, desk: "office", personal: null }),
    used: { desk: { five: 10 }, personal: { five: 60 } },
    moves: "personal",
    picks: "desk",
    states: { desk: "open", personal: "open" },
  },
  {
    name: "a conversation of a group whose other account is limited",
    config: grouped({ work: "office", desk: "office", personal: null }),
    rows: (ledger, { nowMs }) => limit(ledger, { account: "desk", nowMs }),
    moves: null,
    picks: "personal",
    states: { desk: "limited", personal: "open" },
  },
  {
    name: "a conversation of a group in a folder pinned to another group",
    config: {
      ...grouped({ work: "office", desk: "office", personal: "home" }),
      pins: [{ path: "PROJECT", group: "home" }],
    },
    moves: null,
    picks: "personal",
    states: { work: "open", desk: "open", personal: "open" },
  },
  {
    name: "a wrong login",
    config: accounts("work", "personal"),
    logins: { personal: { kind: "someone else" } },
    moves: null,
    states: { personal: "drift" },
  },
  {
    name: "a wrong login on the best account",
    config: accounts("work", "a", "b"),
    logins: { a: { kind: "someone else" } },
    used: { a: { five: 0, of: "someone" }, b: { five: 80 } },
    moves: "b",
    states: { a: "drift", b: "open" },
  },
  {
    name: "an account without an owner yet",
    config: { accounts: [{ name: "work" }, { name: "a" }] },
    logins: { a: { kind: "someone else" } },
    moves: "a",
    states: { a: "open" },
  },
  {
    name: "a blank login",
    config: accounts("work", "personal"),
    logins: { personal: { kind: "blank" } },
    moves: null,
    states: { personal: "login" },
  },
  {
    name: "an account that never logged in",
    config: accounts("work", "personal"),
    logins: { personal: { kind: "none" } },
    moves: null,
    states: { personal: "login" },
  },
  {
    name: "a disabled account",
    config: { accounts: [{ name: "work" }, { name: "a", disabled: true }, { name: "b" }] },
    used: { b: { five: 50 } },
    moves: "b",
    states: { a: "disabled", b: "open" },
  },
  {
    name: "nothing but disabled accounts",
    config: { accounts: [{ name: "work" }, { name: "a", disabled: true }] },
    moves: null,
    states: { a: "disabled" },
  },
  {
    name: "cached usage",
    config: accounts("work", "a", "b"),
    used: { a: { five: 80 }, b: { five: 20 } },
    moves: "b",
    states: { a: "open", b: "open" },
  },
  {
    name: "cached usage of another login",
    config: accounts("work", "a", "b"),
    used: { a: { five: 100, of: "someone" }, b: { five: 20 } },
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "estimates only",
    config: accounts("work", "a", "b"),
    rows: (ledger, { nowMs, dead }) => {
      session(ledger, { account: "a", nowMs, hours: 3, pid: dead });
      session(ledger, { account: "b", nowMs, hours: 1, pid: dead });
    },
    moves: "b",
    states: { a: "open", b: "open" },
  },
  {
    name: "estimates by the hours that the configuration expects",
    config: {
      ...accounts("work", "a", "b"),
      limits: { burstHours: 100, rollingHours: 100 },
    },
    used: { b: { five: 20 } },
    rows: (ledger, { nowMs, dead }) =>
      session(ledger, { account: "a", nowMs, hours: 4, pid: dead }),
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "a window at its reserve",
    config: { ...accounts("work", "a", "b"), reserve: { five_hour: 70 } },
    used: { a: { five: 70 }, b: { five: 69 } },
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "a week at its reserve",
    config: { ...accounts("work", "a", "b"), reserve: { seven_day: 50 } },
    used: { a: { five: 0, seven: 50 }, b: { five: 85, seven: 49 } },
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "this account at its reserve, which the service doesn't know about",
    config: { ...accounts("work", "a"), reserve: { five_hour: 80 } },
    used: { a: { five: 79 } },
    told: 80,
    moves: "a",
    states: { a: "open" },
  },
  {
    name: "a limit that the client hit",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0 }, b: { five: 50 } },
    rows: (ledger, { nowMs }) => limit(ledger, { account: "a", nowMs }),
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "a limit that has passed",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0 }, b: { five: 50 } },
    rows: (ledger, { nowMs }) => limit(ledger, { account: "a", nowMs: nowMs - 2 * HOUR }),
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "a limit set by hand, and a cool-down",
    config: accounts("work", "a", "b", "c"),
    used: { c: { five: 85 } },
    rows: (ledger, { nowMs }) => {
      limit(ledger, { account: "a", nowMs, kind: "manual" });
      limit(ledger, { account: "b", nowMs, kind: "cooldown" });
    },
    moves: "c",
    states: { a: "limited", b: "limited", c: "open" },
  },
  {
    name: "a reading that another session left in the ledger",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0 }, b: { five: 50 } },
    rows: (ledger, { nowMs }) =>
      ledger.addReadings([{
        account: "a",
        window: "five_hour",
        model: null,
        identity: null,
        percentUsed: 100,
        resetsAtMs: nowMs + 2 * HOUR,
        measuredAtMs: nowMs,
        source: "statusline",
      }]),
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "figures that somebody else left in an account",
    config: accounts("work", "a", "b"),
    used: { b: { five: 50 } },
    rows: (ledger, { nowMs }) => {
      const { accountUuid: identity } = fakeIdentity("someone");
      ledger.addReadings([{
        account: "a",
        window: "five_hour",
        model: null,
        identity,
        percentUsed: 100,
        resetsAtMs: nowMs + 2 * HOUR,
        measuredAtMs: nowMs,
        source: "statusline",
      }]);
      limit(ledger, { account: "a", nowMs, identity });
    },
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "an account whose plan has no 5h window, which is not estimated",
    config: accounts("work", "a", "b"),
    used: { b: { five: 50, seven: 50 } },
    rows: (ledger, { nowMs, dead }) => {
      session(ledger, { account: "a", nowMs, hours: 4, pid: dead });
      const seen = { account: "a", model: null, identity: null, measuredAtMs: nowMs };
      ledger.addReadings([
        { ...seen, window: "five_hour", percentUsed: null, resetsAtMs: null, source: "absent" },
        {
          ...seen,
          window: "seven_day",
          percentUsed: 20,
          resetsAtMs: nowMs + 90 * HOUR,
          source: "statusline",
        },
      ]);
    },
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "a full window that fell after a limit reset, which also ends the limit of that window",
    config: accounts("work", "a", "b"),
    used: { b: { five: 50 } },
    rows: (ledger, { nowMs }) => {
      const seen = { account: "a", window: "five_hour", model: null, identity: null } as const;
      const reset = { resetsAtMs: nowMs + 2 * HOUR, source: "statusline" } as const;
      ledger.addReadings([
        { ...seen, ...reset, percentUsed: 100, measuredAtMs: nowMs - HOUR },
        { ...seen, ...reset, percentUsed: 4, measuredAtMs: nowMs - 1000 },
      ]);
      ledger.addLimit({
        ...seen,
        untilMs: nowMs + 2 * HOUR,
        kind: "limit",
        recordedAtMs: nowMs - HOUR,
        session: null,
      });
    },
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "a full window in a cached answer that limit --clear has overruled",
    config: accounts("work", "a", "b"),
    used: { a: { five: 100 }, b: { five: 50 } },
    rows: (ledger, { nowMs }) =>
      ledger.addReadings([{
        account: "a",
        window: "five_hour",
        model: null,
        identity: null,
        percentUsed: null,
        resetsAtMs: null,
        measuredAtMs: nowMs + 1,
        source: "cleared",
      }]),
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "all limited",
    config: accounts("work", "a", "b"),
    used: { a: { five: 100 }, b: { five: 0, seven: 100 } },
    moves: null,
    states: { a: "limited", b: "limited" },
  },
  {
    name: "running sessions",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0 }, b: { five: 2 } },
    rows: (ledger, { nowMs, alive }) => session(ledger, { account: "a", nowMs, pid: alive }),
    moves: "b",
    states: { a: "open", b: "open" },
  },
  {
    name: "sessions whose process is gone",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0 }, b: { five: 2 } },
    rows: (ledger, { nowMs, dead }) => session(ledger, { account: "a", nowMs, pid: dead }),
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "paced: a conversation needs room for 45 minutes where others are working",
    config: {
      accounts: ["work", "a", "b"].map((name) => ({ name, plan: "pro" })),
      policy: "paced",
    },
    used: { a: { five: 70 }, b: { five: 80, seven: 20 } },
    rows: (ledger, { nowMs, alive }) => {
      for (let count = 0; count < 2; count++) session(ledger, { account: "a", nowMs, pid: alive });
    },
    moves: "b",
    picks: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "paced: a conversation that used much needs more room",
    config: {
      accounts: ["work", "a", "b"].map((name) => ({ name, plan: "pro" })),
      policy: "paced",
    },
    used: { a: { five: 50 }, b: { five: 80, seven: 20 } },
    rows: (ledger, { nowMs, alive }) => {
      session(ledger, { account: "a", nowMs, pid: alive });
      ledger.addReadings([{
        account: "work",
        window: "five_hour",
        model: null,
        identity: null,
        percentUsed: 40,
        resetsAtMs: nowMs + HOUR,
        measuredAtMs: nowMs - HOUR,
        source: "statusline",
      }]);
    },
    moves: "b",
    picks: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "another policy",
    config: { ...accounts("work", "a", "b"), policy: "round-robin" },
    used: { a: { five: 0 }, b: { five: 85 } },
    rows: (ledger, { nowMs, dead }) =>
      session(ledger, { account: "a", nowMs, hours: 1, pid: dead }),
    moves: "b",
    states: { a: "open", b: "open" },
  },
  {
    name: "a weekly limit of the model that the conversation runs",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0 }, b: { five: 50 } },
    rows: (ledger, { nowMs }) =>
      limit(ledger, { account: "a", nowMs, window: "seven_day_opus", model: "opus" }),
    model: "claude-opus-5-5[1m]",
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "a weekly limit of another model",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0 }, b: { five: 50 } },
    rows: (ledger, { nowMs }) =>
      limit(ledger, { account: "a", nowMs, window: "seven_day_opus", model: "opus" }),
    model: "sonnet",
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "a limit of an unknown type, of the model that the conversation runs",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0 }, b: { five: 50 } },
    rows: (ledger, { nowMs }) =>
      limit(ledger, { account: "a", nowMs, window: "moon_phase", model: "fable" }),
    model: "fable",
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "a weekly limit of a model, and nobody knows which one is needed",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0 }, b: { five: 50 } },
    rows: (ledger, { nowMs }) =>
      limit(ledger, { account: "a", nowMs, window: "seven_day_opus", model: "opus" }),
    moves: "b",
    states: { a: "open", b: "open" },
  },
  {
    name:
      "a weekly limit of a model on the only other account, and nobody knows which one is needed",
    config: accounts("work", "a"),
    rows: (ledger, { nowMs }) =>
      limit(ledger, { account: "a", nowMs, window: "seven_day_opus", model: "opus" }),
    moves: "a",
    states: { a: "open" },
  },
  {
    name: "a model's week that is nearly used up",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0, models: { Opus: 85 } }, b: { five: 20, models: { Opus: 10 } } },
    model: "opus",
    moves: "b",
    states: { a: "open", b: "open" },
  },
  {
    name: "a model's week that is full",
    config: accounts("work", "a", "b"),
    used: { a: { five: 0, models: { Fable: 100 } }, b: { five: 50 } },
    model: "fable",
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "an account with a reserve of its own",
    config: {
      accounts: [
        { name: "work" },
        { name: "a", reserve: { five_hour: 30 } },
        { name: "b", reserve: { five_hour: 99 } },
      ],
      reserve: { five_hour: 60 },
    },
    used: { a: { five: 30 }, b: { five: 80 } },
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "an account that is the last to be chosen",
    config: { accounts: [{ name: "work" }, { name: "a", last: true }, { name: "b" }] },
    used: { a: { five: 0 }, b: { five: 80 } },
    moves: "b",
    states: { a: "open", b: "open" },
  },
  {
    name: "an account that is the last to be chosen, while the others are limited",
    config: { accounts: [{ name: "work" }, { name: "a", last: true }, { name: "b" }] },
    used: { a: { five: 80 }, b: { five: 100 } },
    moves: "a",
    states: { a: "open", b: "limited" },
  },
  {
    name: "an account that has too little left for a conversation, but not for a new one",
    config: accounts("work", "a"),
    used: { a: { five: 90 } },
    moves: null,
    picks: "a",
    states: { a: "open" },
  },
  {
    name: "landing caps of one's own",
    config: {
      accounts: [{ name: "work" }, { name: "a", landingCap: 50 }, { name: "b", landingCap: 95 }],
    },
    used: { a: { five: 50 }, b: { five: 94 } },
    moves: "b",
    picks: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "a model's week that only refresh knows of, full on another account",
    config: accounts("work", "a", "b"),
    rows: (ledger, { nowMs }) => {
      refreshed(ledger, { account: "a", nowMs, five: 0, models: { opus: 100 } });
      refreshed(ledger, { account: "b", nowMs, five: 60, models: { opus: 40 } });
    },
    model: "claude-opus-5-5[1m]",
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "a model's week that only refresh knows of, of a model that isn't needed",
    config: accounts("work", "a", "b"),
    rows: (ledger, { nowMs }) => {
      refreshed(ledger, { account: "a", nowMs, five: 0, models: { opus: 100 } });
      refreshed(ledger, { account: "b", nowMs, five: 60, models: { opus: 40 } });
    },
    model: "sonnet",
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "a model's week that only refresh knows of, full on the account of the conversation",
    config: accounts("work", "a"),
    rows: (ledger, { nowMs }) => {
      refreshed(ledger, { account: "work", nowMs, five: 30, models: { opus: 100 } });
      refreshed(ledger, { account: "a", nowMs, five: 50, models: { opus: 50 } });
    },
    told: 30,
    model: "opus",
    moves: "a",
    states: { a: "open" },
  },
  {
    name: "a model's week at the reserve of its account",
    config: {
      accounts: [{ name: "work" }, { name: "a", reserve: { seven_day: 70 } }, { name: "b" }],
    },
    rows: (ledger, { nowMs }) => {
      refreshed(ledger, { account: "a", nowMs, five: 0, models: { opus: 70 } });
      refreshed(ledger, { account: "b", nowMs, five: 60, models: { opus: 70 } });
    },
    model: "opus",
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "an ultra account with most of its week left, and a half-used pro account",
    config: {
      accounts: [
        { name: "work" },
        { name: "a", plan: "ultra" },
        { name: "b", plan: "pro" },
      ],
    },
    rows: (ledger, { nowMs, dead }) => {
      // Its hours would be taken for a full 5h window if it had one.
      session(ledger, { account: "a", nowMs, hours: 5, pid: dead });
      refreshed(ledger, { account: "a", nowMs, five: null, seven: 20 });
      refreshed(ledger, { account: "b", nowMs, five: 50, seven: 50 });
    },
    moves: "a",
    states: { a: "open", b: "open" },
  },
  {
    name: "an ultra account whose week is used up, and a half-used pro account",
    config: {
      accounts: [
        { name: "work" },
        { name: "a", plan: "ultra" },
        { name: "b", plan: "pro" },
      ],
    },
    rows: (ledger, { nowMs }) => {
      refreshed(ledger, { account: "a", nowMs, five: null, seven: 100 });
      refreshed(ledger, { account: "b", nowMs, five: 50, seven: 50 });
    },
    moves: "b",
    states: { a: "limited", b: "open" },
  },
  {
    name: "an account that is the last to be chosen, while the others are at reserves of their own",
    config: {
      accounts: [
        { name: "work" },
        { name: "a", last: true },
        { name: "b", reserve: { five_hour: 40 } },
        { name: "c", reserve: { seven_day: 40 } },
      ],
      reserve: { five_hour: 90, seven_day: 90 },
    },
    used: { a: { five: 80 }, b: { five: 40 }, c: { five: 10, seven: 40 } },
    moves: "a",
    states: { a: "open", b: "limited", c: "limited" },
  },
  {
    name: "an account that is the last to be chosen, and one whose model may be limited",
    config: { accounts: [{ name: "work" }, { name: "a", last: true }, { name: "b" }] },
    used: { a: { five: 0 }, b: { five: 80 } },
    rows: (ledger, { nowMs }) =>
      limit(ledger, { account: "b", nowMs, window: "seven_day_opus", model: "opus" }),
    moves: "b",
    states: { a: "open", b: "open" },
  },
];
