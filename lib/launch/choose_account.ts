// Chooses an account and records the session on it, in one transaction.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { findAccount } from "../config/account.ts";
import { forksConversation } from "../claude/arguments.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { eligibleAccounts, explainChoice, pinAgainst, wallBefore } from "../accounts/eligible.ts";
import { restrictionText } from "../balance/reasons.ts";
import type { Session } from "../balance/session.ts";
import type { Ledger } from "../ports/mod.ts";
import type { Standing, Standings } from "../accounts/standings.ts";
import { readLogins } from "../accounts/logins.ts";
import { isAtItsReserve, isOpenFor } from "../accounts/openings.ts";
import { closeLostSessions } from "../accounts/lost_sessions.ts";
import { standings } from "../accounts/standings.ts";
import { modelsOfLaunch } from "./model.ts";
import { originOf } from "./origin.ts";
import { AllLimited } from "./all_limited.ts";
import { acrossWall, noAccount, refusal } from "./refusals.ts";
import type { LaunchRequest } from "./request.ts";
import { conversationOf, copyLine } from "./request.ts";

/** The account that was chosen, the ranking behind the choice, and the recorded session. */
export interface Lease {
  account: Account;
  /** Who is logged in there. */
  identity: Identity | null;
  standings: Standings;
  /** The ledger's session number; null if nothing is recorded. */
  session: number | null;
}

/**
 * Chooses an account and records the session in one immediate transaction, so that terminals
 * opened at the same time see each other's choice. A resumed conversation stays on its account as
 * long as that is not limited, and never leaves its group.
 * @throws AllLimited if every account is limited, or the one that was named and is to be waited for.
 * @throws UserError (login, refused, noAccount) if no account can be used.
 */
export function takeLease(context: Context, request: LaunchRequest): Lease {
  try {
    return lease(context, request);
  } catch (error) {
    if (error instanceof UserError) throw error;
    // A ledger that fails after it was opened must not stop a launch.
    context.abandonLedger(error);
    return lease(context, request);
  }
}

function lease(context: Context, request: LaunchRequest): Lease {
  const { config, named } = request;
  const name = named === null ? null : findAccount(config.accounts, named).name;
  const { ledger, conversation, look } = prepare(context, request);
  const opened = request.args.kind === "interactive" && !forksConversation(request.args)
    ? conversationOf(request)
    : null;
  const { chosen, found, session } = ledger.immediately(() => {
    if (opened !== null) refuseIfStarting(context, { id: opened, request, ledger });
    const before = look();
    const chosen = chosenFrom(context, { standings: before, request });
    const { ranked, eligible } = before;
    const explained = explainChoice(ranked, { eligible, chosen: chosen.account.name });
    const found = name === null ? { ...before, ranked: explained } : before;
    return { chosen, found, session: begin(chosen.account.name, found) };
  });
  const { account, identity } = chosen;
  const state = isLimited(chosen, found, config) ? "limited" : chosen.state;
  if (name !== null && (state === "limited" || state === "disabled")) {
    const what = state === "limited" && isAtItsReserve(chosen) ? "at its reserve" : state;
    context.terminal.warn(`account "${account.name}" is ${what}; used because you named it`);
  }
  sayPin(context, { chosen, eligible: found.eligible, request });
  return { account, identity, standings: found, session };

  function begin(account: string, { ranked }: Standings): number | null {
    // The kept ledger has another session with the number that an unkept one would give.
    if (!request.records || !ledger.isKept) return null;
    const { cwd, policy } = request;
    const leaves = conversation !== null && conversation.account !== account &&
      !forksConversation(request.args);
    const handedFrom = request.handedFrom ?? (leaves ? conversation.id : null);
    const { clock, processes } = context;
    const nowMs = clock.nowMs();
    const origin = originOf(context, request);
    const session = ledger.startSession(
      { account, launcherPid: processes.ownPid, cwd, startedAtMs: nowMs, handedFrom, origin },
      { chosenAtMs: nowMs, policy, account, forced: name !== null, ranked },
    );
    // The client records what it has open a while after its start: until then, others read it here.
    if (opened !== null) ledger.learnClientSession(session, opened);
    return session;
  }
}

/** The client records what it has open within this time. */
const STARTING_MS = 10_000;

/**
 * Two terminals that continue a conversation in the same second: only the first of them does.
 * @throws UserError (refused)
 */
function refuseIfStarting(
  context: Context,
  { id, request, ledger }: { id: string; request: LaunchRequest; ledger: Ledger },
): void {
  const { handedFrom, mayShare = false } = request;
  // Whoever moves a conversation looks for other movers as well.
  if (mayShare || handedFrom !== undefined || !request.records) return;
  const sinceMs = context.clock.nowMs() - STARTING_MS;
  const first = ledger.openSessions().find(({ clientSessionId, startedAtMs }) =>
    clientSessionId === id && startedAtMs > sinceMs
  );
  if (first === undefined) return;
  throw new UserError(
    `cannot resume "${id}": process ${first.pid ?? first.launcherPid} already continues it`,
    { hint: copyLine(id, request), exit: EXIT.refused },
  );
}

