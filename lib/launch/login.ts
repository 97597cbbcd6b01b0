// The official login, run in an account's own config dir; the first one decides who owns the account.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { isSameIdentity, personText, twinFix } from "../config/account.ts";
import { readClientArguments } from "../claude/arguments.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { quoted } from "../text/escape.ts";
import { orList } from "../text/format.ts";
import { planLaunch } from "./plan.ts";
import { prepareFolder } from "../accounts/folder.ts";
import { findClient } from "../claude/executable.ts";
import { readLogins } from "../accounts/logins.ts";
import { findDuplicate, pinIdentity } from "../accounts/identity.ts";

/**
 * Who must not be signed in in the browser that the login opens, or who must; null if there is no other
 * account, because then there is nobody to take for somebody else.
 */
function browserWarning(
  context: Context,
  { account, accounts }: { account: Account; accounts: readonly Account[] },
): string | null {
  const named = new Map<string, string[]>();
  for (const other of readLogins(context, { accounts })) {
    if (other.account.name === account.name || other.twin !== null) continue;
    const who = other.account.identity ?? (other.login === "present" ? other.identity : null);
    if (who === null) continue;
    const address = quoted(who.email ?? "an unknown address");
    named.set(address, [...named.get(address) ?? [], `"${other.account.name}"`]);
  }
  const others = [...named].map(([address, names]) => `${address} (${names.join(", ")})`);
  if (others.length === 0) return null;
  const wanted = account.identity === null
    ? `log in as somebody else for "${account.name}"`
    : `log in as ${personText(account.identity)}`;
  return `the browser may still be signed in as ${
    orList(others)
  }: ${wanted}, in a private window if need be`;
}

/**
 * Runs the official login for an account, then records who logged in as its owner.
 * Returns 0, or 130 if it was cancelled.
 * @throws UserError if it failed; (refused) if someone other than the account's owner has logged in,
 * or the owner of another account.
 */
export async function logIn(
  context: Context,
  options: { account: Account; args: readonly string[] },
): Promise<number> {
  const { account } = options;
  const { name } = account;
  const hint = `claude-multi login ${name}`;
  const config = context.configFile.read();
  prepareFolder(context, account);
  const warning = browserWarning(context, { account, accounts: config.accounts });
  if (warning !== null) context.terminal.note(warning);
  const plan = planLaunch({
    program: findClient(context, config),
    args: readClientArguments(["auth", "login", ...options.args]),
    account,
    layout: context.layout,
    cwd: context.processes.cwd(),
    settings: null,
    sessionNumber: null,
    atLimit: "off",
    launcherPid: context.processes.ownPid,
  });
  const outcome = await context.processes.launch(plan).ended;
  context.claudeHome.forget();
  if (outcome.code === EXIT.cancelled) return EXIT.cancelled;
  const isLoggedIn = context.claudeHome.login(account) === "present";
  if (outcome.code !== EXIT.ok || !isLoggedIn) {
    const still = isLoggedIn ? "its earlier login is still there" : "it is not logged in";
    throw new UserError(
      `cannot log in to "${name}": claude auth login exited with ${outcome.code}, and ${still}`,
      { hint },
    );
  }
  const identity = context.claudeHome.identity(account);
  if (identity === null) {
    context.terminal.print(`"${name}" is logged in`);
    return outcome.code;
  }
  const owner = account.identity;
  if (owner !== null && !isSameIdentity(owner, identity)) {
    throw new UserError(
      `"${name}" belongs to ${personText(owner)}, but ${personText(identity)} has logged in`,
      { hint, exit: EXIT.refused },
    );
  }
  // The owner's own login is right; one that is elsewhere as well is wrong there.
  const twin = owner === null ? findDuplicate(context, { config, name, identity }) : null;
  if (twin !== null) {
    throw new UserError(
      `"${name}" can't use this login: ${personText(identity)} is the account "${twin.name}"`,
      { hint: twinFix(account), exit: EXIT.refused },
    );
  }
  pinIdentity(context, { name, identity });
  context.terminal.print(`"${name}" is logged in as ${personText(identity)}`);
  return outcome.code;
}
