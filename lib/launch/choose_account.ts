// The one place that chooses an account and takes the lease on it, in one transaction.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { findAccount, isSameIdentity, personText } from "../config/account.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import type { Config } from "../config/config.ts";
import { EXIT, messageOf, UserError } from "../text/errors.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import type { PolicyName } from "../balance/policy.ts";
import { pasteable, shellWord } from "../text/shell_quote.ts";
import type { Scope } from "../accounts/eligible.ts";
import { explainChoice, scopeOf, unpinLine } from "../accounts/eligible.ts";
import type { Ledger } from "../ports/mod.ts";
import { placedPins, realFolder } from "../accounts/pins.ts";
import type { AccountView, Survey } from "../accounts/standings.ts";
import { closeLostSessions, readLogins, surveyAccounts } from "../accounts/standings.ts";

/** What is asked of the choice. */
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
  /** The session whose conversation goes on, when it is handed over. */
  handedFrom?: number;
  /** Whether a printed answer that ends at a limit is asked for once more elsewhere. */
  failover?: boolean;
  /** Whether nothing is going to run, so that there is nothing to wait for. */
  planOnly?: boolean;
  /** Accounts that must not be taken, as those a chain of hand-offs came through. */
  except?: readonly string[];
}

/** The account that was chosen, the ranking behind it, and the lease. */
export interface Lease {
  account: Account;
  /** Who is logged in there. */
  identity: Identity | null;
  survey: Survey;
  ledger: Ledger;
  /** The ledger's session number; null when nothing is recorded. */
  session: number | null;
}

/** Every account that could be used here is limited. */
export class AllLimited extends UserError {
  readonly survey: Survey;

  constructor(context: Context, options: { survey: Survey; request: LeaseRequest }) {
    super(`Cannot choose an account: ${whyNone(context, options.survey)}`, {
      hint: options.request.planOnly
        ? "claude-multi status"
        : waitingLine(context, options.request),
      exit: EXIT.noAccount,
    });
    this.survey = options.survey;
  }
}

/** That all are limited; where a pin left only some to choose from, that it did, and what else would do. */
function whyNone(context: Context, { scope, ranked, views }: Survey): string {
  if (scope === null || scope.pin === null || scope.why === null) return "all are limited";
  const only = ranked.length === 1
    ? views.find((view) => view.account.name === ranked[0]?.name)
    : undefined;
  const nowMs = context.clock.nowMs();
  const atMs = only?.limitedUntilMs ?? null;
  const until = atMs === null
    ? ""
    : ` until ${formatClock(atMs, nowMs)} (in ${formatDuration(atMs - nowMs)})`;
  const who = only === undefined ? "all of its accounts are" : `"${only.account.name}" is`;
  return `${scope.why}, and ${who} limited${until}; --account NAME or pin --clear would do`;
}

/** What to type to wait for room with the same words; a conversation stays named, in its folder. */
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
 * opened at once see each other's choice. A conversation that is resumed stays with its owner
 * while that has room, and never leaves its group.
 * @throws AllLimited when nothing has room.
 * @throws UserError (login, refused, noAccount) when nothing can be used.
 */
export function takeLease(context: Context, request: LeaseRequest): Lease {
  try {
    return lease(context, request);
  } catch (error) {
    if (error instanceof UserError) throw error;
    // A ledger that opened and fails now must not stop a launch.
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
    const view = named === null ? bestOf(found) : viewOf(found, named.name);
    const survey = view === null || named !== null ? found : explained(found, view.account.name);
    const usable = view !== null && refusal(view, args) === null;
    return { survey, view, session: usable && records ? begin(view, survey) : null };
  });
  const { survey, view, session } = result;
  if (view === null) throw nobody(context, { survey, request });
  const refused = refusal(view, args);
  if (refused !== null) throw refused;
  if (view.state === "limited" || view.state === "disabled") {
    context.terminal.warn(
      `account "${view.account.name}" is ${view.state}; used because you named it`,
    );
  }
  return { account: view.account, identity: view.identity, survey, ledger, session };

  function begin(chosen: AccountView, survey: Survey): number {
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
        ranked: survey.ranked,
      },
    );
  }
}

/** The ranking that a lease would be taken on, and its best account; nothing is written. */
export function surveyForLease(
  context: Context,
  request: LeaseRequest,
): { survey: Survey; best: AccountView | null } {
  const survey = prepare(context, request).look();
  return { survey, best: bestOf(survey) };
}

