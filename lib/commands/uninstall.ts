// `uninstall`: takes back what we wrote outside our own folder, and leaves logins where they are.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { findAccount, nameProblem, SHARED_HOME_ACCOUNT } from "../config/account.ts";
import { EXIT, messageOf, UserError } from "../text/errors.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { shellWord } from "../text/shell_quote.ts";
import { askYes } from "../cli/prompt.ts";
import { editGlobalConfig } from "../claude/locks.ts";
import type { Command } from "../cli/command.ts";
import { installedFolders, removeInstalled } from "../setup/installed_files.ts";
import { isObject } from "../claude/running.ts";
import { forgetMadePath, isMadePath, madeFolders } from "../accounts/undo_log.ts";
import { refuseWhileLive } from "./remove.ts";
import type { Step } from "../accounts/restore_login.ts";
import { isToMove, refuseRestoreWhileLive, restoreStep } from "../accounts/restore_login.ts";
import { isOurStartFile, markedStartFiles, removeFromStartFile } from "../setup/rc_files.ts";

/** The declaration of `uninstall`. */
export const uninstall: Command = {
  name: "uninstall",
  group: "more",
  summary: "Take back what was set up; logins stay, or one moves back to ~/.claude",
  flags: [
    { name: "restore", value: "NAME", summary: "move the login of this account back to ~/.claude" },
    { name: "keep-programs", summary: "leave the programs and man pages in ~/.claude-multi" },
    { name: "dry-run", summary: "show what would be done, and do nothing" },
    { name: "yes", summary: "do not ask" },
  ],
  details: [
    "Removes our lines from shell start files, our status line from settings.json, the shell files and the installed programs, and folders in ~/.claude that we made, that are still empty and that no login kept uses; each changed file is backed up first. Accounts, logins, ledger and backups stay in ~/.claude-multi: remove that folder by hand when you no longer need them.",
  ],
  examples: [
    ["claude-multi uninstall --dry-run", "what would be done"],
    ["claude-multi uninstall --restore personal", "plain claude is logged in as personal again"],
  ],
  async run(context, input) {
    const { terminal, layout } = context;
    const named = input.values["restore"];
    const accounts = named === undefined
      ? knownAccounts(context)
      : context.configFile.read().accounts;
    const restored = named === undefined ? null : findAccount(accounts, named);
    const dryRun = input.switches.has("dry-run");
    try {
      for (const account of accounts) refuseWhileLive(context, { account, what: "uninstall" });
      if (restored !== null) refuseRestoreWhileLive(context, restored);
    } catch (error) {
      // What would be done can be shown at any time.
      if (!dryRun) throw error;
      terminal.warn(messageOf(error));
    }
    const moving = restored !== null && isToMove(context, restored)
      ? restoreStep(context, restored)
      : null;
    const staying = accounts.filter((account) => !account.inPlace && account !== restored);
    const isRestoring = moving !== null;
    const keepPrograms = input.switches.has("keep-programs");
    const others = () => stepsOf(context, { staying, isRestoring, keepPrograms });
    const steps = [...moving === null ? [] : [moving], ...others()];
    const kept = keptLines(context, staying);
    if (dryRun || !input.switches.has("yes")) {
      if (steps.length === 0) terminal.print("there is nothing to take back");
      else if (!dryRun && !terminal.interactive) {
        throw new UserError("Cannot uninstall: there is no terminal to ask on, and no --yes", {
          hint: "claude-multi uninstall --dry-run",
          exit: EXIT.usage,
        });
      }
      for (const step of steps) terminal.print(`would     ${step.what}`);
      for (const line of kept.splice(0)) terminal.print(line);
      if (dryRun) return EXIT.ok;
      if (steps.length > 0 && !askYes(context, { text: "Go on?", standard: false, ended: false })) {
        terminal.print("nothing was changed");
        return EXIT.cancelled;
      }
    }
    for (const planned of steps) {
      // What was looked at before the question, or before another step, may be otherwise by now.
      const step = planned === moving ? moving : others().find(({ what }) => what === planned.what);
      if (step === undefined) continue;
      await step.run();
      terminal.print(`done      ${step.what}`);
    }
    for (const line of kept) terminal.print(line);
    terminal.print(`to remove that too: rm -r ${tildePath(layout.root, layout.home)}`);
    if (steps.length > 0) terminal.print('shells that are open forget cl with: exec "$SHELL"');
    return EXIT.ok;
  },
};

/** The accounts; where config.json is broken, as what is left of them: it must not keep us here. */
function knownAccounts(context: Context): Account[] {
  const { files, layout, terminal } = context;
  try {
    return context.configFile.read().accounts;
  } catch (error) {
    terminal.warn(messageOf(error));
    return files.list(layout.accounts)
      .filter((name) =>
        nameProblem(name) === null && files.kind(`${layout.accounts}/${name}`) === "directory"
      )
      .map((name) => ({ ...SHARED_HOME_ACCOUNT, name, folder: name, inPlace: false }));
  }
}

