// Merges files and folders that replaced a link in a config dir back into the shared ones, without loss.
import type { Context } from "../ports/context.ts";
import { parentOf } from "../config/paths.ts";
import type { Account } from "../config/account.ts";
import { mergeJson } from "../text/json.ts";
import type { SharedEntry } from "../claude/shared_entries.ts";
import { fileLock, tryLock } from "../claude/locks.ts";
import { objectIn } from "../text/json_object.ts";

/** The result of a merge; if it failed, `why` says why, and the entry stays. */
interface Adopted {
  conflicts: string[];
  why?: string;
}

/**
 * Merges an account's own file into the shared one and restores the link. JSON is merged by key,
 * against the base that was recorded while the link was intact; prompt history keeps the lines of
 * both; of any other text the newer version stays. Both versions are in `backups/` before anything is
 * written, and after every step the content is in at least one place.
 */
export function adoptFile(
  context: Context,
  options: { account: Account; entry: SharedEntry; own: string; target: string },
): Adopted {
  const { files } = context;
  const { own, target, entry } = options;
  const isMissing = files.kind(target) === "missing";
  if (isMissing) files.copy(own, target);
  if (isMissing || files.sameContent(own, target)) {
    swapForLink(context, { path: own, target });
    return { conflicts: [] };
  }
  const lock = fileLock(target);
  const isHistory = entry.name.endsWith(".jsonl");
  if (isHistory && !tryLock(context, lock)) {
    return { conflicts: [], why: "it isn't a link, and claude is writing the shared file" };
  }
  try {
    const merged = mergedText(context, options);
    for (const path of [own, target]) files.backUp(path);
    if (merged.text !== files.readText(target)) files.writeText(target, merged.text);
    swapForLink(context, { path: own, target });
    return { conflicts: merged.conflicts };
  } finally {
    if (isHistory) files.remove(lock.path);
  }
}

function mergedText(
  context: Context,
  options: { account: Account; entry: SharedEntry; own: string; target: string },
): { text: string; conflicts: string[] } {
  const { files } = context;
  const { own, target, entry } = options;
  const ours = files.readText(own) ?? "";
  const theirs = files.readText(target) ?? "";
  const prefersOurs = isNewer(context, { path: own, than: target });
  if (entry.name.endsWith(".jsonl")) return { text: unitedLines(theirs, ours), conflicts: [] };
  if (entry.name.endsWith(".json")) {
    const [a, b] = [objectIn(ours), objectIn(theirs)];
    if (a !== null && b !== null) {
      const base = objectIn(
        files.readText(basePath(context, { account: options.account, name: entry.name })),
      ) ?? undefined;
      const prefer = prefersOurs ? "ours" : "theirs";
      const { value, conflicts } = mergeJson(base, { ours: a, theirs: b, prefer });
      return {
        text: `${JSON.stringify(value, null, 2)}\n`,
        conflicts: conflicts.map((path) => `${path} in ${entry.name}`),
      };
    }
    // Of two versions, the one that is JSON.
    if (a !== null || b !== null) {
      return { text: a !== null ? ours : theirs, conflicts: [entry.name] };
    }
  }
  return { text: prefersOurs ? ours : theirs, conflicts: [entry.name] };
}

/** The lines of both, without duplicates, sorted by `timestamp` if all have one. */
function unitedLines(first: string, second: string): string {
  const lines = [...new Set([...first.split("\n"), ...second.split("\n")])].filter((l) => l !== "");
  const stamped = lines.map((line) => ({ line, at: timestampOf(line) }));
  if (stamped.every(({ at }) => at !== null)) {
    stamped.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
  }
  return stamped.map(({ line }) => `${line}\n`).join("");
}

function timestampOf(line: string): number | null {
  const value = objectIn(line)?.["timestamp"];
  return typeof value === "number" ? value : null;
}

/**
 * Moves everything from an account's own folder into the shared one, file by file, and restores the
 * link. If both have a file, the newer one stays and the other goes to `backups/`.
 */
export function adoptDirectory(
  context: Context,
  options: { own: string; target: string },
): Adopted {
  const { files } = context;
  const conflicts: string[] = [];
  const stuck = moveInto(context, { ...options, conflicts });
  if (stuck !== null) return { conflicts, why: `"${stuck}" can't be moved` };
  files.makeLink(options.own, options.target);
  return { conflicts };
}

function moveInto(
  context: Context,
  options: { own: string; target: string; conflicts: string[] },
): string | null {
  const { files } = context;
  for (const name of files.list(options.own)) {
    const own = `${options.own}/${name}`;
    const target = `${options.target}/${name}`;
    const kinds = `${files.kind(own)} on ${files.kind(target)}`;
    if (kinds.startsWith("other")) return own;
    if (kinds === "directory on directory" || kinds === "directory on missing") {
      if (kinds.endsWith("missing")) files.makePrivateDirectory(target);
      const stuck = moveInto(context, { ...options, own, target });
      if (stuck !== null) return stuck;
    } else if (kinds.endsWith("on missing")) moveEntry(context, { from: own, to: target });
    else if (kinds === "file on file") {
      if (files.sameContent(own, target)) files.remove(own);
      else {
        const keepsOurs = isNewer(context, { path: own, than: target });
        files.backUp(keepsOurs ? target : own);
        options.conflicts.push(target);
        if (keepsOurs) moveEntry(context, { from: own, to: target });
        else files.remove(own);
      }
    } else if (kinds === "link on link" && files.readLink(own) === files.readLink(target)) {
      files.remove(own);
    } else {
      options.conflicts.push(target);
      files.rename(own, files.backupPath(name));
    }
  }
  files.remove(options.own);
  return null;
}

function isNewer({ files }: Context, { path, than }: { path: string; than: string }): boolean {
  return (files.modifiedAtMs(path) ?? 0) > (files.modifiedAtMs(than) ?? 0);
}

function moveEntry(context: Context, options: { from: string; to: string }): void {
  const { files } = context;
  const { from, to } = options;
  const link = files.readLink(from);
  if (files.device(parentOf(from)) === files.device(parentOf(to))) files.rename(from, to);
  else {
    if (link === null) files.copy(from, to);
    else files.makeLink(to, link);
    files.remove(from);
  }
}

/** Replaces a file or link with a link, in one step. */
export function swapForLink(context: Context, link: { path: string; target: string }): void {
  const { files } = context;
  const { path, target } = link;
  const temp = `${path}.new-link`;
  files.remove(temp);
  files.makeLink(temp, target);
  files.rename(temp, path);
}

/** Records a shared JSON file while the link to it is intact, as the base of a later merge. */
export function recordBase(
  context: Context,
  options: { account: Account; entry: SharedEntry; target: string },
): void {
  const { files } = context;
  if (!options.entry.name.endsWith(".json")) return;
  const path = basePath(context, { account: options.account, name: options.entry.name });
  const text = files.readText(options.target);
  if (text === null || text === files.readText(path)) return;
  files.makePrivateDirectory(parentOf(path));
  files.writeText(path, text, 0o600);
}

/** Where the last known version of a shared file is, the base of a merge, for an account's entry `name`. */
export function basePath(
  context: Context,
  { account, name }: { account: Account; name: string },
): string {
  return `${context.layout.root}/base/${account.folder}/${name}`;
}
