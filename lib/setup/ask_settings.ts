// Asks the client which settings are in force, for doctor --ask.
import type { Context } from "../ports/context.ts";
import { askClient, silenceText } from "../accounts/ask_client.ts";
import type { AnsweredSettings } from "../claude/settings_request.ts";
import {
  isSettingsAnswer,
  parseSettingsAnswer,
  SETTINGS_QUESTION,
} from "../claude/settings_request.ts";
import { messageOf } from "../text/errors.ts";

/** How long the client has to answer; on a slow machine it takes 5 s. */
export const ANSWER_MS = 15_000;

/** What the client answered, or why it didn't. */
export type AskedSettings =
  | { answered: AnsweredSettings; why: null }
  | { answered: null; why: string };

/**
 * Asks the client of the first enabled account, in an empty folder of ours: in a project's folder it would
 * run the project's `apiKeyHelper`, trusted or not (run on 2.1.332). Never throws.
 */
export async function askSettings(context: Context): Promise<AskedSettings> {
  const { configFile, files, layout, processes, terminal } = context;
  const no = (why: string): AskedSettings => ({ answered: null, why });
  try {
    const config = configFile.read();
    const account = config.accounts.find(({ disabled }) => !disabled) ?? config.accounts[0];
    if (account === undefined) return no("no account is set up");
    const cwd = `${layout.root}/empty`;
    files.makePrivateDirectory(cwd);
    const { promise: stopped, resolve: stop } = Promise.withResolvers<"stopped">();
    const question = { input: SETTINGS_QUESTION, isAnswer: isSettingsAnswer };
    terminal.rewrite("asking claude for its settings");
    const asking = askClient(context, {
      config,
      account,
      cwd,
      question,
      timeoutMs: ANSWER_MS,
      stopped,
    });
    const heard = await processes.guarded(() => asking, () => {
      stop("stopped");
      return asking.finally(() => terminal.rewrite(""));
    });
    terminal.rewrite("");
    if (heard.kind === "stopped") return no("it was stopped before it answered");
    if (heard.kind !== "answer") return no(silenceText(heard, ANSWER_MS));
    const answered = parseSettingsAnswer(heard.line);
    return answered === null ? no("its answer is not understood") : { answered, why: null };
  } catch (error) {
    terminal.rewrite("");
    return no(messageOf(error));
  }
}
