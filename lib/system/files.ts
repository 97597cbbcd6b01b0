// The Files port on the file system: every write is a temp file, an fsync and a rename.
import { UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import type { Files, PathKind } from "../ports/mod.ts";

const BACKUPS_KEPT = 20;
let writes = 0;

/** The files of this machine; `backups` is where {@link Files.backUp} keeps copies. */
export function systemFiles(options: { backups: string; nowMs: () => number }): Files {
  const write = (path: string, content: string | Uint8Array, mode?: number) => {
    // A linked file is written at its target, so that the link stays.
    const target = files.resolve(path) ?? path;
    const kept = orMissing(() => Deno.statSync(target))?.mode;
    const bits = mode ?? (kept === null || kept === undefined ? 0o600 : kept & 0o777);
    writing(path, () => writeAtomically(target, content, bits));
  };
  const files: Files = {
    kind(path) {
      const info = orMissing(() => Deno.lstatSync(path));
      return info === null ? "missing" : kindOf(info);
    },
    readText: (path) => orMissing(() => Deno.readTextFileSync(regular(path))),
    readGiven: (path) => orMissing(() => Deno.readTextFileSync(path)),
    readBytes(path) {
      const bytes = orMissing(() => Deno.readFileSync(regular(path)));
      return bytes && Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    },
    readHead(path, characters) {
      try {
        using file = Deno.openSync(regular(path));
        const bytes = new Uint8Array(characters);
        return new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0));
      } catch {
        return "";
      }
    },
    readTail(path, bytes) {
      try {
        using file = Deno.openSync(regular(path));
        file.seekSync(Math.max(0, file.statSync().size - bytes), Deno.SeekMode.Start);
        const tail = new Uint8Array(bytes);
        let filled = 0;
        for (let n = 1; n > 0 && filled < bytes; filled += n) {
          n = file.readSync(tail.subarray(filled)) ?? 0;
        }
        return new TextDecoder().decode(tail.subarray(0, filled));
      } catch {
        return "";
      }
    },
    writeText: (path, text, mode) => write(path, text, mode),
    writeBytes: (path, bytes, mode) =>
      write(path, Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)), mode),
    makePrivateDirectory: (path) =>
      writing(path, () => {
        Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
        const info = Deno.statSync(path);
        if (info.mode !== null && (info.mode & 0o777) !== 0o700) Deno.chmodSync(path, 0o700);
      }),
    list(path) {
      try {
        return [...Deno.readDirSync(path)].map((entry) => entry.name).sort();
      } catch (error) {
        // What can't be listed, such as a link to itself, is taken as empty.
        const { NotFound, NotADirectory, FilesystemLoop } = Deno.errors;
        const isEmpty = [NotFound, NotADirectory, FilesystemLoop].some((kind) =>
          error instanceof kind
        );
        if (isEmpty) return [];
        throw error;
      }
    },
    readLink(path) {
      return files.kind(path) === "link" ? Deno.readLinkSync(path) : null;
    },
    makeLink: (path, target) => writing(path, () => Deno.symlinkSync(target, path)),
    rename: (from, to) => writing(to, () => Deno.renameSync(from, to)),
    resolve(path) {
      try {
        return orMissing(() => Deno.realPathSync(path));
      } catch (error) {
        if (error instanceof Deno.errors.FilesystemLoop) return null;
        throw error;
      }
    },
    locked(path, action) {
      // The kernel releases the lock when this process ends, however it ends.
      const file = writing(path, () => {
        if (orMissing(() => Deno.statSync(path))?.isFile === false) {
          throw new UserError(`Cannot lock "${path}": it is not a regular file`, {
            hint: `mv ${shellWord(path)} ${shellWord(`${path}.old`)}`,
          });
        }
        return Deno.openSync(path, { create: true, write: true, mode: 0o600 });
      });
      try {
        file.lockSync(true);
        return action();
      } finally {
        file.close();
      }
    },
    backUp(path) {
      const name = path.slice(path.lastIndexOf("/") + 1);
      const copy = files.backupPath(name);
      writing(copy, () => writeAtomically(copy, Deno.readFileSync(regular(path)), 0o600));
      const older = files.list(options.backups).filter((entry) =>
        entry.startsWith(`${name}.`) && /^\d{4}-\d\d-\d\dT/.test(entry.slice(name.length + 1))
      );
      for (const entry of older.slice(0, -BACKUPS_KEPT)) {
        Deno.removeSync(`${options.backups}/${entry}`);
      }
      return copy;
    },
    mode(path) {
      const mode = orMissing(() => Deno.statSync(path))?.mode ?? null;
      return mode === null ? null : mode & 0o777;
    },
    setMode: (path, mode) => writing(path, () => Deno.chmodSync(path, mode)),
    makeDirectory(path) {
      try {
        Deno.mkdirSync(path, { mode: 0o700 });
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return false;
        throw toldError(path, error);
      }
    },
    remove: (path) => void orMissing(() => Deno.removeSync(path)),
    removeTree: (path) => void orMissing(() => Deno.removeSync(path, { recursive: true })),
    copy(from, to) {
      const info = Deno.statSync(from);
      const mode = (info.mode ?? 0o600) & 0o777;
      writing(to, () => writeAtomically(to, Deno.readFileSync(regular(from)), mode));
      if (info.mtime !== null) Deno.utimeSync(to, info.mtime, info.mtime);
    },
    sameContent(a, b) {
      if (Deno.statSync(regular(a)).size !== Deno.statSync(regular(b)).size) return false;
      const [left, right] = [Deno.readFileSync(a), Deno.readFileSync(b)];
      return left.length === right.length && left.every((byte, i) => byte === right[i]);
    },
    size: (path) => orMissing(() => Deno.statSync(path))?.size ?? null,
    modifiedAtMs: (path) => orMissing(() => Deno.lstatSync(path))?.mtime?.getTime() ?? null,
    device: (path) => orMissing(() => Deno.statSync(path))?.dev ?? null,
    backupPath(name) {
      files.makePrivateDirectory(options.backups);
      const stamp = new Date(options.nowMs()).toISOString().replace(/[:.]/g, "-");
      let path = `${options.backups}/${name}.${stamp}`;
      for (let n = 1; files.kind(path) !== "missing"; n++) {
        path = `${options.backups}/${name}.${stamp}.${n}`;
      }
      return path;
    },
  };
  return files;
}

