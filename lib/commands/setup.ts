// `setup`: the guided way from nothing to working accounts; repairs, and is safe to run at any time.
import type { Context } from "../context.ts";
import { nameProblem, parseAccountName, personText, SHARED_HOME_ACCOUNT } from "../core/account.ts";
import type { Account } from "../core/account.ts";
import { findAccount } from "../core/account.ts";
import { EXIT, messageOf, UserError } from "../core/errors.ts";
import { configDirOf, tildePath } from "../core/paths.ts";
import { SHELLS } from "../shells.ts";
import { prepareFolder } from "./account_folder.ts";
import { addAccount } from "./add.ts";
import { askWord, askYes } from "./asking.ts";
import type { Command, Input } from "./declaration.ts";
import { looseModes } from "./examining_files.ts";
import { findDuplicate } from "./identity_pin.ts";
import { logIn } from "./login.ts";
import { SCHEMA_REFERENCE, writeConfigSchema } from "./schema_file.ts";
import { writeShellFiles } from "./shell_files.ts";
import { addToStartFile, isInStartFile, lineFor, loginShell } from "./start_file.ts";
import { parseShell, startFileOf } from "./start_file.ts";

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
      summary: "yes or no: show our status line in sessions of cl",
    },
    { name: "yes", summary: "ask nothing: the login in ~/.claude in place, and cl in your shell" },
  ],
  details: [
    "In a terminal and without flags it asks step by step. With any flag, or without a terminal, it asks nothing and does what the flags say. Either way it first makes or repairs what is needed: config.json, the folder of every account with its links, file modes, and the shell files. A real file where a link belongs is merged into the shared one; what that replaces is kept in backups/.",
    "The start file of the shell gets one line, marked # claude-multi, after a backup. claude-multi uninstall takes everything back.",
  ],
  examples: [
    ["claude-multi setup", "step by step, or a repair"],
    ["claude-multi setup --in-place personal --add work --shell auto", "without a question"],
  ],
  async run(context, input) {
    const wishes = readWishes(context, input);
    repair(context);
    writeConfigSchema(context);
    if (wishes === null) await guide(context);
    else await carryOut(context, wishes);
    writeShellFiles(context, context.configFile.read());
    conclude(context);
    return EXIT.ok;
  },
};

/** What the flags ask for. */
interface Wishes {
  inPlace: string | null;
  add: string[];
  login: string[];
  shell: ReturnType<typeof parseShell>;
  statusline: boolean | null;
}

/** The wishes of the flags, all checked before anything is done; null: ask the person. */
function readWishes(context: Context, input: Input): Wishes | null {
  const { values } = input;
  const yes = input.switches.has("yes");
  const hasFlags = yes || Object.keys(values).length > 0;
  if (!hasFlags && context.terminal.interactive) return null;
  const names = (text: string | undefined) =>
    (text ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "")
      .map(parseAccountName);
  const statusline = values["statusline"];
  if (statusline !== undefined && !["yes", "no"].includes(statusline)) {
    throw new UserError(`Cannot use "--statusline ${statusline}": say yes or no`, {
      hint: "claude-multi setup --statusline yes",
      exit: EXIT.usage,
    });
  }
  const shell = values["shell"] ?? (yes && loginShell(context) !== null ? "auto" : "none");
  const adopts = yes && values["in-place"] === undefined && adoptable(context) !== null;
  return {
    inPlace: adopts
      ? freeName(context, "personal")
      : values["in-place"] === undefined
      ? null
      : parseAccountName(values["in-place"]),
    add: names(values["add"]),
    login: names(values["login"]),
    shell: parseShell(context, shell),
    statusline: statusline === undefined ? null : statusline === "yes",
  };
}

/** Makes or repairs what does not depend on any wish. */
function repair(context: Context): void {
  const { files, layout, terminal } = context;
  files.makePrivateDirectory(layout.root);
  if (files.kind(layout.configFile) === "missing") {
    // An edit without changes makes the file, and leaves one alone that another setup has just made.
    context.configFile.edit(() => [{ path: ["$schema"], value: SCHEMA_REFERENCE }]);
    terminal.print(`made      ${tildePath(layout.configFile, layout.home)}`);
  }
  const config = context.configFile.read();
  for (const { path, wanted } of looseModes(context, config)) {
    files.setMode(path, wanted);
    terminal.print(`mode      ${tildePath(path, layout.home)} is now ${wanted.toString(8)}`);
  }
  for (const account of config.accounts) repairAccount(context, account);
}

