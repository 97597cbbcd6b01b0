// Chooses an account and takes the lease on it, in one transaction.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { findAccount, isSameIdentity, personText } from "../config/account.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import type { Config } from "../config/config.ts";
import { EXIT, messageOf, UserError } from "../text/errors.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import type { PolicyName } from "../balance/policy.ts";
import { pasteable, shellWord } from "../text/shell_quote.ts";
import type { Eligible } from "../accounts/eligible.ts";
import { eligibleAccounts, explainChoice, unpinLine } from "../accounts/eligible.ts";
import { restrictionText } from "../balance/reasons.ts";
import type { Ledger } from "../ports/mod.ts";
import type { Standing, Standings } from "../accounts/standings.ts";
import { closeLostSessions, readLogins, standings } from "../accounts/standings.ts";

/** What a choice of account has to respect. */
export interface LeaseRequest {
  config: Config;
  policy: PolicyName;
  args: ClientArguments;
  /** The account that the user named, or null. */
  named: string | null;
  /** Whether a session row is written. */
  records: boolean;
  /** Folder that the session runs in. */
  cwd: string;
  /** The account that a request came from when it is repeated elsewhere: it stays in its group. */
  owner?: string;
  /** The session whose conversation is continued, when it is handed over. */
  handedFrom?: number;
  /** With -p: whether a reply that hits a limit is retried once on another account. */
  failover?: boolean;
  /** Whether nothing will run, so that there is nothing to wait for. */
  planOnly?: boolean;
  /** Accounts that must not be taken, such as those that a chain of hand-offs came through. */
  except?: readonly string[];
}

/** The account that was chosen, the ranking behind it, and the lease. */
export interface Lease {
  account: Account;
  /** Who is logged in there. */
  identity: Identity | null;
  standings: Standings;
  ledger: Ledger;
  /** The ledger's session number; null when nothing is recorded. */
  session: number | null;
}

/** Every account that could be used here is limited. */
export class AllLimited extends UserError {
  readonly standings: Standings;

  constructor(context: Context, options: { standings: Standings; request: LeaseRequest }) {
    super(whyNone(context, options.standings), {
      hint: options.request.planOnly
        ? "claude-multi status"
        : waitingLine(context, options.request),
      exit: EXIT.noAccount,
    });
    this.standings = options.standings;
  }
}

/** That every account is limited; where a pin left only some to choose from, the pin and the way around it. */
function whyNone(context: Context, { eligible, ranked, accounts }: Standings): string {
  if (eligible === null || eligible.pin === null || eligible.restrictions.length === 0) {
    return "every account is limited";
  }
  const only = ranked.length === 1
    ? accounts.find((standing) => standing.ranked === ranked[0])
    : undefined;
  const nowMs = context.clock.nowMs();
  const atMs = only?.limitedUntilMs ?? null;
  const until = atMs === null
    ? ""
    : ` until ${formatClock(atMs, nowMs)} (in ${formatDuration(atMs - nowMs)})`;
  const who = only === undefined ? "all of its accounts are" : `"${only.account.name}" is`;
  return `${
    restrictionText(eligible.restrictions)
  }, and ${who} limited${until}; to use another: --account NAME, or pin --clear`;
}

/** What to type to wait with the same words; a conversation stays named, in its folder. */
function waitingLine(context: Context, request: LeaseRequest): string {
  const { args, config, cwd, failover, policy } = request;
  const wait = [
    "claude-multi run --wait",
    ...policy === config.policy ? [] : [`--policy ${policy}`],
    ...failover ? ["--failover"] : [],
  ].join(" ");
  const typed = args.settings === null ? args.rest : ["--settings", args.settings, ...args.rest];
  const named = args.resume !== null
    ? ["--resume", args.resume].filter(Boolean)
    : args.continues
    ? ["--continue"]
    : [];
  const words = pasteable(typed);
  if (words === null && named.length === 0) return `${wait}, with the same words`;
  const isHere = context.processes.cwd() === cwd;
  const go = isHere ? "" : `cd ${shellWord(cwd)} && `;
  const after = words ?? named.map(shellWord).join(" ");
  return `${go}${wait}${after === "" ? "" : ` -- ${after}`}`;
}

/**
 * Chooses an account and writes the session in one immediate transaction, so that terminals
 * opened at the same time see each other's choice. A resumed conversation stays on its account as
 * long as that is not limited, and never leaves its group.
 * @throws AllLimited when every account is limited.
 * @throws UserError (login, refused, noAccount) when no account can be used.
 */
export function takeLease(context: Context, request: LeaseRequest): Lease {
  try {
    return lease(context, request);
  } catch (error) {
    if (error instanceof UserError) throw error;
    // A ledger that fails after it was opened must not stop a launch.
    context.abandonLedger(error);
    return lease(context, request);
  }
}

function lease(context: Context, request: LeaseRequest): Lease {
  const { config, args } = request;
  const named = request.named === null ? null : findAccount(config.accounts, request.named);
  const { ledger, look } = prepare(context, request);
  // A number of a ledger that is not kept would name a row of the one that is.
  const records = request.records && ledger.isKept;
  const result = ledger.immediately(() => {
    const found = look();
    const chosen = named === null ? bestOf(found) : standingOf(found, named.name);
    const explained = chosen === null || named !== null ? found : explain(found, chosen);
    const usable = chosen !== null && refusal(chosen, args) === null;
    return {
      found: explained,
      chosen,
      session: usable && records ? begin(chosen, explained) : null,
    };
  });
  const { found, chosen, session } = result;
  if (chosen === null) throw nobody(context, { standings: found, request });
  const refused = refusal(chosen, args);
  if (refused !== null) throw refused;
  const { account, identity, state } = chosen;
  if (state === "limited" || state === "disabled") {
    context.terminal.warn(`account "${account.name}" is ${state}; used because you named it`);
  }
  return { account, identity, standings: found, ledger, session };

  function begin(chosen: Standing, { ranked }: Standings): number {
    const nowMs = context.clock.nowMs();
    return ledger.startSession(
      {
        account: chosen.account.name,
        launcherPid: context.processes.ownPid,
        cwd: request.cwd,
        startedAtMs: nowMs,
        handedFrom: request.handedFrom ?? null,
      },
      {
        chosenAtMs: nowMs,
        policy: request.policy,
        account: chosen.account.name,
        forced: named !== null,
        ranked,
      },
    );
  }
}