/** The path of a regular file: opening a pipe or a device could block. */
function regular(path: string): string {
  if (Deno.statSync(path).isFile) return path;
  throw new Error(`"${path}" is not a regular file`);
}

function kindOf(info: Deno.FileInfo): PathKind {
  if (info.isSymlink) return "link";
  if (info.isDirectory) return "directory";
  return info.isFile ? "file" : "other";
}

/** Runs a lookup; null if the path doesn't exist. */
function orMissing<T>(look: () => T): T | null {
  try {
    return look();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
      return null;
    }
    throw error;
  }
}

/** Runs a change of the path; a fault that the user can fix becomes a UserError. */
function writing<T>(path: string, change: () => T): T {
  try {
    return change();
  } catch (error) {
    throw toldError(path, error);
  }
}

/** A UserError for EACCES, ENOSPC, EROFS and EDQUOT (whose number differs by system), else `error`. */
function toldError(path: string, error: unknown): unknown {
  const message = error instanceof Error ? error.message : "";
  const why = error instanceof Deno.errors.PermissionDenied
    ? "permission denied"
    : /os error 28\b/.test(message)
    ? "the disk is full"
    : /os error 30\b/.test(message)
    ? "the file system is read-only"
    : /quota exceeded/.test(message)
    ? "the disk quota is used up"
    : null;
  if (why === null) return error;
  return new UserError(`Cannot write "${path}": ${why}`, {
    hint: `ls -ld ${shellWord(path.slice(0, path.lastIndexOf("/")) || "/")}; df -h`,
    cause: error,
  });
}

function writeAtomically(path: string, content: string | Uint8Array, mode: number): void {
  const temp = `${path}.tmp-${Deno.pid}-${writes++}`;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    const file = Deno.openSync(temp, { write: true, createNew: true, mode });
    try {
      for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
      file.syncSync();
    } finally {
      file.close();
    }
    Deno.chmodSync(temp, mode);
    Deno.renameSync(temp, path);
  } catch (error) {
    try {
      Deno.removeSync(temp);
    } catch {
      // It was never made, or it is already in place.
    }
    throw error;
  }
}
