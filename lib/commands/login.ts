// `login`: the official client logs in, in the account's own config dir.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { findAccount, isSameIdentity, personText } from "../config/account.ts";
import { readClientArguments } from "../claude/arguments.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { planLaunch } from "../launch/plan.ts";
import { prepareFolder } from "../accounts/folder.ts";
import { findClient } from "../claude/executable.ts";
import { sessionCommand } from "../setup/next_steps.ts";
import type { Command } from "../cli/command.ts";
import { findDuplicate, pinIdentity } from "../accounts/identity.ts";

/** The declaration of `login`. */
export const login: Command = {
  name: "login",
  group: "accounts",
  summary: "Log an account in, with the official claude auth login",
  positionals: [{ name: "NAME", summary: "the account" }],
  flags: [],
  rest: { name: "ARGS", summary: "arguments of claude auth login" },
  details: [
    "The client writes its own login into the account's folder. claude-multi neither reads nor sends a token. The first login decides whose account it is; a later one of somebody else is told and stops the next launch.",
  ],
  examples: [["claude-multi login work", "opens the browser, or takes a code"]],
  async run(context, input) {
    const { accounts } = context.configFile.read();
    const account = findAccount(accounts, input.positionals[0] ?? "");
    const code = await logIn(context, { account, args: input.rest });
    if (code === EXIT.ok) context.terminal.print(`next: ${sessionCommand(context, account.name)}`);
    return code;
  },
};

/**
 * Runs the official login for an account, then pins who logged in.
 * Returns 0, or 130 when it was cancelled.
 * @throws UserError when it failed; (refused) when that is somebody else than before, or another
 * account of ours.
 */
export async function logIn(
  context: Context,
  options: { account: Account; args: readonly string[] },
): Promise<number> {
  const { account } = options;
  const { name } = account;
  const config = context.configFile.read();
  prepareFolder(context, account);
  const plan = planLaunch({
    program: findClient(context, config),
    args: readClientArguments(["auth", "login", ...options.args]),
    account,
    layout: context.layout,
    cwd: context.processes.cwd(),
    settings: null,
    sessionNumber: null,
    launcherPid: context.processes.ownPid,
  });
  const outcome = await context.processes.launch(plan).ended;
  context.claudeHome.forget();
  if (outcome.code === EXIT.cancelled) return EXIT.cancelled;
  const isLoggedIn = context.claudeHome.login(account) === "present";
  if (outcome.code !== EXIT.ok || !isLoggedIn) {
    const still = isLoggedIn ? "the login it had is still there" : "it is not logged in";
    throw new UserError(
      `Cannot log "${name}" in: claude auth login ended with ${outcome.code}, and ${still}`,
      { hint: `claude-multi login ${name}` },
    );
  }
  const identity = context.claudeHome.identity(account);
  if (identity === null) {
    context.terminal.print(`"${name}" is logged in`);
    return outcome.code;
  }
  const pin = account.identity;
  if (pin !== null && !isSameIdentity(pin, identity)) {
    throw new UserError(
      `Cannot use this login for "${name}": it belongs to ${personText(pin)}, but ${
        personText(identity)
      } has logged in`,
      { hint: `claude-multi login ${name}`, exit: EXIT.refused },
    );
  }
  const twin = findDuplicate(context, { config, name, identity });
  if (twin !== null) {
    throw new UserError(
      `Cannot use this login for "${name}": ${personText(identity)} is the account "${twin.name}"`,
      { hint: `claude-multi login ${name}`, exit: EXIT.refused },
    );
  }
  pinIdentity(context, { name, identity });
  context.terminal.print(`"${name}" is logged in as ${personText(identity)}`);
  return outcome.code;
}
