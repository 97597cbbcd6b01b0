// Removal of installed files from our own folder: only of files with our names.
import type { Context } from "../ports/context.ts";
import { parentOf } from "../config/paths.ts";
import { SHELLS } from "./shells.ts";

const PROGRAMS = ["claude-multi", "claude-multi-statusline", "cl"];

/** A folder with installed files. */
interface InstalledFolder {
  path: string;
  /** Our files in it. */
  own: string[];
  /** Whether it has nothing else, so that the folder is removed too. */
  isOurs: boolean;
}

/** The folders with our shell files and, unless they are kept, programs and man pages. */
export function installedFolders(
  context: Context,
  options: { keepPrograms: boolean },
): InstalledFolder[] {
  const { files, layout } = context;
  const names: Array<[string, string[]]> = [
    [layout.shell, SHELLS.map((shell) => `init.${shell}`)],
    ...options.keepPrograms ? [] : [
      [layout.bin, PROGRAMS],
      [`${layout.root}/share/man/man1`, PROGRAMS.map((name) => `${name}.1`)],
    ] satisfies Array<[string, string[]]>,
  ];
  return names.filter(([path]) => files.kind(path) === "directory").map(([path, ours]) => {
    const there = files.list(path);
    const own = there.filter((name) =>
      // An interrupted write leaves init.bash.tmp-1-2.
      ours.includes(name.replace(/\.tmp-\d+-\d+$/, "")) &&
      files.kind(`${path}/${name}`) !== "directory"
    );
    return { path, own, isOurs: own.length === there.length };
  }).filter(({ own, isOurs }) => own.length > 0 || isOurs);
}

/** Removes our files from a folder, then the folder and its parents if they are empty. */
export function removeInstalled(context: Context, folder: InstalledFolder): void {
  const { files, layout } = context;
  for (const name of folder.own) files.remove(`${folder.path}/${name}`);
  for (
    let path = folder.path;
    path !== layout.root && files.list(path).length === 0;
    path = parentOf(path)
  ) files.remove(path);
}
