// Setup: repairs what exists, then follows flags or asks step by step.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { nearestName, personText, PLANS } from "../config/account.ts";
import { freeName, newNameProblem } from "../config/new_name.ts";
import { editEntry } from "../accounts/entry_changes.ts";
import { EXIT, messageOf, UserError } from "../text/errors.ts";
import { andList, orList } from "../text/format.ts";
import { tildePath } from "../config/paths.ts";
import { SHELLS, writeShellFiles } from "./shells.ts";
import { askWord, askYes } from "../cli/prompt.ts";
import { clientProblem } from "../claude/executable.ts";
import { conclude, mentionGroups, ourName } from "./next_steps.ts";
import { logInAgain } from "./login_again.ts";
import { editorsToOffer, editorTitle } from "./editors.ts";
import { readable, repair } from "./repair.ts";
import type { Wishes } from "./setup_steps.ts";
import {
  addAndPrint,
  addShell,
  adoptable,
  carryOut,
  hasOwnStatusline,
  installStatusline,
  setRefresh,
} from "./setup_steps.ts";
import { unfinishedLogins } from "./unfinished_logins.ts";
import { everyShell, isInStartFile, startFilesOf } from "./rc_files.ts";

/**
 * Repairs what exists, then does what `wishes` say, or asks step by step if they are null. Prints what
 * to do next. Returns the exit code of a failed login, or 0.
 */
export async function setUp(context: Context, wishes: Wishes | null): Promise<number> {
  const { terminal } = context;
  const before = SHELLS.filter((shell) => isInStartFile(context, shell));
  repair(context);
  const problem = clientProblem(context, context.configFile.read());
  if (problem !== null) {
    terminal.warn(problem.message);
    terminal.note(`try: ${problem.hint}`);
  }
  let code: number = EXIT.ok;
  if (wishes === null) await guide(context);
  else code = await carryOut(context, wishes);
  writeShellFiles(context);
  conclude(context, { before, unfinished: unfinishedLogins(context) });
  return code;
}

async function guide(context: Context): Promise<void> {
  const { terminal } = context;
  let added: string | null = null;
  const live = adoptable(context);
  if (live !== null) {
    terminal.note(`\n~/.claude is logged in as ${personText(live)}.`);
    const text = "Make that login an account and leave it where it is?";
    const name = await askYes(context, { text, standard: true })
      ? await askName(context, {
        text: "Account name?",
        standard: freeName(context.configFile.read().accounts, "personal"),
        added,
      })
      : "";
    if (name !== "") addAndPrint(context, { name, inPlace: true });
    else terminal.note(`to move it to an account of its own: ${ourName(context)} save NAME`);
    added = name || null;
  }
  for (;;) {
    const text = context.configFile.read().accounts.length === 0
      ? "\nName of the first account?"
      : "\nAnother account? Type its name, or just Enter to continue:";
    const name = await askName(context, { text, standard: "", added });
    if (name === "") break;
    addAndPrint(context, { name, inPlace: false });
    added = name;
  }
  if (context.configFile.read().accounts.length === 0) {
    terminal.note(`no account was added; "${ourName(context)} add NAME" adds one later`);
  }
  await offerLogins(context);
  await askPlans(context);
  writeShellFiles(context);
  const shells = everyShell(context).filter((shell) => !isInStartFile(context, shell));
  if (shells.length > 0) {
    const paths = shells.flatMap((shell) => startFilesOf(context, shell))
      .map((path) => tildePath(path, context.layout.home));
    const text = `\nDefine cl in new shells with a line in ${andList(paths)}?`;
    if (await askYes(context, { text, standard: true })) {
      for (const shell of shells) addShell(context, shell);
    }
  }
  await offerEditors(context);
  await askStatusline(context);
  await askRefresh(context);
  mentionGroups(context);
}

/** Asks until each editor that has run here starts claude through us. */
async function offerEditors(context: Context): Promise<void> {
  const editors = editorsToOffer(context);
  if (editors.length === 0 || context.configFile.read().accounts.length === 0) return;
  const titles = andList(editors.map(editorTitle));
  const text = `\nShould ${titles} also start claude on the account with the most room?`;
  if (!await askYes(context, { text, standard: false })) return;
  const { addToEditor } = await import("./editor_settings.ts");
  for (const editor of editors) {
    try {
      addToEditor(context, editor);
    } catch (error) {
      context.terminal.warn(messageOf(error));
      if (error instanceof UserError && error.hint !== null) {
        context.terminal.note(`try: ${error.hint}`);
      }
    }
  }
}

