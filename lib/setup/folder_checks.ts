// The checks of doctor on disk: links, file modes, interrupted saves, and forgotten logins.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { shellWord } from "../text/shell_quote.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { isInFolder } from "../accounts/entry_changes.ts";
import { isBroken } from "../accounts/folder.ts";
import { ourLinks } from "../accounts/link_targets.ts";
import { LINKED_ENTRIES } from "../claude/shared_entries.ts";
import { readObject } from "../claude/json_files.ts";

/** The ids of findings by severity. They are stable; docs/troubleshooting.md explains them. */
// deno-fmt-ignore
export const FINDINGS = {
  error: ["config", "client", "drift", "duplicate", "credentials-mode", "spelling", "settings", "owner", "unreadable"],
  warning: [
    "config-key", "no-account", "login", "folder", "link", "unshared", "mode", "save", "orphan", "pin",
    "shell", "programs", "environment", "requests", "hooks", "client-path", "editor",
  ],
} as const;

/** A problem, without its severity, which follows from its id. */
export interface Problem {
  id: typeof FINDINGS[keyof typeof FINDINGS][number];
  message: string;
  /** The command that fixes it, or null. */
  fix: string | null;
  /** Whether `doctor --fix` fixes it. */
  fixable?: boolean;
}

/** A problem that `doctor` found. */
export interface Finding extends Problem {
  severity: keyof typeof FINDINGS;
}

/** How many links a finding names before it counts the rest. */
const SHOWN_LINKS = 4;

/** Links that are missing, were replaced by real files, or point elsewhere. */
export function* linkProblems(context: Context, account: Account): Generator<Problem> {
  if (account.inPlace) return;
  const { files, layout } = context;
  const dir = configDirOf(account, layout);
  const fix = "claude-multi setup";
  if (files.kind(dir) !== "directory") {
    const message = `account "${account.name}" has no folder "${tildePath(dir, layout.home)}"`;
    return yield { id: "folder", message, fix, fixable: true };
  }
  const isOurs = ourLinks(context, account);
  const missing: string[] = [];
  const gone: string[] = [];
  for (const { name, kind } of LINKED_ENTRIES) {
    const link = `${dir}/${name}`;
    const found = files.kind(link);
    const shared = files.resolve(`${layout.shared}/${name}`);
    const shown = tildePath(link, layout.home);
    if (found === "missing") missing.push(name);
    else if (found !== "link") {
      const message =
        `"${shown}" is a separate ${found}, not a link to the shared one; setup merges it`;
      yield { id: "unshared", message, fix, fixable: found === kind };
    } else {
      const target = files.resolve(link);
      if (target === null && shared === null && kind === "directory") gone.push(name);
      else if (target === null ? shared !== null : target !== shared) {
        yield {
          id: "link",
          message: `"${shown}" links to "${files.readLink(link)}" instead of the shared home`,
          fix: target === null || isOurs(name) ? fix : `rm ${shellWord(link)} && ${fix}`,
          fixable: target === null || isOurs(name),
        };
      }
    }
  }
  if (gone.length > 0) {
    yield {
      id: "link",
      message: `account "${account.name}" links to ${namesOf(gone)} in "${
        tildePath(layout.shared, layout.home)
      }", which no longer ${gone.length === 1 ? "exists" : "exist"}`,
      fix,
      fixable: gone.some((name) => files.kind(`${layout.shared}/${name}`) === "missing"),
    };
  }
  if (missing.length > 0) {
    const message = `account "${account.name}" is missing links to ${namesOf(missing)}`;
    yield { id: "link", message, fix, fixable: true };
  }
}

/** Links of the user in `~/.claude` that lead nowhere, such as those of dotfiles that were moved. */
export function* brokenShared(context: Context, { accounts }: Config): Generator<Problem> {
  const { files, layout } = context;
  const areLinked = accounts.some(({ inPlace }) => !inPlace);
  for (const { name, kind } of LINKED_ENTRIES) {
    const path = `${layout.shared}/${name}`;
    // A folder is named with the accounts that link to it.
    if (kind === "directory" && areLinked || !isBroken(context, path)) continue;
    const shown = tildePath(path, layout.home);
    const target = tildePath(files.readLink(path) ?? "", layout.home);
    yield {
      id: "link",
      message: `"${shown}" is a link to "${target}", which is missing: claude starts without it`,
      fix: null,
    };
  }
}

function namesOf(names: readonly string[]): string {
  const more = names.length - SHOWN_LINKS;
  return more > 1 ? `${names.slice(0, SHOWN_LINKS).join(", ")} and ${more} more` : names.join(", ");
}

/** Files and folders that other users can access, with the modes they should have. */
export function looseModes(
  context: Context,
  config: Config,
): Array<{ path: string; mode: number; wanted: number; isLogin: boolean }> {
  const { files, layout } = context;
  const dirs = config.accounts.filter((a) => !a.inPlace).map((a) => configDirOf(a, layout));
  const folders = [layout.root, layout.accounts, layout.backups, ...dirs];
  const secrets = [
    layout.configFile,
    layout.ledger,
    `${layout.root}/salt`,
    `${layout.root}/mirror.json`,
    ...[layout.shared, ...dirs].map((dir) => `${dir}/.credentials.json`),
    ...dirs.map((dir) => `${dir}/.claude.json`),
  ];
  return [
    ...folders.map((path) => ({ path, wanted: 0o700 })),
    ...secrets.map((path) => ({ path, wanted: 0o600 })),
  ].flatMap(({ path, wanted }) => {
    const mode = files.mode(path);
    if (mode === null || (mode & 0o077) === 0) return [];
    return [{ path, mode, wanted, isLogin: path.endsWith("/.credentials.json") }];
  });
}

/** Files and folders that other users can access; for a login, it is an error. */
export function* modeProblems(context: Context, config: Config): Generator<Problem> {
  for (const { path, mode, wanted, isLogin } of looseModes(context, config)) {
    yield {
      id: isLogin ? "credentials-mode" : "mode",
      message: `other users can access "${tildePath(path, context.layout.home)}" (mode ${
        mode.toString(8)
      }, should be ${wanted.toString(8)})`,
      fix: `chmod ${wanted.toString(8)} ${shellWord(path)}`,
      fixable: true,
    };
  }
}

/** Interrupted saves, and logins that don't belong to an account. */
export function* leftovers(context: Context, config: Config): Generator<Problem> {
  const { files, layout } = context;
  const saved = readObject(context, `${layout.root}/save.json`)?.["name"];
  if (typeof saved === "string") {
    const message = `saving "${saved}" was interrupted`;
    yield { id: "save", message, fix: `claude-multi save ${saved}` };
  }
  for (const name of files.list(layout.accounts)) {
    const folder = `${layout.accounts}/${name}`;
    // claude puts NAME.lock next to the folder while it refreshes a login.
    if (name.endsWith(".lock") || files.kind(`${folder}/.credentials.json`) === "missing") continue;
    if (config.accounts.some((a) => !a.inPlace && a.folder === name)) continue;
    const shown = tildePath(folder, layout.home);
    const account = config.accounts.find((account) => isInFolder(context, { account, to: name }));
    yield account === undefined
      ? {
        id: "orphan",
        message: `"${shown}" has a login, but isn't an account`,
        fix: `claude-multi add ${name}`,
      }
      : {
        id: "orphan",
        message: `"${shown}" has the login of "${account.name}", which was renamed by hand`,
        fix: `claude-multi rename ${account.name} ${name}`,
      };
  }
}
