// The state of every account, and the ranking of those that can be chosen. Every command, the hand-off
// and the status line ask here, so that they give the same answer.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { figuresKey, isSameIdentity } from "../config/account.ts";
import { quoted } from "../text/escape.ts";
import type { Config } from "../config/config.ts";
import type { Candidate, PolicyName, Ranked, Reserve } from "../balance/policy.ts";
import { POLICY_NAMES, rankCandidates } from "../balance/policy.ts";
import { EXIT, UserError } from "../text/errors.ts";
import type { Eligible } from "./eligible.ts";
import { figuresAgeMs } from "../balance/staleness.ts";
import { isRunning } from "../balance/session.ts";
import type { KnownWindow, Reading, WindowName } from "../balance/windows.ts";
import {
  accountWindow,
  countsFor,
  estimateWindow,
  lastEndMs,
  limitsInForce,
  mergeOrEstimate,
  mergeReadings,
  useOf,
  WINDOWS,
} from "../balance/windows.ts";
import type { ClaudeHome, Ledger, Limit, LoginState } from "../ports/mod.ts";

/** What an account can be used for right now. */
type AccountState = "open" | "limited" | "disabled" | "login" | "drift";

/** What an account's config dir says. */
interface AccountLogin {
  account: Account;
  /** As far as the login decides it: only the ledger knows whether the account is limited. */
  state: AccountState;
  login: LoginState;
  /** Who is logged in now; may differ from the account's owner. */
  identity: Identity | null;
  /** Readings from the usage answer that the client cached. */
  cached: readonly Reading[];
  /** Until when an unused limit reset can be redeemed; null without one. */
  unusedResetUntilMs: number | null;
}

/** Everything known about an account. */
export interface Standing extends AccountLogin {
  /** The account's own windows, which are always listed, then those of its models. */
  windows: KnownWindow[];
  /** The limits in force. */
  limits: Limit[];
  activeSessions: number;
  /** When the account opens again; null if it is open or the time is unknown. */
  limitedUntilMs: number | null;
  lastUsedAtMs: number | null;
  /** Its row in the ranking; null if it can't be chosen. */
  ranked: Ranked | null;
}

/** All accounts in the order of config.json, and the ranking of those that can be chosen. */
export interface Standings {
  policy: PolicyName;
  accounts: Standing[];
  ranked: Ranked[];
  /** What narrowed the choice; null if every account was considered. */
  eligible: Eligible | null;
}

/**
 * The policy that the user named (default: the configured one).
 * @throws UserError (usage) listing the policies.
 */
export function parsePolicy(text: string | undefined, config: Config): PolicyName {
  if (text === undefined) return config.policy;
  const found = POLICY_NAMES.find((name) => name === text);
  if (found !== undefined) return found;
  // Each policy has another first letter, and the first letter is rarely mistyped.
  const meant = POLICY_NAMES.find((name) => name[0] === text[0]) ?? POLICY_NAMES[0];
  throw new UserError(
    `unknown policy ${quoted(text)} (the policies are ${POLICY_NAMES.join(", ")})`,
    { hint: `claude-multi pick --policy ${meant}`, exit: EXIT.usage },
  );
}

/** Closes sessions whose process is gone, as lost. */
export function closeLostSessions(context: Context, ledger: Ledger): void {
  const open = ledger.openSessions();
  if (open.length === 0) return;
  const facts = context.processes.facts(open.map((s) => s.pid ?? s.launcherPid));
  for (const session of open) {
    if (isRunning(session, facts)) continue;
    const atMs = context.clock.nowMs();
    ledger.endSession(session.id, { atMs, how: "lost", code: null, signal: null });
  }
}

type ReadOfLogins = "login" | "identity" | "cachedUsage" | "unusedResetUntilMs";

/** What the config dirs say about every account; to be read before the ledger is locked. */
export function readLogins(
  { claudeHome }: { claudeHome: Pick<ClaudeHome, ReadOfLogins> },
  { accounts }: Pick<Config, "accounts">,
): AccountLogin[] {
  return accounts.map((account) => {
    const found = { login: claudeHome.login(account), identity: claudeHome.identity(account) };
    const state = stateOf(account, found);
    const cached = claudeHome.cachedUsage(account);
    const unusedResetUntilMs = claudeHome.unusedResetUntilMs(account);
    return { account, state, ...found, cached, unusedResetUntilMs };
  });
}

/** What the standings are computed from. */
export interface StandingsSource {
  config: Pick<Config, "policy" | "limits" | "reserve">;
  logins: readonly AccountLogin[];
  ledger: Pick<Ledger, "facts" | "sessionMs">;
  nowMs: number;
  /** Default: the configured policy. */
  policy?: PolicyName;
  /** The accounts that may be chosen; default: all. */
  eligible?: Eligible;
}

