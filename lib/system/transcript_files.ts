// The TranscriptFiles port on the file system: read-only, and it never throws.
import type { OpenTranscript, TranscriptFiles } from "../ports/mod.ts";
import { orNull } from "./lookups.ts";

/** Transcripts as the client writes them. Pipes, devices and folders are skipped. */
export const transcriptFiles: TranscriptFiles = {
  resolve: (path) => orNull(() => Deno.realPathSync(path)) ?? path,
  look: (path) => orNull(() => factsOf(Deno.statSync(path))),
  open(path): OpenTranscript | null {
    // Opening a pipe would wait for a writer, so its kind is checked first.
    if (transcriptFiles.look(path) === null) return null;
    const file = orNull(() => Deno.openSync(path));
    if (file === null) return null;
    const facts = orNull(() => factsOf(file.statSync()));
    if (facts === null) {
      file.close();
      return null;
    }
    let position = 0;
    return {
      facts,
      readAt(buffer, at) {
        return orNull(() => {
          if (at !== position) position = file.seekSync(at, Deno.SeekMode.Start);
          const got = file.readSync(buffer) ?? 0;
          position += got;
          return got;
        }) ?? 0;
      },
      close: () => file.close(),
    };
  },
  list: (directory) => listInto([], { directory, prefix: "", depth: 0 }),
};

/** How many levels of folders a listing goes down. */
const DEEPEST = 3;

/** Lists a folder in one pass: entries say whether they are folders. */
function listInto(
  found: string[],
  where: { directory: string; prefix: string; depth: number },
): string[] {
  const { directory, prefix, depth } = where;
  try {
    for (const { name, isDirectory } of Deno.readDirSync(directory)) {
      if (!isDirectory) found.push(prefix + name);
      else if (depth < DEEPEST) {
        const next = { directory: `${directory}/${name}`, prefix: `${prefix}${name}/` };
        listInto(found, { ...next, depth: depth + 1 });
      }
    }
  } catch {
    // A missing or unreadable folder counts as empty.
  }
  return found;
}

function factsOf(info: Deno.FileInfo): ReturnType<TranscriptFiles["look"]> {
  if (!info.isFile) return null;
  return { inode: info.ino ?? 0, bytes: info.size, changedAtMs: info.mtime?.getTime() ?? 0 };
}
