// `save`: moves the login that is live in the shared home to an account, and never copies it unasked.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import {
  nameProblem,
  parseAccountName,
  personText,
  SHARED_HOME_ACCOUNT,
} from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { configDirOf, globalConfigOf, tildePath } from "../config/paths.ts";
import type { LoginView } from "../accounts/save_rules.ts";
import { saveRefusal } from "../accounts/save_rules.ts";
import { prepareFolder } from "../accounts/folder.ts";
import {
  clearTemporaryFiles,
  editGlobalConfig,
  globalConfigLock,
  loginLocks,
  withClientLocks,
} from "../claude/locks.ts";
import { sessionCommand } from "../setup/next_steps.ts";
import type { Command } from "../cli/command.ts";
import { isObject, liveProcesses, readObject } from "../claude/running.ts";
import { pinIdentity } from "../accounts/identity.ts";
import { knownFingerprints, rememberFingerprint } from "../accounts/login_record.ts";
import { writeShellFiles } from "../setup/shell_files.ts";

const LIVE = SHARED_HOME_ACCOUNT;

/** The declaration of `save`. */
export const save: Command = {
  name: "save",
  group: "accounts",
  summary: "Move the login that is live in ~/.claude to an account",
  positionals: [{ name: "NAME", summary: "the account; made when there is none of that name" }],
  flags: [
    {
      name: "copy",
      summary: "copy instead: both logins then hold one token, and one will log out the other",
    },
  ],
  details: [
    "Moves .credentials.json and the identity, so that the account is logged in and ~/.claude is logged out. It refuses when the login belongs to another account, when the account holds another login, when the tokens are blank, and while a session runs on ~/.claude. Killed at any point, the login is in one place, and running it again completes it.",
  ],
  examples: [
    ["claude-multi save personal", "after claude auth login"],
    ["claude-multi save work", "after the next login, as somebody else"],
  ],
  async run(context, input) {
    const name = parseAccountName(input.positionals[0] ?? "", "claude-multi save");
    const { layout, processes } = context;
    if (processes.system === "darwin") {
      throw new UserError(
        `Cannot save "${name}": on macOS the login lies in the Keychain, under the path of its folder`,
        { hint: `claude-multi login ${name}`, exit: EXIT.refused },
      );
    }
    const config = context.configFile.read();
    const known = config.accounts.find((account) => account.name === name);
    const folder = known?.folder ?? name;
    const target = `${layout.accounts}/${folder}`;
    const locks = [
      ...loginLocks(layout.shared),
      globalConfigLock(globalConfigOf(LIVE, layout)),
      globalConfigLock(`${target}/.claude.json`),
    ].filter((lock) => isDirectory(context, parentOf(lock.path)));
    clearTemporaryFiles(context, [layout.root, layout.shared, target]);
    const copy = input.switches.has("copy");
    const saved = await withClientLocks(context, {
      locks,
      action: () =>
        context.files.locked(`${layout.root}/save.lock`, () => move(context, { name, copy })),
    });
    writeShellFiles(context, context.configFile.read());
    // Last of all: while the journal is there, a second run knows what it completes.
    if (!copy) context.files.remove(journalOf(context));
    tell(context, { name, ...saved });
    return EXIT.ok;
  },
};

/** What is written down before a move, so that a run after a kill completes it. */
interface Journal {
  name: string;
  folder: string;
  identity: Identity;
  fingerprint: string | null;
}

function move(
  context: Context,
  options: { name: string; copy: boolean },
): { identity: Identity; copied: boolean } {
  const { files, layout } = context;
  const { name } = options;
  context.claudeHome.forget();
  const finished = finishInterrupted(context);
  if (finished !== null && finished.name === name && viewOf(context, LIVE).state === "missing") {
    return { identity: finished.identity, copied: false };
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
      `Cannot save "${name}": "${dir}" is on another disk than "${layout.shared}", where a login cannot be moved in one step`,
      { hint: `claude-multi login ${name}`, exit: EXIT.refused },
    );
  }
  const journal: Journal = { name, folder: target.folder, identity, fingerprint: live.fingerprint };
  if (!options.copy) files.writeText(journalOf(context), JSON.stringify(journal), 0o600);
  writeIdentity(context, target);
  if (options.copy) files.copy(from, to);
  else files.rename(from, to);
  complete(context, { journal, copied: options.copy });
  return { identity, copied: options.copy };
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
      // The login of an in-place account is the live one: comparing it with itself says nothing.
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

/** Writes the live identity into the account's `.claude.json`; the login follows it. */
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

/** What follows the move itself; every step may be done already. */
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

/** Completes a move that was killed after the login had moved; forgets one that was killed before. */
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

function tell(
  context: Context,
  saved: { name: string; identity: Identity; copied: boolean },
): void {
  const { terminal } = context;
  terminal.print(`saved the login of ${personText(saved.identity)} as "${saved.name}"`);
  if (saved.copied) {
    terminal.warn(
      `~/.claude and "${saved.name}" now hold one refresh token, which works once: the first to use it logs the other out`,
    );
  } else terminal.print("~/.claude is logged out now; to add another: claude auth login");
  terminal.print(`next: ${sessionCommand(context, saved.name)}`);
}

function journalOf(context: Context): string {
  return `${context.layout.root}/save.json`;
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}

function isDirectory(context: Context, path: string): boolean {
  return context.files.kind(context.files.resolve(path) ?? path) === "directory";
}