function repairAccount(context: Context, account: Account): void {
  const { layout, terminal } = context;
  const report = prepareFolder(context, account);
  const dir = tildePath(configDirOf(account, layout), layout.home);
  const done = [
    ...report.linked.length === 0 ? [] : [`linked ${report.linked.join(", ")}`],
    ...report.adopted.length === 0 ? [] : [`merged ${report.adopted.join(", ")}`],
  ];
  terminal.print(`account   ${account.name}: ${dir}: ${done.join("; ") || "in order"}`);
  for (const { name, why } of report.own) terminal.warn(`${dir}/${name} is not shared: ${why}`);
  for (const conflict of report.conflicts) {
    terminal.warn(`both versions of ${conflict} had changed; the older one is in backups/`);
  }
}

async function carryOut(context: Context, wishes: Wishes): Promise<void> {
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
  writeShellFiles(context, context.configFile.read());
  if (wishes.shell !== null) addShell(context, wishes.shell);
  for (const name of wishes.login) {
    const account = findAccount(existing(), name);
    if (context.claudeHome.login(account) === "present") continue;
    const code = await logIn(context, { account, args: [] });
    if (code !== EXIT.ok) {
      throw new UserError(`Cannot log "${name}" in: claude auth login ended with ${code}`, {
        hint: `claude-multi login ${name}`,
      });
    }
  }
}

async function guide(context: Context): Promise<void> {
  const { terminal } = context;
  const live = adoptable(context);
  if (live !== null) {
    terminal.note(`\n~/.claude is logged in as ${personText(live)}.`);
    if (askYes(context, { text: "Make that an account, left where it is?", standard: true })) {
      const name = askName(context, { text: "Its name?", standard: freeName(context, "personal") });
      if (name !== "") addAccount(context, { name, plan: null, inPlace: true });
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
  }
  for (const account of context.configFile.read().accounts) {
    if (context.claudeHome.login(account) === "present") continue;
    const text = `\n"${account.name}" is not logged in. Log in now, with claude itself?`;
    if (!askYes(context, { text, standard: true })) continue;
    try {
      await logIn(context, { account, args: [] });
    } catch (error) {
      terminal.warn(messageOf(error));
    }
  }
  writeShellFiles(context, context.configFile.read());
  const shell = loginShell(context);
  if (shell !== null && !isInStartFile(context, shell)) {
    const path = tildePath(startFileOf(context, shell), context.layout.home);
    const text = `\nDefine cl in new shells, with one line in ${path}?`;
    if (askYes(context, { text, standard: true })) addShell(context, shell);
  }
  askStatusline(context);
}

/** Asks once: config.json keeps the answer. A status line of the user's own is never replaced. */
function askStatusline(context: Context): void {
  const { files, layout } = context;
  if (/"statusline"/.test(files.readText(layout.configFile) ?? "")) return;
  if (context.claudeHome.sharedSettings()?.["statusLine"] !== undefined) {
    context.terminal.note("\nYour own status line in settings.json stays.");
    return;
  }
  const text = "\nShow account, context and limits below sessions that cl starts?";
  setStatusline(context, askYes(context, { text, standard: true }));
}

function setStatusline(context: Context, install: boolean): void {
  context.configFile.edit([{ path: ["statusline", "install"], value: install }]);
}

function addShell(context: Context, shell: NonNullable<Wishes["shell"]>): void {
  const path = tildePath(startFileOf(context, shell), context.layout.home);
  const added = addToStartFile(context, shell);
  context.terminal.print(`shell     ${path} ${added ? "has our line now" : "has our line"}`);
}

function askName(context: Context, question: { text: string; standard: string }): string {
  return askWord(context, {
    ...question,
    problem: (answer) => {
      const taken = context.configFile.read().accounts.some((account) =>
        account.name === answer || account.folder === answer
      );
      return nameProblem(answer) ?? (taken ? "there is an account or folder of that name" : null);
    },
  });
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

/** What is left to do, as lines to type. */
function conclude(context: Context): void {
  const { terminal, layout } = context;
  const { accounts } = context.configFile.read();
  const next: string[] = [];
  if (accounts.length === 0) next.push("claude-multi add personal");
  for (const account of accounts) {
    if (context.claudeHome.login(account) !== "present") {
      next.push(`claude-multi login ${account.name}`);
    }
  }
  const inStart = SHELLS.filter((shell) => isInStartFile(context, shell));
  if (accounts.length > 0 && inStart.length === 0) {
    const shell = loginShell(context);
    if (shell !== null) next.push("claude-multi setup --shell auto");
    terminal.print("\nto define cl in new shells, one line in the start file:");
    for (const shell of SHELLS) {
      const path = tildePath(startFileOf(context, shell), layout.home);
      terminal.print(`  ${shell.padEnd(4)}  ${path.padEnd(26)} ${lineFor(context, shell)}`);
    }
  }
  if (next.length > 0) terminal.print(`\nnext: ${next.join("\n      ")}`);
  else terminal.print(`\nall is set up; in a new shell: cl`);
}
