// `login`: runs the official login in the account's own config dir.
import { findAccount, isSameIdentity, personText } from "../config/account.ts";
import { EXIT } from "../text/errors.ts";
import { logInAgain } from "../setup/login_again.ts";
import { sessionCommand } from "../setup/next_steps.ts";
import { sayHowToRenew } from "../setup/open_shells.ts";
import type { Command } from "../cli/command.ts";

/** The declaration of `login`. */
export const login: Command = {
  name: "login",
  group: "accounts",
  summary: "Log in to an account with the official claude auth login",
  positionals: [{ name: "NAME", summary: "the account" }],
  flags: [],
  rest: { name: "ARGS", summary: "arguments of claude auth login" },
  details: [
    "claude writes its own login into the account's folder; claude-multi neither reads nor sends a token. The first login decides who owns the account. If someone else logs in later, login says so, in a terminal offers another try, and the account is not launched until its owner logs in again.",
  ],
  examples: [["claude-multi login work", "opens the browser, or asks for a code"]],
  async run(context, input) {
    const { accounts } = context.configFile.read();
    const account = findAccount(accounts, input.positionals[0] ?? "");
    const { claudeHome, terminal } = context;
    const { name, identity: owner } = account;
    const now = claudeHome.login(account) === "present" ? claudeHome.identity(account) : null;
    if (now !== null && (owner === null || isSameIdentity(owner, now))) {
      terminal.note(`"${name}" is logged in already, as ${personText(now)}; Ctrl-C leaves it so`);
    }
    const code = await logInAgain(context, { account, args: input.rest });
    if (code === EXIT.ok) {
      terminal.print(`next: ${sessionCommand(context, name)}`);
      // Shells that were opened later know it.
      if (owner === null) sayHowToRenew(context, name);
    }
    if (code === EXIT.refused) terminal.note(`try: claude-multi login ${name}`);
    return code;
  },
};
