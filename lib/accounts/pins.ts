// Resolves the links in the paths of pinned folders, and finds who may be chosen in a folder.
import type { Config, Pin } from "../config/config.ts";
import type { Files } from "../ports/mod.ts";
import type { Eligible, ResolvedPin } from "./eligible.ts";
import { eligibleAccounts } from "./eligible.ts";

/** What can follow links: a context, or the world of the status line. */
interface Links {
  files: Pick<Files, "resolve">;
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

/** {@link eligibleAccounts} for a folder whose path may have links, with the configured pins. */
export function eligibleIn(
  links: Links,
  options:
    & { config: Pick<Config, "accounts" | "pins">; cwd: string }
    & Omit<Parameters<typeof eligibleAccounts>[1], "pins">,
): Eligible {
  const { config, cwd } = options;
  return eligibleAccounts(config.accounts, {
    ...options,
    // Without pins it doesn't matter where the folder really is.
    cwd: config.pins.length === 0 ? cwd : realFolder(links, cwd),
    pins: resolvedPins(links, config.pins),
  });
}
