// Updates the totals of a session by reading only what is new.
import type { KnownCalls, TranscriptFiles } from "../../ports/mod.ts";
import { EMPTY_FINGERPRINT, fingerprint } from "./fingerprint.ts";
import { mayCount, meaningOf } from "./line.ts";
import type { LineScanner } from "./scan.ts";
import type { FileFacts, SavedProgress } from "./tokens.ts";
import type { SessionTotals } from "./totals.ts";
import { emptySums, Tally } from "./totals.ts";

/** What a refresh found, and what to save. */
export interface Refreshed {
  totals: SessionTotals;
  progress: SavedProgress;
  /** Whether there is anything to save. */
  changed: boolean;
  /** What was saved before is no longer true, and its calls have to be deleted. */
  restart: boolean;
  calls: Tally["changes"];
}

/** What a refresh needs. */
interface RefreshOptions {
  files: TranscriptFiles;
  /** What an earlier run saved, or null. */
  loaded: { progress: SavedProgress; known: KnownCalls } | null;
  /** Asked between pieces of work, with the number of calls to save; false ends the work. */
  mayGoOn: (callsToSave: number) => boolean;
  scanner: LineScanner;
}

const NOTHING_KNOWN: KnownCalls = {
  find: () => null,
  subagentsSince: () => ({ input: 0, output: 0 }),
};

/**
 * Reads what was added to a session's main file and its subagents' files (CONTRACT §7) since the last
 * time. If a file was cut, rewritten, replaced or removed, everything is read again. Returns null if
 * there is no main file. Throws only what `loaded.known` throws.
 */
export function refresh(mainPath: string, options: RefreshOptions): Refreshed | null {
  const { files, loaded, scanner } = options;
  const found = filesOfSession(mainPath, files);
  if (found === null) return null;
  const saved = loaded !== null && stillTrue(loaded.progress, { found, files }) ? loaded : null;
  const progress = saved?.progress ?? { sums: emptySums(), files: [] };
  const numbers = new Map(progress.files.map((file, number) => [file.path, number]));
  const pathOf = (number: number): string => progress.files[number]?.path ?? "";
  const tally = new Tally({
    sums: progress.sums,
    known: saved?.known ?? NOTHING_KNOWN,
    decides: (a, b) => a === 0 || (b !== 0 && pathOf(a) < pathOf(b)),
  });
  const mayGoOn = (): boolean => options.mayGoOn(tally.changes.size);
  let changed = saved === null;

  for (const [path, facts] of found) {
    const number = numbers.get(path) ?? progress.files.length;
    const before = progress.files[number];
    if (before?.complete && same(before.facts, facts)) continue;
    if (!mayGoOn()) {
      // There may be thousands of files; those that there is no time to read aren't even opened.
      if (before !== undefined) progress.files[number] = { ...before, complete: false };
      continue;
    }
    // The file needs its number before its first line is compared with another file's.
    const start = before ??
      { path, facts, offset: 0, insideLongLine: false, guard: EMPTY_FINGERPRINT };
    const file = progress.files[number] = { ...start, complete: false };
    const opened = files.open(path);
    if (opened === null) continue;
    try {
      // The file was replaced before it was opened: the next run will notice.
      if (opened.facts.inode !== facts.inode) continue;
      const result = scanner.scan(opened.readAt, {
        from: file.offset,
        to: opened.facts.bytes,
        insideLongLine: file.insideLongLine,
        mayGoOn,
        isWanted: mayCount,
        onLine(line, offset) {
          const meaning = meaningOf(line, offset);
          if (meaning !== null) tally.add(meaning, number);
        },
      });
      const guard = fingerprint(opened, result.offset);
      progress.files[number] = { path, facts: opened.facts, ...result, guard };
      changed = true;
    } finally {
      opened.close();
    }
  }

  const complete = progress.files.length === found.size &&
    progress.files.every((file) => file.complete);
  return {
    totals: tally.totals(complete),
    progress,
    changed,
    restart: saved === null && loaded !== null,
    calls: tally.changes,
  };
}

/** A subagent's transcript; a workflow's subagents write theirs some folders deeper. */
const SUBAGENT = /(?:^|\/)agent-[^/]*\.jsonl$/;

/** The files of a session: the main one, then subagents' by path; null without a main file. */
function filesOfSession(mainPath: string, files: TranscriptFiles): Map<string, FileFacts> | null {
  const main = files.look(mainPath);
  if (main === null) return null;
  const found = new Map([[mainPath, main]]);
  const directory = `${mainPath.replace(/\.jsonl$/, "")}/subagents`;
  for (const name of files.list(directory).filter((name) => SUBAGENT.test(name)).sort()) {
    const path = `${directory}/${name}`;
    const facts = files.look(path);
    if (facts !== null) found.set(path, facts);
  }
  return found;
}

/** Whether every file that was read before is still there, and has at most grown. */
function stillTrue(
  progress: SavedProgress,
  options: { found: ReadonlyMap<string, FileFacts>; files: TranscriptFiles },
): boolean {
  return progress.files.every((file) => {
    const facts = options.found.get(file.path);
    if (facts === undefined) return false;
    if (same(file.facts, facts)) return true;
    // A transcript only grows; one that changed without growing was rewritten.
    if (facts.inode !== file.facts.inode || facts.bytes <= file.facts.bytes) return false;
    const opened = options.files.open(file.path);
    if (opened === null) return true;
    try {
      return fingerprint(opened, file.offset) === file.guard;
    } finally {
      opened.close();
    }
  });
}

function same(a: FileFacts, b: FileFacts): boolean {
  return a.inode === b.inode && a.bytes === b.bytes && a.changedAtMs === b.changedAtMs;
}
