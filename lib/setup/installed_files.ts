// The installed programs, man pages and shell files, and the steps that remove them.
import type { Context } from "../ports/context.ts";
import { parentOf, tildePath } from "../config/paths.ts";
import type { Step } from "../accounts/restore_login.ts";
import { shellWord } from "../text/shell_quote.ts";
import { SHELLS } from "./shells.ts";

const PROGRAMS = ["cl", "claude-multi", "claude-multi-ide", "claude-multi-statusline"];
const PAGES = PROGRAMS.map((name) => `${name}.1`);

/** Steps that remove our shell files and, unless they are kept, programs and man pages. */
export function removalSteps(context: Context, options: { keepPrograms: boolean }): Step[] {
  const { files, layout } = context;
  const folders: Record<string, string[]> = {
    [layout.shell]: SHELLS.map((shell) => `init.${shell}`),
    ...!options.keepPrograms && {
      [layout.bin]: PROGRAMS,
      [`${layout.root}/share/man/man1`]: PAGES,
    },
  };
  return Object.entries(folders).flatMap(([path, ours]) => {
    if (files.kind(path) !== "directory") return [];
    const all = files.list(path);
    const own = all.filter((name) =>
      // An interrupted write leaves init.bash.tmp-1-2.
      ours.includes(name.replace(/\.tmp-\d+-\d+$/, "")) &&
      files.kind(`${path}/${name}`) !== "directory"
    );
    const hasOthers = own.length < all.length;
    if (own.length === 0 && hasOthers) return [];
    const shown = tildePath(path, layout.home);
    return {
      what: hasOthers ? `remove our files from ${shown}: ${own.join(", ")}` : `remove ${shown}`,
      run: () => remove(context, { path, own }),
    };
  });
}

/** Removes our files from a folder, then the folder and its parents if they are empty. */
function remove(context: Context, folder: { path: string; own: readonly string[] }): void {
  const { files, layout } = context;
  for (const name of folder.own) files.remove(`${folder.path}/${name}`);
  for (
    let path = folder.path;
    path !== layout.root && files.list(path).length === 0;
    path = parentOf(path)
  ) files.remove(path);
}

/**
 * How to remove the programs if they are not in our own folder: with the package manager that installed
 * them, as their package says, else with `rm`; null if there is nothing to say.
 */
export function programsRemoval({ files, layout, processes }: Context): string | null {
  const bin = parentOf(processes.executable());
  const prefix = parentOf(bin);
  const managed = files.readText(`${prefix}/share/claude-multi/package`);
  if (managed !== null) return managed.trim();
  // A folder without cl is not where we were installed.
  if (files.kind(`${bin}/cl`) !== "file" || files.resolve(bin) === files.resolve(layout.bin)) {
    return null;
  }
  const pages = `${prefix}/share/man/man1`;
  const paths = [
    ...PROGRAMS.map((name) => `${bin}/${name}`),
    ...PAGES.map((name) => `${pages}/${name}`),
  ].filter((path) => files.kind(path) === "file");
  return `rm ${paths.map(shellWord).join(" ")}`;
}
