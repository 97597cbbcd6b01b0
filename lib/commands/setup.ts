// `setup`: the guided way from nothing to working accounts; repairs, and is safe to run at any time.
import type { Context } from "../ports/context.ts";
import { nameProblem, nearestName, parseAccountName, personText } from "../config/account.ts";
import { SHARED_HOME_ACCOUNT } from "../config/account.ts";
import { findAccount } from "../config/account.ts";
import { EXIT, messageOf, UserError } from "../text/errors.ts";
import { tildePath } from "../config/paths.ts";
import type { Shell } from "../setup/shells.ts";
import { SHELLS } from "../setup/shells.ts";
import { addAccount } from "./add.ts";
import { askWord, askYes } from "../cli/prompt.ts";
import { clientProblem } from "../claude/executable.ts";
import { conclude } from "../setup/next_steps.ts";
import type { Command, Input } from "../cli/command.ts";
import { findDuplicate } from "../accounts/identity.ts";
import { logIn } from "./login.ts";
import { readable, repair } from "../setup/repair.ts";
import { writeConfigSchema } from "../setup/schema_file.ts";
import { writeShellFiles } from "../setup/shell_files.ts";
import {
  addToStartFile,
  isInStartFile,
  parseShell,
  startFilesOf,
  usualShells,
} from "../setup/rc_files.ts";
import { foreignCommand } from "../launch/statusline_setting.ts";

/** The declaration of `setup`. */
export const setup: Command = {
  name: "setup",
  group: "accounts",
  summary: "Set everything up, step by step, or repair it; run it as often as you like",
  flags: [
    {
      name: "in-place",
      value: "NAME",
      summary: "make the login in ~/.claude an account, where it is",
    },
    { name: "add", value: "NAMES", summary: "add these accounts, separated by commas" },
    { name: "login", value: "NAMES", summary: "log these accounts in now" },
    {
      name: "shell",
      value: "SHELL",
      summary: `define cl in new shells: ${SHELLS.join(", ")}, auto or none`,
    },
    {
      name: "statusline",
      value: "YES",
      summary: "yes or no: show our status line in sessions of cl, or record beside yours",
    },
    { name: "yes", summary: "ask nothing: the login in ~/.claude in place, and cl in your shell" },
  ],
  details: [
    "In a terminal and without flags it asks step by step. With any flag, or without a terminal, it asks nothing and does what the flags say. Either way it first makes or repairs what is needed: config.json, the folder of every account with its links, file modes, and the shell files. A real file where a link belongs is merged into the shared one; what that replaces is kept in backups/.",
    "The start file of the shell gets one line, marked # claude-multi, after a backup; for bash also the file that a login bash reads, unless that reads ~/.bashrc. auto is the shell in SHELL, or every one there is where SHELL says none. A status line of your own in settings.json stays as it is: sessions of cl then only record the limits beside it, and no file is changed for that. claude-multi uninstall takes everything back.",
  ],
  examples: [
    ["claude-multi setup", "step by step, or a repair"],
    ["claude-multi setup --in-place personal --add work --shell auto", "without a question"],
  ],
  async run(context, input) {
    const wishes = readWishes(context, input);
    const before = SHELLS.filter((shell) => isInStartFile(context, shell));
    repair(context);
    writeConfigSchema(context);
    const problem = clientProblem(context, context.configFile.read());
    if (problem !== null) {
      context.terminal.warn(problem.message);
      context.terminal.note(`try: ${problem.hint}`);
    }
    const code = wishes === null ? await guide(context) : await carryOut(context, wishes);
    writeShellFiles(context, context.configFile.read());
    conclude(context, before);
    return code;
  },
};

/** What the flags ask for. */
interface Wishes {
  inPlace: string | null;
  add: string[];
  login: string[];
  shells: Shell[];
  statusline: boolean | null;
}

/** The wishes of the flags, all checked before anything is done; null: ask the person. */
function readWishes(context: Context, input: Input): Wishes | null {
  const { values } = input;
  const yes = input.switches.has("yes");
  const hasFlags = yes || Object.keys(values).length > 0;
  if (!hasFlags && context.terminal.interactive) return null;
  const names = (flag: "add" | "login") =>
    (values[flag] ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "")
      .map((name) => parseAccountName(name, `claude-multi setup --${flag}`));
  const statusline = values["statusline"];
  if (statusline !== undefined && !["yes", "no"].includes(statusline)) {
    throw new UserError(`Cannot use "--statusline ${statusline}": say yes or no`, {
      hint: "claude-multi setup --statusline yes",
      exit: EXIT.usage,
    });
  }
  const shell = values["shell"] ?? (yes && usualShells(context).length > 0 ? "auto" : "none");
  const adopts = yes && values["in-place"] === undefined && adoptable(context) !== null;
  return {
    inPlace: adopts
      ? freeName(context, "personal")
      : values["in-place"] === undefined
      ? null
      : parseAccountName(values["in-place"], "claude-multi setup --in-place"),
    add: names("add"),
    login: names("login"),
    shells: parseShell(context, shell),
    statusline: statusline === undefined ? null : statusline === "yes",
  };
}

