// Asks the official client of each account for its figures, and records what it answers.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { identityKey, isSameIdentity, personText } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import {
  isUsageReply,
  parseUsageReply,
  QUIET_VARIABLE,
  USAGE_QUESTION,
} from "../claude/usage_request.ts";
import type { UsageReply } from "../claude/usage_request.ts";
import type { Reading, WindowKey } from "../balance/windows.ts";
import { mergeReadings, useOf } from "../balance/windows.ts";
import type { AccountFacts } from "../ports/mod.ts";
import { messageOf } from "../text/errors.ts";
import { formatDuration } from "../text/format.ts";
import { objectOf, textOf } from "../text/json_object.ts";
import { askClient, silenceText } from "./ask_client.ts";

/** How long a client has to answer, by default. */
export const ANSWER_MS = 10_000;
/** How many clients are asked at the same time: each is a program of 200 MB. */
const AT_ONCE = 4;
/** For a minute the client repeats its last answer without asking the service (run on 2.1.332). */
const REPEATED_MS = 120_000;
/** If the service fails, the client gives an answer that it has cached for less than an hour (run on 2.1.328). */
const CACHED_MS = 3_660_000;
/** How asking an account's client ended. */
export interface RefreshResult {
  account: string;
  /** Why there are no new figures; null if there are. */
  why: string | null;
  /** What to type about it; null if nothing helps. */
  fix: string | null;
  /** How old the answer is if the client repeated its last one; null if it is new, or there is none. */
  repeatedMs: number | null;
}

/** Clients that are being asked. */
export interface Refresh {
  /** Resolves once each has answered or was given up; in the order of the accounts. */
  done: Promise<RefreshResult[]>;
  /** The accounts that haven't answered, nor were given up. */
  unanswered(): string[];
  /** Ends those that haven't answered. */
  stop(): Promise<unknown>;
}

/**
 * Asks the clients of accounts for their figures, four at a time, and records the answers. Nothing is
 * sent to a model, and no session, transcript or hook is involved. `onResult` is called after each.
 */
export function startRefresh(
  context: Context,
  options: {
    config: Config;
    accounts: readonly Account[];
    /** How long each client has to answer. */
    timeoutMs: number;
    onResult?: () => void;
  },
): Refresh {
  const { accounts, onResult = () => {} } = options;
  const { promise: stopped, resolve: stop } = Promise.withResolvers<"stopped">();
  const results: RefreshResult[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    for (let at = next++; at < accounts.length; at = next++) {
      const account = accounts[at] as Account;
      results[at] = await resultFor(context, { ...options, account, stopped });
      onResult();
    }
  };
  const done = Promise.all(Array.from({ length: AT_ONCE }, work)).then(() => results);
  return {
    done,
    unanswered: () => accounts.filter((_, at) => results[at] === undefined).map(({ name }) => name),
    stop: () => {
      next = accounts.length;
      stop("stopped");
      return done;
    },
  };
}

interface Asking {
  config: Config;
  account: Account;
  timeoutMs: number;
  stopped: Promise<"stopped">;
}

/** A reason for having no figures, and what to type about it. */
type Trouble = readonly [why: string, fix?: string];

async function resultFor(context: Context, asking: Asking): Promise<RefreshResult> {
  const { name } = asking.account;
  let answer: Trouble | number | null;
  try {
    answer = await figuresOf(context, asking);
  } catch (error) {
    answer = [messageOf(error)];
  }
  if (typeof answer === "number") {
    return { account: name, why: null, fix: null, repeatedMs: answer };
  }
  const [why = null, fix = null] = answer ?? [];
  return { account: name, why, fix, repeatedMs: null };
}

/** Asks one client and records its answer; returns why there is none, or how old one is that it repeats. */
async function figuresOf(context: Context, asking: Asking): Promise<Trouble | number | null> {
  const { account, config, timeoutMs, stopped } = asking;
  const { clock, claudeHome, files, layout } = context;
  claudeHome.forget();
  const trouble = loginTrouble(context, account) ?? quietTrouble(context);
  if (trouble !== null) return trouble;
  const before = claudeHome.identity(account);
  const cwd = `${layout.root}/empty`;
  files.makePrivateDirectory(cwd);
  const startedAtMs = clock.nowMs();
  const question = { input: USAGE_QUESTION, isAnswer: isUsageReply };
  const heard = await askClient(context, { config, account, cwd, question, timeoutMs, stopped });
  claudeHome.forget();
  switch (heard.kind) {
    case "stopped":
      return ["it was stopped before it answered"];
    case "late":
      return loginTrouble(context, account) ?? [silenceText(heard, timeoutMs)];
    case "silent":
      return heard.isTooOld
        ? TROUBLES.unsupported
        : [silenceText(heard, timeoutMs), "claude-multi doctor"];
  }
  const nowMs = clock.nowMs();
  const reply = parseUsageReply(heard.line, {
    account: account.name,
    identity: identityKey(before),
    measuredAtMs: nowMs,
  });
  if (reply.kind !== "figures") return loginTrouble(context, account) ?? TROUBLES[reply.kind];
  const after = claudeHome.identity(account);
  const isSame = before === null || after === null
    ? before === after
    : isSameIdentity(before, after);
  if (!isSame) return ["who is logged in has changed meanwhile", "claude-multi status"];
  const cached = claudeHome.cachedUsage(account);
  const readings = dated(reply.readings, { cached, startedAtMs });
  const ledger = context.ledger({ tolerant: true });
  const identity = identityKey(before);
  const facts = ledger.facts(account.name, { identity, nowMs });
  const idle = idleWindows(reply, { account, identity, facts, readings, nowMs });
  ledger.addReadings([...readings, ...idle]);
  if (!ledger.isKept) return ["the ledger can't store them", "claude-multi doctor"];
  const oldMs = startedAtMs - Math.min(...readings.map((reading) => reading.measuredAtMs));
  if (oldMs > REPEATED_MS) return TROUBLES["no figures"];
  return oldMs > 0 && oldMs < Infinity ? oldMs : null;
}

