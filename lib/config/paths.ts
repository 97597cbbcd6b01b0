// The paths of our files (DESIGN §3).
import type { Account } from "./account.ts";

/**
 * The report, in the home folder unless the user names another file: git would pick it up in a project, and
 * browsers in snaps can't read hidden folders.
 */
export const REPORT_FILE = "claude-multi-report.html";

/** Absolute paths of everything that claude-multi owns, and of the shared home. */
export interface Layout {
  /** The user's home directory. */
  home: string;
  /** `CLAUDE_MULTI_HOME`, or `~/.claude-multi`. */
  root: string;
  configFile: string;
  /** Has one config dir per account. */
  accounts: string;
  ledger: string;
  shell: string;
  bin: string;
  backups: string;
  /** `~/.claude`, whose files are shared by all accounts. */
  shared: string;
}

/** Computes the layout from two absolute paths; without a root it is `~/.claude-multi`. */
export function layoutOf(dirs: { home: string; root: string | null }): Layout {
  const home = trimSlashes(dirs.home);
  const root = trimSlashes(dirs.root ?? `${home}/.claude-multi`);
  return {
    home,
    root,
    configFile: `${root}/config.json`,
    accounts: `${root}/config`,
    ledger: `${root}/ledger.db`,
    shell: `${root}/shell`,
    bin: `${root}/bin`,
    backups: `${root}/backups`,
    shared: `${home}/.claude`,
  };
}

/**
 * The directory with an account's login. Its spelling never changes, since on macOS it is part of the
 * Keychain key (CONTRACT §4).
 */
export function configDirOf(account: Pick<Account, "inPlace" | "folder">, layout: Layout): string {
  return account.inPlace ? layout.shared : `${layout.accounts}/${account.folder}`;
}

/** Shortens a path for display: the home directory becomes `~`. */
export function tildePath(path: string, home: string): string {
  if (path === home) return "~";
  return path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path;
}

function trimSlashes(path: string): string {
  if (!path.includes("//") && !path.endsWith("/")) return path;
  return path.replace(/\/{2,}/g, "/").replace(/(.)\/$/, "$1");
}

/** The folder that a path is in. */
export function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/"));
}
