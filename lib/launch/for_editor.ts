// Launches for editors, the Agent SDK and other programs that start claude: silent, and without questions.
import { noAccountYet } from "../accounts/no_account.ts";
import type { Context } from "../ports/context.ts";
import type { LaunchPlan } from "../ports/mod.ts";
import { readClientArguments } from "../claude/arguments.ts";
import type { Config } from "../config/config.ts";
import { LAUNCHER_VARIABLE } from "../claude/environment.ts";
import { findClient } from "../claude/executable.ts";
import { givenClient } from "../claude/given_client.ts";
import { EXIT, messageOf, UserError } from "../text/errors.ts";
import { formatClock } from "../text/format.ts";
import { logForEditor } from "./editor_log.ts";
import { refuseCallBack } from "./recursion_guard.ts";
import { AllLimited } from "./all_limited.ts";
import { launchRequest } from "./request.ts";

/**
 * Runs the client that `words` name, or else the one that `cl` would run, on the account that `cl` would
 * choose; returns its exit code. stdin, stdout and stderr are the client's alone: what we have to say goes
 * to the log. Questions about the client itself, such as `--version`, need no account and record nothing.
 * @throws UserError if the client wasn't started: the only case in which the caller may write to stderr.
 */
export async function runForEditor(context: Context, words: readonly string[]): Promise<number> {
  context.terminal.divert((text) => logForEditor(context, text));
  try {
    refuseCallBack(context);
    const { client, args } = givenClient(context, words);
    if (readClientArguments(args).kind === "info") {
      const { program, before } = client ??
        { program: findClient(context, claudePath(context)), before: [] };
      return await ask(context, { program, args: [...before, ...args] });
    }
    const config = context.configFile.read();
    if (config.accounts.length === 0) {
      const { message, hint } = noAccountYet(context);
      throw new UserError(message, { hint, exit: EXIT.noAccount });
    }
    if (client === null) findClient(context, config);
    const request = launchRequest(context, {
      config,
      words: args,
      policy: config.policy,
      named: null,
      wait: false,
      failover: false,
      cwd: context.processes.cwd(),
      acrossGroups: false,
    });
    const { runConversation } = await import("./mod.ts");
    return await runConversation(context, { ...request, forEditor: { client } });
  } catch (thrown) {
    const error = thrown instanceof AllLimited ? withFirstOpening(context, thrown) : thrown;
    logForEditor(context, messageOf(error));
    throw error;
  }
}

/** Which client the configuration names. A faulty one is logged, and names none: a session will refuse it. */
function claudePath(context: Context): Pick<Config, "claudePath"> {
  try {
    return context.configFile.read();
  } catch (error) {
    logForEditor(context, messageOf(error));
    return { claudePath: null };
  }
}

/** The refusal in one line: an editor shows no table, and its user can't type the long command. */
function withFirstOpening({ clock }: Context, error: AllLimited): UserError {
  const openings = error.standings.accounts.flatMap(({ account, limitedUntilMs: atMs }) =>
    atMs === null ? [] : [{ name: account.name, atMs }]
  ).sort((a, b) => a.atMs - b.atMs);
  const [first] = openings;
  const when = first === undefined || error.message.includes(" until ")
    ? ""
    : `; "${first.name}" opens at ${formatClock(first.atMs, clock.nowMs())}`;
  return new UserError(`${error.message}${when}`, {
    hint: "claude-multi status",
    exit: error.exit,
    cause: error,
  });
}

/** Runs the client as it is, in the environment of the caller. */
async function ask(
  { processes }: Context,
  { program, args }: Pick<LaunchPlan, "program" | "args">,
): Promise<number> {
  const set = { [LAUNCHER_VARIABLE]: `${processes.ownPid}:${program}` };
  const child = processes.launch({ program, args, set, unset: [], cwd: processes.cwd() });
  const { code, signal } = await child.ended;
  if (signal !== null) processes.dieBy(signal);
  return code;
}
