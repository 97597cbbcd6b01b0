// A login moved back to ~/.claude: the reverse of `save`, for `uninstall --restore`.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { isSameIdentity, personText, SHARED_HOME_ACCOUNT } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { configDirOf, globalConfigOf } from "../config/paths.ts";
import {
  editGlobalConfig,
  globalConfigLock,
  loginLocks,
  withClientLocks,
} from "../claude/locks.ts";
import { pinIdentity } from "./identity.ts";
import { liveProcesses, readObject } from "../claude/running.ts";
import { rememberFingerprint } from "./login_record.ts";

/** One step of an undo. */
export interface Step {
  what: string;
  run(): void | Promise<void>;
}

/** @throws UserError (refused) while a session is running on the shared home. */
export function refuseRestoreWhileRunning(context: Context, account: Account): void {
  if (account.inPlace || liveProcesses(context, SHARED_HOME_ACCOUNT).length === 0) return;
  throw new UserError(`Cannot restore "${account.name}": a session is running on ~/.claude`, {
    hint: "end it first",
    exit: EXIT.refused,
  });
}

/**
 * Whether the login still has to move back.
 * @throws UserError (refused) if it can't; nothing has changed then.
 */
export function isToMove(context: Context, account: Account): boolean {
  const refuse = (why: string, hint: string) => {
    throw new UserError(`Cannot restore "${account.name}": ${why}`, { hint, exit: EXIT.refused });
  };
  if (account.inPlace) return false;
  const { claudeHome, files, layout, processes } = context;
  if (processes.system === "darwin") {
    refuse(
      "on macOS the login is in the Keychain, under the path of its folder",
      "claude auth login",
    );
  }
  const state = claudeHome.login(account);
  const there = claudeHome.login(SHARED_HOME_ACCOUNT);
  const left = claudeHome.identity(account);
  const identity = left ?? account.identity;
  const living = claudeHome.identity(SHARED_HOME_ACCOUNT);
  // After an interruption the login may be back already; then only the rest is left to do.
  const isBack = state === "missing" && there === "present" && identity !== null &&
    living !== null && isSameIdentity(identity, living);
  if (isBack) return left !== null;
  if (state !== "present") refuse("it is not logged in", `claude-multi login ${account.name}`);
  const holder = context.configFile.read().accounts.find((other) => other.inPlace);
  if (there === "present" && holder !== undefined) {
    refuse(
      `~/.claude has the login of "${holder.name}", which is in place and stays there`,
      "claude-multi uninstall",
    );
  }
  if (there === "present") {
    refuse(
      `~/.claude has a login${
        living === null ? "" : ` of ${personText(living)}`
      }, which would be lost`,
      "claude-multi save NAME",
    );
  }
  const device = files.device(layout.shared) ?? files.device(layout.home);
  if (device !== files.device(configDirOf(account, layout))) {
    refuse(
      "~/.claude is on another disk, so the login can't be moved in one step",
      "claude auth login",
    );
  }
  return true;
}

/** The reverse of `save`: first the identity, then the login in one rename, then the clean-up. */
export function restoreStep(context: Context, account: Account): Step {
  const { files, layout } = context;
  const dir = configDirOf(account, layout);
  const [from, to] = [`${dir}/.credentials.json`, `${layout.shared}/.credentials.json`];
  const [own, shared] = [
    globalConfigOf(account, layout),
    globalConfigOf(SHARED_HOME_ACCOUNT, layout),
  ];
  return {
    what: `move the login of "${account.name}" back to ~/.claude`,
    run: async () => {
      const known = context.claudeHome.identity(account);
      // By this a second run knows that the login is back where it belongs.
      if (known !== null) pinIdentity(context, { name: account.name, identity: known });
      if (files.kind(layout.shared) === "missing") files.makePrivateDirectory(layout.shared);
      await withClientLocks(context, {
        locks: [
          ...loginLocks(dir),
          ...loginLocks(layout.shared),
          globalConfigLock(own),
          globalConfigLock(shared),
        ],
        action: () => {
          const identity = readObject(context, own)?.["oauthAccount"];
          if (files.kind(from) === "file") {
            if (identity !== undefined) {
              editGlobalConfig(context, {
                path: shared,
                edit: (config) => ({ ...config, oauthAccount: identity }),
              });
            }
            files.rename(from, to);
          }
          rememberFingerprint(context, { folder: account.folder, fingerprint: null });
          // Last, since without it the account has no login any more.
          editGlobalConfig(context, {
            path: own,
            edit: ({ oauthAccount, ...rest }) => oauthAccount === undefined ? null : rest,
          });
          context.claudeHome.forget();
        },
      });
    },
  };
}
