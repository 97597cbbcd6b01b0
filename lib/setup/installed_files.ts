// The one place that takes away what is installed below our folder: by our own names, nothing else.
import type { Context } from "../ports/context.ts";
import { parentOf } from "../config/paths.ts";
import { SHELLS } from "./shells.ts";

const PROGRAMS = ["claude-multi", "claude-multi-statusline", "cl"];

/** A folder with files of ours in it. */
export interface InstalledFolder {
  path: string;
  /** Names of ours that are there. */
  own: string[];
  /** Whether nothing else is there, so that the folder goes, too. */
  isOurs: boolean;
}

/** Folders with shell files, programs and man pages; without the latter two when these stay. */
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
      // A write that was cut short leaves init.bash.tmp-1-2.
      ours.includes(name.replace(/\.tmp-\d+-\d+$/, "")) &&
      files.kind(`${path}/${name}`) !== "directory"
    );
    return { path, own, isOurs: own.length === there.length };
  }).filter(({ own, isOurs }) => own.length > 0 || isOurs);
}

/** Removes our files from a folder, then the folder and those above it, as far as they are empty. */
export function removeInstalled(context: Context, folder: InstalledFolder): void {
  const { files, layout } = context;
  for (const name of folder.own) files.remove(`${folder.path}/${name}`);
  for (
    let path = folder.path;
    path !== layout.root && files.list(path).length === 0;
    path = parentOf(path)
  ) files.remove(path);
}
