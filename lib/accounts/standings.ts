// The one place that gathers what is known of every account and ranks the ones that can be used.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { isSameIdentity, quoted } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import type { Candidate, PolicyName, Ranked } from "../balance/policy.ts";
import { POLICY_NAMES, rankCandidates } from "../balance/policy.ts";
import { EXIT, UserError } from "../text/errors.ts";
import type { Scope } from "./eligible.ts";
import { isRunning } from "../balance/session.ts";
import type { WindowName, WindowState } from "../balance/windows.ts";
import { estimateWindow, mergeReadings, WINDOWS } from "../balance/windows.ts";
import type { Ledger, LoginState } from "../ports/mod.ts";

/** What an account can be used for now. */
type AccountState = "open" | "limited" | "disabled" | "login" | "drift";

/** Everything known of one account. */
export interface AccountView {
  account: Account;
  state: AccountState;
  login: LoginState;
  /** Who is logged in now, which may differ from the pinned identity. */
  identity: Identity | null;
  windows: Record<WindowName, WindowState | null>;
  activeSessions: number;
  /** When the account opens again, as far as known; null when it is open or nobody knows. */
  limitedUntilMs: number | null;
  lastUsedAtMs: number | null;
  /** Its row in the ranking; null when it cannot be chosen. */
  ranked: Ranked | null;
}

/** All accounts in the order of config.json, and the ranking of those that can be chosen. */
export interface Survey {
  policy: PolicyName;
  views: AccountView[];
  ranked: Ranked[];
  /** What narrowed the choice; null when every account was asked for. */
  scope: Scope | null;
}

/**
 * Reads a policy name given by the user; the configured one when none is given.
 * @throws UserError (usage) listing the policies.
 */
export function parsePolicy(text: string | undefined, config: Config): PolicyName {
  if (text === undefined) return config.policy;
  const found = POLICY_NAMES.find((name) => name === text);
  if (found !== undefined) return found;
  throw new UserError(
    `Cannot use policy ${quoted(text)}: the policies are ${POLICY_NAMES.join(", ")}`,
    // Each begins with another letter, and that one is rarely mistyped.
    {
      hint: `claude-multi pick --policy ${
        POLICY_NAMES.find((name) => name[0] === text[0]) ?? POLICY_NAMES[0]
      }`,
      exit: EXIT.usage,
    },
  );
}

/** Closes as lost the sessions whose process is gone. */
export function closeLostSessions(context: Context, ledger: Ledger): void {
  const open = ledger.openSessions();
  if (open.length === 0) return;
  const facts = context.processes.facts(open.map((s) => s.pid ?? s.launcherPid));
  for (const session of open) {
    if (isRunning(session, facts)) continue;
    ledger.endSession(session.id, {
      atMs: context.clock.nowMs(),
      how: "lost",
      code: null,
      signal: null,
    });
  }
}

/** What config dirs say of every account; read before the ledger is locked. */
export function readLogins(context: Context, config: Config): AccountView[] {
  return config.accounts.map((account) => {
    const login = context.claudeHome.login(account);
    const identity = context.claudeHome.identity(account);
    return {
      account,
      login,
      identity,
      state: stateOf(account, { login, identity }),
      windows: { five_hour: null, seven_day: null },
      activeSessions: 0,
      limitedUntilMs: null,
      lastUsedAtMs: null,
      ranked: null,
    };
  });
}

/** Adds what the ledger knows to what the config dirs say, and ranks. */
export function surveyAccounts(
  context: Context,
  options: {
    config: Config;
    ledger: Ledger;
    logins: readonly AccountView[];
    policy: PolicyName;
    /** The accounts that may be chosen; all unless given. */
    scope?: Scope;
  },
): Survey {
  const { config, ledger, policy } = options;
  const nowMs = context.clock.nowMs();
  const views = options.logins.map((login): AccountView => {
    const { account } = login;
    const facts = ledger.facts(account.name, nowMs);
    const readings = [...facts.readings, ...context.claudeHome.cachedUsage(account)];
    const hours = { five_hour: config.limits.burstHours, seven_day: config.limits.rollingHours };
    const windows: AccountView["windows"] = { five_hour: null, seven_day: null };
    for (const window of WINDOWS) {
      windows[window] = mergeReadings(readings.filter((r) => r.window === window), nowMs);
      if (windows[window] !== null) continue;
      const sessionMs = ledger.sessionMs(account.name, { window, nowMs });
      if (sessionMs > 0) {
        windows[window] = estimateWindow({ sessionMs, limitHours: hours[window] });
      }
    }
    return {
      ...login,
      windows,
      activeSessions: facts.activeSessions,
      limitedUntilMs: facts.limits.reduce<number | null>(
        (latest, limit) => Math.max(latest ?? 0, limit.untilMs),
        null,
      ),
      lastUsedAtMs: facts.lastUsedAtMs,
    };
  });
  const ranked = rankCandidates(
    views.filter((view) => view.state === "open" && inScope(view, options.scope)).map(candidateOf),
    { policy, nowMs, reserve: config.reserve },
  );
  for (const view of views) {
    const row = ranked.find((r) => r.name === view.account.name) ?? null;
    view.ranked = row;
    if (row?.limited) {
      view.state = "limited";
      view.limitedUntilMs = openAgainAtMs(view, config);
    }
  }
  return { policy, views, ranked, scope: options.scope ?? null };
}

function inScope(view: AccountView, scope: Scope | undefined): boolean {
  return scope === undefined || scope.names.includes(view.account.name);
}

function stateOf(
  account: Account,
  found: { login: LoginState; identity: Identity | null },
): AccountState {
  if (found.login !== "present") return account.disabled ? "disabled" : "login";
  const pin = account.identity;
  if (pin !== null && found.identity !== null && !isSameIdentity(pin, found.identity)) {
    return "drift";
  }
  return account.disabled ? "disabled" : "open";
}

function candidateOf(view: AccountView): Candidate {
  return {
    name: view.account.name,
    fiveHour: view.windows.five_hour,
    sevenDay: view.windows.seven_day,
    activeSessions: view.activeSessions,
    limitedUntilMs: view.limitedUntilMs,
    lastUsedAtMs: view.lastUsedAtMs,
  };
}

/** The latest of all that holds the account back; null when one of them has no known end. */
function openAgainAtMs(view: AccountView, config: Config): number | null {
  const ends: Array<number | null> = [];
  if (view.limitedUntilMs !== null) ends.push(view.limitedUntilMs);
  for (const window of WINDOWS) {
    const state = view.windows[window];
    if (state !== null && state.percentUsed >= config.reserve[window]) ends.push(state.resetsAtMs);
  }
  return ends.reduce<number | null>(
    (latest, end) => latest === null || end === null ? null : Math.max(latest, end),
    ends.length === 0 ? null : 0,
  );
}
