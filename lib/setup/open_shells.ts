// Shells that were open before the accounts changed: their cl-NAME are those of before.
import type { Account } from "../config/account.ts";
import { nameProblem, unknownAccount } from "../config/account.ts";
import type { Context } from "../ports/context.ts";
import { UserError } from "../text/errors.ts";
import { nearest } from "../text/nearest.ts";
import { isInStartFile, loadingCommand, loginShell } from "./rc_files.ts";
import { SHELLS } from "./shells.ts";

/** What to type in an open shell for the cl-NAME of today; null if no start file defines them. */
export function renewingLine(context: Context): string | null {
  const ours = SHELLS.filter((shell) => isInStartFile(context, shell));
  const shell = ours.find((name) => name === loginShell(context)) ?? ours[0];
  return shell === undefined ? null : loadingCommand(context, shell);
}

/** Says what makes cl-NAME known in shells that were open before; nothing if no start file defines it. */
export function sayHowToRenew(context: Context, name: string): void {
  const line = renewingLine(context);
  if (line === null) return;
  context.terminal.print(`other open shells get cl-${name} with: ${line}`);
}

/** That no account has the name that `run` was given, perhaps by a cl-NAME of an open shell. */
export function unknownToRun(
  context: Context,
  { accounts, name }: { accounts: readonly Account[]; name: string },
): UserError {
  const error = unknownAccount(accounts, name);
  const { message, exit, unknown } = error;
  const line = context.terminal.interactive ? renewingLine(context) : null;
  const isExplained = unknown === null || unknown.now !== undefined ||
    nearest(name, unknown.among) !== null;
  if (line === null || isExplained || nameProblem(name) !== null) return error;
  const more = `if you typed cl-${name}, it is a leftover in this shell`;
  return new UserError(`${message}; ${more}`, { hint: line, exit });
}
