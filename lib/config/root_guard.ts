// Refuses to run as root in a home that belongs to somebody else, whom root's files would shut out.
import type { Context } from "../ports/context.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { tildePath } from "./paths.ts";

/**
 * Refuses root, unless the home and our folders are root's own: `sudo -E`, and plain `sudo` on macOS,
 * keep HOME, and claude would leave files that only root can read.
 * @throws UserError (refused).
 */
export function refuseForeignRoot(
  { files, layout, processes }: Pick<Context, "files" | "layout" | "processes">,
  command: string,
): void {
  const root = files.owner(layout.root) === null ? layout.home : layout.root;
  const path = [root, layout.shared].find((path) => (files.owner(path) ?? 0) !== 0);
  if (path === undefined || !processes.isRoot()) return;
  throw new UserError(
    `cannot run as root: "${tildePath(path, layout.home)}" belongs to user ${
      files.owner(path)
    }, whom files of root would shut out`,
    { hint: `sudo -H -u '#${files.owner(path)}' claude-multi ${command}`, exit: EXIT.refused },
  );
}
