// The pins in config.json: where their folders really are, which one applies, and changes to them.
import type { Context } from "../ports/context.ts";
import type { ConfigChanges, Files } from "../ports/mod.ts";
import type { Pin } from "../config/config.ts";
import { tildePath } from "../config/paths.ts";
import { nameInLine } from "../text/escape.ts";

/** What can follow links: a context, or the world of the status line. */
export interface Links {
  files: Pick<Files, "resolve">;
}

/** A pin whose folder has all links in its path resolved. */
export interface ResolvedPin extends Pin {
  folder: string;
}

/** The pins with their folders resolved; a folder that doesn't exist keeps its path. */
export function resolvedPins(links: Links, pins: readonly Pin[]): ResolvedPin[] {
  return pins.map((pin) => ({ ...pin, folder: realFolder(links, pin.path) }));
}

/** A folder with all links resolved; unchanged if it can't be read. */
export function realFolder({ files }: Links, path: string): string {
  try {
    return files.resolve(path) ?? path;
  } catch {
    return path;
  }
}

/** The pin of `cwd`, with all links resolved, or of the nearest folder above it; null if none is pinned. */
export function pinOf(pins: readonly ResolvedPin[], cwd: string): ResolvedPin | null {
  const around = pins.filter(({ folder }) =>
    cwd === folder || cwd.startsWith(folder.endsWith("/") ? folder : `${folder}/`)
  );
  return around.reduce<ResolvedPin | null>(
    (deepest, pin) => deepest === null || pin.folder.length > deepest.folder.length ? pin : deepest,
    null,
  );
}

/** What a folder is pinned to. */
type PinTarget = { account: string } | { group: string };

/**
 * Pins a folder, with all links in its path resolved, to an account or a group; null unpins it. At most
 * one pin of the folder stays. Returns the one that it had, or null.
 */
export function pinFolder(
  context: Context,
  options: { folder: string; target: PinTarget | null },
): Pin | null {
  const { folder, target } = options;
  let before: Pin | null = null;
  context.configFile.edit(({ pins }) => {
    const own = resolvedPins(context, pins).flatMap((p, i) => p.folder === folder ? [i] : []);
    before = pins[own[0] ?? -1] ?? null;
    // The last one is removed first, so that the indexes of the others stay right.
    const gone = (target === null ? own : own.slice(1)).toReversed();
    const bound = target === null ? [] : binding(target, { at: own[0], end: pins.length, folder });
    return [...gone.map((i) => ({ path: ["pins", i], value: undefined })), ...bound];
  });
  return before;
}

/** A new pin at the end, or a new target for the existing one, which keeps its other keys. */
function binding(
  target: PinTarget,
  options: { at: number | undefined; end: number; folder: string },
): ConfigChanges {
  const { at, end, folder } = options;
  if (at === undefined) return [{ path: ["pins", end], value: { path: folder, ...target } }];
  return [
    { path: ["pins", at, "account"], value: "account" in target ? target.account : undefined },
    { path: ["pins", at, "group"], value: "group" in target ? target.group : undefined },
  ];
}

/** The pins in words: `~/a to work, ~/b to the group "office"`; paths below `home` with `~`. */
export function pinsText(pins: readonly Pin[], home: string): string {
  return pins.map(({ path, account, group }) =>
    `${nameInLine(tildePath(path, home))} to ${account ?? `the group "${group}"`}`
  ).join(", ");
}

/** Removes every pin to an account. */
export function unpinAccount(context: Context, name: string): void {
  context.configFile.edit(({ pins }) =>
    pins.flatMap((pin, index) =>
      pin.account === name ? [{ path: ["pins", index], value: undefined }] : []
    ).reverse()
  );
}