/** What stays, with the command that goes on with each login. */
function keptLines(context: Context, staying: readonly Account[]): string[] {
  const { files, layout } = context;
  const logins = staying.filter((account) => context.claudeHome.login(account) === "present");
  // `remove` keeps the folders of removed accounts.
  const removed = files.list(layout.backups).filter((name) =>
    name.startsWith("account-") &&
    files.kind(`${layout.backups}/${name}/.credentials.json`) === "file"
  ).length;
  const parts = [
    "settings, ledger, backups",
    ...logins.length === 0 ? [] : [counted(logins.length, "login", "logins")],
    ...removed === 0
      ? []
      : [counted(removed, "login of a removed account", "logins of removed accounts")],
  ];
  const used = usedFolders(context, staying);
  const programs = programsElsewhere(context).map(shellWord).join(" ");
  return [
    `kept      ${tildePath(layout.root, layout.home)}: ${parts.join(", ")}`,
    ...logins.map((account) =>
      `          ${account.name}: CLAUDE_CONFIG_DIR=${configDirOf(account, layout)} claude`
    ),
    ...used.length === 0 ? [] : [
      `kept      ${tildePath(layout.shared, layout.home)}: what these logins use: ${
        used.join(", ")
      }`,
    ],
    ...programs === "" ? [] : [`kept      the programs; to remove them too: rm ${programs}`],
  ];
}

/** The installed programs with their pages, where they are not below our own folder. */
function programsElsewhere(context: Context): string[] {
  const { files, layout, processes } = context;
  const bin = processes.executable().replace(/\/[^/]*$/, "");
  // A folder without cl is no place that we were installed to.
  if (files.kind(`${bin}/cl`) !== "file" || files.resolve(bin) === files.resolve(layout.bin)) {
    return [];
  }
  const names = ["cl", "claude-multi", "claude-multi-statusline"];
  const pages = bin.replace(/[^/]*$/, "share/man/man1");
  return [...names.map((name) => `${bin}/${name}`), ...names.map((name) => `${pages}/${name}.1`)]
    .filter((path) => files.kind(path) === "file");
}

function counted(count: number, one: string, more: string): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** Folders that we made in the shared home, and that hold nothing yet. */
function emptyFolders(context: Context): string[] {
  const { files, layout } = context;
  return madeFolders(context).filter((name) => {
    const path = `${layout.shared}/${name}`;
    return files.kind(path) === "directory" && files.list(path).length === 0;
  });
}

/** Empty folders that accounts with a login lead to: without them claude could write nothing there. */
function usedFolders(context: Context, staying: readonly Account[]): string[] {
  const { claudeHome, files, layout } = context;
  const dirs = staying.filter((account) => claudeHome.login(account) !== "missing")
    .map((account) => configDirOf(account, layout));
  return emptyFolders(context).filter((name) =>
    dirs.some((dir) => files.kind(`${dir}/${name}`) === "link")
  );
}

function stepsOf(
  context: Context,
  options: { staying: readonly Account[]; isRestoring: boolean; keepPrograms: boolean },
): Step[] {
  const { files, layout } = context;
  const { staying, isRestoring, keepPrograms } = options;
  const shown = (path: string) => tildePath(path, layout.home);
  const steps: Step[] = markedStartFiles(context).map((path) => ({
    what: isOurStartFile(context, path)
      ? `remove ${shown(path)}, which holds nothing else`
      : `remove our line from ${shown(path)}`,
    run: () => removeFromStartFile(context, path),
  }));
  const settings = `${layout.shared}/settings.json`;
  if (isOurStatusline(context.claudeHome.sharedSettings()?.["statusLine"])) {
    steps.push({
      what: `remove our status line from ${shown(settings)}`,
      run: () => {
        files.backUp(settings);
        editGlobalConfig(context, {
          path: settings,
          edit: ({ statusLine: _ours, ...rest }) => rest,
        });
      },
    });
  }
  const used = usedFolders(context, staying);
  const empty = emptyFolders(context).filter((name) => !used.includes(name));
  if (empty.length > 0) {
    steps.push({
      what: `remove from ${shown(layout.shared)} what we made and is empty: ${empty.join(", ")}`,
      run: () => empty.forEach((name) => files.remove(`${layout.shared}/${name}`)),
    });
  }
  if (
    !isRestoring && isMadePath(context, layout.shared) &&
    files.kind(layout.shared) === "directory" &&
    files.list(layout.shared).every((name) => empty.includes(name))
  ) {
    steps.push({
      what: `remove ${shown(layout.shared)}, which holds nothing else`,
      run: () => {
        files.remove(layout.shared);
        forgetMadePath(context, layout.shared);
      },
    });
  }
  for (const folder of installedFolders(context, { keepPrograms })) {
    const { path, own, isOurs } = folder;
    steps.push({
      what: isOurs
        ? `remove ${shown(path)}`
        : `remove from ${shown(path)} what is ours: ${own.join(", ")}`,
      run: () => removeInstalled(context, folder),
    });
  }
  return steps;
}

function isOurStatusline(value: unknown): boolean {
  const command = isObject(value) ? value["command"] : undefined;
  return typeof command === "string" &&
    /^'?[^\s;|&]*claude-multi-statusline'?$/.test(command.trim());
}
