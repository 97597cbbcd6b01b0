// The login in the shared home, moved to an account, so that it is always in exactly one place.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { nameProblem, SHARED_HOME_ACCOUNT } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { configDirOf, globalConfigOf, parentOf, tildePath } from "../config/paths.ts";
import type { LoginView } from "./save_rules.ts";
import { saveRefusal } from "./save_rules.ts";
import { prepareFolder } from "./folder.ts";
import {
  clearTemporaryFiles,
  editGlobalConfig,
  globalConfigLock,
  loginLocks,
  withClientLocks,
} from "../claude/locks.ts";
import { liveProcesses, readObject } from "../claude/running.ts";
import { isObject } from "../text/json_object.ts";
import { pinIdentity } from "./identity.ts";
import { knownFingerprints, rememberFingerprint } from "./login_record.ts";

const LIVE = SHARED_HOME_ACCOUNT;

/**
 * Moves the live login to the account `name`, which is added if it is new; `copy` leaves a second
 * copy in place. `onSaved` runs before the journal goes: if that is interrupted, running this again
 * finishes it. Returns whose login it is.
 * @throws UserError (refused, login) when the login must not be moved: nothing has changed then.
 */
export async function saveLogin(
  context: Context,
  options: { name: string; copy: boolean; onSaved: () => void },
): Promise<Identity> {
  const { name, copy } = options;
  const { files, layout, processes } = context;
  if (processes.system === "darwin") {
    throw new UserError(
      `Cannot save "${name}": on macOS the login is in the Keychain, under the path of its folder`,
      { hint: `claude-multi login ${name}`, exit: EXIT.refused },
    );
  }
  const known = context.configFile.read().accounts.find((account) => account.name === name);
  const target = `${layout.accounts}/${known?.folder ?? name}`;
  const locks = [
    ...loginLocks(layout.shared),
    globalConfigLock(globalConfigOf(LIVE, layout)),
    globalConfigLock(`${target}/.claude.json`),
  ].filter((lock) => isDirectory(context, parentOf(lock.path)));
  clearTemporaryFiles(context, [layout.root, layout.shared, target]);
  const identity = await withClientLocks(context, {
    locks,
    action: () => files.locked(`${layout.root}/save.lock`, () => move(context, { name, copy })),
  });
  options.onSaved();
  if (!copy) files.remove(journalOf(context));
  return identity;
}

/** Written down before a move, so that a second run can finish one that was interrupted. */
interface Journal {
  name: string;
  folder: string;
  identity: Identity;
  fingerprint: string | null;
}

function move(context: Context, options: { name: string; copy: boolean }): Identity {
  const { files, layout } = context;
  const { name } = options;
  context.claudeHome.forget();
  const finished = finishInterrupted(context);
  if (finished !== null && finished.name === name && viewOf(context, LIVE).state === "missing") {
    return finished.identity;
  }
  const config = context.configFile.read();
  const account = config.accounts.find((a) => a.name === name) ?? null;
  const live = viewOf(context, LIVE);
  const refusal = refusalOf(context, { name, config, live });
  if (refusal !== null) throw refusal;
  const identity = live.identity;
  if (identity === null) throw new Error("unreachable: a login without identity is refused");
  const target = account ?? newAccount(context, name);
  const dir = configDirOf(target, layout);
  const from = `${layout.shared}/.credentials.json`;
  const to = `${dir}/.credentials.json`;
  prepareFolder(context, target);
  if (!options.copy && files.device(layout.shared) !== files.device(dir)) {
    throw new UserError(
      `Cannot save "${name}": "${dir}" is on another disk than "${layout.shared}", so the login can't be moved in one step`,
      { hint: `claude-multi login ${name}`, exit: EXIT.refused },
    );
  }
  const journal: Journal = { name, folder: target.folder, identity, fingerprint: live.fingerprint };
  if (!options.copy) files.writeText(journalOf(context), JSON.stringify(journal), 0o600);
  writeIdentity(context, target);
  if (options.copy) files.copy(from, to);
  else files.rename(from, to);
  complete(context, { journal, copied: options.copy });
  return identity;
}

