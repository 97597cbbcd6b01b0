// Finds the checked-out branch in .git, without running git.
import { cleanText } from "../text/cells.ts";

/** How many parents of a directory are searched at most. */
const HIGHEST = 64;

/**
 * The branch of the repository that a directory is in; the first characters of the commit if no
 * branch is checked out; null outside a repository. Follows the `.git` file of worktrees and
 * submodules. `read` reads a small file, and returns null if it can't.
 */
export function gitBranch(
  directory: string,
  read: (path: string) => string | null,
): string | null {
  let at = directory.replace(/\/+$/, "");
  for (let i = 0; i < HIGHEST; i++) {
    const link = read(`${at}/.git`);
    const pointed = link === null ? null : /^gitdir: *(.+?)\s*$/m.exec(link)?.[1] ?? null;
    const folder = pointed === null
      ? `${at}/.git`
      : pointed.startsWith("/")
      ? pointed
      : `${at}/${pointed}`;
    const head = read(`${folder}/HEAD`);
    if (head !== null) return branchOf(head);
    if (at === "") return null;
    at = at.slice(0, at.lastIndexOf("/"));
  }
  return null;
}

function branchOf(head: string): string | null {
  const branch = /^ref: *refs\/heads\/(.+?)\s*$/m.exec(head)?.[1];
  // If references are stored in tables, HEAD is a placeholder that no branch can be called.
  if (branch === ".invalid") return null;
  if (branch !== undefined) return cleanText(branch) || null;
  return /^[0-9a-f]{7,64}\b/.exec(head)?.[0].slice(0, 7) ?? null;
}
