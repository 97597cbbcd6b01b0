// The one place that finds out where pinned folders really lie, since a pin may name a link.
import type { Context } from "../ports/context.ts";
import type { Pin } from "../config/config.ts";
import type { PlacedPin } from "./eligible.ts";

/** The pins with their folders as they lie; of one that is not there, as its path says. */
export function placedPins(context: Context, pins: readonly Pin[]): PlacedPin[] {
  return pins.map((pin) => ({ ...pin, folder: realFolder(context, pin.path) }));
}

/** A folder with all links resolved; as given when it cannot be looked at. */
export function realFolder({ files }: Context, path: string): string {
  try {
    return files.resolve(path) ?? path;
  } catch {
    return path;
  }
}
