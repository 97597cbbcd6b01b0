// The steps of a setup, and a setup that doesn't ask.
import type { Context } from "../ports/context.ts";
import type { Identity } from "../config/account.ts";
import { findAccount, SHARED_HOME_ACCOUNT } from "../config/account.ts";
import { EXIT } from "../text/errors.ts";
import { tildePath } from "../config/paths.ts";
import { findDuplicate } from "../accounts/identity.ts";
import { addAccount } from "../accounts/new_account.ts";
import { logIn } from "../launch/login.ts";
import { foreignCommand } from "../launch/statusline_setting.ts";
import { addToStartFile, startFilesOf } from "./rc_files.ts";
import type { Editor } from "./editors.ts";
import type { Shell } from "./shells.ts";
import { writeShellFiles } from "./shells.ts";
import { unfinishedLogins } from "./unfinished_logins.ts";

/** What a setup does besides repairing. */
export interface Wishes {
  /** The account that the login in `~/.claude` becomes; null for none. */
  inPlace: string | null;
  add: string[];
  login: string[];
  shells: Shell[];
  /** Editors that get claude-multi-ide. */
  editors: readonly Editor[];
  /** Whether to install our status line; null leaves it as it is. */
  statusline: boolean | null;
  /** Whether cl asks for figures that are old; null leaves it as it is. */
  refresh: boolean | null;
}

/** Does what `wishes` say without asking; returns the exit code of a failed login, or 0. */
export async function carryOut(context: Context, wishes: Wishes): Promise<number> {
  const { terminal } = context;
  const existing = () => context.configFile.read().accounts;
  if (wishes.inPlace !== null && !existing().some((a) => a.name === wishes.inPlace && a.inPlace)) {
    addAndPrint(context, { name: wishes.inPlace, inPlace: true });
  }
  for (const name of wishes.add) {
    if (existing().some((account) => account.name === name)) continue;
    addAndPrint(context, { name, inPlace: false });
  }
  if (wishes.statusline !== null) installStatusline(context, wishes.statusline);
  if (wishes.refresh !== null) setRefresh(context, wishes.refresh);
  if (hasOwnStatusline(context) && context.configFile.read().statusline.install) {
    terminal.print("status    your own line stays; cl sessions only record the limits");
  }
  writeShellFiles(context);
  for (const shell of wishes.shells) addShell(context, shell);
  if (wishes.editors.length > 0) {
    const { addToEditor } = await import("./editor_settings.ts");
    for (const editor of wishes.editors) addToEditor(context, editor);
  }
  for (const name of wishes.login) {
    const account = findAccount(existing(), name);
    if (unfinishedLogins(context).every((one) => one.account.name !== name)) continue;
    const code = await logIn(context, { account, args: [] });
    if (code !== EXIT.ok) return code;
  }
  return EXIT.ok;
}

/** Adds an account and prints it. */
export function addAndPrint(context: Context, account: { name: string; inPlace: boolean }): void {
  addAccount(context, account);
  context.terminal.print(`added     ${account.name}${account.inPlace ? ", in place" : ""}`);
}

/** Whether `settings.json` has the user's own status line, which is never replaced. */
export function hasOwnStatusline(context: Context): boolean {
  return foreignCommand(context.claudeHome.sharedSettings()?.["statusLine"]) !== null;
}

/** Stores in config.json whether sessions show our status line. */
export function installStatusline(context: Context, install: boolean): void {
  context.configFile.edit([{ path: ["statusline", "install"], value: install }]);
}

/** Stores in config.json whether cl asks for figures that are old before it chooses. */
export function setRefresh(context: Context, isAsked: boolean): void {
  context.configFile.edit([{ path: ["refresh"], value: isAsked ? "launch" : "manual" }]);
}

/** Adds our line to the start files of a shell and prints which files have it. */
export function addShell(context: Context, shell: Shell): void {
  const { layout, terminal } = context;
  const paths = startFilesOf(context, shell);
  const added = addToStartFile(context, shell);
  for (const path of paths) {
    const has = added.includes(path) ? "now has our line" : "has our line";
    terminal.print(`shell     ${tildePath(path, layout.home)} ${has}`);
  }
}

/** Who is logged in in the shared home; null if nobody is, or they already own an account. */
export function adoptable(context: Context): Identity | null {
  const config = context.configFile.read();
  if (config.accounts.some((account) => account.inPlace)) return null;
  if (context.claudeHome.login(SHARED_HOME_ACCOUNT) !== "present") return null;
  const identity = context.claudeHome.identity(SHARED_HOME_ACCOUNT);
  if (identity === null) return null;
  return findDuplicate(context, { config, name: "", identity }) === null ? identity : null;
}
