// What an account is, and what it may be called.
import { EXIT, UserError } from "../text/errors.ts";
import { quoted } from "../text/escape.ts";
import type { Values } from "./fields.ts";
import { FIELDS } from "./fields.ts";

/** Subscription plans a person can name; only a label: the service's own numbers decide. */
export const PLANS = FIELDS.accounts[0].plan.choices;
/** One of {@link PLANS}. */
export type Plan = typeof PLANS[number];

/** One subscription, as `config.json` lists it. */
export interface Account extends Values<typeof FIELDS.accounts[0]> {}

/** Who is logged in, as the client records it in `oauthAccount` (CONTRACT §1). */
export type Identity = NonNullable<Account["identity"]>;

/** What an account's name looks like; {@link RESERVED_NAMES} are refused as well. */
export const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** Words that would be ambiguous where an account name is expected. */
export const RESERVED_NAMES: readonly string[] = ["all", "auto", "help", "none", "shared"];

/** Why a text cannot be an account name, or null when it can. */
export function nameProblem(text: string): string | null {
  if (!NAME.test(text)) {
    return "a name has 1 to 32 characters a-z, 0-9 and -, and starts with a letter or digit";
  }
  return RESERVED_NAMES.includes(text) ? "this word is reserved" : null;
}

/**
 * Checks an account name given as an argument; `command` is what takes it, for the hint.
 * @throws UserError (usage) when the name is not allowed: it becomes a path and a shell word.
 */
export function parseAccountName(text: string, command = "claude-multi add"): string {
  const problem = nameProblem(text);
  if (problem === null) return text;
  throw new UserError(`Cannot use ${quoted(text)} as an account name: ${problem}`, {
    hint: `${command} ${nearestName(text) ?? "personal"}`,
    exit: EXIT.usage,
  });
}

/** The allowed name that was probably meant, or null: `Work 2` is `work-2`. */
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

/** A person for a message: e-mail and organisation, in quotes. */
export function personText(identity: Pick<Identity, "email" | "organizationName">): string {
  const email = quoted(identity.email ?? "an unknown address");
  if (identity.organizationName === null) return email;
  return `${email} of ${quoted(identity.organizationName)}`;
}

/** The shared home seen as an account: whoever is logged in there, under no name of ours. */
export const SHARED_HOME_ACCOUNT: Account = {
  name: "shared",
  plan: null,
  disabled: false,
  group: null,
  inPlace: true,
  folder: "shared",
  identity: null,
};

/**
 * Finds an account by name.
 * @throws UserError (usage) naming the accounts that exist.
 */
export function findAccount(accounts: readonly Account[], name: string): Account {
  const found = accounts.find((account) => account.name === name);
  if (found) return found;
  if (accounts.length === 0) {
    throw new UserError(`Cannot find account ${quoted(name)}: none is set up`, {
      hint: "claude-multi setup",
      exit: EXIT.usage,
    });
  }
  const known = accounts.map((account) => account.name).join(", ");
  throw new UserError(`Cannot find account ${quoted(name)}: the accounts are ${known}`, {
    hint: "claude-multi list",
    exit: EXIT.usage,
  });
}
