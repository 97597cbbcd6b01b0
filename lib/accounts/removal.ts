// The removal of an account: its folder to backups/, its entry, and everything remembered about it.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import type { Layout } from "../config/paths.ts";
import { configDirOf } from "../config/paths.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import { liveProcesses } from "../claude/running.ts";
import { rememberFingerprint } from "./login_record.ts";
import { forgetMirror } from "./mirror.ts";
import { closeLostSessions } from "./standings.ts";

/**
 * Takes an account out of config.json. Its folder moves to `backups/`, or is destroyed with `purge`;
 * an in-place account's stays. Returns the folder's path now, or null if there is none. The folder
 * goes first: if this is interrupted, the account is still listed and can be removed again.
 */
export function removeAccount(
  context: Context,
  options: { account: Account; purge: boolean },
): string | null {
  const { account, purge } = options;
  const { files, layout } = context;
  const dir = configDirOf(account, layout);
  let kept = account.inPlace ? dir : null;
  if (!account.inPlace && files.kind(dir) !== "missing") {
    if (purge) files.removeTree(dir);
    else {
      kept = files.backupPath(`account-${account.folder}`);
      files.rename(dir, kept);
    }
  }
  if (!account.inPlace) {
    rememberFingerprint(context, { folder: account.folder, fingerprint: null });
    files.removeTree(`${layout.root}/base/${account.folder}`);
    forgetMirror(context, account);
  }
  // An account that gets this name later inherits nothing.
  const ledger = context.ledger({ tolerant: true });
  ledger.immediately(() => ledger.forgetAccount(account.name));
  context.configFile.edit(({ accounts }) => {
    const index = accounts.findIndex((other) => other.name === account.name);
    return index < 0 ? [] : [{ path: ["accounts", index], value: undefined }];
  });
  return kept;
}

/**
 * The shell line that brings a removed account back: its folder `kept` under its old name, which on
 * macOS is the key to the login. `program` is how claude-multi is typed.
 */
export function undoLine(
  account: Account,
  options: { program: string; kept: string; layout: Layout },
): string {
  const { program, kept, layout } = options;
  const { name, plan, group, inPlace } = account;
  const folder = inPlace ? name : account.folder;
  const flags = [
    ...inPlace ? ["--in-place"] : [],
    ...plan === null ? [] : [`--plan ${plan}`],
    ...group === null ? [] : [`--group ${group}`],
  ];
  return [
    ...inPlace ? [] : [`mv ${shellWord(kept)} ${shellWord(configDirOf(account, layout))}`],
    [`${program} add ${folder}`, ...flags].join(" "),
    ...folder === name ? [] : [`${program} rename ${folder} ${name}`],
    ...account.disabled ? [`${program} disable ${name}`] : [],
  ].join(" && ");
}

/**
 * Refuses to touch an account that claude still uses, by the ledger and by claude's own records.
 * @throws UserError (refused) naming the processes.
 */
export function refuseWhileRunning(
  context: Context,
  options: { account: Account; what: "remove" | "uninstall" },
): void {
  const { account, what } = options;
  const ledger = context.ledger({ tolerant: true });
  closeLostSessions(context, ledger);
  const found = new Map(
    ledger.openSessions().filter((session) => session.account === account.name)
      .map((session) => [session.pid ?? session.launcherPid, "session"]),
  );
  for (const { pid, kind } of liveProcesses(context, account)) found.set(pid, kind);
  if (found.size === 0) return;
  const list = [...found].map(([pid, kind]) => `${kind}, process ${pid}`).join("; ");
  const isDaemon = [...found.values()].includes("daemon");
  const message = what === "remove"
    ? `Cannot remove "${account.name}": claude is still running on it (${list})`
    : `Cannot uninstall: claude is still running on the account "${account.name}" (${list})`;
  throw new UserError(message, {
    hint: isDaemon
      ? `claude-multi run --account ${account.name} -- daemon stop --any`
      : `end it, then: claude-multi ${what}${what === "remove" ? ` ${account.name}` : ""}`,
    exit: EXIT.refused,
  });
}
