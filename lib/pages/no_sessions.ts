// What stats and report say if nothing is known of what they are asked about.
import type { Context } from "../ports/context.ts";
import { findAccount } from "../config/account.ts";
import { tildePath } from "../config/paths.ts";
import { nameInLine } from "../text/escape.ts";
import type { Scope } from "../history/summary.ts";

/**
 * That nothing is known of a scope, as in `no session of "work" in ~/api in a year`; null for everything. `time`
 * is like `in a year`.
 * @throws UserError (usage) if there is no such account.
 */
export function noSessionText(
  { configFile, files, layout }: Context,
  { account, project, time }: Scope & { time: string },
): string | null {
  if (account === null && project === null) return null;
  // One that was removed may still have a history.
  if (account !== null) findAccount(configFile.read().accounts, account);
  const of = account === null ? "" : ` of "${account}"`;
  if (project === null) return `no session${of} ${time}`;
  const shown = nameInLine(tildePath(project, layout.home));
  const isThere = files.kind(project) === "directory";
  return `no session${of} in ${shown} ${time}${isThere ? "" : ": there is no such folder"}`;
}
