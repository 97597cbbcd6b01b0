// Moves a login back to ~/.claude, for `uninstall --restore`: the reverse of `save`.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { isSameIdentity, personText, SHARED_HOME_ACCOUNT } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { configDirOf } from "../config/paths.ts";
import { credentialsOf } from "../claude/config_dir.ts";
import { copyIdentity, removeIdentity } from "../claude/global_config.ts";
import { globalConfigOf } from "../claude/logged_in.ts";
import { fileLock, loginLocks, withClientLocks } from "../claude/locks.ts";
import { endFirst, liveProcesses, processesText } from "../claude/running.ts";
import { pinIdentity } from "./identity.ts";
import { recordFingerprint } from "./login_record.ts";
import type { Refusal } from "./save_rules.ts";

/** One step of an undo. */
export interface Step {
  what: string;
  run(): void | Promise<void>;
}

/** @throws UserError (refused) if a session is running on the shared home. */
export function refuseRestoreWhileRunning(context: Context, account: Account): void {
  const running = account.inPlace ? [] : liveProcesses(context, SHARED_HOME_ACCOUNT);
  if (running.length === 0) return;
  const list = processesText(running, context.layout.home);
  throw refused(account, {
    why: `claude is running on ~/.claude (${list}); ${endFirst(running)}`,
    hint: `claude-multi uninstall --restore ${account.name}`,
  });
}

/**
 * Whether the login still has to be moved back.
 * @throws UserError (refused) if it can't be; nothing has changed then.
 */
export function isToMove(context: Context, account: Account): boolean {
  if (account.inPlace) return false;
  const { claudeHome, processes } = context;
  const left = claudeHome.identity(account);
  const living = claudeHome.identity(SHARED_HOME_ACCOUNT);
  const owner = left ?? account.identity;
  // After an interruption the login may already be back; then only the rest is left to do.
  const isBack = processes.system !== "darwin" && claudeHome.login(account) === "missing" &&
    claudeHome.login(SHARED_HOME_ACCOUNT) === "present" &&
    owner !== null && living !== null && isSameIdentity(owner, living);
  if (isBack) return left !== null;
  const refusal = moveRefusal(context, account);
  if (refusal !== null) throw refused(account, refusal);
  return true;
}

function moveRefusal(context: Context, account: Account): Refusal | null {
  const { claudeHome, files, layout, processes } = context;
  if (processes.system === "darwin") {
    return {
      why: "on macOS the login is in the Keychain, under the path of its folder",
      hint: "claude auth login",
    };
  }
  if (claudeHome.login(account) !== "present") {
    return { why: "it isn't logged in", hint: `claude-multi login ${account.name}` };
  }
  if (claudeHome.login(SHARED_HOME_ACCOUNT) === "present") {
    const holder = context.configFile.read().accounts.find((other) => other.inPlace);
    if (holder !== undefined) {
      return {
        why: `~/.claude has the login of the in-place account "${holder.name}", which stays there`,
        hint: savingLine(holder),
      };
    }
    const living = claudeHome.identity(SHARED_HOME_ACCOUNT);
    const whose = living === null ? "a login" : `the login of ${personText(living)}`;
    const isKept = living !== null &&
      context.configFile.read().accounts.some((other) =>
        other.identity !== null && isSameIdentity(other.identity, living) &&
        claudeHome.login(other) === "present"
      );
    return {
      why: `~/.claude has ${whose}, which would be lost`,
      hint: isKept ? "claude auth logout" : "claude-multi save --help",
    };
  }
  const device = files.device(layout.shared) ?? files.device(layout.home);
  return device === files.device(configDirOf(account, layout)) ? null : {
    why: "~/.claude is on another disk, so the login can't be moved in one step",
    hint: "claude auth login",
  };
}

/** What makes an in-place account one of its own, so that its login no longer stands in the shared home. */
function savingLine({ name, group }: Account): string {
  const line = `claude-multi remove ${name} && claude-multi save ${name}`;
  return group === null
    ? line
    : `${line} && claude-multi config set accounts.${name}.group ${group}`;
}

function refused(account: Account, { why, hint }: Refusal): UserError {
  return new UserError(`cannot restore "${account.name}": ${why}`, { hint, exit: EXIT.refused });
}

/** The reverse of `save`: first the identity, then the login in one rename, then the cleanup. */
export function restoreStep(context: Context, account: Account): Step {
  const { files, layout } = context;
  const dir = configDirOf(account, layout);
  const [from, to] = [account, SHARED_HOME_ACCOUNT];
  return {
    what: `move the login of "${account.name}" back to ~/.claude`,
    run: async () => {
      const known = context.claudeHome.identity(account);
      // From this, a second run can tell that the login is back where it belongs.
      if (known !== null) pinIdentity(context, { name: account.name, identity: known });
      if (files.kind(layout.shared) === "missing") files.makePrivateDirectory(layout.shared);
      await withClientLocks(context, {
        locks: [
          ...loginLocks(dir),
          ...loginLocks(layout.shared),
          fileLock(globalConfigOf(from, layout)),
          fileLock(globalConfigOf(to, layout)),
        ],
        action: () => {
          if (files.kind(credentialsOf(from, layout)) === "file") {
            copyIdentity(context, { from, to });
            files.rename(credentialsOf(from, layout), credentialsOf(to, layout));
          }
          recordFingerprint(context, { folder: account.folder, fingerprint: null });
          // Last, because without it the account has no login any more.
          removeIdentity(context, { account });
          context.claudeHome.forget();
        },
      });
    },
  };
}
