// The files of a SQLite database: the database, and the log and index that SQLite makes next to it.

const SUFFIXES = ["", "-wal", "-shm"] as const;

/** Whether the path is a regular file. @throws Deno.errors.NotFound when nothing is there. */
export function isFile(path: string): boolean {
  return Deno.statSync(path).isFile;
}

/**
 * Makes an empty database file with mode 0600 if it is missing, in a folder with mode 0700, and takes
 * an existing one and its log away from other users. Only a regular file is opened: a pipe or a
 * device could block.
 * @throws Error when it is something else, or can't be made.
 */
export function makePrivateDatabase(path: string): void {
  let found: Deno.FileInfo;
  try {
    found = Deno.statSync(path);
  } catch {
    Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true, mode: 0o700 });
    Deno.openSync(path, { create: true, write: true, mode: 0o600 }).close();
    return;
  }
  if (!found.isFile) throw new Error("it is not a regular file");
  if (((found.mode ?? 0) & 0o077) === 0) return;
  for (const suffix of SUFFIXES) {
    try {
      Deno.chmodSync(path + suffix, 0o600);
    } catch {
      // It is missing or somebody else's, which doctor reports.
    }
  }
}

/** Renames a file. @throws Error when it can't be renamed. */
export function moveFile(from: string, to: string): void {
  Deno.renameSync(from, to);
}

/** Renames a database with its log and index. @throws Error when one can't be renamed. */
export function moveDatabase(from: string, to: string): void {
  for (const suffix of SUFFIXES) {
    try {
      Deno.renameSync(from + suffix, to + suffix);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/**
 * Runs an action on a temporary copy of a database and its log. The copy is in `folder` (default: the
 * system's folder for temporary files) and is deleted once `open` returns, which may keep it open.
 * @throws Error when it can't be copied.
 */
export function openCopy<T>(
  path: string,
  { folder, open }: { folder: string | null; open: (copy: string) => T },
): T {
  const place = folder === null ? {} : { dir: folder };
  const dir = Deno.makeTempDirSync({ ...place, prefix: "claude-multi-ledger-" });
  try {
    Deno.copyFileSync(path, `${dir}/copy`);
    try {
      Deno.copyFileSync(`${path}-wal`, `${dir}/copy-wal`);
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
    return open(`${dir}/copy`);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Bytes of the log of a database; 0 without one. */
export function logBytes(path: string): number {
  try {
    return Deno.statSync(`${path}-wal`).size;
  } catch {
    return 0;
  }
}
