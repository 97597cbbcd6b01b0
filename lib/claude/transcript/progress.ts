// The one place that brings a session's totals up to date by reading only what is new.
import type { FileFacts, FileProgress, SavedProgress } from "./tokens.ts";
import type { KnownCalls, OpenTranscript, TranscriptFiles } from "../../ports/mod.ts";
import type { SessionTotals } from "./totals.ts";
import { emptySums, Tally } from "./totals.ts";
import { EMPTY_FINGERPRINT, fingerprint } from "./fingerprint.ts";
import type { LineScanner } from "./scan.ts";

/** What a refresh found, and what is to be remembered. */
export interface Refreshed {
  totals: SessionTotals;
  progress: SavedProgress;
  /** Whether there is anything to remember. */
  changed: boolean;
  /** What was remembered does not hold any more; its calls are to be forgotten. */
  restart: boolean;
  calls: Tally["changes"];
}

/** What a refresh needs. */
export interface RefreshOptions {
  files: TranscriptFiles;
  /** What is remembered, or null. */
  loaded: { progress: SavedProgress; known: KnownCalls } | null;
  /** Asked between pieces of work, with the number of calls to be remembered; false ends it. */
  mayGoOn: (callsToRemember: number) => boolean;
  scanner: LineScanner;
}

/** A refresh under way. */
export interface Refresh {
  /** Reads what there is to read, or goes on with it when the scanner got what it wanted. */
  read(): void;
  finish(): Refreshed;
}

const NOTHING_KNOWN: KnownCalls = {
  find: () => null,
  subagentsSince: () => ({ input: 0, output: 0 }),
};

/**
 * Reads what was added to a session's main file and to its subagents' files (CONTRACT §7) since the
 * last time. Where a file was cut, rewritten, replaced or taken away, everything is read afresh.
 * Returns null when there is no main file.
 */
export function startRefresh(mainPath: string, options: RefreshOptions): Refresh | null {
  const { files, loaded, scanner } = options;
  const looked = lookAround(mainPath, files);
  if (looked === null) return null;
  const known = loaded !== null && stillHolds(loaded.progress, { looked, files }) ? loaded : null;
  const progress: SavedProgress = known === null
    ? { sums: emptySums(), files: [] }
    : { sums: known.progress.sums, files: known.progress.files };
  const numbers = new Map(progress.files.map((file, number) => [file.path, number]));
  const tally = new Tally({
    sums: progress.sums,
    known: known?.known ?? NOTHING_KNOWN,
    decides: (a, b) => a === 0 || (b !== 0 && pathOf(a) < pathOf(b)),
  });
  let changed = known === null;
  return { read, finish };

  function read(): void {
    for (const [path, facts] of looked as ReadonlyMap<string, FileFacts>) {
      const number = numbers.get(path) ?? progress.files.length;
      const before = progress.files[number];
      if (before !== undefined && before.complete && same(before.facts, facts)) continue;
      if (!mayGoOn()) {
        // Thousands of files are not even opened when there is no time to read them.
        if (before !== undefined) progress.files[number] = { ...before, complete: false };
        continue;
      }
      numbers.set(path, number);
      const file = before ?? unread(path, facts);
      // Its number must be taken before its first line is weighed against another file's.
      progress.files[number] = { ...file, complete: false };
      const opened = files.open(path);
      if (opened === null) continue;
      try {
        // Replaced between the look and the opening: the next run will notice.
        if (opened.facts.inode !== facts.inode) continue;
        const after = readOn(opened, { file, number });
        progress.files[number] = after;
        changed ||= before === undefined || after.offset !== before.offset ||
          after.complete !== before.complete || after.insideLongLine !== before.insideLongLine ||
          !same(after.facts, before.facts);
      } finally {
        opened.close();
      }
    }
  }

  function finish(): Refreshed {
    const complete = progress.files.length === looked?.size &&
      progress.files.every((file) => file.complete);
    return {
      totals: tally.totals(complete),
      progress,
      changed,
      restart: known === null && loaded !== null,
      calls: tally.changes,
    };
  }

  function mayGoOn(): boolean {
    return options.mayGoOn(tally.changes.size);
  }

  function pathOf(number: number): string {
    return progress.files[number]?.path ?? "";
  }

  function readOn(
    opened: OpenTranscript,
    reading: { file: FileProgress; number: number },
  ): FileProgress {
    const { file, number } = reading;
    const { facts } = opened;
    const result = scanner.scan(opened.readAt, {
      from: file.offset,
      to: facts.bytes,
      insideLongLine: file.insideLongLine,
      mayGoOn,
      onLine: (line) => tally.add(line, number),
    });
    return { path: file.path, facts, ...result, guard: fingerprint(opened, result.offset) };
  }
}

function unread(path: string, facts: FileFacts): FileProgress {
  return {
    path,
    facts,
    offset: 0,
    insideLongLine: false,
    guard: EMPTY_FINGERPRINT,
    complete: false,
  };
}

/** A subagent's transcript; a workflow's subagents write theirs some folders further down. */
const SUBAGENT = /(?:^|\/)agent-[^/]*\.jsonl$/;

/** The session's files that are there, main first, then subagents' by path; null without main. */
function lookAround(mainPath: string, files: TranscriptFiles): Map<string, FileFacts> | null {
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

/** Whether every file that was read before is still the same one, at most longer. */
function stillHolds(
  progress: SavedProgress,
  options: { looked: ReadonlyMap<string, FileFacts>; files: TranscriptFiles },
): boolean {
  return progress.files.every((file) => {
    const facts = options.looked.get(file.path);
    if (facts === undefined) return false;
    if (same(file.facts, facts)) return true;
    // Grown is what a transcript does; touched without growing means rewritten.
    if (facts.inode !== file.facts.inode || facts.bytes < file.offset) return false;
    if (facts.bytes <= file.facts.bytes) return false;
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