/** The standings that a lease would be taken on; no session is written. */
export function standingsFor(context: Context, request: LeaseRequest): Standings {
  return prepare(context, request).look();
}

/** Reads all that needs no lock; `look` adds what the ledger knows at that moment. */
function prepare(
  context: Context,
  request: LeaseRequest,
): { ledger: Ledger; look: () => Standings } {
  const { config, policy } = request;
  // A conversation may have run for hours since the last choice.
  context.claudeHome.forget();
  const ledger = context.ledger({ tolerant: true });
  closeLostSessions(context, ledger);
  const logins = readLogins(context, config);
  const eligible = eligibleFor(context, { request, ledger });
  const look = () =>
    standings({ config, ledger, logins, policy, eligible, nowMs: context.clock.nowMs() });
  return { ledger, look };
}

function eligibleFor(
  context: Context,
  { request, ledger }: { request: LeaseRequest; ledger: Ledger },
): Eligible {
  const { config, args, except = [], cwd } = request;
  const conversation = args.resume !== null && args.resume !== ""
    ? ledger.sessionOfClient(args.resume)
    : args.continues
    ? ledger.lastConversation(cwd)
    : null;
  const owner = request.owner ?? conversation?.account ?? null;
  return eligibleAccounts(context, { config, cwd, owner, except, home: context.layout.home });
}

function bestOf(found: Standings): Standing | null {
  const preferred = found.ranked.find((row) => row.name === found.eligible?.preferred);
  const best = preferred !== undefined && !preferred.limited ? preferred : found.ranked[0];
  return best === undefined || best.limited ? null : standingOf(found, best.name);
}

function explain(found: Standings, { account }: Standing): Standings {
  const { ranked, eligible } = found;
  return { ...found, ranked: explainChoice(ranked, { eligible, chosen: account.name }) };
}

function standingOf({ accounts }: Standings, name: string): Standing | null {
  return accounts.find((standing) => standing.account.name === name) ?? null;
}

/** Why a launch on this account must not happen, or null. */
function refusal(standing: Standing, args: ClientArguments): UserError | null {
  const { account: { name, identity: owner }, identity, login } = standing;
  if (login !== "present" && (args.kind === "interactive" || args.kind === "print")) {
    const why = {
      missing: `"${name}" is not logged in`,
      blank: `the login of "${name}" has expired`,
      unreadable: `the login of "${name}" cannot be read`,
    }[login];
    return new UserError(why, { hint: `claude-multi login ${name}`, exit: EXIT.login });
  }
  if (owner !== null && identity !== null && !isSameIdentity(owner, identity)) {
    return new UserError(
      `"${name}" belongs to ${personText(owner)}, but ${personText(identity)} is logged in`,
      { hint: `claude-multi login ${name}`, exit: EXIT.refused },
    );
  }
  return null;
}

function nobody(
  context: Context,
  options: { standings: Standings; request: LeaseRequest },
): UserError {
  const { eligible, accounts, ranked } = options.standings;
  if (ranked.length > 0) return new AllLimited(context, options);
  const why = restrictionText(eligible?.restrictions ?? []);
  if (eligible !== null && eligible.names.length === 0) {
    return new UserError(why || "no account is left to choose from", {
      hint: eligible.pin === null ? "claude-multi pin --help" : unpinLine(eligible.pin),
      exit: EXIT.noAccount,
    });
  }
  const within = accounts.filter(({ account }) => eligible?.names.includes(account.name) !== false);
  const drifted = within.find(({ state }) => state === "drift");
  if (drifted !== undefined) {
    return new UserError(`"${drifted.account.name}" is logged in as someone else`, {
      hint: "claude-multi doctor",
      exit: EXIT.refused,
    });
  }
  const loggedOut = within.find(({ state }) => state === "login");
  return loggedOut === undefined
    ? new UserError(`${why}${why && ", and "}${allDisabled(within)}`, {
      hint: `claude-multi enable ${within[0]?.account.name ?? "NAME"}`,
      exit: EXIT.noAccount,
    })
    : new UserError("no account is logged in", {
      hint: `claude-multi login ${loggedOut.account.name}`,
      exit: EXIT.login,
    });
}

function allDisabled([first, ...others]: Standing[]): string {
  return first !== undefined && others.length === 0
    ? `"${first.account.name}" is disabled`
    : "every account is disabled";
}

/** Remembers who is logged in, the first time an account is launched with a login. */
export async function pinIdentity(
  context: Context,
  lease: Pick<Lease, "account" | "identity">,
): Promise<void> {
  const { identity, account } = lease;
  if (account.identity !== null || identity === null) return;
  try {
    await context.configFile.ready();
    context.configFile.edit((config) => {
      const index = config.accounts.findIndex((other) => other.name === account.name);
      return config.accounts[index]?.identity === null
        ? [{ path: ["accounts", index, "identity"], value: identity }]
        : [];
    });
  } catch (error) {
    context.terminal.warn(`the identity of "${account.name}" is not pinned: ${messageOf(error)}`);
  }
}
