// An account's config dir: the folder, with links to what accounts share.
import { shellWord } from "../text/shell_quote.ts";
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { UserError } from "../text/errors.ts";
import { configDirOf, parentOf, tildePath } from "../config/paths.ts";
import type { SharedEntry } from "../claude/shared_entries.ts";
import { LINKED_ENTRIES } from "../claude/shared_entries.ts";
import { ourLinks, rememberTargets } from "./link_targets.ts";
import { adoptDirectory, adoptFile, basePath, recordBase, swapForLink } from "./merge_back.ts";
import { liveProcesses } from "../claude/running.ts";
import { recordOurs } from "./undo_log.ts";

/** What was done to a config dir, and what could not be linked. */
interface FolderReport {
  /** Links that were created or repaired. */
  linked: string[];
  /** Files or folders that were merged into the shared ones and replaced by links. */
  adopted: string[];
  /** What both sides had changed; the version that was not kept is in `backups/`. */
  conflicts: string[];
  /** Entries that stay as they are and are not shared, and why. */
  own: Array<{ name: string; why: string }>;
}

/**
 * Creates an account's config dir with mode 0700 and links what accounts share. Safe to repeat: it
 * adds what is missing, and merges a file or folder that replaced a link into the shared one. Whatever
 * that overwrites is kept in `backups/`. Links point to the fully resolved target, and a link of ours
 * that leads elsewhere is led there again. Without `adopts`, what replaced a link stays.
 * @throws UserError if the shared home isn't a directory.
 */
export function prepareFolder(
  context: Context,
  account: Account,
  { adopts = true }: { adopts?: boolean } = {},
): FolderReport {
  const { files, layout } = context;
  const report: FolderReport = { linked: [], adopted: [], conflicts: [], own: [] };
  if (account.inPlace) return report;
  let running: boolean | null = null;
  const isRunning = () => running ??= liveProcesses(context, account).length > 0;
  files.makePrivateDirectory(layout.root);
  files.locked(`${layout.root}/folders.lock`, () => {
    files.makePrivateDirectory(layout.accounts);
    if (firstSpelling(context) === null) {
      files.writeText(`${layout.root}/spelling`, `${layout.root}\n`, 0o600);
    }
    files.makePrivateDirectory(configDirOf(account, layout));
    const shared = sharedHome(context);
    const isOurs = ourLinks(context, account);
    // Before they change, since the links of an older version are recognised by where most of them lead.
    const ours = LINKED_ENTRIES.filter(({ name }) => isOurs(name)).map(({ name }) => name);
    const targets = LINKED_ENTRIES.map(({ name }) => `${shared}/${name}`)
      .map((place) => files.resolve(place) ?? place);
    rememberTargets(context, {
      account,
      targets: Object.fromEntries(LINKED_ENTRIES.map(({ name }, i) => [name, targets[i] ?? ""])),
    });
    for (const entry of LINKED_ENTRIES) {
      const isOurs = ours.includes(entry.name);
      const found = linkEntry(context, { account, entry, shared, isRunning, isOurs, adopts });
      if (found.done === "linked") report.linked.push(entry.name);
      if (found.done === "adopted") report.adopted.push(entry.name);
      report.conflicts.push(...found.conflicts ?? []);
      if (found.why !== undefined) report.own.push({ name: entry.name, why: found.why });
    }
  });
  return report;
}

/** The result for one entry; `kept` if it was already the right link, or stays as it is. */
interface Linking {
  done: "kept" | "linked" | "adopted";
  conflicts?: string[];
  why?: string;
}

