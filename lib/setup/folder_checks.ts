// The checks of doctor on disk: links, file modes, interrupted saves, and forgotten logins.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { LINKED_ENTRIES } from "../claude/shared_entries.ts";
import { readObject } from "../claude/json_files.ts";

/** A problem that `doctor` found. Ids are stable; docs/troubleshooting.md lists them. */
export interface Finding {
  id: string;
  severity: "error" | "warning";
  message: string;
  /** The command that fixes it, or null. */
  fix: string | null;
  /** Whether `doctor --fix` fixes it. */
  fixable?: boolean;
}

/** How many links a finding names before it counts the rest. */
const SHOWN_LINKS = 4;

/** Links that are missing, were replaced by real files, or point elsewhere. */
export function linkFindings(context: Context, account: Account): Finding[] {
  if (account.inPlace) return [];
  const { files, layout } = context;
  const dir = configDirOf(account, layout);
  if (files.kind(dir) !== "directory") {
    return [{
      id: "folder",
      severity: "warning",
      message: `account "${account.name}" has no folder "${tildePath(dir, layout.home)}"`,
      fix: "claude-multi setup",
      fixable: true,
    }];
  }
  const missing: string[] = [];
  const gone: string[] = [];
  const findings: Finding[] = [];
  for (const { name, kind } of LINKED_ENTRIES) {
    const link = `${dir}/${name}`;
    const found = files.kind(link);
    const shared = files.resolve(`${layout.shared}/${name}`);
    const shown = tildePath(link, layout.home);
    if (found === "missing") missing.push(name);
    else if (found !== "link") {
      findings.push({
        id: "unshared",
        severity: "warning",
        message: `"${shown}" is a separate ${found}, not a link to the shared one; setup merges it`,
        fix: "claude-multi setup",
        fixable: found === kind,
      });
    } else {
      const target = files.resolve(link);
      if (target === null && shared === null && kind === "directory") gone.push(name);
      else if (target === null ? shared !== null : target !== shared) {
        findings.push({
          id: "link",
          severity: "warning",
          message: `"${shown}" links to "${files.readLink(link)}" instead of the shared home`,
          fix: target === null ? "claude-multi setup" : `rm '${link}' && claude-multi setup`,
          fixable: target === null,
        });
      }
    }
  }
  if (gone.length > 0) {
    findings.push({
      id: "link",
      severity: "warning",
      message: `account "${account.name}" links to ${namesOf(gone)} in "${
        tildePath(layout.shared, layout.home)
      }", which no longer ${gone.length === 1 ? "exists" : "exist"}`,
      fix: "claude-multi setup",
      fixable: gone.some((name) => files.kind(`${layout.shared}/${name}`) === "missing"),
    });
  }
  if (missing.length > 0) {
    findings.push({
      id: "link",
      severity: "warning",
      message: `account "${account.name}" is missing links to ${namesOf(missing)}`,
      fix: "claude-multi setup",
      fixable: true,
    });
  }
  return findings;
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

/** Findings for what other users can access; for a login, it is an error. */
export function modeFindings(context: Context, config: Config): Finding[] {
  return looseModes(context, config).map(({ path, mode, wanted, isLogin }) => ({
    id: isLogin ? "credentials-mode" : "mode",
    severity: isLogin ? "error" : "warning",
    message: `other users can access "${tildePath(path, context.layout.home)}" (mode ${
      mode.toString(8)
    }, should be ${wanted.toString(8)})`,
    fix: `chmod ${wanted.toString(8)} '${path}'`,
    fixable: true,
  }));
}

/** Interrupted saves, and logins that don't belong to an account. */
export function leftoverFindings(context: Context, config: Config): Finding[] {
  const { files, layout } = context;
  const findings: Finding[] = [];
  const journal = readObject(context, `${layout.root}/save.json`);
  if (typeof journal?.["name"] === "string") {
    findings.push({
      id: "save",
      severity: "warning",
      message: `saving "${journal["name"]}" was interrupted`,
      fix: `claude-multi save ${journal["name"]}`,
    });
  }
  for (const name of files.list(layout.accounts)) {
    // claude puts NAME.lock next to the folder while it refreshes a login.
    if (name.endsWith(".lock") || config.accounts.some((a) => !a.inPlace && a.folder === name)) {
      continue;
    }
    if (files.kind(`${layout.accounts}/${name}/.credentials.json`) === "missing") continue;
    findings.push({
      id: "orphan",
      severity: "warning",
      message: `"${
        tildePath(`${layout.accounts}/${name}`, layout.home)
      }" has a login, but isn't an account`,
      fix: `claude-multi add ${name}`,
    });
  }
  return findings;
}