function refusalOf(
  context: Context,
  facts: { name: string; config: Config; live: LoginView },
): UserError | null {
  const { files, layout } = context;
  const { name, config, live } = facts;
  if (files.kind(`${layout.shared}/.credentials.json`) === "link") {
    return new UserError(`Cannot save "${name}": "${layout.shared}/.credentials.json" is a link`, {
      hint: `claude-multi login ${name}`,
      exit: EXIT.refused,
    });
  }
  const account = config.accounts.find((a) => a.name === name) ?? null;
  const known = knownFingerprints(context);
  return saveRefusal({
    name,
    live,
    liveProcesses: liveProcesses(context, LIVE).map((process) => process.pid),
    target: account === null ? null : { account, login: viewOf(context, account) },
    others: config.accounts.filter((a) => a.name !== name).map((other) => ({
      account: other,
      // The login of an in-place account is the live one itself.
      login: other.inPlace
        ? { state: "missing", identity: null, accountUuid: null, fingerprint: null }
        : viewOf(context, other),
      knownFingerprint: other.inPlace ? null : known.get(other.folder) ?? null,
    })),
    home: tildePath(layout.shared, layout.home),
  });
}

function viewOf(context: Context, account: Account): LoginView {
  return {
    ...context.claudeHome.loginFacts(account),
    identity: context.claudeHome.identity(account),
  };
}

function newAccount(context: Context, name: string): Account {
  context.configFile.edit(({ accounts }) =>
    accounts.some((account) => account.name === name)
      ? []
      : [{ path: ["accounts", accounts.length], value: { name } }]
  );
  const found = context.configFile.read().accounts.find((a) => a.name === name);
  if (found === undefined) throw new Error("unreachable: the account was just written");
  return found;
}

/** Writes the live identity into the account's `.claude.json`, before the login moves. */
function writeIdentity(context: Context, target: Account): void {
  const live = readObject(context, globalConfigOf(LIVE, context.layout)) ?? {};
  editGlobalConfig(context, {
    path: globalConfigOf(target, context.layout),
    edit: (config) => ({
      ...pick(live, ["hasCompletedOnboarding", "lastOnboardingVersion"]),
      ...config,
      oauthAccount: live["oauthAccount"],
    }),
  });
}

function pick(object: Record<string, unknown>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]]));
}

/** The steps after the move; each may be done already. */
function complete(context: Context, options: { journal: Journal; copied: boolean }): void {
  const { files, layout } = context;
  const { journal } = options;
  const credentials = `${layout.accounts}/${journal.folder}/.credentials.json`;
  if (files.mode(credentials) !== 0o600) files.setMode(credentials, 0o600);
  pinIdentity(context, journal);
  const { folder, fingerprint } = journal;
  rememberFingerprint(context, { folder, fingerprint });
  if (options.copied) return;
  const shared = globalConfigOf(LIVE, layout);
  if (viewOf(context, LIVE).state === "missing" && files.kind(shared) !== "missing") {
    editGlobalConfig(context, {
      path: shared,
      edit: ({ oauthAccount, ...rest }) => {
        const owner = isObject(oauthAccount) ? oauthAccount["accountUuid"] : undefined;
        return owner === journal.identity.accountUuid ? rest : null;
      },
    });
  }
  context.claudeHome.forget();
}

/** Finishes a move that was interrupted after the login had moved; forgets one that hadn't got there. */
function finishInterrupted(context: Context): Journal | null {
  const { files, layout } = context;
  const found = readObject(context, journalOf(context));
  if (found === null) return null;
  const journal = found as unknown as Journal;
  if (nameProblem(journal.folder ?? "") !== null || !isObject(journal.identity)) {
    files.remove(journalOf(context));
    return null;
  }
  const moved = files.kind(`${layout.accounts}/${journal.folder}/.credentials.json`) === "file";
  const account = context.configFile.read().accounts.find((a) => a.name === journal.name);
  const arrived = moved && account !== undefined &&
    context.claudeHome.loginFacts(account).state === "present" &&
    (viewOf(context, LIVE).state === "missing" ||
      context.claudeHome.loginFacts(account).fingerprint === journal.fingerprint);
  if (!arrived) {
    files.remove(journalOf(context));
    return null;
  }
  complete(context, { journal, copied: false });
  return journal;
}

function journalOf(context: Context): string {
  return `${context.layout.root}/save.json`;
}

function isDirectory(context: Context, path: string): boolean {
  return context.files.kind(context.files.resolve(path) ?? path) === "directory";
}
