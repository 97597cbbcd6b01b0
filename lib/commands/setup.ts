// `setup`: sets everything up, step by step or by flags, and repairs it.
import type { Context } from "../ports/context.ts";
import { parseAccountName } from "../config/account.ts";
import { freeName, parseNewName } from "../config/new_name.ts";
import type { Command, Input } from "../cli/command.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { oneOf } from "../cli/values.ts";
import { EDITORS } from "../setup/editors.ts";
import { setUp } from "../setup/guided_setup.ts";
import { parseShell, usualShells } from "../setup/rc_files.ts";
import type { Wishes } from "../setup/setup_steps.ts";
import { adoptable } from "../setup/setup_steps.ts";
import { SHELLS } from "../setup/shells.ts";

/** The declaration of `setup`. */
export const setup: Command = {
  name: "setup",
  group: "accounts",
  summary: "Set everything up, step by step, or repair it; safe to run at any time",
  flags: [
    {
      name: "in-place",
      value: "NAME",
      summary: "make the login in ~/.claude an account, without moving it",
    },
    { name: "add", value: "NAMES", summary: "add these accounts, separated by commas" },
    { name: "login", value: "NAMES", summary: "log these accounts in now" },
    {
      name: "shell",
      value: "SHELL",
      summary: `define cl in new shells: ${SHELLS.join(", ")}, auto, all or none`,
    },
    {
      name: "editor",
      value: "EDITORS",
      summary: `start claude through claude-multi-ide in these editors: ${EDITORS.join(", ")}`,
    },
    {
      name: "statusline",
      value: "YES",
      summary:
        "yes or no: show our status line in cl sessions (if you have your own: only record limits)",
    },
    {
      name: "refresh",
      value: "YES",
      summary: "yes or no: before it chooses, cl asks claude for figures that are old",
    },
    {
      name: "yes",
      summary: "don't ask: keep the login in ~/.claude in place, and define cl in your shell",
    },
  ],
  details: [
    "In a terminal and without flags, setup asks step by step. With flags, or without a terminal, it asks nothing and does what the flags say. Either way it first creates or repairs what every account needs: config.json, the account folders and their links, file modes, and the shell files. If a link was replaced with a real file, that is merged into the shared file; whatever it replaces is kept in backups/.",
    "The shell's start file is backed up and gets one line, marked # claude-multi. For bash, the file that login shells read gets the same line, unless it reads ~/.bashrc. auto uses $SHELL, or every supported shell on PATH if $SHELL is not one of them; all adds those that have a start file. If settings.json has a status line of your own, it stays: cl sessions then only record the limits, and no file changes. claude-multi uninstall undoes all of this.",
    "--editor adds one key to the settings of VS Code or its relatives, of the user, of profiles that have their own, and of the server for remote machines and WSL, whichever exist. It prints the key and keeps comments and layout; uninstall restores the file byte for byte. Without flags, setup offers it for the editors that have run here.",
  ],
  examples: [
    ["claude-multi setup", "step by step, or to repair"],
    ["claude-multi setup --editor vscode", "VS Code starts claude as cl does"],
    ["claude-multi setup --in-place personal --add work --shell auto", "without questions"],
  ],
  async run(context, input) {
    refuseNpx(context);
    return await setUp(context, readWishes(context, input));
  },
};

/** npx deletes its copy some day, and start files and accounts would then name a program that is gone. */
function refuseNpx({ processes }: Context): void {
  if (!processes.executable().includes("/_npx/")) return;
  throw new UserError("cannot set up from npx: it keeps the programs only for a while", {
    hint: "npm install --global claude-multi",
    exit: EXIT.refused,
  });
}

/** What the flags ask for, all checked before anything is done; null to ask the user instead. */
function readWishes(context: Context, input: Input): Wishes | null {
  const { values } = input;
  const yes = input.switches.has("yes");
  const hasFlags = yes || Object.keys(values).length > 0;
  if (!hasFlags && context.terminal.interactive) return null;
  const words = (flag: "add" | "login" | "editor") =>
    (values[flag] ?? "").split(",").map((name) => name.trim()).filter((name) => name !== "");
  const { accounts } = context.configFile.read();
  const newName = (name: string, command: string) => parseNewName(name, { command, accounts });
  const isYes = (flag: "statusline" | "refresh"): boolean | null => {
    const [option, value] = [`--${flag}`, values[flag]];
    if (value === undefined) return null;
    const line = `claude-multi setup ${option}`;
    return oneOf(value, { option, line, words: ["yes", "no"] }) === "yes";
  };
  const [statusline, refresh] = [isYes("statusline"), isYes("refresh")];
  const shell = values["shell"] ?? (yes && usualShells(context).length > 0 ? "auto" : "none");
  const adopts = yes && values["in-place"] === undefined && adoptable(context) !== null;
  return {
    inPlace: adopts
      ? freeName(accounts, "personal")
      : values["in-place"] === undefined
      ? null
      : newName(values["in-place"], "claude-multi setup --in-place"),
    add: words("add").map((name) => newName(name, "claude-multi setup --add")),
    login: words("login").map((name) => parseAccountName(name, "claude-multi setup --login")),
    shells: parseShell(context, shell),
    editors: words("editor").map((name) =>
      oneOf(name, { option: "--editor", line: "claude-multi setup --editor", words: EDITORS })
    ),
    statusline,
    refresh,
  };
}