/**
 * The account for a launch as things stand.
 * @throws AllLimited and UserError as {@link takeLease} does.
 */
function chosenFrom(
  context: Context,
  { standings, request }: { standings: Standings; request: LaunchRequest },
): Standing {
  const { config, named } = request;
  const { kind } = request.args;
  // What asks the model nothing needs no room.
  const name = named !== null
    ? findAccount(config.accounts, named).name
    : kind === "info" || kind === "command"
    ? bestAccount(standings) ?? standings.ranked[0]?.name ?? null
    : bestAccount(standings);
  const chosen = standingOf(standings, name);
  if (chosen === null) throw noAccount(context, { standings, request });
  const { eligible } = standings;
  const wall = eligible === null || request.acrossGroups
    ? null
    : wallBefore(eligible, chosen.account);
  if (wall !== null) throw acrossWall(context, { chosen, wall, standings, request });
  const refused = refusal(chosen, request);
  if (refused !== null) throw refused;
  if (request.wait && isLimited(chosen, standings, config)) {
    throw new AllLimited(context, { standings: onlyOf(standings, chosen), request });
  }
  return chosen;
}

/** Whether {@link takeLease} would find an account now; nothing is recorded. */
export function canLease(context: Context, request: LaunchRequest): boolean {
  try {
    chosenFrom(context, { standings: standingsFor(context, request), request });
    return true;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** Whether an account is limited for a launch; those that couldn't be chosen aren't ranked. */
function isLimited(
  chosen: Standing,
  { models }: Pick<Standings, "models">,
  config: LaunchRequest["config"],
): boolean {
  if (chosen.state !== "open") return chosen.state === "limited";
  return chosen.ranked === null && !isOpenFor(models ?? [], chosen, config);
}

/** The standings as if there were no other account. */
function onlyOf(standings: Standings, only: Standing): Standings {
  const ranked = standings.ranked.filter(({ name }) => name === only.account.name);
  return { ...standings, accounts: [only], ranked };
}

/** Says in a terminal that the folder is pinned to something else than the account that was named. */
function sayPin(
  { terminal }: Context,
  { chosen: { account }, eligible, request }: {
    chosen: Standing;
    eligible: Standings["eligible"];
    request: LaunchRequest;
  },
): void {
  const { acrossGroups, args, handedFrom, named } = request;
  const isSaid = named === null || handedFrom !== undefined || acrossGroups === true;
  const runsHere = args.kind === "interactive" || args.kind === "print";
  if (isSaid || eligible === null || !runsHere || !terminal.interactive) return;
  const pin = pinAgainst(eligible, account);
  if (pin === null) return;
  terminal.warn(`${restrictionText([pin])}; "${account.name}" is used because you named it`);
}

/** The standings that a choice would be made from now; nothing is recorded. */
export function standingsFor(context: Context, request: LaunchRequest): Standings {
  return prepare(context, request).look();
}

/** Reads everything that needs no lock; `look` adds what the ledger knows at that moment. */
function prepare(
  context: Context,
  request: LaunchRequest,
): { ledger: Ledger; conversation: Session | null; look: () => Standings } {
  const { args, config, cwd, except = [], policy, wall = null } = request;
  // A conversation may have run for hours since the last choice.
  context.claudeHome.forget();
  const ledger = context.ledger({ tolerant: true });
  closeLostSessions(context, ledger);
  const logins = readLogins(context, config);
  const id = conversationOf(request);
  const conversation = id !== null
    ? ledger.sessionOfClient(id)
    : args.continues
    ? ledger.lastConversation(cwd)
    : null;
  const owner = request.owner ?? conversation?.account ?? null;
  const { home } = context.layout;
  const eligible = eligibleAccounts(context, {
    config,
    cwd,
    owner,
    conversation: id ?? conversation?.clientSessionId ?? null,
    wall,
    except,
    home,
  });
  const models = () => modelsOfLaunch(context, { request, conversation });
  const look = () =>
    standings({ config, ledger, logins, policy, eligible, models, nowMs: context.clock.nowMs() });
  return { ledger, conversation, look };
}

/** The account that is used if none is named; null if every account is limited. */
export function bestAccount({ ranked, eligible }: Standings): string | null {
  const preferred = ranked.find((row) => row.name === eligible?.preferred && !row.limited);
  const [row] = preferred === undefined ? ranked : [preferred];
  return row === undefined || row.limited ? null : row.name;
}

function standingOf({ accounts }: Standings, name: string | null): Standing | null {
  return accounts.find((standing) => standing.account.name === name) ?? null;
}
