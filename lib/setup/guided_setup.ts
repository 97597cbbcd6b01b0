// Setup: step by step from nothing to working accounts, or a repair of what exists.
import type { Context } from "../ports/context.ts";
import { nameProblem, nearestName, personText } from "../config/account.ts";
import { EXIT, messageOf } from "../text/errors.ts";
import { tildePath } from "../config/paths.ts";
import { SHELLS } from "./shells.ts";
import { askWord, askYes } from "../cli/prompt.ts";
import { clientProblem } from "../claude/executable.ts";
import { conclude } from "./next_steps.ts";
import { logIn } from "../launch/login.ts";
import { readable, repair } from "./repair.ts";
import { writeConfigSchema } from "./schema_file.ts";
import type { Wishes } from "./setup_steps.ts";
import {
  addAndPrint,
  addShell,
  adoptable,
  carryOut,
  freeName,
  hasOwnStatusline,
  installStatusline,
} from "./setup_steps.ts";
import { writeShellFiles } from "./shell_files.ts";
import { isInStartFile, startFilesOf, usualShells } from "./rc_files.ts";

/**
 * Repairs what exists, then does what `wishes` say, or asks step by step if they are null, and says
 * what to do next. Returns the exit code of a failed login, or 0.
 */
export async function setUp(context: Context, wishes: Wishes | null): Promise<number> {
  const { terminal } = context;
  const before = SHELLS.filter((shell) => isInStartFile(context, shell));
  repair(context);
  writeConfigSchema(context);
  const problem = clientProblem(context, context.configFile.read());
  if (problem !== null) {
    terminal.warn(problem.message);
    terminal.note(`try: ${problem.hint}`);
  }
  let code: number = EXIT.ok;
  if (wishes === null) await guide(context);
  else code = await carryOut(context, wishes);
  writeShellFiles(context);
  conclude(context, before);
  return code;
}

async function guide(context: Context): Promise<void> {
  const { terminal } = context;
  const live = adoptable(context);
  if (live !== null) {
    terminal.note(`\n~/.claude is logged in as ${personText(live)}.`);
    if (
      askYes(context, {
        text: "Make that login an account and leave it where it is?",
        standard: true,
      })
    ) {
      const name = askName(context, {
        text: "Account name?",
        standard: freeName(context, "personal"),
      });
      if (name !== "") addAndPrint(context, { name, inPlace: true });
    }
  }
  for (;;) {
    const first = context.configFile.read().accounts.length === 0;
    const text = first
      ? "\nName of the first account?"
      : "\nAnother account? Type its name, or just Enter to continue:";
    const name = askName(context, { text, standard: "" });
    if (name === "") break;
    addAndPrint(context, { name, inPlace: false });
  }
  await offerLogins(context);
  writeShellFiles(context);
  const shells = usualShells(context).filter((shell) => !isInStartFile(context, shell));
  if (shells.length > 0) {
    const paths = shells.flatMap((shell) => startFilesOf(context, shell))
      .map((path) => tildePath(path, context.layout.home));
    const text = `\nDefine cl in new shells with a line in ${paths.join(" and ")}?`;
    if (askYes(context, { text, standard: true })) {
      for (const shell of shells) addShell(context, shell);
    }
  }
  askStatusline(context);
}

async function offerLogins(context: Context): Promise<void> {
  const { terminal } = context;
  const config = context.configFile.read();
  const out = config.accounts.filter((a) => context.claudeHome.login(a) !== "present");
  if (out.length === 0 || clientProblem(context, config) !== null) return;
  for (const account of out) {
    const text = `\n"${account.name}" is not logged in. Log in now with claude auth login?`;
    if (!askYes(context, { text, standard: true })) continue;
    try {
      await logIn(context, { account, args: [] });
    } catch (error) {
      terminal.warn(messageOf(error));
    }
  }
}

/** Asks once, since config.json keeps the answer. */
function askStatusline(context: Context): void {
  if (/"statusline"/.test(readable(context, context.layout.configFile) ?? "")) return;
  const text = hasOwnStatusline(context)
    ? "\nYour own status line stays. Should cl sessions record the limits as well?"
    : "\nShow account, context and limits below cl sessions?";
  installStatusline(context, askYes(context, { text, standard: true }));
}

/** Asks for a name. "no" means none; "yes" is not taken for a name. */
function askName(context: Context, question: { text: string; standard: string }): string {
  const answer = askWord(context, {
    ...question,
    meant: nearestName,
    problem: (answer) => {
      if (["n", "no"].includes(answer.toLowerCase())) return null;
      if (["y", "yes"].includes(answer.toLowerCase())) return "type a name, such as work";
      const taken = context.configFile.read().accounts.some((account) =>
        account.name === answer || account.folder === answer
      );
      return nameProblem(answer) ?? (taken ? "an account or folder of that name exists" : null);
    },
  });
  return ["n", "no"].includes(answer.toLowerCase()) ? "" : answer;
}
