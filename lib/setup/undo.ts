// Uninstall: the steps that undo a setup, and what it keeps.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { findAccount, nameProblem, SHARED_HOME_ACCOUNT } from "../config/account.ts";
import { configDirOf, REPORT_FILE, tildePath } from "../config/paths.ts";
import { beforeCommand, labelled } from "../cli/columns.ts";
import { messageOf } from "../text/errors.ts";
import { counted } from "../text/format.ts";
import { shellWord } from "../text/shell_quote.ts";
import { editObject } from "../claude/json_files.ts";
import { isObject } from "../text/json_object.ts";
import { refuseWhileRunning } from "../accounts/removal.ts";
import type { Step } from "../accounts/restore_login.ts";
import { isToMove, refuseRestoreWhileRunning, restoreStep } from "../accounts/restore_login.ts";
import { forgetOurs, isOurs, undoables } from "../accounts/undo_log.ts";
import { filesWithWrapper } from "./editors.ts";
import { programsRemoval, removalSteps } from "./installed_files.ts";
import { isOurStartFile, markedStartFiles, removeFromStartFile } from "./rc_files.ts";

/** A planned undo, which can be shown before it is done. */
export interface Undo {
  steps: readonly Step[];
  /** What is kept, as lines. */
  kept: string[];
  /** Does every step that is still needed, and calls `onDone` after each. */
  run(onDone: (step: Step) => void): Promise<void>;
}

/**
 * Plans the undo of a setup; with `restore`, the login of that account moves back to the shared home.
 * With `showOnly`, running sessions cause a warning, not an error.
 * @throws UserError (refused) while claude is running on an account, or if that login can't move.
 */
export function planUndo(
  context: Context,
  options: { restore: string | null; keepPrograms: boolean; showOnly: boolean },
): Undo {
  const { restore, keepPrograms, showOnly } = options;
  const accounts = restore === null ? knownAccounts(context) : context.configFile.read().accounts;
  const restored = restore === null ? null : findAccount(accounts, restore);
  try {
    const again = `claude-multi uninstall${restore === null ? "" : ` --restore ${restore}`}`;
    refuseWhileRunning(context, { accounts, what: "uninstall", again });
    if (restored !== null) refuseRestoreWhileRunning(context, restored);
  } catch (error) {
    if (!showOnly) throw error;
    context.terminal.warn(messageOf(error));
  }
  const moving = restored !== null && isToMove(context, restored)
    ? restoreStep(context, restored)
    : null;
  const staying = accounts.filter((account) => !account.inPlace && account !== restored);
  const isRestoring = moving !== null;
  const others = () => undoSteps(context, { staying, isRestoring, keepPrograms });
  const steps = [...moving === null ? [] : [moving], ...others()];
  return {
    steps,
    kept: keptLines(context, staying),
    async run(onDone) {
      for (const planned of steps) {
        // An earlier step, or somebody else during the question, may have changed things.
        const step = planned === moving
          ? moving
          : others().find(({ what }) => what === planned.what);
        if (step === undefined) continue;
        await step.run();
        onDone(step);
      }
    },
  };
}

