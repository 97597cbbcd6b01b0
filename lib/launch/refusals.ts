// Refusals to launch: why no account can be chosen or a named one used, and what to type instead.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { isSameIdentity, personText, twinFix } from "../config/account.ts";
import { EXIT, usageError, UserError } from "../text/errors.ts";
import { pinAgainst, unpinLine } from "../accounts/eligible.ts";
import { undoFromBackups } from "../accounts/undo_removal.ts";
import type { Restriction } from "../balance/reasons.ts";
import { restrictionText } from "../balance/reasons.ts";
import type { Standing, Standings } from "../accounts/standings.ts";
import { isOpenFor } from "../accounts/openings.ts";
import { AllLimited } from "./all_limited.ts";
import { shortestLine } from "./command_lines.ts";
import type { LaunchRequest } from "./request.ts";

type Failed = { standings: Standings; request: LaunchRequest };

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
      : shortestLine(context, request),
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
  return shortestLine(context, request, [`--account ${account}`, "--across-groups"]);
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
  return shortestLine(context, request, [`--account ${name}`]);
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
      hint: shortestLine(context, request),
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
