// Mends an account's links before a launch, and says what claude would start without.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { configDirOf, parentOf, tildePath } from "../config/paths.ts";
import type { SharedEntry } from "../claude/shared_entries.ts";
import { basePath } from "./merge_back.ts";
import { isBroken, prepareFolder } from "./folder.ts";

/** Entries whose absence is dangerous, or looks like a loss; and what claude then starts without. */
const LOUD: Readonly<Record<string, string>> = {
  "settings.json": "your settings and deny rules",
  projects: "your earlier conversations",
};
/** How many names a warning lists before it counts the rest. */
const SHOWN = 4;

/**
 * Mends those of an account's links that are ours and no longer lead into the shared home, for example
 * because `~/.claude` has moved or a generation of home-manager is over. `astray` are the entries whose
 * links didn't lead there. Warns, before claude starts, of what moved, and of settings or conversations
 * that are missing; a file that took the place of a link is left to `setup`.
 */
export function mendLinks(
  context: Context,
  { account, astray }: { account: Account; astray: readonly SharedEntry[] },
): void {
  const { files, layout, terminal } = context;
  const shown = (path: string) => `"${tildePath(path, layout.home)}"`;
  const warn = (names: readonly string[], text: (names: string) => string) => {
    if (names.length > 0) terminal.warn(text(namesOf(names)));
  };
  if (files.kind(layout.shared) === "link" && files.resolve(layout.shared) === null) {
    terminal.warn(
      `${shown(layout.shared)} is a link to ${
        shown(files.readLink(layout.shared) ?? "")
      }, which is missing: claude starts without your settings, deny rules and conversations`,
    );
    return;
  }
  const isThere = (name: string) => files.resolve(`${layout.shared}/${name}`) !== null;
  const linkOf = (name: string) => files.readLink(`${configDirOf(account, layout)}/${name}`);
  const before = astray.map(({ name }) => ({ name, was: linkOf(name), isGone: !isThere(name) }));
  const report = prepareFolder(context, account, { adopts: false });

  const moved = before.flatMap(({ name, was }) => {
    const isMoved = was !== null && report.linked.includes(name) &&
      parentOf(was) !== layout.shared;
    return isMoved ? [{ name, was }] : [];
  });
  const from = new Set(moved.map(({ was }) => parentOf(was)));
  const [old] = from;
  warn(
    moved.map(({ name }) => name),
    (names) =>
      `"${account.name}" had links to ${names} in ${
        from.size === 1 ? shown(old ?? "") : "other places"
      }; they lead to ${shown(layout.shared)} again`,
  );
  for (const { name, was } of moved) {
    // Copied rather than moved: what was written there since is not in the shared home.
    if (name !== "projects" || files.list(was).length === 0) continue;
    terminal.warn(`conversations that are only in ${shown(was)} stay there`);
  }
  const broken = astray.filter(({ name }) => isBroken(context, `${layout.shared}/${name}`));
  warn(
    broken.map(({ name }) => name),
    (names) =>
      `${names} in ${
        shown(layout.shared)
      } can't be used, because of broken links there: claude starts without`,
  );
  for (const { name, was, isGone } of before) {
    const without = LOUD[name];
    const isLinkBroken = broken.some((entry) => entry.name === name);
    if (without === undefined || account.inPlace) continue;
    const own = `${configDirOf(account, layout)}/${name}`;
    if (was === null && files.kind(own) !== "link" && files.kind(own) !== "missing") {
      terminal.warn(
        `${shown(own)} is a separate one: claude starts without ${without} in ${
          shown(layout.shared)
        }; to merge it: claude-multi setup`,
      );
    } else if (isGone && was !== null) {
      const base = basePath(context, { account, name });
      const hasBase = files.kind(base) !== "missing";
      if ((name === "settings.json" || isLinkBroken) && !hasBase) continue;
      const kept = hasBase ? `; as last seen: ${shown(files.backUp(base))}` : "";
      // Once: from now on, there being none is as it should be.
      if (hasBase) files.remove(base);
      terminal.warn(
        `${shown(`${layout.shared}/${name}`)} is gone: claude starts without ${without}${kept}`,
      );
    }
  }
}

function namesOf(names: readonly string[]): string {
  const more = names.length - SHOWN;
  return more > 1 ? `${names.slice(0, SHOWN).join(", ")} and ${more} more` : names.join(", ");
}