/** Offers a login for every account that has none, and another one for each that has somebody else's. */
async function offerLogins(context: Context): Promise<void> {
  const { terminal } = context;
  if (clientProblem(context, context.configFile.read()) !== null) return;
  for (const { account, wrong, fix } of unfinishedLogins(context)) {
    const { name } = account;
    if (fix !== `claude-multi login ${name}`) continue;
    const text = wrong === null
      ? `\n"${name}" is not logged in. Log in now with claude auth login?`
      : `\n${wrong}. Log in again?`;
    if (!await askYes(context, { text, standard: true })) continue;
    try {
      await logInAgain(context, { account, args: [] });
    } catch (error) {
      terminal.warn(messageOf(error));
    }
  }
}

/**
 * Says which plans the logins name, and asks for the others. Nothing is asked before an account has its own
 * login, which may name the plan.
 */
async function askPlans(context: Context): Promise<void> {
  const { claudeHome, configFile, terminal } = context;
  const unfinished = new Set(unfinishedLogins(context).map(({ account }) => account.name));
  const accounts = configFile.read().accounts.filter(({ name, plan }) =>
    plan === null && !unfinished.has(name)
  );
  const isUnknown = (account: Account) => claudeHome.plan(account) === null;
  for (const account of accounts) {
    const plan = claudeHome.plan(account);
    if (plan !== null) terminal.print(`plan      ${account.name}: ${plan}, as its login says`);
  }
  if (!accounts.some(isUnknown)) return;
  terminal.note(
    "\nPlans differ in size, which counts only for policies that use it, such as paced.",
  );
  for (const { name } of accounts.filter(isUnknown)) {
    const plan = await askWord(context, {
      text: `Plan of "${name}" (${PLANS.join(", ")}), or just Enter if you don't know:`,
      standard: "",
      problem: (answer) => PLANS.some((plan) => plan === answer) ? null : `use ${orList(PLANS)}`,
      meant: () => null,
    });
    if (plan !== "") {
      editEntry(context, { name, edit: ({ at }) => [{ path: [...at, "plan"], value: plan }] });
    }
  }
}

/** Asks only once: config.json stores the answer. */
async function askStatusline(context: Context): Promise<void> {
  if (/"statusline"/.test(readable(context, context.layout.configFile) ?? "")) return;
  const text = hasOwnStatusline(context)
    ? "\nYour status line stays. Should cl sessions also record the limits?"
    : "\nShow account, context and limits in a status line of cl sessions?";
  installStatusline(context, await askYes(context, { text, standard: true }));
}

/** Asks only once, like {@link askStatusline}. With one account there is nothing to choose. */
async function askRefresh(context: Context): Promise<void> {
  if (context.configFile.read().accounts.length < 2) return;
  if (/"refresh"/.test(readable(context, context.layout.configFile) ?? "")) return;
  const text =
    "\nIf figures are old, should cl first ask claude how much is left (takes a few seconds, sends no message)?";
  setRefresh(context, await askYes(context, { text, standard: false }));
}

const NONE = /^(n|no|none|done|skip)$/i;
const BACK = /^(undo|back|delete|cancel|abort|quit|exit|stop|q)$/i;

/**
 * Asks for an account name. "no" means none; "yes" and "undo" aren't accepted as names. `added` is the account
 * that was just added.
 */
async function askName(
  context: Context,
  question: { text: string; standard: string; added: string | null },
): Promise<string> {
  const isNo = (answer: string) => NONE.test(answer);
  const { added } = question;
  const answer = await askWord(context, {
    ...question,
    meant: nearestName,
    problem: (answer) => {
      if (isNo(answer)) return null;
      if (["y", "yes"].includes(answer.toLowerCase())) return "type a name, such as work";
      if (BACK.test(answer)) {
        return added === null
          ? "type a name, such as work, or end setup with Ctrl-C"
          : `"${added}" is added; after setup, type claude-multi rename ${added} NEW or claude-multi remove ${added}`;
      }
      const taken = context.configFile.read().accounts.some((account) =>
        account.name === answer || account.folder === answer
      );
      return newNameProblem(answer) ??
        (taken ? "an account or folder with that name exists" : null);
    },
  });
  return isNo(answer) ? "" : answer;
}
