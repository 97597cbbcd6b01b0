// Accounts, their names and their owners.
import { EXIT, usageError, UserError } from "../text/errors.ts";
import type { WindowName } from "../balance/windows.ts";
import { quoted } from "../text/escape.ts";
import { orList } from "../text/format.ts";
import type { Values } from "./fields.ts";
import { FIELDS } from "./fields.ts";

/** Subscription plans; `max5` and `max20` are what `max` and `ultra` were called before (CONTRACT §13). */
export const PLANS = FIELDS.accounts[0].plan.choices;
/** One of {@link PLANS}. */
export type Plan = typeof PLANS[number];

/** One subscription, as listed in `config.json`. */
export interface Account extends Values<typeof FIELDS.accounts[0]> {}

/** Who is logged in, as the client records it in `oauthAccount` (CONTRACT §1). */
export type Identity = NonNullable<Account["identity"]>;

/** Whether two entries are one account, perhaps under another name. */
export function isSameAccount(a: Account, b: Account): boolean {
  return a.inPlace === b.inPlace && (a.inPlace || a.folder === b.folder);
}

/** The form of an account name. */
export const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Words that would be ambiguous as account names. */
export const RESERVED_NAMES: readonly string[] = ["all", "auto", "help", "none", "shared"];

/** Why a text can't be an account name, or null if it can. */
export function nameProblem(text: string): string | null {
  if (!NAME.test(text)) {
    return "use 1 to 32 characters (a-z, 0-9, -), starting with a letter or digit";
  }
  return RESERVED_NAMES.includes(text) ? "this word is reserved" : null;
}

/**
 * Checks an account name, which becomes a path and a shell word. `command` is the command line before
 * it, for the hint.
 * @throws UserError (usage) if the name isn't allowed.
 */
export function parseAccountName(text: string, command = "claude-multi add"): string {
  const problem = nameProblem(text);
  if (problem === null) return text;
  const hint = `${command} ${nearestName(text) ?? "personal"}`;
  throw usageError(`invalid account name ${quoted(text)}: ${problem}`, hint);
}

/** The valid name that was probably meant, or null: `work-2` for `Work 2`. */
export function nearestName(text: string): string | null {
  if (!/^\w[\w .-]*$/.test(text)) return null;
  const name = text.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 32);
  return nameProblem(name) === null ? name : null;
}

/** Whether two identities are one subscription: the same person in the same organisation. */
export function isSameIdentity(a: Identity, b: Identity): boolean {
  return a.accountUuid === b.accountUuid &&
    (a.organizationUuid === null || b.organizationUuid === null ||
      a.organizationUuid === b.organizationUuid);
}

/** The key that readings and limits are recorded with: the person, and the organisation if known. */
export function identityKey(identity: Identity | null): string | null {
  if (identity === null) return null;
  const { accountUuid, organizationUuid } = identity;
  return organizationUuid === null ? accountUuid : `${accountUuid}/${organizationUuid}`;
}

/**
 * The key of whose figures count for an account: its owner's, or those of whoever is logged in as long
 * as nobody owns it. `loggedIn` is called only if it matters.
 */
export function figuresKey(owner: Identity | null, loggedIn: () => Identity | null): string | null {
  if (owner !== null && owner.organizationUuid !== null) return identityKey(owner);
  const now = loggedIn();
  return identityKey(owner === null || (now !== null && isSameIdentity(owner, now)) ? now : owner);
}

/** An owner for a message: email address and organisation, in quotes. */
export function personText(identity: Pick<Identity, "email" | "organizationName">): string {
  const email = quoted(identity.email ?? "an unknown address");
  if (identity.organizationName === null) return email;
  return `${email} of ${quoted(identity.organizationName)}`;
}

/**
 * What to type about an account that has the login of another one: somebody else logs in, unless the
 * other one's owner is recorded as its owner too.
 */
export function twinFix({ name, identity }: Pick<Account, "name" | "identity">): string {
  return `claude-multi ${identity === null ? "login" : "remove"} ${name}`;
}

/** Percent used at which the windows of an account count as full: its own reserve, or that of all. */
export function reserveOf(
  account: Pick<Account, "reserve"> | undefined,
  { reserve }: { reserve: Record<WindowName, number> },
): Record<WindowName, number> {
  const own = account?.reserve;
  return {
    five_hour: own?.five_hour ?? reserve.five_hour,
    seven_day: own?.seven_day ?? reserve.seven_day,
  };
}

/** The shared home as an account: whoever is logged in there, without one of our names. */
export const SHARED_HOME_ACCOUNT: Account = {
  name: "shared",
  plan: null,
  disabled: false,
  group: null,
  last: false,
  reserve: { five_hour: null, seven_day: null },
  landingCap: null,
  price: null,
  inPlace: true,
  folder: "shared",
  identity: null,
};

/**
 * Finds an account by name.
 * @throws UserError (usage) that lists the accounts.
 */
export function findAccount(accounts: readonly Account[], name: string): Account {
  const found = accounts.find((account) => account.name === name);
  if (found) return found;
  throw unknownAccount(accounts, name);
}

/** That no account has this name; a renamed one keeps the folder of its first name. */
export function unknownAccount(accounts: readonly Account[], name: string): UserError {
  if (accounts.length === 0) {
    return usageError(`unknown account ${quoted(name)}: none is set up`, "claude-multi setup");
  }
  const among = accounts.map((account) => account.name);
  const now = accounts.find(({ folder, inPlace }) => !inPlace && folder === name)?.name;
  const why = now === undefined ? `use ${orList(among)}` : `it is called "${now}" now`;
  return new UserError(`unknown account ${quoted(name)}: ${why}`, {
    hint: "claude-multi list",
    exit: EXIT.usage,
    unknown: { word: name, among, ...now === undefined ? {} : { now } },
  });
}
