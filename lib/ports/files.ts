// The port to the file system.

/** The kind of a path; `missing` also when a parent is missing. */
export type PathKind = "file" | "directory" | "link" | "other" | "missing";

/** Files, all paths absolute. Every write is atomic: temp file, fsync, rename. */
export interface Files {
  /** Kind of the path itself; links are not followed. */
  kind(path: string): PathKind;
  /** Text of a regular file, or null when it is missing. Throws on any other fault. */
  readText(path: string): string | null;
  /** The same for a path that a person named: it may be a pipe, and then this waits for its writer. */
  readGiven(path: string): string | null;
  /** The bytes of a regular file, one character (U+0000 to U+00FF) each, or null when it is missing. */
  readBytes(path: string): string | null;
  /** The first characters of a regular file, "" when it can't be read. */
  readHead(path: string, characters: number): string;
  /** The last bytes of a regular file as text, "" when it can't be read. */
  readTail(path: string, bytes: number): string;
  /** Writes a file. Default mode: that of the existing file, or 0600. */
  writeText(path: string, text: string, mode?: number): void;
  /** The same for bytes as {@link Files.readBytes} returns them. */
  writeBytes(path: string, bytes: string, mode?: number): void;
  /** Makes a directory and its parents with mode 0700 and enforces 0700 on the last. */
  makePrivateDirectory(path: string): void;
  /** Names in a directory; empty when it is missing. */
  list(path: string): string[];
  /** Target of a link as written, or null when the path isn't a link. */
  readLink(path: string): string | null;
  /** Makes a link at `path` that points to `target`. */
  makeLink(path: string, target: string): void;
  /** Renames within one file system. */
  rename(from: string, to: string): void;
  /** The path with all links resolved, or null when it does not exist. */
  resolve(path: string): string | null;
  /** Runs an action while this process has the lock file `path` to itself. */
  locked<T>(path: string, action: () => T): T;
  /** Keeps a copy of a file in `backups/`, newest 20 of each name; returns the copy's path. */
  backUp(path: string): string;
  /** Permission bits of a path, or null when it is missing. */
  mode(path: string): number | null;
  /** Sets permission bits. */
  setMode(path: string, mode: number): void;
  /** Makes one directory (0700) and returns true; false when something of that name exists. */
  makeDirectory(path: string): boolean;
  /** Removes a file, a link or an empty directory; a missing one is fine. */
  remove(path: string): void;
  /** Removes a directory with everything in it; links in it are not followed. */
  removeTree(path: string): void;
  /** Copies a file, completely or not at all, with its mode and modification time. */
  copy(from: string, to: string): void;
  /** Whether two files have the same bytes. */
  sameContent(a: string, b: string): boolean;
  /** Bytes of a file, or null when it is missing. */
  size(path: string): number | null;
  /** When the path itself was last changed, or null when it is missing. */
  modifiedAtMs(path: string): number | null;
  /** The number of the file system: a rename works only within one. Null when missing. */
  device(path: string): number | null;
  /** A free path in `backups/` to move something called `name` to. */
  backupPath(name: string): string;
}
