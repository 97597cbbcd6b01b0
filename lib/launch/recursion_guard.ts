// Refuses a "client" that is a wrapper around claude-multi, which would launch itself forever.
import type { Context } from "../ports/context.ts";
import { LAUNCHER_VARIABLE, NESTED_VARIABLES } from "../claude/environment.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";

/** The client sets these for everything it starts (CONTRACT §5, §10); a wrapper hardly would. */
const SIGNS_OF_A_CLIENT = NESTED_VARIABLES.filter((name) => /^CLAUDE_?CODE/.test(name));

/**
 * Refuses to run below our own launcher if no client runs between the two: then the program that the
 * launcher took for the client has started us. Between them, a client would have set its variables,
 * since a launch removes those of an outer session.
 * @throws UserError (refused) that names the program.
 */
export function refuseCallBack(context: Context): void {
  const { env, processes } = context;
  const [, launcher, program] = /^(\d+):(.+)$/s.exec(env.get(LAUNCHER_VARIABLE) ?? "") ?? [];
  if (launcher === undefined || program === undefined) return;
  if (SIGNS_OF_A_CLIENT.some((name) => env.get(name) !== null)) return;
  // A process that outlives its launcher, such as a tmux server, keeps the variable.
  if (!processes.isBelow(Number(launcher))) return;
  const named = env.get("CLAUDE_MULTI_CLAUDE") === program;
  throw new UserError(
    `${JSON.stringify(program)} is not the official claude: it starts claude-multi again; set ${
      named ? "CLAUDE_MULTI_CLAUDE" : "CLAUDE_MULTI_CLAUDE or claudePath"
    } to the official claude`,
    {
      hint: named ? "unset CLAUDE_MULTI_CLAUDE" : otherClient(context, program),
      exit: EXIT.refused,
    },
  );
}

/** What to type so that another client than this wrapper is started. */
function otherClient(context: Context, wrapper: string): string {
  let configured: string | null = null;
  try {
    configured = context.configFile.read().claudePath;
  } catch {
    // What is wrong with config.json is said at the next launch.
  }
  if (configured === wrapper) return "claude-multi config unset claudePath";
  const other = context.processes.find("claude", (path) => path !== wrapper);
  return other === null
    ? "which -a claude"
    : `claude-multi config set claudePath ${shellWord(other)}`;
}
