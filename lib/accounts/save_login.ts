// Moves the login in the shared home to an account; it is in exactly one place at every moment.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { identityKey, nameProblem, SHARED_HOME_ACCOUNT } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import type { UserError } from "../text/errors.ts";
import { configDirOf, parentOf, tildePath } from "../config/paths.ts";
import { credentialsOf } from "../claude/config_dir.ts";
import { copyIdentity, removeIdentity } from "../claude/global_config.ts";
import { globalConfigOf } from "../claude/logged_in.ts";
import { readObject } from "../claude/json_files.ts";
import { clearTemporaryFiles, fileLock, loginLocks, withClientLocks } from "../claude/locks.ts";
import { endFirst, liveProcesses, processesText } from "../claude/running.ts";
import { isObject } from "../text/json_object.ts";
import { addEntry } from "./entry_changes.ts";
import { prepareFolder } from "./folder.ts";
import { pinIdentity } from "./identity.ts";
import { knownFingerprints, recordFingerprint } from "./login_record.ts";
import type { LoginView } from "./save_rules.ts";
import { saveRefusal, saveRefused } from "./save_rules.ts";

const LIVE = SHARED_HOME_ACCOUNT;

/**
 * Moves the live login to the account `name`, which is added if it is new; `copy` leaves the login in
 * the shared home as well. `onSaved` runs before the journal is removed, so that saving again finishes
 * it after an interruption. Returns whose login it is.
 * @throws UserError (refused, login) if the login must not be moved; nothing has changed then.
 */
export async function saveLogin(
  context: Context,
  options: { name: string; copy: boolean; onSaved: () => void },
): Promise<Identity> {
  const { name, copy } = options;
  const { files, layout, processes } = context;
  if (processes.system === "darwin") {
    throw saveRefused(name, {
      why: "on macOS the login is in the Keychain, under the path of its folder",
      hint: `claude-multi login ${name}`,
    });
  }
  const known = context.configFile.read().accounts.find((account) => account.name === name);
  const target = `${layout.accounts}/${known?.folder ?? name}`;
  const locks = [
    ...loginLocks(layout.shared),
    fileLock(globalConfigOf(LIVE, layout)),
    fileLock(`${target}/.claude.json`),
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

/** Written before a move, so that a second run can finish an interrupted one. */
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
  const refusal = refusalOf(context, { name, account, config, live });
  if (refusal !== null) throw refusal;
  const identity = live.identity;
  if (identity === null) throw new Error("unreachable: a login without identity is refused");
  const target = account ?? newAccount(context, { name, whose: identityKey(identity) });
  const dir = configDirOf(target, layout);
  const [from, to] = [credentialsOf(LIVE, layout), credentialsOf(target, layout)];
  prepareFolder(context, target);
  if (!options.copy && files.device(layout.shared) !== files.device(dir)) {
    throw saveRefused(name, {
      why:
        `"${layout.shared}" and "${dir}" are on different disks, so the login can't be moved in one step`,
      hint: `claude-multi login ${name}`,
    });
  }
  const journal: Journal = { name, folder: target.folder, identity, fingerprint: live.fingerprint };
  if (!options.copy) files.writeText(journalOf(context), JSON.stringify(journal), 0o600);
  // The identity goes first: a login never arrives where nobody is named.
  copyIdentity(context, { from: LIVE, to: target });
  if (options.copy) files.copy(from, to);
  else files.rename(from, to);
  complete(context, { journal, copied: options.copy });
  return identity;
}

function refusalOf(
  context: Context,
  facts: { name: string; account: Account | null; config: Config; live: LoginView },
): UserError | null {
  const { layout } = context;
  const { name, account, config, live } = facts;
  const credentials = credentialsOf(LIVE, layout);
  if (context.files.kind(credentials) === "link") {
    return saveRefused(name, {
      why: `"${credentials}" is a link`,
      hint: `claude-multi login ${name}`,
    });
  }
  const known = knownFingerprints(context);
  const running = liveProcesses(context, LIVE);
  return saveRefusal({
    name,
    live,
    running: running.length === 0
      ? null
      : { list: processesText(running, layout.home), end: endFirst(running) },
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

function newAccount(
  context: Context,
  { name, whose }: { name: string; whose: string | null },
): Account {
  addEntry(context, { entry: { name }, whose, isBack: false });
  const found = context.configFile.read().accounts.find((a) => a.name === name);
  if (found === undefined) throw new Error("unreachable: the account was just written");
  return found;
}

/** The steps after the move; each may already be done. */
function complete(context: Context, options: { journal: Journal; copied: boolean }): void {
  const { files, layout } = context;
  const { folder, fingerprint, identity } = options.journal;
  const credentials = credentialsOf({ inPlace: false, folder }, layout);
  if (files.mode(credentials) !== 0o600) files.setMode(credentials, 0o600);
  pinIdentity(context, options.journal);
  recordFingerprint(context, { folder, fingerprint });
  if (options.copied) return;
  if (viewOf(context, LIVE).state === "missing") {
    removeIdentity(context, { account: LIVE, accountUuid: identity.accountUuid });
  }
  context.claudeHome.forget();
}

/** Finishes an interrupted move if the login had moved already; otherwise forgets it. */
function finishInterrupted(context: Context): Journal | null {
  const { files, layout } = context;
  const found = readObject(context, journalOf(context));
  if (found === null) return null;
  const journal = found as unknown as Journal;
  const { name, folder, identity, fingerprint } = journal;
  const isWhole = nameProblem(folder ?? "") === null && isObject(identity);
  const account = context.configFile.read().accounts.find((a) => a.name === name);
  const hasArrived = isWhole && account !== undefined &&
    files.kind(credentialsOf({ inPlace: false, folder }, layout)) === "file" &&
    context.claudeHome.loginFacts(account).state === "present" &&
    (viewOf(context, LIVE).state === "missing" ||
      context.claudeHome.loginFacts(account).fingerprint === fingerprint);
  if (!hasArrived) {
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
