// The group that an account is put into or leaves: one that exists may have been meant, a new one is said to
// be new, and one that is empty now may have pins.
import type { Context } from "../ports/context.ts";
import { askYes } from "../cli/prompt.ts";
import { groupOfRemoved } from "./undo_removal.ts";
import { tildePath } from "../config/paths.ts";
import { nameInLine } from "../text/escape.ts";
import { didYouMean } from "../text/format.ts";
import { nearest } from "../text/nearest.ts";

/** An account, and the group that it is put into. */
interface Grouping {
  name: string;
  group: string;
}

/** The group that is meant: in a terminal, asks about one that is new and resembles another. */
export async function askGroup(
  context: Context,
  { name, group }: Grouping,
): Promise<string> {
  const meant = meantGroup(context, { name, group });
  if (meant === null || !context.terminal.interactive) return group;
  const text = `No account is in the group "${group}" yet. Did you mean "${meant}"?`;
  return await askYes(context, { text, standard: true }) ? meant : group;
}

/** Says that a group is new; without a terminal, also which one was probably meant. */
export function noteNewGroup(context: Context, { name, group }: Grouping): void {
  const { terminal } = context;
  if (groupsOfOthers(context, name).includes(group)) return;
  const meant = terminal.interactive ? null : meantGroup(context, { name, group });
  terminal.note(`"${name}" is the first account in the group "${group}"${didYouMean(meant)}`);
  if (meant === null) {
    const line = `claude-multi pin --group ${group}`;
    terminal.note(`to start only its accounts in a folder, type there: ${line}`);
    return;
  }
  terminal.note(`try: claude-multi config set accounts.${name}.group ${meant}`);
}

/** Says which group an account of that name had before it was removed; it is in none now. */
export function noteFormerGroup(context: Context, name: string): void {
  const former = groupOfRemoved(context, name) ?? null;
  const account = context.configFile.read().accounts.find((one) => one.name === name);
  if (former === null || account?.group !== null) return;
  const line = `claude-multi config set accounts.${name}.group ${former}`;
  context.terminal.note(
    `"${name}" is in no group; before it was removed, it was in "${former}": ${line}`,
  );
}

/** Warns of pins to a group whose last account has left it: nothing can be used in their folders. */
export function warnOfEmptyGroup(
  { configFile, layout, terminal }: Context,
  group: string,
): boolean {
  const { accounts, pins } = configFile.read();
  const paths = pins.filter((pin) => pin.group === group).map(({ path }) => path);
  if (paths.length === 0 || accounts.some((account) => account.group === group)) return false;
  const shown = paths.map((path) => nameInLine(tildePath(path, layout.home))).join(", ");
  terminal.warn(
    `still pinned to the group "${group}", which has no accounts now: ${shown}; to unpin, run claude-multi pin --clear there`,
  );
  return true;
}

function meantGroup(context: Context, { name, group }: Grouping): string | null {
  const others = groupsOfOthers(context, name);
  return others.includes(group) ? null : nearest(group, others);
}

function groupsOfOthers({ configFile }: Context, name: string): string[] {
  const others = configFile.read().accounts.filter((account) => account.name !== name);
  return [...new Set(others.flatMap(({ group }) => group ?? []))];
}
