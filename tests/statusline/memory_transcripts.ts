// Transcripts in memory, and a store in memory for what was counted.
import type { Call, FileFacts, SavedProgress } from "../../lib/claude/transcript/tokens.ts";
import type { OpenTranscript, ProgressStore, TranscriptFiles } from "../../lib/ports/mod.ts";
import { refresh } from "../../lib/claude/transcript/progress.ts";
import { LineScanner } from "../../lib/claude/transcript/scan.ts";
import type { SessionTotals } from "../../lib/claude/transcript/totals.ts";

interface MemoryFile {
  bytes: Uint8Array;
  inode: number;
  changedAtMs: number;
}

/** The main file of every session here. */
export const MAIN = "/p/session.jsonl";

/** Path of a subagent's file. */
export function subagentPath(name: string): string {
  return `/p/session/subagents/agent-${name}.jsonl`;
}

/** Files in memory that grow, shrink, move and are rewritten. */
export class MemoryFiles implements TranscriptFiles {
  readonly #files = new Map<string, MemoryFile>();
  #clock = 0;
  /** How many bytes were read so far. */
  bytesRead = 0;

  /** Appends to a file; creates a missing one. */
  append(path: string, content: string | Uint8Array): void {
    const more = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const file = this.#files.get(path) ?? this.#made(new Uint8Array());
    const bytes = new Uint8Array(file.bytes.length + more.length);
    bytes.set(file.bytes);
    bytes.set(more, file.bytes.length);
    this.#files.set(path, { ...file, bytes, changedAtMs: ++this.#clock });
  }

  /** Replaces a file's content, in place or, if `renamed`, with another inode. */
  write(path: string, content: string | Uint8Array, options: { renamed?: boolean } = {}): void {
    const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
    const before = this.#files.get(path);
    const made = this.#made(bytes);
    this.#files.set(
      path,
      before === undefined || options.renamed ? made : { ...made, inode: before.inode },
    );
  }

  /** Removes a file. */
  remove(path: string): void {
    this.#files.delete(path);
  }

  /** The bytes of a file. */
  bytes(path: string): Uint8Array {
    return this.#files.get(path)?.bytes ?? new Uint8Array();
  }

  /** The existing files of subagents, by name. */
  subagents(): Map<string, Uint8Array> {
    return new Map(
      [...this.#files].filter(([path]) => path.includes("/subagents/")).map((
        [path, file],
      ) => [path, file.bytes]),
    );
  }

  resolve(path: string): string {
    return path;
  }

  look(path: string): FileFacts | null {
    const file = this.#files.get(path);
    return file === undefined
      ? null
      : { inode: file.inode, bytes: file.bytes.length, changedAtMs: file.changedAtMs };
  }

  open(path: string): OpenTranscript | null {
    const facts = this.look(path);
    const file = this.#files.get(path);
    if (facts === null || file === undefined) return null;
    return {
      facts,
      readAt: (buffer, at) => {
        const piece = file.bytes.subarray(at, at + buffer.length);
        buffer.set(piece);
        this.bytesRead += piece.length;
        return piece.length;
      },
      close() {},
    };
  }

  list(directory: string): string[] {
    return [...this.#files.keys()].filter((path) => path.startsWith(`${directory}/`)).map((path) =>
      path.slice(directory.length + 1)
    );
  }

  #made(bytes: Uint8Array): MemoryFile {
    return { bytes, inode: ++this.#clock, changedAtMs: ++this.#clock };
  }
}

/** What was counted, saved in memory, as text where the ledger saves text. */
export class MemoryProgress implements ProgressStore {
  #saved: { text: string; revision: number; calls: Map<string, Call> } | null = null;

  load(): ReturnType<ProgressStore["load"]> {
    const saved = this.#saved;
    if (saved === null) return null;
    return {
      progress: JSON.parse(saved.text) as SavedProgress,
      revision: saved.revision,
      known: {
        find: (key) => saved.calls.get(key) ?? null,
        subagentsSince(atMs) {
          const sums = { input: 0, output: 0 };
          for (const { tokens, file, atMs: at } of saved.calls.values()) {
            if (file === 0 || at === null || at < atMs) continue;
            sums.input += tokens.freshInput + tokens.cacheWrite + tokens.cacheRead;
            sums.output += tokens.output;
          }
          return sums;
        },
      },
    };
  }

  save(_mainPath: string, change: Parameters<ProgressStore["save"]>[1]): void {
    const revision = this.#saved?.revision ?? null;
    if (revision !== change.revision) return;
    const calls = new Map(change.restart ? [] : this.#saved?.calls ?? []);
    for (const [key, { call }] of change.calls) calls.set(key, call);
    this.#saved = { text: JSON.stringify(change.progress), revision: (revision ?? 0) + 1, calls };
  }
}

/** One call of the status line on the files: reads, counts, and saves, unless `save` is false. */
export function refreshOnce(
  files: TranscriptFiles,
  store: ProgressStore,
  options: {
    mayGoOn?: () => boolean;
    save?: boolean;
    mainPath?: string;
    scanner?: LineScanner;
  } = {},
): SessionTotals | null {
  const mainPath = options.mainPath ?? MAIN;
  const loaded = store.load(mainPath);
  const scanner = options.scanner ?? new LineScanner();
  const mayGoOn = options.mayGoOn ?? (() => true);
  const refreshed = refresh(mainPath, { files, loaded, mayGoOn, scanner });
  if (refreshed === null) return null;
  if (refreshed.changed && options.save !== false) {
    store.save(mainPath, {
      progress: refreshed.progress,
      revision: loaded?.revision ?? null,
      restart: refreshed.restart,
      calls: refreshed.calls,
      nowMs: 1_800_000_000_000,
    });
  }
  return refreshed.totals;
}
