// The state of every account, and the ranking of those that can be chosen. Every command, the hand-off
// and the status line ask here, so that they give the same answer.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { figuresKey, reserveOf } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { burnBefore } from "../balance/burn.ts";
import type { Candidate, Reserve } from "../balance/candidate.ts";
import type { PolicyName } from "../balance/policy.ts";
import type { Ranked } from "../balance/ranking.ts";
import { sizeOf } from "../balance/plans.ts";
import { policyOf, SESSION_PERCENT_PER_HOUR } from "../balance/policy.ts";
import { rankCandidates } from "../balance/ranking.ts";
import type { Eligible } from "./eligible.ts";
import type { AccountLogin } from "./logins.ts";
import { readLogins } from "./logins.ts";
import { closeLostSessions } from "./lost_sessions.ts";
import { opensAtMs } from "./openings.ts";
import { figuresAgeMs } from "../balance/staleness.ts";
import type { KnownWindow, Reading, WindowName } from "../balance/windows.ts";
import { limitsInForce } from "../balance/limits.ts";
import {
  accountWindow,
  appliesTo,
  countsFor,
  estimateWindow,
  mergeOrEstimate,
  mergeReadings,
  useOf,
  WINDOWS,
} from "../balance/windows.ts";
import type { Ledger, Limit } from "../ports/mod.ts";

/** Everything known about an account. */
export interface Standing extends AccountLogin {
  /** The account's own windows, which are always listed, then those of its models. */
  windows: KnownWindow[];
  /** The limits in force. */
  limits: Limit[];
  /** Of those that hold back this launch, the limit that ends last; null if none does. */
  limit: Limit | null;
  /** A model that is limited, if the launch may need it; null if none is. */
  doubtfulModel: string | null;
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
  /** The models that the launch needs; null if unknown, or if no model of any account is limited. */
  models: readonly string[] | null;
  /** What narrowed the choice; null if every account was considered. */
  eligible: Eligible | null;
}

/** What the standings are computed from. */
export interface StandingsSource {
  config: Pick<Config, "policy" | "limits" | "reserve" | "landingCap">;
  logins: readonly AccountLogin[];
  ledger: Pick<Ledger, "facts" | "sessionMs" | "shareOfUse">;
  nowMs: number;
  /** Default: the configured policy. */
  policy?: PolicyName;
  /** The accounts that may be chosen; default: all. */
  eligible?: Eligible;
  /**
   * Finds the models that the launch needs; null (the default) if nobody knows. It is asked only if some
   * account has a window or a limit of a model.
   */
  models?: () => readonly string[] | null;
}

/**
 * Combines what the config dirs say with what the ledger knows, and ranks the accounts that may be
 * chosen. Windows and limits of a model count only if the launch needs that model. If nobody knows which
 * one it needs, an account of which a model is limited comes after the others, but stays open.
 */
export function standings(source: StandingsSource): Standings {
  const { config, logins, nowMs, policy = config.policy, eligible = null } = source;
  const found = logins.map((login) => {
    const { name, identity: owner } = login.account;
    const identity = figuresKey(owner, () => login.identity);
    const { readings, limits, ...use } = source.ledger.facts(name, { identity, nowMs });
    const cached = login.cached.filter((reading) => countsFor(identity, reading.identity));
    const windows = windowsOf(source, { login, readings: [...readings, ...cached] });
    return { login, readings, windows, use, inForce: limitsInForce(limits, { windows, nowMs }) };
  });
  const isOfModel = ({ model }: { model: string | null }) => model !== null;
  const models = found.some((one) => one.windows.some(isOfModel) || one.inForce.some(isOfModel))
    ? source.models?.() ?? null
    : null;
  const accounts = found.map(({ login, windows, use, inForce }): Standing => {
    const limit = lastLimit(inForce.filter((one) => appliesTo(one, models)));
    const reserve = reserveOf(login.account, config);
    return {
      ...login,
      ...use,
      windows,
      limits: inForce,
      limit,
      doubtfulModel: models === null ? limitedModel({ windows, inForce, reserve }) : null,
      limitedUntilMs: limit?.untilMs ?? null,
      ranked: null,
    };
  });
  const candidates = accounts.filter(({ state, account }) =>
    state === "open" && eligible?.names.includes(account.name) !== false
  );
  const owner = accounts.findIndex(({ account }) => account.name === eligible?.preferred);
  const mover = accounts[owner] === undefined || policyOf(policy).leastMinutesAfterMove === 0
    ? null
    : moverPercentPerHour(source, {
      owner: accounts[owner],
      readings: found[owner]?.readings ?? [],
    });
  const ranked = rankCandidates(
    candidates.map((standing) => candidateOf(standing, { config, models, eligible, mover })),
    { policy, nowMs },
  );
  for (const standing of candidates) {
    standing.ranked = ranked.find((row) => row.name === standing.account.name) ?? null;
    if (standing.ranked?.limited !== true) continue;
    standing.state = "limited";
    const { account } = standing;
    const cap = landingCapOf(account, { config, eligible });
    const full = reserveOf(account, config);
    const isCramped = standing.ranked.reasons.some(({ kind }) => kind === "cramped");
    standing.limitedUntilMs = opensAtMs(standing, {
      full: isCramped ? { ...full, five_hour: 0 } : full,
      cap,
      models,
    });
  }
  return { policy, accounts, ranked, models, eligible };
}

