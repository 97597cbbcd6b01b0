// The client that an editor names as the first words of its command line.
import type { Context } from "../ports/context.ts";
import { quoted } from "../text/escape.ts";
import { UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";

/** A client that is started as it was named, whatever is on PATH. */
export interface GivenClient {
  program: string;
  /** Arguments before the client's own: the script, if `program` is a JavaScript runtime. */
  before: readonly string[];
}

const SCRIPT = /^\/.*\.[cm]?js$/s;

/** A path that can only be that of a client: extensions name theirs so (CONTRACT §13). */
const CLIENT = /^\/.+\/claude$/s;

/**
 * Separates the client from its arguments. VS Code's `claudeCode.claudeProcessWrapper` puts the path of
 * the bundled client first, or a runtime and the path of `cli.js` (CONTRACT §13). Where a program only
 * asks for the path of `claude`, there are arguments alone: then `client` is null.
 * @throws UserError if the client that is named isn't there, as after an update of the extension: its
 * path would be a prompt for another one.
 */
export function givenClient(
  { processes }: Pick<Context, "processes">,
  words: readonly string[],
): { client: GivenClient | null; args: readonly string[] } {
  const [first = "", script = "", ...others] = words;
  const program = first.startsWith("/")
    ? first
    : SCRIPT.test(script) && !first.startsWith("-")
    ? processes.find(first, () => true)
    : null;
  if (program === null || !processes.isExecutable(program)) {
    if (CLIENT.test(first)) {
      throw new UserError(
        `cannot start ${
          quoted(first)
        }: there is no such program; an updated editor may need a reload`,
        { hint: `ls -l ${shellWord(first)}` },
      );
    }
    // A prompt may begin with a slash, too.
    return { client: null, args: words };
  }
  return SCRIPT.test(script)
    ? { client: { program, before: [script] }, args: others }
    : { client: { program, before: [] }, args: words.slice(1) };
}
