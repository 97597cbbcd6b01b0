// What an archive of a release holds, and how packages get at it: they are all made from the archives.
import { type Entry, writeArchive } from "../archives.ts";
import { EXECUTABLES } from "../executables.ts";
import { withAddress } from "./address.ts";
import { completionFiles } from "./completions.ts";
import { NOTICES } from "./third_party.ts";
import { type Target, TARGETS } from "../targets.ts";
import { ROOT, run, sha256 } from "../toolchain.ts";

/** Where `make release` puts its files, and where packages are made from them. */
export const RELEASE_FOLDER = `${ROOT}/dist/release`;

/** The programs that an archive has at its top: the executables, `cl`, and its other name. */
export const PROGRAMS = [...Object.keys(EXECUTABLES), "cl", "claude-multi-ide"];

/** The name of an archive, and of the folder in it: its parts are what installers look for. */
export function archiveName(version: string, target: Target): string {
  return `claude-multi-${version}-${target}`;
}

/**
 * Writes the archive of a target from the built executables in `programs`, with the `notices` of what is in
 * them; returns its path.
 */
export async function archive(options: {
  programs: string;
  folder: string;
  version: string;
  target: Target;
  address: string;
  notices: string;
}): Promise<string> {
  const { programs, folder, version, target, address, notices } = options;
  const name = archiveName(version, target);
  const encoder = new TextEncoder();
  const file = `${folder}/${name}.tar.gz`;
  await writeArchive(
    file,
    [
      ...Object.keys(EXECUTABLES).map((program) => entry(`${programs}/${program}`, program)),
      // Installed as a program, like the executables.
      entry(`${ROOT}/shell/cl`, "cl"),
      entry(`${ROOT}/shell/cl`, "claude-multi-ide"),
      ...filesIn("shell", "shell"),
      ...filesIn("docs/man", "man"),
      ...[...completionFiles()].map(([path, text]) => ({
        name: `completions/${path}`,
        mode: 0o644,
        bytes: encoder.encode(text),
      })),
      {
        name: "README.md",
        mode: 0o644,
        bytes: encoder.encode(withAddress(Deno.readTextFileSync(`${ROOT}/README.md`), address)),
      },
      entry(`${ROOT}/CHANGELOG.md`, "CHANGELOG.md"),
      entry(`${ROOT}/LICENSE`, "LICENSE"),
      { name: NOTICES, mode: 0o644, bytes: encoder.encode(notices) },
    ].map((inner) => ({ ...inner, name: `${name}/${inner.name}` })),
  );
  return file;
}

function entry(path: string, name: string): Entry {
  const isProgram = (Deno.statSync(path).mode ?? 0) & 0o100;
  return { name, mode: isProgram ? 0o755 : 0o644, bytes: Deno.readFileSync(path) };
}

function filesIn(folder: string, inside: string): Entry[] {
  return Array.from(
    Deno.readDirSync(`${ROOT}/${folder}`),
    ({ name }) => entry(`${ROOT}/${folder}/${name}`, `${inside}/${name}`),
  );
}

/** An archive of a release: its target and lower-case SHA-256. */
export interface Archive {
  readonly target: Target;
  readonly file: string;
  readonly sha256: string;
}

/** The archives of a version in a folder, by target; those that aren't there are left out. */
export async function archivesIn(folder: string, version: string): Promise<Archive[]> {
  const found: Archive[] = [];
  for (const target of Object.keys(TARGETS) as Target[]) {
    const file = `${folder}/${archiveName(version, target)}.tar.gz`;
    const bytes = await Deno.readFile(file).catch(() => null);
    if (bytes) found.push({ target, file, sha256: await sha256(bytes) });
  }
  return found;
}

/** The targets that no archive is for. */
export function missingTargets(archives: readonly Archive[]): Target[] {
  const there = new Set(archives.map(({ target }) => target));
  return (Object.keys(TARGETS) as Target[]).filter((target) => !there.has(target));
}

/** Unpacks an archive into a folder; returns the folder in it that holds everything. */
export async function unpack({ file }: Archive, folder: string): Promise<string> {
  const { success, stderr } = await run("tar", ["-xzf", file, "-C", folder]);
  if (!success) throw new Error(`cannot unpack ${file}: ${stderr}`);
  return `${folder}/${file.replace(/.*\//, "").replace(".tar.gz", "")}`;
}

/**
 * Runs a packager over the archives of this version, in a work folder that is removed afterwards, and
 * says which targets were left out.
 * @throws Error if there is no archive.
 */
export async function packageAll(
  version: string,
  make: (archives: readonly Archive[], work: string) => Promise<void>,
): Promise<void> {
  const archives = await archivesIn(RELEASE_FOLDER, version);
  if (archives.length === 0) {
    throw new Error(`there is no archive of ${version} in dist/release: type make release first`);
  }
  const work = Deno.makeTempDirSync({ dir: RELEASE_FOLDER });
  try {
    await make(archives, work);
  } finally {
    Deno.removeSync(work, { recursive: true });
  }
  for (const target of missingTargets(archives)) {
    console.log(`${target.padEnd(12)} SKIPPED: no archive`);
  }
}
