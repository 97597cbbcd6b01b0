// The checks of doctor on whose files these are: those of root, and those that can't be read.
import type { Context } from "../ports/context.ts";
import { counted } from "../text/format.ts";
import { shellWord } from "../text/shell_quote.ts";
import { tildePath } from "../config/paths.ts";
import type { Problem } from "./folder_checks.ts";

/** How deep the folders are looked through; a transcript is 3 below `~/.claude`. */
const DEPTH = 4;
/** How many files are looked at in one folder tree at most. */
const MOST_FILES = 50_000;
/** How many paths a finding names before it counts the rest. */
const SHOWN = 3;

/**
 * Files and folders of ours and in `~/.claude` that belong to another user, such as root after a
 * `sudo claude`, and those that their owner may not read. Changes nothing; never throws.
 */
export function* ownerProblems(context: Context): Generator<Problem> {
  const { files, layout } = context;
  const us = files.owner(layout.home);
  const shared = files.resolve(layout.shared) ?? layout.shared;
  // What ~/.claude leads to may belong to a system that manages it, such as a store of packages.
  const isManaged = shared !== layout.shared && files.owner(shared) !== us;
  const tops = [
    layout.root,
    // It may be a link, into dotfiles for example.
    ...files.kind(layout.configFile) === "link" ? [files.resolve(layout.configFile) ?? ""] : [],
    ...isManaged ? [] : [shared],
    `${layout.home}/.claude.json`,
  ];
  // The ledger is written in place, every other file is replaced.
  const neededFor = (path: string, needed: number) =>
    path.startsWith(layout.ledger) ? needed | 0o200 : needed;
  const foreign: string[] = [];
  const shut: string[] = [];
  const touched = { foreign: new Set<string>(), shut: new Set<string>() };
  for (const top of tops) {
    for (const path of below(context, top)) {
      const facts = attempt(() => files.ownFacts(path));
      if (facts === null) continue;
      if (facts.owner !== us) {
        foreign.push(path);
        touched.foreign.add(top);
      } else if ((facts.mode & neededFor(path, facts.needed)) !== neededFor(path, facts.needed)) {
        shut.push(path);
        touched.shut.add(top);
      }
    }
  }
  const words = (paths: readonly string[], tops: ReadonlySet<string>) =>
    (paths.length > SHOWN ? [...tops] : paths).map(shellWord).join(" ");
  if (foreign.length > 0) {
    yield {
      id: "owner",
      message: `${named(context, foreign)} ${
        foreign.length === 1 ? "belongs" : "belong"
      } to another user, perhaps to root because of sudo`,
      fix: `sudo chown -Rh "$(id -u):$(id -g)" ${words(foreign, touched.foreign)}`,
    };
  }
  if (shut.length > 0) {
    yield {
      id: "unreadable",
      message: `${named(context, shut)} can't be read or written by you`,
      fix: `chmod -R u+rwX ${words(shut, touched.shut)}`,
    };
  }
}

/** A path and everything in it, as far as it can be listed; links aren't followed. */
function* below({ files }: Context, top: string): Generator<string> {
  let left = MOST_FILES;
  const queue: Array<[path: string, depth: number]> = [[top, 0]];
  for (let next = queue.pop(); next !== undefined && left > 0; next = queue.pop(), left--) {
    const [path, depth] = next;
    yield path;
    if (depth >= DEPTH || attempt(() => files.kind(path)) !== "directory") continue;
    for (const name of attempt(() => files.list(path)) ?? []) {
      queue.push([`${path}/${name}`, depth + 1]);
    }
  }
}

function named({ layout }: Context, paths: readonly string[]): string {
  const shown = paths.slice(0, SHOWN).map((path) => `"${tildePath(path, layout.home)}"`).join(", ");
  const more = paths.length - SHOWN;
  return more > 0 ? `${shown} and ${counted(more, "more file", "more files")}` : shown;
}

function attempt<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}