/**
 * Percent used of a window from which a conversation doesn't move to an account; Infinity if it doesn't
 * have to move there, because it is new or on that account already.
 */
function landingCapOf(
  account: Account,
  { config, eligible }: { config: StandingsSource["config"]; eligible: Eligible | null },
): number {
  const owner = eligible?.preferred ?? null;
  return owner === null || owner === account.name
    ? Infinity
    : account.landingCap ?? config.landingCap;
}

/**
 * What the conversation uses that would move away from its owner, in percent of the 5h of `pro` an hour: its
 * share of what the account used before its limit, or else what an average session uses.
 */
function moverPercentPerHour(
  { ledger, eligible, nowMs }: Pick<StandingsSource, "ledger" | "eligible" | "nowMs">,
  { owner, readings }: { owner: Standing; readings: readonly Reading[] },
): number {
  const burn = burnBefore(owner.limit?.recordedAtMs ?? nowMs, readings);
  if (burn === null) return SESSION_PERCENT_PER_HOUR;
  const { fromMs, toMs, percentPerHour } = burn;
  const id = eligible?.conversation ?? null;
  const options = { account: owner.account.name, fromMs, toMs };
  const share = id === null ? null : ledger.shareOfUse(id, options);
  const size = sizeOf(owner.plan, { hasBurst: true });
  return percentPerHour * size * (share ?? 1 / Math.max(1, owner.activeSessions));
}

/** The limit that ends last; null if there are none. */
function lastLimit(limits: readonly Limit[]): Limit | null {
  return limits.reduce<Limit | null>(
    (last, limit) => last === null || limit.untilMs > last.untilMs ? limit : last,
    null,
  );
}

/** A model whose limit is in force or whose weekly window is full; null if there is none. */
function limitedModel(
  { windows, inForce, reserve }: {
    windows: readonly KnownWindow[];
    inForce: readonly Limit[];
    reserve: Reserve;
  },
): string | null {
  const full = windows.filter(({ model, state }) =>
    model !== null && (useOf(state)?.percentUsed ?? 0) >= reserve.seven_day
  );
  return [...inForce, ...full].find(({ model }) => model !== null)?.model ?? null;
}

/** The standings as of now, after closing lost sessions. */
export function standingsNow(
  context: Context,
  options: { config: Config } & Pick<StandingsSource, "policy" | "eligible" | "models">,
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

function candidateOf(
  standing: Standing,
  { config, models, eligible, mover }:
    & Pick<StandingsSource, "config">
    & Pick<Standings, "models" | "eligible">
    & { mover: number | null },
): Candidate {
  const { account, plan, windows, limit } = standing;
  const candidateWindow = (window: WindowName) => {
    const state = accountWindow(windows, window);
    return state?.state === "none" ? "none" : state;
  };
  const fiveHour = candidateWindow("five_hour");
  return {
    name: account.name,
    fiveHour,
    sevenDay: candidateWindow("seven_day"),
    modelWindows: windows.flatMap(({ model, state }) => {
      const use = useOf(state);
      return model !== null && use !== null && models?.includes(model) ? [{ ...use, model }] : [];
    }),
    activeSessions: standing.activeSessions,
    figuresAgeMs: figuresAgeMs(standing.windows),
    size: sizeOf(plan, { hasBurst: fiveHour !== "none" }),
    limitedUntilMs: limit?.untilMs ?? null,
    limit,
    unusedResetUntilMs: standing.unusedResetUntilMs,
    doubtfulModel: standing.doubtfulModel,
    lastUsedAtMs: standing.lastUsedAtMs,
    reserve: reserveOf(account, config),
    landingCap: landingCapOf(account, { config, eligible }),
    moverPercentPerHour: account.name === eligible?.preferred ? null : mover,
    last: account.last,
  };
}
