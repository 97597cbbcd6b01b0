// The Files port on the file system: every write is a temporary file, an fsync and a rename.
import { UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import type { Files, PathKind } from "../ports/mod.ts";
import { codeOf, orMissing, orNull, regular } from "./lookups.ts";

const BACKUPS_KEPT = 20;
let writes = 0;

/** The files of this machine; `backups` is where {@link Files.backUp} keeps copies. */
export function systemFiles(options: { backups: string; nowMs: () => number }): Files {
  const write = (path: string, content: string | Uint8Array, mode?: number) => {
    // Writing to a link replaces its target, so that the link stays.
    const target = files.resolve(path) ?? path;
    const bits = mode ?? files.mode(target) ?? 0o600;
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
    readHead: (path, bytes) => readPart(path, { bytes, atEnd: false }),
    readTail: (path, bytes) => readPart(path, { bytes, atEnd: true }),
    readAt: (path, { buffer, at }) =>
      orNull(() => {
        using file = Deno.openSync(regular(path));
        file.seekSync(at, Deno.SeekMode.Start);
        return file.readSync(buffer);
      }) ?? 0,
    writeText: (path, text, mode) => write(path, text, mode),
    writeBytes: (path, bytes, mode) =>
      write(path, Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)), mode),
    append: (path, text) =>
      writing(path, () => Deno.writeTextFileSync(path, text, { append: true, mode: 0o600 })),
    makePrivateDirectory: (path) =>
      writing(path, () => {
        Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
        if ((bitsOf(Deno.statSync(path)) ?? 0o700) !== 0o700) Deno.chmodSync(path, 0o700);
      }),
    list: (path) =>
      orMissing(() => [...Deno.readDirSync(path)].map((entry) => entry.name).sort(), "ELOOP") ?? [],
    readLink(path) {
      return files.kind(path) === "link" ? Deno.readLinkSync(path) : null;
    },
    makeLink: (path, target) => writing(path, () => Deno.symlinkSync(target, path)),
    rename: (from, to) => writing(to, () => Deno.renameSync(from, to)),
    resolve: (path) => orMissing(() => Deno.realPathSync(path), "ELOOP"),
    locked(path, action) {
      // Not `using`: the bundler takes a variable that is used only once for its value, and nothing closes it.
      const file = openedToLock(path);
      try {
        file.lockSync(true);
        return action();
      } finally {
        file.close();
      }
    },
    lockNow(path, text) {
      const file = openedToLock(path);
      try {
        if (file.tryLockSync(true)) {
          file.truncateSync();
          file.writeSync(new TextEncoder().encode(text));
          return () => file.close();
        }
      } catch (error) {
        file.close();
        throw error;
      }
      file.close();
      return null;
    },
    backUp(path, name = path.slice(path.lastIndexOf("/") + 1)) {
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
    mode: (path) => bitsOf(orMissing(() => Deno.statSync(path))),
    owner: (path) => orMissing(() => Deno.statSync(path), "ELOOP")?.uid ?? null,
    ownFacts(path) {
      const info = orMissing(() => Deno.lstatSync(path));
      if (info === null) return null;
      const needed = info.isDirectory ? 0o700 : info.isFile ? 0o400 : 0;
      return { owner: info.uid, mode: bitsOf(info) ?? needed, needed };
    },
    setMode: (path, mode) => writing(path, () => Deno.chmodSync(path, mode)),
    makeDirectory: (path) =>
      writing(path, () => {
        try {
          Deno.mkdirSync(path, { mode: 0o700 });
          return true;
        } catch (error) {
          if (codeOf(error) === "EEXIST") return false;
          throw error;
        }
      }),
    remove: (path) => void orMissing(() => Deno.removeSync(path)),
    removeTree: (path) => void orMissing(() => Deno.removeSync(path, { recursive: true })),
    copy(from, to) {
      const info = Deno.statSync(from);
      const mode = bitsOf(info) ?? 0o600;
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

/** Opens a file to lock it; the kernel releases the lock when this process ends, no matter how. */
function openedToLock(path: string): Deno.FsFile {
  return writing(path, () => {
    if (orMissing(() => Deno.statSync(path))?.isFile === false) {
      throw new UserError(`cannot lock "${path}": it is not a regular file`, {
        hint: `mv ${shellWord(path)} ${shellWord(`${path}.old`)}`,
      });
    }
    return Deno.openSync(path, { create: true, write: true, mode: 0o600 });
  });
}

/** Text from the first or the last bytes of a regular file; "" if it can't be read. */
function readPart(path: string, { bytes, atEnd }: { bytes: number; atEnd: boolean }): string {
  return orNull(() => {
    using file = Deno.openSync(regular(path));
    const { size } = file.statSync();
    if (atEnd) file.seekSync(Math.max(0, size - bytes), Deno.SeekMode.Start);
    const part = new Uint8Array(Math.min(bytes, size));
    let filled = 0;
    for (let n = 1; n > 0 && filled < part.length; filled += n) {
      n = file.readSync(part.subarray(filled)) ?? 0;
    }
    return new TextDecoder().decode(part.subarray(0, filled));
  }) ?? "";
}

function bitsOf(info: Deno.FileInfo | null): number | null {
  const mode = info?.mode ?? null;
  return mode === null ? null : mode & 0o777;
}

function kindOf(info: Deno.FileInfo): PathKind {
  if (info.isSymlink) return "link";
  if (info.isDirectory) return "directory";
  return info.isFile ? "file" : "other";
}

/** Errors of a write that the user can fix, by code. */
const FIXABLE: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOSPC: "the disk is full",
  EROFS: "the file system is read-only",
  EDQUOT: "the disk quota is used up",
};

/** Runs a change of the path; an error that the user can fix becomes a UserError. */
function writing<T>(path: string, change: () => T): T {
  try {
    return change();
  } catch (cause) {
    const why = FIXABLE[codeOf(cause)];
    if (why === undefined) throw cause;
    throw new UserError(`cannot write "${path}": ${why}`, {
      hint: `ls -ld ${shellWord(path.slice(0, path.lastIndexOf("/")) || "/")}; df -h`,
      cause,
    });
  }
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
    keepOwner(path, temp);
    Deno.chmodSync(temp, mode);
    Deno.renameSync(temp, path);
  } catch (error) {
    orNull(() => Deno.removeSync(temp));
    throw error;
  }
}

/**
 * Gives a new version of a file the owner and group of the one that it replaces, or if root writes a
 * new file, those of its folder.
 */
function keepOwner(path: string, version: string): void {
  const made = Deno.statSync(version);
  const folder = path.slice(0, path.lastIndexOf("/")) || "/";
  const like = orNull(() => Deno.lstatSync(path)) ??
    (made.uid === 0 ? orNull(() => Deno.statSync(folder)) : null);
  if (like === null || (like.uid === made.uid && like.gid === made.gid)) return;
  // Only root may give files away; others may still choose among their groups.
  orNull(() => Deno.chownSync(version, made.uid === 0 ? like.uid : null, like.gid));
}
