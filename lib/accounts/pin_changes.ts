// Changes to the pins in config.json: a folder is bound to an account or a group, or freed again.
import type { Context } from "../ports/context.ts";
import type { ConfigChanges } from "../ports/mod.ts";
import { resolvedPins } from "./pins.ts";

/** What a folder is pinned to. */
type PinTarget = { account: string } | { group: string };

/**
 * Pins a folder, with all links in its path resolved, to an account or a group; null unpins it. At most
 * one pin of the folder stays. Returns whether it had one.
 */
export function pinFolder(
  context: Context,
  options: { folder: string; target: PinTarget | null },
): boolean {
  const { folder, target } = options;
  let had = false;
  context.configFile.edit(({ pins }) => {
    const own = resolvedPins(context, pins).flatMap((p, i) => p.folder === folder ? [i] : []);
    had = own.length > 0;
    // The last one is removed first, so that the indexes of the others stay right.
    const gone = (target === null ? own : own.slice(1)).toReversed();
    const bound = target === null ? [] : binding(target, { at: own[0], end: pins.length, folder });
    return [...gone.map((i) => ({ path: ["pins", i], value: undefined })), ...bound];
  });
  return had;
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

/** Removes every pin to an account. */
export function unpinAccount(context: Context, name: string): void {
  context.configFile.edit(({ pins }) =>
    pins.flatMap((pin, index) =>
      pin.account === name ? [{ path: ["pins", index], value: undefined }] : []
    ).reverse()
  );
}