/** The accounts; if config.json is invalid, the account folders, so that uninstall still works. */
function knownAccounts(context: Context): readonly Account[] {
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

/**
 * The steps that are needed now. `staying` are the accounts that keep their own folder. If a login moves
 * back to the shared home (`isRestoring`), that home stays.
 */
function undoSteps(
  context: Context,
  options: { staying: readonly Account[]; isRestoring: boolean; keepPrograms: boolean },
): Step[] {
  const { files, layout } = context;
  const { staying, isRestoring, keepPrograms } = options;
  const shown = (path: string) => tildePath(path, layout.home);
  const steps: Step[] = markedStartFiles(context).map((path) => ({
    what: isOurStartFile(context, path)
      ? `remove ${shown(path)}, which has nothing else in it`
      : `remove our line from ${shown(path)}`,
    run: () => removeFromStartFile(context, path),
  }));
  const settings = `${layout.shared}/settings.json`;
  if (isOurStatusline(context.claudeHome.sharedSettings()?.["statusLine"])) {
    steps.push({
      what: `remove our status line from ${shown(settings)}`,
      run: () => {
        files.backUp(settings);
        editObject(context, {
          path: settings,
          edit: ({ statusLine: _ours, ...rest }) => rest,
        });
      },
    });
  }
  for (const path of filesWithWrapper(context)) {
    steps.push({
      what: `remove claude-multi-ide from ${shown(path)}`,
      run: async () => {
        const { removeFromEditor } = await import("./editor_settings.ts");
        removeFromEditor(context, path);
      },
    });
  }
  const used = usedFolders(context, staying);
  const empty = emptyFolders(context).filter((name) => !used.includes(name));
  if (empty.length > 0) {
    steps.push({
      what: `remove empty folders that we created in ${shown(layout.shared)}: ${empty.join(", ")}`,
      run: () => empty.forEach((name) => files.remove(`${layout.shared}/${name}`)),
    });
  }
  if (
    !isRestoring && isOurs(context, { list: "paths", name: layout.shared }) &&
    files.kind(layout.shared) === "directory" &&
    files.list(layout.shared).every((name) => empty.includes(name))
  ) {
    steps.push({
      what: `remove ${shown(layout.shared)}, which has nothing else in it`,
      run: () => {
        files.remove(layout.shared);
        forgetOurs(context, { list: "paths", name: layout.shared });
      },
    });
  }
  return [...steps, ...removalSteps(context, { keepPrograms })];
}

/** What is kept, as lines that fit the terminal, with the command that uses each login. */
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
    ...logins.length === 0 ? [] : [counted(logins.length, "login")],
    ...removed === 0
      ? []
      : [counted(removed, "login of a removed account", "logins of removed accounts")],
  ];
  const used = usedFolders(context, staying);
  const programs = programsRemoval(context);
  const cells = context.terminal.columns;
  const wrap = (text: string) => labelled(`kept      ${text}`, cells);
  return [
    wrap(`${tildePath(layout.root, layout.home)}: ${parts.join(", ")}`),
    ...logins.map((account) => {
      const dir = configDirOf(account, layout);
      const path = shellWord(dir) === dir ? tildePath(dir, layout.home) : shellWord(dir);
      const command = `CLAUDE_CONFIG_DIR=${path} claude`;
      return beforeCommand(`          ${account.name}:`, { command, cells });
    }),
    ...used.length === 0 ? [] : [
      wrap(
        `${tildePath(layout.shared, layout.home)}: used by these logins: ${used.join(", ")}`,
      ),
    ],
    ...files.kind(`${layout.home}/${REPORT_FILE}`) === "file" ? [wrap(`~/${REPORT_FILE}`)] : [],
    ...programs === null ? [] : [
      beforeCommand("kept      the programs; to remove them too:", { command: programs, cells }),
    ],
  ];
}

/** Folders that we created in the shared home and that are still empty. */
function emptyFolders(context: Context): string[] {
  const { files, layout } = context;
  return undoables(context, "folders").filter((name) => {
    const path = `${layout.shared}/${name}`;
    return files.kind(path) === "directory" && files.list(path).length === 0;
  });
}

/** Empty folders that accounts with a login link to: without them, claude couldn't write there. */
function usedFolders(context: Context, staying: readonly Account[]): string[] {
  const { claudeHome, files, layout } = context;
  const dirs = staying.filter((account) => claudeHome.login(account) !== "missing")
    .map((account) => configDirOf(account, layout));
  return emptyFolders(context).filter((name) =>
    dirs.some((dir) => files.kind(`${dir}/${name}`) === "link")
  );
}

function isOurStatusline(value: unknown): boolean {
  const command = isObject(value) ? value["command"] : undefined;
  return typeof command === "string" &&
    /^(?:cd \/ && )?'?[^\s;|&]*claude-multi-statusline'?$/.test(command.trim());
}