/** Reads all that needs no lock; `look` adds what the ledger knows at that moment. */
function prepare(
  context: Context,
  request: LeaseRequest,
): { ledger: Ledger; look: () => Survey } {
  const { config, policy } = request;
  // A conversation may have run for hours since the last choice.
  context.claudeHome.forget();
  const ledger = context.ledger({ tolerant: true });
  closeLostSessions(context, ledger);
  const logins = readLogins(context, config);
  const scope = scopeFor(context, { request, ledger });
  return { ledger, look: () => surveyAccounts(context, { config, ledger, logins, policy, scope }) };
}

function scopeFor(context: Context, options: { request: LeaseRequest; ledger: Ledger }): Scope {
  const { config, args, except, cwd } = options.request;
  const owner = args.resume !== null && args.resume !== ""
    ? options.ledger.sessionOfClient(args.resume)
    : args.continues
    ? options.ledger.lastConversation(cwd)
    : null;
  const from = options.request.owner ?? owner?.account ?? null;
  const scope = scopeOf(config.accounts, {
    pins: placedPins(context, config.pins),
    cwd: realFolder(context, cwd),
    owner: from,
    home: context.layout.home,
  });
  return except === undefined
    ? scope
    : { ...scope, names: scope.names.filter((name) => !except.includes(name)) };
}

function bestOf(survey: Survey): AccountView | null {
  const preferred = survey.ranked.find((row) => row.name === survey.scope?.preferred);
  const best = preferred !== undefined && !preferred.limited ? preferred : survey.ranked[0];
  return best === undefined || best.limited ? null : viewOf(survey, best.name);
}

function explained(survey: Survey, chosen: string): Survey {
  return { ...survey, ranked: explainChoice(survey.ranked, { scope: survey.scope, chosen }) };
}

function viewOf(survey: Survey, name: string): AccountView | null {
  return survey.views.find((view) => view.account.name === name) ?? null;
}

/** Why a launch on this account must not happen, or null. */
function refusal(view: AccountView, args: ClientArguments): UserError | null {
  const { name } = view.account;
  if (view.login !== "present" && (args.kind === "interactive" || args.kind === "print")) {
    const why = {
      missing: "not logged in",
      blank: "its login has expired",
      unreadable: "its login cannot be read",
      present: "",
    }[view.login];
    return new UserError(`Cannot launch "${name}": ${why}`, {
      hint: `claude-multi login ${name}`,
      exit: EXIT.login,
    });
  }
  const { identity } = view;
  const pin = view.account.identity;
  if (pin !== null && identity !== null && !isSameIdentity(pin, identity)) {
    return new UserError(
      `Cannot launch "${name}": it belongs to ${personText(pin)}, but ${
        personText(identity)
      } is logged in`,
      { hint: `claude-multi login ${name}`, exit: EXIT.refused },
    );
  }
  return null;
}

function nobody(
  context: Context,
  options: { survey: Survey; request: LeaseRequest },
): UserError {
  const { scope, views, ranked } = options.survey;
  if (ranked.length > 0) return new AllLimited(context, options);
  if (scope !== null && scope.names.length === 0) {
    return new UserError(`Cannot choose an account: ${scope.why ?? "none is left"}`, {
      hint: scope.pin === null ? "claude-multi pin --help" : unpinLine(scope.pin),
      exit: EXIT.noAccount,
    });
  }
  const within = views.filter((view) => scope === null || scope.names.includes(view.account.name));
  const drifted = within.find((view) => view.state === "drift");
  if (drifted !== undefined) {
    return new UserError(
      `Cannot choose an account: "${drifted.account.name}" holds another login than its own`,
      { hint: "claude-multi doctor", exit: EXIT.refused },
    );
  }
  const loggedOut = within.find((view) => view.state === "login");
  return loggedOut === undefined
    ? new UserError(`Cannot choose an account: ${allDisabled(within, scope)}`, {
      hint: `claude-multi enable ${within[0]?.account.name ?? "NAME"}`,
      exit: EXIT.noAccount,
    })
    : new UserError("Cannot choose an account: none is logged in", {
      hint: `claude-multi login ${loggedOut.account.name}`,
      exit: EXIT.login,
    });
}

/** That what may be chosen is disabled; where only some may, why. */
function allDisabled([first, ...others]: AccountView[], scope: Scope | null): string {
  const who = first !== undefined && others.length === 0
    ? `"${first.account.name}" is disabled`
    : "all are disabled";
  return scope === null || scope.why === null ? who : `${scope.why}, and ${who}`;
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
