// `cl auth login` and the like without a name: the account with the most room is hardly the one that is meant.
import type { Context } from "../ports/context.ts";
import { loginCommandIn } from "../claude/login_commands.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { orList } from "../text/format.ts";
import { commandLine } from "./command_lines.ts";
import type { LaunchRequest } from "./request.ts";

/**
 * Refuses a command of the client that changes a login, if no account is named and there are several:
 * whoever signs in then would be in the account of somebody else.
 * @throws UserError (usage)
 */
export function refuseUnnamedLogin(context: Context, request: LaunchRequest): void {
  const { args, config, named } = request;
  const command = named === null ? loginCommandIn(args.rest) : null;
  const accounts = config.accounts.filter(({ disabled }) => !disabled);
  const [first] = accounts;
  if (command === null || first === undefined || accounts.length === 1) return;
  const isOut = accounts.find((account) => context.claudeHome.login(account) !== "present");
  const hint = command === "auth login"
    ? `claude-multi login ${(isOut ?? first).name}`
    : commandLine(context, request, ["claude-multi run", `--account ${first.name}`]);
  const names = orList(accounts.map(({ name }) => `"${name}"`));
  throw new UserError(`cannot tell which account "${command}" is for: ${names}`, {
    hint,
    exit: EXIT.usage,
  });
}
