// Whether `save` may move the live login to an account (DESIGN §4).
import type { Account, Identity } from "../config/account.ts";
import { isSameIdentity, personText } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";

/** A login, as far as `save` looks at it. */
export interface LoginView {
  state: "present" | "blank" | "missing" | "unreadable";
  /** Who is logged in according to `.claude.json`; null if it names nobody. */
  identity: Identity | null;
  /** `accountUuid` in the credentials file, if the client wrote one. */
  accountUuid: string | null;
  fingerprint: string | null;
}

/** Everything that `save` checks before it moves anything. */
export interface SaveFacts {
  name: string;
  /** The login in the shared home. */
  live: LoginView;
  /** Process ids of sessions and background daemons on the shared home. */
  liveProcesses: readonly number[];
  /** The account of that name; null if it is new. */
  target: { account: Account; login: LoginView } | null;
  others: ReadonlyArray<{ account: Account; login: LoginView; knownFingerprint: string | null }>;
  /** How the shared home is shown to people. */
  home: string;
}

/** Why the live login must not be saved under this name; null if it may. */
export function saveRefusal(facts: SaveFacts): UserError | null {
  return liveRefusal(facts) ?? ownerRefusal(facts) ?? targetRefusal(facts);
}

function liveRefusal(facts: SaveFacts): UserError | null {
  const { name, live, home } = facts;
  if (facts.target?.account.inPlace) {
    return refused(facts, `its login is the one in ${home} itself`, `cl-${name}`);
  }
  if (live.state !== "present") {
    const why = {
      missing: `nobody is logged in to ${home}`,
      blank: `the login in ${home} has expired and has no token`,
      unreadable: `the login in ${home} can't be read`,
    }[live.state];
    return new UserError(`Cannot save "${name}": ${why}`, {
      hint: `claude-multi login ${name}`,
      exit: EXIT.login,
    });
  }
  const { identity } = live;
  if (identity === null) {
    return refused(facts, `${home} does not say whose login it has`, "claude auth status");
  }
  if (live.accountUuid !== null && live.accountUuid !== identity.accountUuid) {
    return refused(
      facts,
      `the tokens in ${home} do not belong to ${personText(identity)}, who is named there`,
      "claude -p hello",
    );
  }
  const running = facts.liveProcesses;
  if (running.length === 0) return null;
  const what = running.length === 1
    ? "a session is running"
    : `${running.length} sessions are running`;
  return refused(
    facts,
    `${what} on ${home} (process ${running.join(", ")})`,
    `end it, then: claude-multi save ${name}`,
  );
}

function ownerRefusal(facts: SaveFacts): UserError | null {
  const { live, home } = facts;
  const { identity } = live;
  if (identity === null) return null;
  for (const { account, login, knownFingerprint } of facts.others) {
    const holder = account.identity ?? (login.state === "present" ? login.identity : null);
    const isCopy = live.fingerprint !== null &&
      (login.fingerprint === live.fingerprint || knownFingerprint === live.fingerprint);
    if (!isCopy && (holder === null || !isSameIdentity(holder, identity))) {
      // An in-place account without a pin owns whatever is logged in there.
      if (!account.inPlace || account.identity !== null) continue;
    }
    const pinned = facts.target?.account.identity ?? null;
    const wanted = pinned === null ? "" : `, and "${facts.name}" belongs to ${personText(pinned)}`;
    return refused(
      facts,
      `${
        personText(identity)
      } is logged in to ${home}, which is the account "${account.name}"${wanted}`,
      account.inPlace ? `cl-${account.name}` : `claude-multi save ${account.name}`,
    );
  }
  return null;
}

function targetRefusal(facts: SaveFacts): UserError | null {
  const { live, target, home, name } = facts;
  if (target === null || live.identity === null) return null;
  const { account, login } = target;
  const holder = account.identity ?? (login.state === "missing" ? null : login.identity);
  if (holder !== null && !isSameIdentity(holder, live.identity)) {
    return refused(
      facts,
      `it belongs to ${personText(holder)}, but ${
        personText(live.identity)
      } is logged in to ${home}`,
      "claude-multi list",
    );
  }
  const isCopy = live.fingerprint !== null && login.fingerprint === live.fingerprint;
  if (login.state === "missing" || login.state === "blank" || isCopy) return null;
  return refused(
    facts,
    "it already has a login, which would be lost",
    `claude-multi run --account ${name} -- auth logout`,
  );
}

function refused(facts: SaveFacts, why: string, hint: string): UserError {
  return new UserError(`Cannot save "${facts.name}": ${why}`, { hint, exit: EXIT.refused });
}