/** Combines what the config dirs say with what the ledger knows, and ranks the accounts that may be chosen. */
export function standings(source: StandingsSource): Standings {
  const { config, logins, nowMs, policy = config.policy, eligible = null } = source;
  const accounts = logins.map((login): Standing => {
    const identity = figuresKey(login.account.identity, () => login.identity);
    const { readings, limits, lastUsedAtMs, activeSessions } = source.ledger.facts(
      login.account.name,
      { identity, nowMs },
    );
    const cached = login.cached.filter((reading) => countsFor(identity, reading.identity));
    const windows = windowsOf(source, { login, readings: [...readings, ...cached] });
    const inForce = limitsInForce(limits, { windows, nowMs });
    return {
      ...login,
      windows,
      limits: inForce,
      activeSessions,
      limitedUntilMs: lastEndMs(inForce),
      lastUsedAtMs,
      ranked: null,
    };
  });
  const candidates = accounts.filter(({ state, account }) =>
    state === "open" && eligible?.names.includes(account.name) !== false
  );
  const { reserve } = config;
  const ranked = rankCandidates(candidates.map(candidateOf), { policy, nowMs, reserve });
  for (const standing of candidates) {
    standing.ranked = ranked.find((row) => row.name === standing.account.name) ?? null;
    if (standing.ranked?.limited !== true) continue;
    standing.state = "limited";
    standing.limitedUntilMs = opensAtMs(standing, reserve);
  }
  return { policy, accounts, ranked, eligible };
}

/** The standings as of now, after closing lost sessions. */
export function standingsNow(
  context: Context,
  options: { config: Config } & Pick<StandingsSource, "policy" | "eligible">,
): Standings {
  const ledger = context.ledger();
  closeLostSessions(context, ledger);
  const logins = readLogins(context, options.config);
  return standings({ ...options, logins, ledger, nowMs: context.clock.nowMs() });
}

/**
 * The windows as measured; the account's own ones, if never measured, as estimated from the hours of
 * sessions.
 */
function windowsOf(
  { config, ledger, nowMs }: StandingsSource,
  { login, readings }: { login: AccountLogin; readings: readonly Reading[] },
): Standing["windows"] {
  const hours = { five_hour: config.limits.burstHours, seven_day: config.limits.rollingHours };
  const own = WINDOWS.map((window): KnownWindow => {
    const mine = readings.filter((reading) => reading.window === window && reading.model === null);
    const estimate = () => {
      const sessionMs = ledger.sessionMs(login.account.name, { window, nowMs });
      return sessionMs > 0 ? estimateWindow({ sessionMs, limitHours: hours[window] }) : null;
    };
    return { window, model: null, state: mergeOrEstimate(mine, { nowMs, estimate }) };
  });
  return [...own, ...otherWindows(readings, nowMs)];
}

/** The windows of models and budgets, by name. */
function otherWindows(readings: readonly Reading[], nowMs: number): KnownWindow[] {
  const own: readonly string[] = WINDOWS;
  const others = readings.filter(({ window, model }) => model !== null || !own.includes(window));
  const keys = new Set(others.map(({ window, model }) => `${window}\n${model}`));
  return [...keys].sort().map((key) => {
    const mine = others.filter(({ window, model }) => `${window}\n${model}` === key);
    const [{ window = "", model = null } = {}] = mine;
    return { window, model, state: mergeReadings(mine, nowMs) };
  });
}

function stateOf(
  account: Account,
  found: { login: LoginState; identity: Identity | null },
): AccountState {
  if (found.login !== "present") return account.disabled ? "disabled" : "login";
  const owner = account.identity;
  if (owner !== null && found.identity !== null && !isSameIdentity(owner, found.identity)) {
    return "drift";
  }
  return account.disabled ? "disabled" : "open";
}

function candidateOf(standing: Standing): Candidate {
  const candidateWindow = (window: WindowName) => {
    const state = accountWindow(standing.windows, window);
    return state?.state === "none" ? "none" : state;
  };
  return {
    name: standing.account.name,
    fiveHour: candidateWindow("five_hour"),
    sevenDay: candidateWindow("seven_day"),
    activeSessions: standing.activeSessions,
    figuresAgeMs: figuresAgeMs(standing.windows),
    limitedUntilMs: standing.limitedUntilMs,
    limit: standing.limits.find(({ untilMs }) => untilMs === standing.limitedUntilMs) ?? null,
    unusedResetUntilMs: standing.unusedResetUntilMs,
    lastUsedAtMs: standing.lastUsedAtMs,
  };
}

/**
 * When a limited account opens: the latest end of everything that holds it back. null if one of the
 * ends is unknown, or nothing holds it back.
 */
export function opensAtMs(
  { limitedUntilMs, windows }: Pick<Standing, "limitedUntilMs" | "windows">,
  reserve: Reserve,
): number | null {
  const ends: Array<number | null> = limitedUntilMs === null ? [] : [limitedUntilMs];
  for (const window of WINDOWS) {
    const use = useOf(accountWindow(windows, window));
    if (use !== null && use.percentUsed >= reserve[window]) ends.push(use.resetsAtMs);
  }
  return ends.length === 0 || ends.includes(null)
    ? null
    : Math.max(...ends.filter((end) => end !== null));
}
