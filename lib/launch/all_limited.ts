// The error that every account which may be chosen is limited: why, and what to type instead.
import type { Context } from "../ports/context.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import type { Reason } from "../balance/reasons.ts";
import { noteText, restrictionText } from "../balance/reasons.ts";
import { withModel } from "../claude/arguments.ts";
import type { Standings } from "../accounts/standings.ts";
import { isOpenFor, limitedModelOf, tooFullToMove } from "../accounts/openings.ts";
import { commandLine, shortestLine } from "./command_lines.ts";
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
        ? shortestLine(context, request, [`--account ${roomy.name}`])
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
