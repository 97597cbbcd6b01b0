// Words after `cl` that name a command or an account of ours: claude would take them for a prompt, so the
// user is asked.
import type { Context } from "../ports/context.ts";
import { CLIENT_SUBCOMMANDS } from "../claude/arguments.ts";
import type { Command } from "../cli/command.ts";
import type { Request } from "../cli/parse.ts";
import { parseRequest } from "../cli/parse.ts";
import { askYes } from "../cli/prompt.ts";
import { pasteable } from "../text/shell_quote.ts";

/**
 * The request for a command, or for a launch on an account, if these words for claude are one and the user
 * says so. Asks every time, but only in a terminal. null if they are for claude: that is also what `--`
 * before them says, and `-p` among them, which no command of ours has.
 * @throws UserError (cancelled) at the end of input.
 */
export function ownCommand(
  context: Context,
  { words, commands }: { words: readonly string[]; commands: readonly Command[] },
): Extract<Request, { kind: "run" }> | null {
  const [first = ""] = words;
  if (CLIENT_SUBCOMMANDS.includes(first) || !context.terminal.interactive) return null;
  const isCommand = commands.some(({ name, internal }) => name === first && internal !== true);
  const isAccount = !isCommand && words.length === 1 &&
    context.configFile.read().accounts.some(({ name }) => name === first);
  if (!isCommand && !isAccount) return null;
  const line = isAccount ? `cl-${first}` : pasteable(["claude-multi", ...words]);
  const request = requestOf(isAccount ? ["run", "--account", first] : words, commands);
  if (request === null || line === null) return null;
  const what = isAccount ? "an account" : "a command of claude-multi";
  const text = `"${first}" is ${what}. Did you mean "${line}"? (n sends it to claude)`;
  return askYes(context, { text, standard: true }) ? request : null;
}

/** The words as a command line of ours; null if they aren't a valid one. */
function requestOf(
  words: readonly string[],
  commands: readonly Command[],
): Extract<Request, { kind: "run" }> | null {
  try {
    const request = parseRequest(words, commands);
    return request.kind === "run" ? request : null;
  } catch {
    return null;
  }
}
