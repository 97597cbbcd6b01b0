// Removes an account: its folder, which goes to backups/, its entry, and with --purge its figures.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { figuresKey } from "../config/account.ts";
import { configDirOf } from "../config/paths.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { andList } from "../text/format.ts";
import type { ClientProcess } from "../claude/running.ts";
import { endFirst, liveProcesses, processesText } from "../claude/running.ts";
import { editEntry } from "./entry_changes.ts";
import { recordFingerprint } from "./login_record.ts";
import { forgetMirror } from "./mirror.ts";
import { closeLostSessions } from "./lost_sessions.ts";

/** What stays of a removed account. */
interface Removed {
  /** The path of its folder; null if there is none. */
  kept: string | null;
  /** Whether the ledger still has its readings and limits. */
  keptFigures: boolean;
}

/**
 * Removes an account. Its folder moves to `backups/`, or is deleted with `purge`; that of an in-place
 * account stays. Its figures stay if it is known whose they are, unless `purge`. The folder goes first:
 * after an interruption the account is still listed and can be removed again.
 */
export function removeAccount(
  context: Context,
  options: { account: Account; purge: boolean },
): Removed {
  const { account, purge } = options;
  const { files, layout } = context;
  const dir = configDirOf(account, layout);
  const whose = figuresKey(account.identity, () => context.claudeHome.identity(account));
  const keptFigures = whose !== null && !purge;
  let kept = account.inPlace ? dir : null;
  if (!account.inPlace && files.kind(dir) !== "missing") {
    if (purge) files.removeTree(dir);
    else {
      kept = files.backupPath(`account-${account.folder}`);
      files.rename(dir, kept);
    }
  }
  if (!account.inPlace) {
    recordFingerprint(context, { folder: account.folder, fingerprint: null });
    files.removeTree(`${layout.root}/base/${account.folder}`);
    forgetMirror(context, account);
  }
  // A later account of the same name inherits nothing, unless it is the same person's.
  const ledger = context.ledger({ tolerant: true });
  ledger.immediately(() => {
    if (keptFigures) ledger.signFigures(account.name, whose);
    else ledger.forgetAccount(account.name);
    ledger.recordRemoved(account.name, account.group);
  });
  editEntry(context, { name: account.name, edit: ({ at }) => [{ path: at, value: undefined }] });
  return { kept, keptFigures };
}

/**
 * Refuses to touch accounts that claude is still using, according to the ledger or to claude's own
 * records; `what` is the command that would, and `again` the line to type after that.
 * @throws UserError (refused) naming all of these accounts, the processes, and the folders of sessions.
 */
export function refuseWhileRunning(
  context: Context,
  options: { accounts: readonly Account[]; what: "remove" | "uninstall"; again: string },
): void {
  const { accounts, what, again } = options;
  const ledger = context.ledger({ tolerant: true });
  closeLostSessions(context, ledger);
  const busy = accounts.flatMap((account) => {
    const found = new Map<number, ClientProcess>();
    for (const { account: name, cwd: folder, ...session } of ledger.openSessions()) {
      const pid = session.pid ?? session.launcherPid;
      if (name === account.name) found.set(pid, { pid, kind: "session", folder });
    }
    for (const live of liveProcesses(context, account)) {
      found.set(live.pid, { ...live, folder: live.folder ?? found.get(live.pid)?.folder ?? null });
    }
    return found.size === 0 ? [] : [{ account, running: [...found.values()] }];
  });
  const [first] = busy;
  if (first === undefined) return;
  const list = busy.map(({ account, running }) =>
    `"${account.name}" (${processesText(running, context.layout.home)})`
  );
  const daemon = busy.find(({ running }) => running.some(({ kind }) => kind === "daemon"));
  const { name } = first.account;
  const cannot = what === "remove" ? `cannot remove "${name}"` : "cannot uninstall";
  const end = endFirst(busy.flatMap(({ running }) => running));
  throw new UserError(`${cannot} while claude is running on ${andList(list)}; ${end}`, {
    hint: daemon === undefined
      ? again
      : `claude-multi run --account ${daemon.account.name} -- daemon stop --any`,
    exit: EXIT.refused,
  });
}