async function carryOut(context: Context, wishes: Wishes): Promise<number> {
  const { terminal } = context;
  const existing = () => context.configFile.read().accounts;
  if (wishes.inPlace !== null && !existing().some((a) => a.name === wishes.inPlace && a.inPlace)) {
    addAccount(context, { name: wishes.inPlace, plan: null, inPlace: true });
    terminal.print(`added     ${wishes.inPlace}, in place`);
  }
  for (const name of wishes.add) {
    if (existing().some((account) => account.name === name)) continue;
    addAccount(context, { name, plan: null, inPlace: false });
    terminal.print(`added     ${name}`);
  }
  if (wishes.statusline !== null) setStatusline(context, wishes.statusline);
  if (usersStatusline(context) && context.configFile.read().statusline.install) {
    terminal.print("status    your own line stays; sessions of cl record the limits beside it");
  }
  writeShellFiles(context, context.configFile.read());
  for (const shell of wishes.shells) addShell(context, shell);
  for (const name of wishes.login) {
    const account = findAccount(existing(), name);
    if (context.claudeHome.login(account) === "present") continue;
    const code = await logIn(context, { account, args: [] });
    if (code !== EXIT.ok) return code;
  }
  return EXIT.ok;
}

async function guide(context: Context): Promise<number> {
  const { terminal } = context;
  const live = adoptable(context);
  if (live !== null) {
    terminal.note(`\n~/.claude is logged in as ${personText(live)}.`);
    if (askYes(context, { text: "Make that an account, left where it is?", standard: true })) {
      const name = askName(context, { text: "Its name?", standard: freeName(context, "personal") });
      if (name !== "") {
        addAccount(context, { name, plan: null, inPlace: true });
        terminal.print(`added     ${name}, in place`);
      }
    }
  }
  for (;;) {
    const first = context.configFile.read().accounts.length === 0;
    const text = first
      ? "\nName of the first account?"
      : "\nAnother account? Its name, or Enter to go on:";
    const name = askName(context, { text, standard: "" });
    if (name === "") break;
    addAccount(context, { name, plan: null, inPlace: false });
    terminal.print(`added     ${name}`);
  }
  await offerLogins(context);
  writeShellFiles(context, context.configFile.read());
  const shells = usualShells(context).filter((shell) => !isInStartFile(context, shell));
  if (shells.length > 0) {
    const paths = shells.flatMap((shell) => startFilesOf(context, shell))
      .map((path) => tildePath(path, context.layout.home));
    const text = `\nDefine cl in new shells, with a line in ${paths.join(" and ")}?`;
    if (askYes(context, { text, standard: true })) {
      for (const shell of shells) addShell(context, shell);
    }
  }
  askStatusline(context);
  return EXIT.ok;
}

async function offerLogins(context: Context): Promise<void> {
  const { terminal } = context;
  const config = context.configFile.read();
  const out = config.accounts.filter((a) => context.claudeHome.login(a) !== "present");
  if (out.length === 0 || clientProblem(context, config) !== null) return;
  for (const account of out) {
    const text = `\n"${account.name}" is not logged in. Log in now, with claude itself?`;
    if (!askYes(context, { text, standard: true })) continue;
    try {
      await logIn(context, { account, args: [] });
    } catch (error) {
      terminal.warn(messageOf(error));
    }
  }
}

/** Asks once: config.json keeps the answer. A status line of the user's own is never replaced. */
function askStatusline(context: Context): void {
  if (/"statusline"/.test(readable(context, context.layout.configFile) ?? "")) return;
  const text = usersStatusline(context)
    ? "\nYour own status line stays. Record the limits beside it in sessions that cl starts?"
    : "\nShow account, context and limits below sessions that cl starts?";
  setStatusline(context, askYes(context, { text, standard: true }));
}

function usersStatusline(context: Context): boolean {
  return foreignCommand(context.claudeHome.sharedSettings()?.["statusLine"]) !== null;
}

function setStatusline(context: Context, install: boolean): void {
  context.configFile.edit([{ path: ["statusline", "install"], value: install }]);
}

function addShell(context: Context, shell: Shell): void {
  const { layout, terminal } = context;
  const paths = startFilesOf(context, shell);
  const added = addToStartFile(context, shell);
  for (const path of paths) {
    const has = added.includes(path) ? "has our line now" : "has our line";
    terminal.print(`shell     ${tildePath(path, layout.home)} ${has}`);
  }
}

/** Asks for a name. Who answers "no" wants none, and "yes" is no name. */
function askName(context: Context, question: { text: string; standard: string }): string {
  const answer = askWord(context, {
    ...question,
    meant: nearestName,
    problem: (answer) => {
      if (["n", "no"].includes(answer.toLowerCase())) return null;
      if (["y", "yes"].includes(answer.toLowerCase())) return "type its name, such as work";
      const taken = context.configFile.read().accounts.some((account) =>
        account.name === answer || account.folder === answer
      );
      return nameProblem(answer) ?? (taken ? "there is an account or folder of that name" : null);
    },
  });
  return ["n", "no"].includes(answer.toLowerCase()) ? "" : answer;
}

/** Who is logged in in the shared home, when that is no account of ours yet. */
function adoptable(context: Context): ReturnType<Context["claudeHome"]["identity"]> {
  const config = context.configFile.read();
  if (config.accounts.some((account) => account.inPlace)) return null;
  if (context.claudeHome.login(SHARED_HOME_ACCOUNT) !== "present") return null;
  const identity = context.claudeHome.identity(SHARED_HOME_ACCOUNT);
  if (identity === null) return null;
  return findDuplicate(context, { config, name: "", identity }) === null ? identity : null;
}

function freeName(context: Context, wanted: string): string {
  const { accounts } = context.configFile.read();
  const isTaken = (name: string) => accounts.some((a) => a.name === name || a.folder === name);
  let name = wanted;
  for (let n = 2; isTaken(name); n++) name = `${wanted}-${n}`;
  return name;
}
