// Refusals to launch: why no account can be chosen or a named one used, and what to type instead.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { isSameIdentity, personText, twinFix } from "../config/account.ts";
import { EXIT, usageError, UserError } from "../text/errors.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import { pasteable, shellWord } from "../text/shell_quote.ts";
import { pinAgainst, unpinLine } from "../accounts/eligible.ts";
import { undoFromBackups } from "../accounts/undo_removal.ts";
import type { Reason, Restriction } from "../balance/reasons.ts";
import { noteText, restrictionText } from "../balance/reasons.ts";
import { withModel } from "../claude/arguments.ts";
import { isClientSessionId } from "../claude/session_files.ts";
import type { Standing, Standings } from "../accounts/standings.ts";
import { isOpenFor, limitedModelOf, tooFullToMove } from "../accounts/openings.ts";
import { otherModels } from "./model.ts";
import type { LaunchRequest } from "./request.ts";

/** Waiting for longer than this is no advice if another account is open. */
const SOON_MS = 3_600_000;

type Failed = { standings: Standings; request: LaunchRequest };

/** Every account that may be chosen is limited. */
export class AllLimited extends UserError {
  readonly standings: Standings;
  readonly request: LaunchRequest;

  constructor(context: Context, { standings, request }: Failed) {
    const other = otherModel(context, { standings, request });
    const roomy = roomyAccount(standings);
    const toWait = roomy === null || request.planOnly
      ? ""
      : `; to wait for room: ${waitingLine(context, { standings, request })}`;
    const text = limitedText(context, { standings, other, roomy, except: request.except ?? [] });
    super(other === null ? `${text}${toWait}` : text, {
      hint: request.planOnly
        ? "claude-multi status"
        : other !== null
        ? otherLine(context, { request, other })
        : roomy !== null
        ? namedLine(context, { request, account: roomy.name })
        : waitingLine(context, { standings, request }),
      exit: EXIT.noAccount,
    });
    this.standings = standings;
    this.request = request;
  }
}

/** The best account that is only too full for a move, and why; null if there is none. */
function roomyAccount({ accounts, ranked }: Standings): { name: string; why: Reason } | null {
  for (const row of ranked) {
    const standing = accounts.find((one) => one.ranked === row);
    const why = standing === undefined ? null : tooFullToMove(standing);
    if (why !== null) return { name: row.name, why };
  }
  return null;
}

/** What continues the same on an account that is named. */
function namedLine(
  context: Context,
  { request, account }: { request: LaunchRequest; account: string },
): string {
  return resumeLine(request, [`--account ${account}`]) ??
    commandLine(context, request, ["claude-multi run", `--account ${account}`]);
}

/** Another model that an account has room for, if what holds it back is only the limit of one. */
interface OtherModel {
  account: string;
  limited: string;
  /** Whether all accounts are limited for the same model. */
  isAll: boolean;
  model: string;
}

function otherModel(
  context: Context,
  { standings: { accounts, ranked }, request: { config, cwd } }: Failed,
): OtherModel | null {
  const found = ranked.flatMap((row) =>
    accounts.filter((standing) => standing.ranked === row)
      .map((standing) => ({ standing, limited: limitedModelOf(standing) }))
  );
  for (const { standing, limited } of found) {
    if (limited === null) continue;
    const model = otherModels(context, { cwd, limited }).find((model) =>
      isOpenFor([model], standing, config)
    );
    if (model === undefined) continue;
    const isAll = found.every((one) => one.limited === limited);
    return { account: standing.account.name, limited, isAll, model };
  }
  return null;
}

/** What to type to launch the same with another model, on the account that has room for it. */
function otherLine(
  context: Context,
  { request, other }: { request: LaunchRequest; other: OtherModel },
): string {
  const options = ["claude-multi run", ...other.isAll ? [] : [`--account ${other.account}`]];
  return commandLine(
    context,
    { ...request, args: withModel(request.args, other.model) },
    options,
  );
}

/**
 * That every account is limited, and whether another model would do; if a pin, a group or the lack of
 * logins narrows the choice, that too.
 */
