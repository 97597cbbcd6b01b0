// Other accounts: where this conversation can continue, and which account cl would choose here.
import { eligibleAccounts } from "../accounts/eligible.ts";
import type { Standings, StandingsSource } from "../accounts/standings.ts";
import { readLogins } from "../accounts/logins.ts";
import { opensAtMs } from "../accounts/openings.ts";
import { standings } from "../accounts/standings.ts";
import type { Reserve } from "../balance/candidate.ts";
import type { Session } from "../balance/session.ts";
import { isRunning } from "../balance/session.ts";
import { accountWindow, countsFor, measuredUse } from "../balance/windows.ts";
import { configDirs } from "../claude/config_dir.ts";
import { neededModels } from "../claude/models.ts";
import type { Payload } from "../claude/status_payload.ts";
import type { Identity } from "../config/account.ts";
import { identityKey } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import type { AccountFacts, Ledger } from "../ports/mod.ts";
import type { Destination, Facts } from "./facts.ts";
import type { Said } from "./recording.ts";
import type { World } from "./world.ts";

/** What is needed to find other accounts. */
export interface ElsewhereCall {
  payload: Payload;
  settings: Pick<Config, "accounts" | "pins" | "policy" | "limits" | "reserve" | "landingCap">;
  /** The account of this session; null if it isn't ours. */
  account: string | null;
  said: Said;
  /** Who is logged in to the account; null if unknown. */
  loggedIn: () => Identity | null;
  world:
    & Pick<World, "layout" | "env" | "nowMs" | "system" | "readText" | "processes" | "ledger">
    & { files: Pick<World["files"], "resolve"> };
}

const WITHOUT_RESERVE: Reserve = { five_hour: 100, seven_day: 100 };

/**
 * Asks the standings, as `pick` and the hand-off would find them once this payload is recorded. The
 * conversation moves within its group.
 */
export function lookElsewhere(call: ElsewhereCall): Pick<Facts, "room" | "next"> {
  const { account } = call;
  const ledger = call.world.ledger();
  return {
    room() {
      const found = standings(sourceOf(call, { ledger, owner: account }));
      const others = found.ranked.filter((row) => row.name !== account);
      const [first] = others;
      const own = found.accounts.find((standing) => standing.account.name === account);
      const mine = own?.account.group ?? null;
      const isOneOfSeveral = found.accounts.some((one) => one.account.group !== mine);
      const group = isOneOfSeveral ? mine : null;
      // Nobody with one account needs to hear that it is the only one.
      if (first === undefined && group === null) return null;
      const pin = found.eligible?.pin ?? null;
      const isKeptOut = pin !== null && (pin.account !== null || pin.group !== mine);
      const where = isKeptOut ? "here" : group === null ? null : `in ${group}`;
      if (first?.limited === false) {
        return { best: destinationOf(found, first.name), opensAtMs: null, where };
      }
      const openings = [
        // A limited conversation continues on its account as soon as the service lets it, whatever the
        // reserve.
        own === undefined ? null : opensAtMs(own, { ...found, full: WITHOUT_RESERVE }),
        ...found.accounts.filter(({ ranked }) => ranked !== null && others.includes(ranked))
          .map((standing) => standing.limitedUntilMs),
      ].filter((atMs) => atMs !== null);
      return { best: null, opensAtMs: openings.length === 0 ? null : Math.min(...openings), where };
    },
    next() {
      const found = standings(sourceOf(call, { ledger, owner: null }));
      const [first] = found.ranked;
      const isElsewhere = first !== undefined && !first.limited && first.name !== account;
      return isElsewhere ? destinationOf(found, first.name) : null;
    },
  };
}

/** For the hand-off of this conversation, with its owner; for a new one in its folder, without. */
function sourceOf(
  call: ElsewhereCall,
  { ledger, owner }: { ledger: Ledger | null; owner: string | null },
): StandingsSource {
  const { payload, settings: config, world } = call;
  const launch = launchOf(ledger, call);
  return {
    config,
    logins: readLogins({ claudeHome: homeOf(world) }, config),
    ledger: ledgerOf(ledger, call),
    nowMs: world.nowMs,
    models: () => neededModels(payload.modelId),
    eligible: eligibleAccounts(world, {
      config,
      cwd: launch?.cwd ?? payload.directory ?? "",
      owner,
      conversation: payload.sessionId,
      home: world.layout.home,
    }),
  };
}

function destinationOf({ accounts }: Standings, name: string): Destination {
  const { windows = [] } = accounts.find((one) => one.account.name === name) ?? {};
  return { account: name, burstUsed: measuredUse(accountWindow(windows, "five_hour")) };
}

/** The session row of the launch that this session is running in; null without one. */
function launchOf(ledger: Ledger | null, { account, world }: ElsewhereCall): Session | null {
  const number = Number(world.env("CLAUDE_MULTI_SESSION") ?? NaN);
  const session = Number.isSafeInteger(number) ? ledger?.session(number) ?? null : null;
  return session?.account === account ? session : null;
}

const NOTHING_KNOWN: AccountFacts = {
  readings: [],
  limits: [],
  lastUsedAtMs: null,
  activeSessions: 0,
};

/** The ledger as it will be once this payload is recorded and lost sessions are closed. */
function ledgerOf(
  ledger: Ledger | null,
  { account, said, loggedIn, world }: ElsewhereCall,
): StandingsSource["ledger"] {
  const open = ledger?.openSessions() ?? [];
  const live = world.processes(open.map((session) => session.pid ?? session.launcherPid));
  const running = open.filter((session) => isRunning(session, live));
  return {
    facts(name, options) {
      const facts = ledger?.facts(name, options) ?? NOTHING_KNOWN;
      // What isn't news is in the ledger, under whoever was logged in then.
      const counts = name === account && said.news !== null &&
        countsFor(options.identity, identityKey(loggedIn()));
      const readings = counts ? said.readings : [];
      return {
        ...facts,
        readings: [...facts.readings, ...readings],
        activeSessions: running.filter((session) => session.account === name).length,
      };
    },
    sessionMs: (name, options) => ledger?.sessionMs(name, options) ?? 0,
    shareOfUse: (id, options) => ledger?.shareOfUse(id, options) ?? null,
  };
}

/**
 * The config dirs as far as this program may read them. If logins are kept in a keychain, which only
 * another process can read, an account with an identity counts as logged in.
 */
function homeOf(world: ElsewhereCall["world"]): ReturnType<typeof configDirs> {
  const home = configDirs(world.layout, { readText: world.readText });
  if (world.system !== "darwin") return home;
  return {
    ...home,
    login(account) {
      const state = home.login(account);
      return state === "missing" && home.identity(account) !== null ? "present" : state;
    },
  };
}
