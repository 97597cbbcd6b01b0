// The one place that makes and repairs an account's config dir: the folder, and links to the shared home.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { UserError } from "../text/errors.ts";
import { configDirOf, parentOf, tildePath } from "../config/paths.ts";
import type { SharedEntry } from "../claude/shared_entries.ts";
import { LINKED_ENTRIES } from "../claude/shared_entries.ts";
import { adoptDirectory, adoptFile, rememberBase, swapForLink } from "./merge_back.ts";
import { liveProcesses } from "../claude/running.ts";
import { rememberMadeFolder, rememberMadePath } from "./undo_log.ts";

/** What was done to a config dir, and what stands in the way of a link. */
export interface FolderReport {
  /** Links that were made or mended. */
  linked: string[];
  /** Real files or folders that were merged into the shared ones and became links again. */
  adopted: string[];
  /** What both sides had changed: the older version is in `backups/`. */
  conflicts: string[];
  /** Entries that are not shared, and why; they are left as they are. */
  own: Array<{ name: string; why: string }>;
}

/**
 * Makes an account's config dir with mode 0700 and links what accounts share. Idempotent: it adds
 * what is missing; a real file or folder where a link belongs is first merged into the shared one,
 * and what an overwrite replaces is kept in `backups/`. Links point to the fully resolved target.
 * @throws UserError when the shared home is no directory.
 */
export function prepareFolder(context: Context, account: Account): FolderReport {
  const { files, layout } = context;
  const report: FolderReport = { linked: [], adopted: [], conflicts: [], own: [] };
  if (account.inPlace) return report;
  files.makePrivateDirectory(layout.root);
  return files.locked(`${layout.root}/folders.lock`, () => {
    linkEntries(context, { account, report });
    return report;
  });
}

function linkEntries(
  context: Context,
  options: { account: Account; report: FolderReport },
): void {
  const { files, layout } = context;
  const { account, report } = options;
  files.makePrivateDirectory(layout.accounts);
  rememberSpelling(context);
  files.makePrivateDirectory(configDirOf(account, layout));
  const shared = sharedHome(context);
  let running: boolean | null = null;
  const isRunning = () => running ??= liveProcesses(context, account).length > 0;
  for (const entry of LINKED_ENTRIES) {
    const found = linkEntry(context, { account, entry, shared, isRunning });
    if (found.done === "linked") report.linked.push(entry.name);
    if (found.done === "adopted") report.adopted.push(entry.name);
    report.conflicts.push(...found.conflicts ?? []);
    if (found.why !== undefined) report.own.push({ name: entry.name, why: found.why });
  }
}

/** What became of one entry: `kept` when it was a right link already, or stays as it is. */
interface Linking {
  done: "kept" | "linked" | "adopted";
  conflicts?: string[];
  why?: string;
}

function linkEntry(
  context: Context,
  options: { account: Account; entry: SharedEntry; shared: string; isRunning: () => boolean },
): Linking {
  const { files, layout } = context;
  const { account, entry, shared, isRunning } = options;
  const place = `${shared}/${entry.name}`;
  if (entry.kind === "directory" && files.kind(place) === "missing") {
    rememberMadeFolder(context, entry.name);
    files.makePrivateDirectory(place);
  }
  const resolved = files.resolve(place);
  if (resolved === null && (entry.kind === "directory" || isLoop(context, place))) {
    return { done: "kept", why: `${tildePath(place, layout.home)} leads nowhere` };
  }
  if (resolved !== null && files.kind(resolved) !== entry.kind) {
    return { done: "kept", why: `${tildePath(place, layout.home)} is no ${entry.kind}` };
  }
  const target = resolved ?? place;
  const link = `${configDirOf(account, layout)}/${entry.name}`;
  switch (files.kind(link)) {
    case "missing":
      files.makeLink(link, target);
      return linkedTo(target, "linked");
    case "link": {
      if (
        files.readLink(link) === target || (resolved !== null && files.resolve(link) === resolved)
      ) {
        return linkedTo(target, "kept");
      }
      const elsewhere = files.resolve(link);
      if (elsewhere !== null) return { done: "kept", why: `it is a link to ${elsewhere}` };
      // A link that leads nowhere holds nothing that could be lost.
      swapForLink(context, { path: link, target });
      return linkedTo(target, "linked");
    }
    case "file":
    case "directory": {
      if (files.kind(link) !== entry.kind) return { done: "kept", why: `it is no ${entry.kind}` };
      if (isRunning()) {
        return { done: "kept", why: "it is no link, and a session of the account runs" };
      }
      const adopted = entry.kind === "file"
        ? adoptFile(context, { account, entry, own: link, target })
        : adoptDirectory(context, { own: link, target });
      if (adopted.why !== undefined) return { done: "kept", ...adopted };
      return { ...linkedTo(target, "adopted"), conflicts: adopted.conflicts };
    }
    default:
      return { done: "kept", why: "it is neither file nor folder" };
  }

  function linkedTo(path: string, done: Linking["done"]): Linking {
    if (entry.kind === "file") rememberBase(context, { account, entry, target: path });
    return { done };
  }
}

