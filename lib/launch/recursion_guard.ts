// Refuses a "client" that is a wrapper around claude-multi, which would launch itself endlessly.
import type { Context } from "../ports/context.ts";
import { LAUNCHER_VARIABLE, NESTED_VARIABLES } from "../claude/environment.ts";
import { EXIT, UserError } from "../text/errors.ts";

/** What the client sets for everything it starts (CONTRACT §5, §10), and a wrapper hardly would. */
const SURE_OF_A_CLIENT = NESTED_VARIABLES.filter((name) => /^CLAUDE_?CODE/.test(name));

/**
 * Refuses to launch below our own launcher when no client runs between the two: the program that it
 * took for the client has called us back. Inside a session the client's own variables are set, since
 * a launch removes those of an outer one.
 * @throws UserError (refused) that names the program.
 */
export function refuseCallBack(context: Context): void {
  const { env, processes } = context;
  const [, launcher, program] = /^(\d+):(.+)$/s.exec(env.get(LAUNCHER_VARIABLE) ?? "") ?? [];
  if (launcher === undefined || program === undefined) return;
  if (SURE_OF_A_CLIENT.some((name) => env.get(name) !== null)) return;
  // The variable outlives the launcher in what was started there and stays, as a tmux server.
  if (!processes.isBelow(Number(launcher))) return;
  const named = env.get("CLAUDE_MULTI_CLAUDE") === program;
  throw new UserError(
    `Cannot launch ${JSON.stringify(program)} as the client: it calls claude-multi back; ${
      named ? "CLAUDE_MULTI_CLAUDE has" : "CLAUDE_MULTI_CLAUDE or claudePath has"
    } to name the official claude`,
    {
      hint: named
        ? "export CLAUDE_MULTI_CLAUDE=/path/to/claude"
        : "claude-multi config set claudePath /path/to/claude",
      exit: EXIT.refused,
    },
  );
}
