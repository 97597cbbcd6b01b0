// The name of a new account: none of our commands, since `cl status` would then have two meanings.
import type { Account } from "./account.ts";
import { nameProblem, nearestName } from "./account.ts";
import { quoted } from "../text/escape.ts";
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

/** The wanted name, with a number if an account or folder already has it. */
export function freeName(accounts: readonly Account[], wanted: string): string {
  const isTaken = (name: string) => accounts.some((a) => a.name === name || a.folder === name);
  let name = wanted;
  for (let n = 2; isTaken(name); n++) name = `${wanted}-${n}`;
  return name;
}

/**
 * Checks the name of an account, which may be new: one of `accounts` keeps its name, whatever it is.
 * `command` is the command line before it, for the hint, and `mustBeFree` whether it takes no name that there is.
 * @throws UserError (usage) if the name isn't allowed.
 */
export function parseNewName(
  text: string,
  { command, accounts, mustBeFree = false }: {
    command: string;
    accounts: readonly Account[];
    mustBeFree?: boolean;
  },
): string {
  if (accounts.some(({ name }) => name === text)) return text;
  const problem = newNameProblem(text);
  if (problem === null) return text;
  const near = nearestName(text);
  const isThere = accounts.some(({ name }) => name === near);
  const good = near !== null && isThere && !mustBeFree
    ? near
    : freeName(accounts, near !== null && newNameProblem(near) === null ? near : "personal");
  throw usageError(
    nameProblem(text) === null ? problem : `invalid account name ${quoted(text)}: ${problem}`,
    `${command} ${good}`,
  );
}
