// What is said if no account is set up.
import type { Context } from "../ports/context.ts";

/** That no account is set up, and what to type: a mistyped key of config.json may be why. */
export function noAccountYet(
  { configFile }: Pick<Context, "configFile">,
): { message: string; hint: string } {
  const [notice] = configFile.notices();
  return notice === undefined
    ? { message: "no account is set up yet", hint: "claude-multi setup" }
    : { message: `no account is set up: ${notice.message}`, hint: "claude-multi config edit" };
}

/** The same in one line. */
export function noAccountText(context: Pick<Context, "configFile">): string {
  const { message, hint } = noAccountYet(context);
  return `${message}; try: ${hint}`;
}
