// The port to the file system.

/** What a path is; `missing` also when a parent is missing. */
export type PathKind = "file" | "directory" | "link" | "other" | "missing";

/** Files, all paths absolute. Every write is atomic: temp file, fsync, rename. */
export interface Files {
  /** Kind of the path itself; links are not followed. */
  kind(path: string): PathKind;
  /** Text of a regular file, or null when it is missing. Throws on any other fault. */
  readText(path: string): string | null;
  /** The same of whatever a person named, which may be a pipe: it may wait for its writer. */
  readGiven(path: string): string | null;
  /** The bytes of a regular file, one character (U+0000 to U+00FF) each, or null when it is missing. */
  readBytes(path: string): string | null;
  /** The first characters of a regular file, "" when it cannot be read. */
  readHead(path: string, characters: number): string;
  /** The last bytes of a regular file as text, "" when it cannot be read. */
  readTail(path: string, bytes: number): string;
  /** Writes a file with mode 0600 unless given, keeping the mode of an existing one. */
  writeText(path: string, text: string, mode?: number): void;
  /** The same of what {@link Files.readBytes} gives. */
  writeBytes(path: string, bytes: string, mode?: number): void;
  /** Makes a directory and its parents with mode 0700 and enforces 0700 on the last. */
  makePrivateDirectory(path: string): void;
  /** Names in a directory; empty when it is missing. */
  list(path: string): string[];
  /** Target of a link as written, or null when the path is no link. */
  readLink(path: string): string | null;
  /** Makes a link at `path` that points to `target`. */
  makeLink(path: string, target: string): void;
  /** Renames within one file system. */
  rename(from: string, to: string): void;
  /** The path with all links resolved, or null when it does not exist. */
  resolve(path: string): string | null;
  /** Runs an action while this process alone holds the lock file `path`. */
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
  /** Copies a file, complete or not at all, with its mode and its time of change. */
  copy(from: string, to: string): void;
  /** Whether two files hold the same bytes. */
  sameContent(a: string, b: string): boolean;
  /** Bytes of a file, or null when it is missing. */
  size(path: string): number | null;
  /** When the path itself was last changed, or null when it is missing. */
  modifiedAtMs(path: string): number | null;
  /** A number that two paths share when one can be renamed to the other; null when missing. */
  device(path: string): number | null;
  /** A free path in `backups/` for something called `name` that is moved there. */
  backupPath(name: string): string;
}
