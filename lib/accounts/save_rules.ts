// Decides whether `save` may move the live login to an account (DESIGN §4).
import type { Account, Identity } from "../config/account.ts";
import { isSameIdentity, nearestName, personText } from "../config/account.ts";
import type { LoginFacts } from "../ports/mod.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { settingLines } from "./undo_removal.ts";

/** A login, as far as `save` needs to know it. */
export interface LoginView extends LoginFacts {
  /** Who is logged in according to `.claude.json`; null if it names nobody. */
  identity: Identity | null;
}

/** Everything that `save` checks before it moves anything. */
export interface SaveFacts {
  name: string;
  /** The login in the shared home. */
  live: LoginView;
  /** Sessions and background daemons on the shared home, and what to do first; null if there are none. */
  running: { list: string; end: string } | null;
  /** The account of that name; null if it is new. */
  target: { account: Account; login: LoginView } | null;
  others: ReadonlyArray<{ account: Account; login: LoginView; knownFingerprint: string | null }>;
  /** The shared home as shown to the user. */
  home: string;
}

/** Why something is refused, and what to type instead; exits with "refused" by default. */
export interface Refusal {
  why: string;
  hint: string;
  exit?: UserError["exit"];
}

/** The error of a `save` that is refused. */
export function saveRefused(
  name: string,
  { why, hint, exit = EXIT.refused }: Refusal,
): UserError {
  return new UserError(`cannot save "${name}": ${why}`, { hint, exit });
}

/** Why the live login must not be saved under this name; null if it may. */
export function saveRefusal(facts: SaveFacts): UserError | null {
  const refusal = liveRefusal(facts) ?? ownerRefusal(facts) ??
    folderRefusal(facts) ?? targetRefusal(facts) ?? runningRefusal(facts);
  return refusal === null ? null : saveRefused(facts.name, refusal);
}

function liveRefusal({ name, live, home, target }: SaveFacts): Refusal | null {
  if (target?.account.inPlace) {
    const { identity: owner } = target.account;
    const { identity: person } = live;
    return owner !== null && person !== null && !isSameIdentity(owner, person)
      ? {
        why: `it belongs to ${personText(owner)}, but ${home} is logged in as ${
          personText(person)
        }`,
        hint: `claude-multi login ${name}`,
      }
      : {
        why: `its login is the one in ${home}; to move it from there, remove the account first`,
        hint: anewLine(target.account, name),
      };
  }
  if (live.state !== "present") {
    const why = {
      missing: `nobody is logged in to ${home}`,
      blank: `the login in ${home} has expired and has no token`,
      unreadable: `the login in ${home} can't be read`,
    }[live.state];
    return target?.login.state === "present"
      ? {
        why: `${why}, and "${name}" has its login`,
        hint: `claude-multi run --account ${name}`,
        exit: EXIT.login,
      }
      : { why, hint: `claude-multi login ${name}`, exit: EXIT.login };
  }
  const { identity } = live;
  if (identity === null) {
    return { why: `${home} doesn't say whose login it has`, hint: "claude auth status" };
  }
  if (live.accountUuid !== null && live.accountUuid !== identity.accountUuid) {
    return {
      why: `the tokens in ${home} don't belong to ${
        personText(identity)
      }, the owner recorded there`,
      hint: "claude -p hello",
    };
  }
  return null;
}

/** Comes last: nobody should end sessions for a `save` that is refused anyway. */
function runningRefusal({ name, home, running }: SaveFacts): Refusal | null {
  if (running === null) return null;
  return {
    why: `claude is running on ${home} (${running.list}); ${running.end}`,
    hint: `claude-multi save ${name}`,
  };
}

function ownerRefusal({ name, live, home, target, others }: SaveFacts): Refusal | null {
  const { identity } = live;
  if (identity === null) return null;
  for (const { account, login, knownFingerprint } of others) {
    const holder = account.identity ?? (login.state === "present" ? login.identity : null);
    const isCopy = live.fingerprint !== null &&
      (login.fingerprint === live.fingerprint || knownFingerprint === live.fingerprint);
    if (!isCopy && (holder === null || !isSameIdentity(holder, identity))) {
      // An in-place account without an owner has whatever login is there.
      if (!account.inPlace || account.identity !== null) continue;
    }
    const owner = target?.account.identity ?? null;
    const wanted = owner === null ? "" : `; "${name}" belongs to ${personText(owner)}`;
    const person = personText(identity);
    return {
      why: `${home} is logged in as ${person}, which is the account "${account.name}"${wanted}`,
      hint: !account.inPlace
        ? login.state === "present" && !isCopy
          ? `claude-multi run --account ${account.name}`
          : `claude-multi save ${account.name}`
        : target === null
        ? anewLine(account, freeName(name, others))
        : target.login.state === "present"
        ? `claude-multi run --account ${name}`
        : `claude-multi login ${name}`,
    };
  }
  return null;
}

/** The line that makes an account in place one with a folder of its own; its settings stay. */
function anewLine(account: Account, to: string): string {
  const { name, group, plan } = account;
  const program = "claude-multi";
  const given = [["group", group], ["plan", plan]].flatMap(([key, value]) =>
    value === null ? [] : [`${program} config set accounts.${to}.${key} ${value}`]
  );
  return [
    `${program} remove ${name}`,
    `${program} save ${to}`,
    ...given,
    ...settingLines(account, { program, name: to }),
  ].join(" && ");
}

/** A renamed account keeps its folder, which no new account can get. */
function folderRefusal({ name, target, others }: SaveFacts): Refusal | null {
  const holder = target === null ? holderOf(name, others) : undefined;
  if (holder === undefined) return null;
  return {
    why: `the folder "${name}" belongs to the account "${holder.name}"`,
    hint: `claude-multi save ${freeName(name, others)}`,
  };
}

/** A free name for an account of this person, from the email address. */
function newNameFor({ email }: Identity, others: Holders): string {
  return freeName(nearestName(email?.split("@")[0] ?? "") ?? "personal", others);
}

type Holders = ReadonlyArray<{ account: Account }>;

/** The account that has a name or its folder. */
function holderOf(name: string, others: Holders): Account | undefined {
  return others.find(({ account }) =>
    account.name === name || (!account.inPlace && account.folder === name)
  )?.account;
}

/** The name, with a number if an account has it or its folder. */
function freeName(name: string, others: Holders): string {
  let free = name;
  for (let n = 2; holderOf(free, others) !== undefined; n++) free = `${name.slice(0, 28)}-${n}`;
  return free;
}

function targetRefusal({ name, live, home, target, others }: SaveFacts): Refusal | null {
  if (target === null || live.identity === null) return null;
  const { account, login } = target;
  const holder = account.identity ?? (login.state === "missing" ? null : login.identity);
  if (holder !== null && !isSameIdentity(holder, live.identity)) {
    const [owner, person] = [personText(holder), personText(live.identity)];
    return {
      why: `it belongs to ${owner}, but ${home} is logged in as ${person}`,
      hint: `claude-multi save ${newNameFor(live.identity, [...others, target])}`,
    };
  }
  const isCopy = live.fingerprint !== null && login.fingerprint === live.fingerprint;
  if (login.state === "missing" || login.state === "blank" || isCopy) return null;
  return {
    why: "it already has a login, which would be lost",
    hint: `claude-multi run --account ${name} -- auth logout`,
  };
}