/**
 * Makes the folders in the shared home again to which the account's links lead and which are gone;
 * returns their names.
 */
export function restoreTargets(context: Context, account: Account): string[] {
  const { files, layout } = context;
  if (account.inPlace) return [];
  const gone = LINKED_ENTRIES.filter(({ name, kind }) =>
    kind === "directory" && files.kind(`${layout.shared}/${name}`) === "missing" &&
    files.kind(`${configDirOf(account, layout)}/${name}`) === "link"
  );
  if (gone.length === 0) return [];
  return files.locked(`${layout.root}/folders.lock`, () => {
    const shared = sharedHome(context);
    return gone.map(({ name }) => name).filter((name) => {
      const place = `${shared}/${name}`;
      if (files.readLink(`${configDirOf(account, layout)}/${name}`) !== place) return false;
      rememberMadeFolder(context, name);
      files.makePrivateDirectory(place);
      return true;
    });
  });
}

/** Remembers the shared JSON files to which the account's links lead: the base of a later merge. */
export function rememberBases(context: Context, account: Account): void {
  if (account.inPlace) return;
  for (const entry of LINKED_ENTRIES) {
    const link = `${configDirOf(account, context.layout)}/${entry.name}`;
    const target = context.files.readLink(link);
    if (target !== null) rememberBase(context, { account, entry, target });
  }
}

/**
 * How our own folder was spelled when the first account was made: on macOS the spelling is part of
 * every login's key (CONTRACT §4), so it must never change. Null while there is no account.
 */
export function firstSpelling(context: Context): string | null {
  return context.files.readText(`${context.layout.root}/spelling`)?.trim() || null;
}

function rememberSpelling(context: Context): void {
  const { files, layout } = context;
  if (firstSpelling(context) !== null) return;
  files.writeText(`${layout.root}/spelling`, `${layout.root}\n`, 0o600);
}

/** A link that leads to itself, as opposed to one whose target is yet to come. */
function isLoop(context: Context, path: string): boolean {
  const seen = new Set<string>();
  for (let at = path; context.files.kind(at) === "link";) {
    if (seen.has(at)) return true;
    seen.add(at);
    const to = context.files.readLink(at) ?? "";
    at = to.startsWith("/") ? to : `${parentOf(at)}/${to}`;
  }
  return false;
}

/** The shared home, fully resolved and made if missing. */
function sharedHome(context: Context): string {
  const { files, layout } = context;
  if (files.kind(layout.shared) === "missing") {
    rememberMadePath(context, layout.shared);
    files.makePrivateDirectory(layout.shared);
  }
  const resolved = files.resolve(layout.shared);
  if (resolved === null || files.kind(resolved) !== "directory") {
    throw new UserError(`Cannot share "${layout.shared}": it is no directory`, {
      hint: `mv "${layout.shared}" "${layout.shared}.old"`,
    });
  }
  return resolved;
}