function linkEntry(
  context: Context,
  options: {
    account: Account;
    entry: SharedEntry;
    shared: string;
    isRunning: () => boolean;
    isOurs: boolean;
    adopts: boolean;
  },
): Linking {
  const { files, layout } = context;
  const { account, entry, shared, isRunning, isOurs, adopts } = options;
  const place = `${shared}/${entry.name}`;
  if (entry.kind === "directory" && files.kind(place) === "missing") {
    recordOurs(context, { list: "folders", name: entry.name });
    files.makePrivateDirectory(place);
  }
  const resolved = files.resolve(place);
  if (resolved === null && (entry.kind === "directory" || isLoop(context, place))) {
    return { done: "kept", why: `${tildePath(place, layout.home)} is a broken link` };
  }
  if (resolved !== null && files.kind(resolved) !== entry.kind) {
    return { done: "kept", why: `${tildePath(place, layout.home)} isn't a ${entry.kind}` };
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
      if (elsewhere !== null && !isOurs) {
        return { done: "kept", why: `it links to ${elsewhere}` };
      }
      // Replacing a broken link, or one of ours, loses nothing.
      swapForLink(context, { path: link, target });
      return linkedTo(target, "linked");
    }
    case "file":
    case "directory": {
      if (files.kind(link) !== entry.kind) {
        return { done: "kept", why: `it isn't a ${entry.kind}` };
      }
      if (!adopts) return { done: "kept", why: "it isn't a link" };
      if (isRunning()) {
        return { done: "kept", why: "it isn't a link, and a session of the account is running" };
      }
      const adopted = entry.kind === "file"
        ? adoptFile(context, { account, entry, own: link, target })
        : adoptDirectory(context, { own: link, target });
      if (adopted.why !== undefined) return { done: "kept", ...adopted };
      return { ...linkedTo(target, "adopted"), conflicts: adopted.conflicts };
    }
    default:
      return { done: "kept", why: "it is neither a file nor a folder" };
  }

  function linkedTo(path: string, done: Linking["done"]): Linking {
    if (entry.kind === "file") recordBase(context, { account, entry, target: path });
    return { done };
  }
}

/** Recreates folders missing in the shared home that the account's links point to; returns their names. */
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
      recordOurs(context, { list: "folders", name });
      files.makePrivateDirectory(place);
      return true;
    });
  });
}

/**
 * Looks at the account's links before a launch, with few lookups: records the shared JSON files as the
 * base of a later merge, and returns the entries whose links don't lead into the shared home. For the
 * account in `~/.claude` itself, those of the user that are broken.
 */
export function lookAtLinks(context: Context, account: Account): SharedEntry[] {
  const { files, layout } = context;
  const shared = files.resolve(layout.shared) ?? layout.shared;
  // It has no links of ours, but those of the user may be broken.
  if (account.inPlace) {
    return LINKED_ENTRIES.filter(({ name }) =>
      isBroken(context, shared) || isBroken(context, `${shared}/${name}`)
    );
  }
  return LINKED_ENTRIES.filter((entry) => {
    const link = `${configDirOf(account, layout)}/${entry.name}`;
    const target = files.readLink(link);
    const place = `${shared}/${entry.name}`;
    const kind = files.kind(place);
    const leads = target !== null && kind !== "missing" &&
      (kind === entry.kind && target === place ||
        isSame(files.resolve(link), files.resolve(place)));
    if (leads) recordBase(context, { account, entry, target: place });
    // A file that the user doesn't have; but one that was there before is missed.
    const isNone = kind === "missing" && entry.kind === "file" && target === place;
    return !leads &&
      !(isNone && files.kind(basePath(context, { account, name: entry.name })) === "missing");
  });
}

/**
 * The path of our folder as it was spelled when the first account was added; null before that. On
 * macOS it is part of every login's key (CONTRACT §4), so it must never change.
 */
export function firstSpelling(context: Context): string | null {
  return context.files.readText(`${context.layout.root}/spelling`)?.trim() || null;
}

/** Whether a path is a link that leads nowhere. */
export function isBroken({ files }: Context, path: string): boolean {
  return files.kind(path) === "link" && files.resolve(path) === null;
}

function isSame(path: string | null, other: string | null): boolean {
  return path !== null && path === other;
}

/** Whether a link leads to itself, rather than to a missing target. */
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

/** The shared home, fully resolved; created if missing. */
function sharedHome(context: Context): string {
  const { files, layout } = context;
  if (files.kind(layout.shared) === "missing") {
    recordOurs(context, { list: "paths", name: layout.shared });
    files.makePrivateDirectory(layout.shared);
  }
  const resolved = files.resolve(layout.shared);
  if (resolved === null || files.kind(resolved) !== "directory") {
    throw new UserError(`cannot share "${layout.shared}": it isn't a directory`, {
      hint: `mv ${shellWord(layout.shared)} ${shellWord(`${layout.shared}.old`)}`,
    });
  }
  return resolved;
}
