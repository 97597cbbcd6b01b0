// The name of a new account: none of our commands, since `cl status` would then have two meanings.
import type { Account } from "./account.ts";
import { nameProblem, parseAccountName } from "./account.ts";
import { usageError } from "../text/errors.ts";

/** The commands that people type. */
export const COMMAND_NAMES: readonly string[] =
  ("run resume status pick refresh why stats report setup add login save list enable disable rename " +
    "remove limit pin env sessions advise simulate doctor config statusline ide shell uninstall")
    .split(" ");

/** Why a text can't be the name of a new account, or null if it can. */
export function newNameProblem(text: string): string | null {
  return nameProblem(text) ??
    (COMMAND_NAMES.includes(text)
      ? `"${text}" is a command of claude-multi; choose another name`
      : null);
}

/**
 * Checks the name of an account, which may be new: one of `accounts` keeps its name, whatever it is.
 * `command` is the command line before it, for the hint.
 * @throws UserError (usage) if the name isn't allowed.
 */
export function parseNewName(
  text: string,
  { command, accounts }: { command: string; accounts: readonly Account[] },
): string {
  const name = parseAccountName(text, command);
  const problem = accounts.some((account) => account.name === name) ? null : newNameProblem(name);
  if (problem === null) return name;
  throw usageError(problem, `${command} personal`);
}