/**
 * Windows that hold something back by what the ledger knows, and that aren't running by a newer answer:
 * nothing of them is used.
 */
function idleWindows(
  { saysIdle }: Extract<UsageReply, { kind: "figures" }>,
  { account, identity, facts, readings, nowMs }: {
    account: Account;
    identity: string | null;
    facts: Pick<AccountFacts, "readings" | "limits">;
    readings: readonly Reading[];
    nowMs: number;
  },
): Reading[] {
  const measuredAtMs = Math.min(nowMs, ...readings.map((reading) => reading.measuredAtMs));
  const keys = new Map<string, WindowKey>();
  for (const { window, model } of [...facts.readings, ...facts.limits]) {
    if (window !== null) keys.set(window, { window, model });
  }
  return [...keys.values()].flatMap(({ window, model }): Reading[] => {
    const mine = facts.readings.filter((one) => one.window === window);
    const isUsed = (useOf(mergeReadings(mine, nowMs))?.percentUsed ?? 0) > 0 ||
      facts.limits.some((limit) => limit.window === window);
    const isIdle = isUsed && saysIdle({ window, model }) &&
      !readings.some((one) => one.window === window);
    return isIdle
      ? [{
        account: account.name,
        window,
        model,
        identity,
        percentUsed: 0,
        resetsAtMs: null,
        measuredAtMs,
        source: "usage-cache",
      }]
      : [];
  });
}

const TROUBLES = {
  "no subscription": ["claude reports no subscription with limits"],
  "no figures": ["the service gave none, or refused"],
  unsupported: ["this claude is too old to be asked", "claude update"],
  "not understood": ["claude's answer is not understood"],
} as const satisfies Record<string, Trouble>;

/** Why the client of an account isn't asked, or didn't answer: its login. */
function loginTrouble({ claudeHome }: Context, account: Account): Trouble | null {
  const fix = `claude-multi login ${account.name}`;
  switch (claudeHome.login(account)) {
    case "missing":
      return ["not logged in", fix];
    case "blank":
      return ["its login has expired", fix];
    case "unreadable":
      return ["its login can't be read", fix];
  }
  const { identity: owner } = account;
  const identity = claudeHome.identity(account);
  if (owner === null || identity === null || isSameIdentity(owner, identity)) return null;
  return [`it belongs to ${personText(owner)}, but ${personText(identity)} is logged in`, fix];
}

function quietTrouble({ claudeHome, env }: Context): Trouble | null {
  if (env.get(QUIET_VARIABLE) !== null) {
    return [`${QUIET_VARIABLE} keeps claude from asking`, `unset ${QUIET_VARIABLE}`];
  }
  if (textOf(objectOf(claudeHome.sharedSettings()?.["env"])[QUIET_VARIABLE]) === null) return null;
  return [`${QUIET_VARIABLE} in ~/.claude/settings.json keeps claude from asking`];
}

/** The readings with the time of the client's cache, if that is where they come from. */
function dated(
  readings: readonly Reading[],
  { cached, startedAtMs }: { cached: readonly Reading[]; startedAtMs: number },
): Reading[] {
  return readings.map((reading) => {
    const same = cached.find(({ window, percentUsed, resetsAtMs, measuredAtMs }) =>
      window === reading.window && percentUsed === reading.percentUsed &&
      resetsAtMs === reading.resetsAtMs && measuredAtMs > startedAtMs - CACHED_MS &&
      measuredAtMs <= reading.measuredAtMs
    );
    return same === undefined ? reading : { ...reading, measuredAtMs: same.measuredAtMs };
  });
}

/**
 * Asks for the figures of accounts while the user waits: shows progress, and says in one line each which
 * account has none.
 */
export async function refreshFigures(
  context: Context,
  { config, accounts, timeoutMs = ANSWER_MS }: {
    config: Config;
    accounts: readonly Account[];
    timeoutMs?: number;
  },
): Promise<RefreshResult[]> {
  const { clock, processes, terminal } = context;
  const pauseMs = 0;
  const names = accounts.map(({ name }) => name);
  context.ledger({ tolerant: true }).claimRefresh(names, { nowMs: clock.nowMs(), pauseMs });
  let finished = 0;
  const show = (): void =>
    terminal.rewrite(`asking claude for figures: ${finished} of ${accounts.length} accounts`);
  show();
  const onResult = (): void => {
    finished++;
    show();
  };
  const refresh = startRefresh(context, { config, accounts, timeoutMs, onResult });
  const results = await processes.guarded(
    () => refresh.done,
    () => refresh.stop().finally(() => terminal.rewrite("")),
  );
  terminal.rewrite("");
  for (const { account, why, fix, repeatedMs } of results) {
    const hint = fix === null ? "" : `; try: ${fix}`;
    if (why !== null) terminal.warn(`no new figures of "${account}": ${why}${hint}`);
    else if (repeatedMs !== null) {
      const ago = formatDuration(repeatedMs);
      terminal.warn(`"${account}": claude repeats its answer of ${ago} ago; try again in a minute`);
    }
  }
  return results;
}

/** The accounts that can be asked: enabled, and logged in as their owner. */
export function askable(context: Context, { accounts }: Config): Account[] {
  context.claudeHome.forget();
  return accounts.filter((account) => !account.disabled && loginTrouble(context, account) === null);
}