function limitedText(
  context: Context,
  { standings: { eligible, ranked, accounts }, other, roomy, except = [] }: {
    standings: Standings;
    except?: readonly string[];
    other: OtherModel | null;
    roomy: { name: string; why: Reason } | null;
  },
): string {
  const isKept = accounts.some(({ account: { name }, state, ranked }) =>
    ranked === null && state === "open" && except.includes(name)
  );
  const alone = accounts.length === 1 || ranked.length !== 1
    ? ""
    : isKept
    ? "no other account may continue it"
    : "no other account is logged in and enabled";
  const why = restrictionText(eligible?.restrictions ?? []) || alone;
  if (roomy !== null && other === null) {
    const who = why === "" ? "no account has" : `${why}, and none of its accounts has`;
    return `${who} enough room for a move: "${roomy.name}" has some (${
      noteText(roomy.why)
    }), and naming it moves all the same`;
  }
  if (why === "") {
    if (other === null) return "every account is limited";
    return other.isAll
      ? `every account is limited for ${other.limited}; another model would do`
      : `every account is limited, "${other.account}" only for ${other.limited}: another model would do there`;
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
  const what = other !== null && other.isAll
    ? ` for ${other.limited}${until}; another model would do`
    : until;
  return `${why}, and ${who} limited${what}`;
}

/**
 * The account to name where a pin to another account keeps the open ones out; null if no pin does, or none
 * is open. What a folder of one group holds is no matter for the accounts of another.
 */
function openElsewhere({ accounts, eligible }: Standings): string | null {
  const pin = eligible?.pin ?? null;
  if (eligible === null || pin === null || pin.account === null) return null;
  const wall = eligible.restrictions.find((one) => one.kind === "wall");
  const pinned = accounts.find(({ account }) => account.name === pin.account);
  const group = wall === undefined ? pinned?.account.group ?? null : wall.group;
  return accounts.find(({ account, ranked, state }) =>
    ranked === null && state === "open" && account.group === group
  )?.account.name ?? null;
}

/** Whether one of the accounts that could be chosen has room again soon. */
function opensSoon({ accounts }: Standings, nowMs: number): boolean {
  return accounts.some(({ ranked, limitedUntilMs }) =>
    ranked !== null && limitedUntilMs !== null && limitedUntilMs - nowMs <= SOON_MS
  );
}

/** What to type to launch the same: on an open account that a pin keeps out, or after waiting if that isn't long. */
function waitingLine(context: Context, { standings, request }: Failed): string {
  const { config, failover, policy } = request;
  const other = opensSoon(standings, context.clock.nowMs()) ? null : openElsewhere(standings);
  return commandLine(context, request, [
    other === null ? "claude-multi run --wait" : `claude-multi run --account ${other}`,
    ...policy === config.policy ? [] : [`--policy ${policy}`],
    ...failover ? ["--failover"] : [],
  ]);
}

/** What to type to launch the same with other options: in its folder, with the conversation named. */
export function commandLine(
  context: Context,
  { args, cwd }: LaunchRequest,
  options: readonly string[],
): string {
  const run = options.join(" ");
  const typed = args.settings === null ? args.rest : ["--settings", args.settings, ...args.rest];
  const named = args.resume !== null
    ? ["--resume", args.resume].filter(Boolean)
    : args.continues
    ? ["--continue"]
    : [];
  const words = pasteable(typed);
  const model = words !== null || args.model === null ? [] : ["--model", args.model];
  if (words === null && named.length === 0) {
    return `${
      [run, ...model.length === 0 ? [] : ["--", ...model.map(shellWord)]].join(" ")
    }, with the same arguments`;
  }
  const isHere = context.processes.cwd() === cwd;
  const go = isHere ? "" : `cd ${shellWord(cwd)} && `;
  const after = words ?? [...model, ...named].map(shellWord).join(" ");
  return `${go}${run}${after === "" ? "" : ` -- ${after}`}`;
}

/**
 * The shortest line that continues the same conversation with other options: `resume` finds the folder
 * itself. null if the conversation isn't the first argument, or the others can't be pasted.
 */
export function resumeLine(
  { args: { rest, resume, settings } }: LaunchRequest,
  options: readonly string[] = [],
): string | null {
  const [first, id = "", ...more] = rest;
  const others = pasteable(more);
  const isById = first === "--resume" && id === resume && isClientSessionId(id);
  if (!isById || settings !== null || others === null) return null;
  const line = ["claude-multi resume", id, ...options].join(" ");
  return others === "" ? line : `${line} -- ${others}`;
}

/** That a named account is in another group than the conversation; the hint is what needs no flag to override that. */
export function acrossWall(
  context: Context,
  { chosen: { account: { name } }, wall, standings, request }: Failed & {
    chosen: Standing;
    wall: Restriction;
  },
): UserError {
  const why = restrictionText([wall]);
  const { eligible, accounts } = standings;
  const owner = accounts.find(({ account }) => account.name === eligible?.preferred)?.account;
  const isKeptOut = eligible?.names.length === 0 && owner !== undefined;
  return new UserError(`cannot continue on "${name}": ${why}; --across-groups overrides that`, {
    hint: emptyWall(standings) !== null
      ? acrossLine(context, { request, account: name })
      : isKeptOut
      ? besidesPin(context, { owner, standings, request })
      : resumeLine(request) ?? commandLine(context, request, ["claude-multi run"]),
    exit: EXIT.refused,
  });
}

/** The wall around a conversation whose group has no accounts any more; null if there is none. */
function emptyWall({ eligible, accounts }: Standings): Restriction | null {
  const wall = eligible?.restrictions.find(({ kind }) => kind === "wall") ?? null;
  const isEmpty = wall !== null && "group" in wall &&
    accounts.every(({ account }) => account.group !== wall.group);
  return isEmpty ? wall : null;
}

/** What continues a conversation on an account of another group. */
function acrossLine(
  context: Context,
  { request, account }: { request: LaunchRequest; account: string },
): string {
  const options = [`--account ${account}`, "--across-groups"];
  return resumeLine(request, options) ??
    commandLine(context, request, ["claude-multi run", ...options]);
}

/** Why nothing can be launched on this account, or null. */
export function refusal(standing: Standing, { args }: LaunchRequest): UserError | null {
  const { account: { name }, login } = standing;
  if (login !== "present" && (args.kind === "interactive" || args.kind === "print")) {
    const why = {
      missing: `"${name}" is not logged in`,
      blank: `the login of "${name}" has expired`,
      unreadable: `the login of "${name}" cannot be read`,
    }[login];
    return new UserError(why, { hint: `claude-multi login ${name}`, exit: EXIT.login });
  }
  return wrongLogin(standing);
}

/** That somebody else than the account's owner is logged in, and what to type then; or null. */
export function wrongLogin(
  { account, identity, twin }: Pick<Standing, "account" | "identity" | "twin">,
): UserError | null {
  const { name, identity: owner } = account;
  if (twin !== null && identity !== null) {
    return new UserError(
      `"${name}" is logged in as ${personText(identity)}, which is the account "${twin}"`,
      { hint: twinFix(account), exit: EXIT.refused },
    );
  }
  if (owner === null || identity === null || isSameIdentity(owner, identity)) return null;
  return new UserError(
    `"${name}" belongs to ${personText(owner)}, but ${personText(identity)} is logged in`,
    { hint: `claude-multi login ${name}`, exit: EXIT.refused },
  );
}

/** What continues a conversation whose group a pin keeps out: on its account, or if that is limited, on another. */
export function besidesPin(context: Context, failed: Failed & { owner: Account }): string {
  const { owner, request } = failed;
  const open = openBeside(failed);
  const name = open.includes(owner.name) ? owner.name : open[0] ?? owner.name;
  return resumeLine(request, [`--account ${name}`]) ??
    commandLine(context, request, ["claude-multi run", `--account ${name}`]);
}

/** The accounts of a conversation's group that have room for it, whatever the pin. */
export function openBeside(
  { owner, standings: { accounts, models }, request }: Failed & { owner: Account },
): string[] {
  return accounts.filter((standing) =>
    standing.account.group === owner.group && standing.state === "open" &&
    isOpenFor(models ?? [], standing, request.config)
  ).map(({ account: { name } }) => name);
}

/** An account to name: one that the folder is pinned to comes first, then one with room. */
function accountWithRoom(
  { standings: { accounts, eligible, models }, request: { config } }: Failed,
): string {
  const isPinned = ({ account }: Standing) =>
    eligible === null || pinAgainst(eligible, account) === null;
  const hasRoom = (standing: Standing) =>
    standing.state === "open" && isOpenFor(models ?? [], standing, config);
  const found = accounts.find((one) => isPinned(one) && hasRoom(one)) ??
    accounts.find(hasRoom) ?? accounts.find(isPinned) ?? accounts[0];
  return found?.account.name ?? "NAME";
}

/** Why no account can be chosen. */
export function noAccount(context: Context, failed: Failed): UserError {
  const { standings, request } = failed;
  const { eligible, accounts, ranked } = standings;
  if (ranked.length > 0) return new AllLimited(context, failed);
  const why = restrictionText(eligible?.restrictions ?? []);
  if (eligible !== null && eligible.names.length === 0) {
    const { pin } = eligible;
    const owner = accounts.find(({ account: { name } }) => name === eligible.preferred)?.account;
    const against = owner === undefined ? null : pinAgainst(eligible, owner);
    const wall = emptyWall(standings);
    if (wall !== null) {
      const named = accountWithRoom(failed);
      return new UserError(
        `${restrictionText([wall])}, to which no account belongs any more`,
        { hint: acrossLine(context, { request, account: named }), exit: EXIT.refused },
      );
    }
    if (owner !== undefined && against?.isEmpty === false && request.handedFrom === undefined) {
      return new UserError(`${why}; naming an account continues it all the same`, {
        hint: besidesPin(context, { owner, ...failed }),
        exit: EXIT.noAccount,
      });
    }
    if (pin !== null && eligible.restrictions.some(({ kind }) => kind === "pin")) {
      const gone = accounts.some(({ account }) => account.name === pin.account)
        ? null
        : pin.account;
      const undo = gone === null ? null : undoFromBackups(context, gone);
      const message = undo === null ? why : `${why}; to bring "${gone}" back: ${undo}`;
      return new UserError(message, { hint: unpinLine(pin), exit: EXIT.noAccount });
    }
    // Without a pin, only the account that a conversation comes from was left out.
    return new UserError(`no other account may continue it${why && `: ${why}`}`, {
      hint: resumeLine(request) ?? commandLine(context, request, ["claude-multi run"]),
      exit: EXIT.noAccount,
    });
  }
  const within = accounts.filter(({ account }) => eligible?.names.includes(account.name) !== false);
  const drifted = within.find(({ state }) => state === "drift");
  if (drifted !== undefined) {
    const { message, hint } = wrongLogin(drifted) ??
      usageError(`"${drifted.account.name}" is logged in as someone else`, "claude-multi doctor");
    return new UserError(why === "" ? message : `${why}, and ${message}`, {
      ...hint === null ? {} : { hint },
      exit: EXIT.refused,
    });
  }
  const loggedOut = within.find(({ state }) => state === "login");
  if (loggedOut !== undefined) {
    const { name } = loggedOut.account;
    const who = within.length === 1 ? `"${name}" is not` : "none of its accounts is";
    return new UserError(why === "" ? "no account is logged in" : `${why}, and ${who} logged in`, {
      hint: `claude-multi login ${name}`,
      exit: EXIT.login,
    });
  }
  const [first] = within;
  const who = within.length === 1 ? `"${first?.account.name}"` : "every account";
  return new UserError(`${why}${why && ", and "}${who} is disabled`, {
    hint: `claude-multi enable ${first?.account.name ?? "NAME"}`,
    exit: EXIT.noAccount,
  });
}
