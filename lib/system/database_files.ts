// The files of a SQLite database: the database, and the log and index that SQLite puts next to it.
import { orMissing, orNull } from "./lookups.ts";

const SUFFIXES = ["", "-wal", "-shm"] as const;

/** Whether the path is a regular file; false if it is missing or can't be seen. */
export function isFile(path: string): boolean {
  return orNull(() => Deno.statSync(path).isFile) ?? false;
}

/**
 * Creates an empty database file (mode 0600, in a folder with mode 0700) if it is missing, and takes
 * the permissions of other users from an existing one and its log. Only a regular file is opened: a
 * pipe or a device could block.
 * @throws Error if it is something else, or can't be created.
 */
export function makePrivateDatabase(path: string): void {
  const found = orNull(() => Deno.statSync(path));
  if (found === null) {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
    Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    return;
  }
  if (!found.isFile) throw new Error("it is not a regular file");
  if (((found.mode ?? 0) & 0o077) === 0) return;
  // One that is missing or belongs to somebody else is left alone; doctor reports it.
  for (const suffix of SUFFIXES) orNull(() => Deno.chmodSync(path + suffix, 0o600));
}

/** Renames a file. @throws Error if it can't be renamed. */
export function moveFile(from: string, to: string): void {
  Deno.renameSync(from, to);
}

/** Renames a database with its log and index. @throws Error if one of them can't be renamed. */
export function moveDatabase(from: string, to: string): void {
  for (const suffix of SUFFIXES) orMissing(() => Deno.renameSync(from + suffix, to + suffix));
}

/**
 * Runs an action on a temporary copy of a database and its log. The copy is in `folder` (null: the
 * system's folder for temporary files) and is deleted once `open` returns, which may keep it open.
 * @throws Error if it can't be copied.
 */
export function openCopy<T>(
  path: string,
  { folder, open }: { folder: string | null; open: (copy: string) => T },
): T {
  const place = folder === null ? {} : { dir: folder };
  const dir = Deno.makeTempDirSync({ ...place, prefix: "claude-multi-ledger-" });
  try {
    Deno.copyFileSync(path, `${dir}/copy`);
    orMissing(() => Deno.copyFileSync(`${path}-wal`, `${dir}/copy-wal`));
    return open(`${dir}/copy`);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Size of a database's log in bytes; 0 without one. */
export function logBytes(path: string): number {
  return orNull(() => Deno.statSync(`${path}-wal`).size) ?? 0;
}
