// The official login, offered again while somebody else than the account's owner logs in.
import { askYes } from "../cli/prompt.ts";
import type { Account } from "../config/account.ts";
import { logIn } from "../launch/login.ts";
import type { Context } from "../ports/context.ts";
import { EXIT, messageOf, UserError } from "../text/errors.ts";

/**
 * Runs the official login for an account. In a terminal, asks whether to try again if the wrong person has
 * logged in. Returns 0, 130 if it was cancelled, or 5 after a no.
 * @throws UserError for any other failure.
 */
export async function logInAgain(
  context: Context,
  options: { account: Account; args: readonly string[] },
): Promise<number> {
  const { terminal } = context;
  for (;;) {
    try {
      return await logIn(context, options);
    } catch (error) {
      const isOther = error instanceof UserError && error.exit === EXIT.refused &&
        error.hint === `claude-multi login ${options.account.name}`;
      if (!isOther || !terminal.interactive) throw error;
      terminal.warn(messageOf(error));
      if (!await askYes(context, { text: "Log in again?", standard: true })) return EXIT.refused;
    }
  }
}
