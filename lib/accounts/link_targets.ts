// Where the links in accounts' config dirs led when we made them, in links.json: so ours are recognised.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { configDirOf, parentOf } from "../config/paths.ts";
import { LINKED_ENTRIES } from "../claude/shared_entries.ts";
import { readObject } from "../claude/json_files.ts";
import { objectOf } from "../text/json_object.ts";

/** How many targets of one link are remembered. */
const KEPT_TARGETS = 8;
/** So many links into one folder, each to its own name there, were hardly made by hand. */
const OUR_LINKS = 3;

/** Remembers where an account's links will lead, by the entry's name; to be called before they are made. */
export function rememberTargets(
  context: Context,
  { account, targets }: { account: Account; targets: Readonly<Record<string, string>> },
): void {
  const { files } = context;
  const all = objectOf(readObject(context, pathOf(context))?.["targets"]);
  const before = targetsOf(all, account);
  const after = Object.fromEntries(
    Object.entries(targets).map(([name, target]) => {
      const older = (before[name] ?? []).filter((other) => other !== target);
      return [name, [...older, target].slice(-KEPT_TARGETS)];
    }),
  );
  if (JSON.stringify(after) === JSON.stringify(all[account.folder])) return;
  const content = { version: 1, targets: { ...all, [account.folder]: after } };
  files.writeText(pathOf(context), `${JSON.stringify(content)}\n`, 0o600);
}

/**
 * Whether we made the links of an account, by the entry's name: those that lead where we once let them
 * lead. For an account that an older version made, it is the folder that most of its links lead to.
 */
export function ourLinks(context: Context, account: Account): (name: string) => boolean {
  const { files, layout } = context;
  const all = objectOf(readObject(context, pathOf(context))?.["targets"]);
  const linkOf = (name: string) => files.readLink(`${configDirOf(account, layout)}/${name}`);
  if (all[account.folder] !== undefined) {
    const targets = targetsOf(all, account);
    return (name) => targets[name]?.includes(linkOf(name) ?? "") === true;
  }
  const counts = new Map<string, number>();
  for (const { name } of LINKED_ENTRIES) {
    const target = linkOf(name);
    if (!target?.endsWith(`/${name}`)) continue;
    counts.set(parentOf(target), (counts.get(parentOf(target)) ?? 0) + 1);
  }
  return (name) => {
    const target = linkOf(name);
    return target?.endsWith(`/${name}`) === true &&
      (counts.get(parentOf(target)) ?? 0) >= OUR_LINKS;
  };
}

function targetsOf(
  all: Readonly<Record<string, unknown>>,
  { folder }: Account,
): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(objectOf(all[folder])).map(([name, list]) => [
      name,
      Array.isArray(list) ? list.filter((target) => typeof target === "string") : [],
    ]),
  );
}

function pathOf(context: Context): string {
  return `${context.layout.root}/links.json`;
}
