// The port to the file system.

/** The kind of a path; `missing` also if a parent is missing. */
export type PathKind = "file" | "directory" | "link" | "other" | "missing";

/**
 * Files, all paths absolute. Every write is atomic: temporary file, fsync, rename. Changes throw a
 * UserError if the user can fix what is wrong: no permission, a full or read-only disk.
 */
export interface Files {
  /** The kind of the path itself; links aren't followed. */
  kind(path: string): PathKind;
  /** The text of a regular file, or null if it is missing. Throws on any other error. */
  readText(path: string): string | null;
  /** The same for any path that the user names, including a pipe, which may wait for its writer. */
  readGiven(path: string): string | null;
  /** The bytes of a regular file, one character (U+0000 to U+00FF) each, or null if it is missing. */
  readBytes(path: string): string | null;
  /** The first bytes of a regular file as text; "" if it can't be read. */
  readHead(path: string, bytes: number): string;
  /** The last bytes of a regular file as text; "" if it can't be read. */
  readTail(path: string, bytes: number): string;
  /**
   * Fills a buffer from an offset of a regular file; returns the number of bytes, 0 at the end or if it
   * can't be read.
   */
  readAt(path: string, from: { buffer: Uint8Array; at: number }): number;
  /**
   * Writes a file (default mode: that of the existing file, or 0600). It keeps its owner; a new one that
   * root writes gets that of the folder.
   */
  writeText(path: string, text: string, mode?: number): void;
  /** The same for bytes as {@link Files.readBytes} returns them. */
  writeBytes(path: string, bytes: string, mode?: number): void;
  /** Adds text to the end of a file, with one write and no copy; a new file gets mode 0600. */
  append(path: string, text: string): void;
  /** Creates a directory and its parents with mode 0700, and enforces 0700 on the last. */
  makePrivateDirectory(path: string): void;
  /** The names in a directory, sorted; empty if it is missing. */
  list(path: string): string[];
  /** The target of a link as written, or null if the path isn't a link. */
  readLink(path: string): string | null;
  makeLink(path: string, target: string): void;
  /** Renames within one file system. */
  rename(from: string, to: string): void;
  /** The path with all links resolved, or null if it doesn't exist. */
  resolve(path: string): string | null;
  /** Runs an action while this process has locked the file `path`. */
  locked<T>(path: string, action: () => T): T;
  /**
   * Locks the file `path` and writes `text` into it, or returns null at once if somebody else has it locked. What
   * it returns ends the lock, and so does the end of this process, whatever that is.
   */
  lockNow(path: string, text: string): (() => void) | null;
  /**
   * Copies a file to `backups/`, which keeps the newest 20 of each name (default: the file's own);
   * returns the copy's path.
   */
  backUp(path: string, name?: string): string;
  /** The permission bits of a path, or null if it is missing. */
  mode(path: string): number | null;
  setMode(path: string, mode: number): void;
  /** The number of the user whose file or folder it is, links followed; null if it is missing. */
  owner(path: string): number | null;
  /**
   * Of the path itself, links not followed: its owner, its permission bits, and those that the owner
   * needs to work with it; null if it is missing.
   */
  ownFacts(path: string): { owner: number | null; mode: number; needed: number } | null;
  /** Creates one directory (0700) and returns true; false if something of that name exists. */
  makeDirectory(path: string): boolean;
  /** Removes a file, a link or an empty directory; does nothing if it is missing. */
  remove(path: string): void;
  /** Removes a directory and everything in it; doesn't follow links. */
  removeTree(path: string): void;
  /** Copies a file, completely or not at all, with its mode and modification time. */
  copy(from: string, to: string): void;
  /** Whether two files have the same bytes. */
  sameContent(a: string, b: string): boolean;
  /** The size of a file in bytes, or null if it is missing. */
  size(path: string): number | null;
  /** When the path itself was last changed, or null if it is missing. */
  modifiedAtMs(path: string): number | null;
  /** The number of the file system, within which a rename works; null if the path is missing. */
  device(path: string): number | null;
  /** A free path in `backups/` for something called `name`. */
  backupPath(name: string): string;
}
