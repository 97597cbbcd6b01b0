// Where pinned folders really are, since a pin may name a link, and what they mean for a folder.
import type { Config, Pin } from "../config/config.ts";
import type { Files } from "../ports/mod.ts";
import type { Eligible, ResolvedPin } from "./eligible.ts";
import { eligibleAccounts } from "./eligible.ts";

/** What follows links: a context, or the world of the status line. */
interface Links {
  files: Pick<Files, "resolve">;
}

/** The pins with their folders resolved; a folder that is not there stays as its path says. */
export function resolvedPins(links: Links, pins: readonly Pin[]): ResolvedPin[] {
  return pins.map((pin) => ({ ...pin, folder: realFolder(links, pin.path) }));
}

/** A folder with all links resolved; as given when it cannot be looked at. */
export function realFolder({ files }: Links, path: string): string {
  try {
    return files.resolve(path) ?? path;
  } catch {
    return path;
  }
}

/** {@link eligibleAccounts} for a folder as it is named, with the pins of the configuration. */
export function eligibleIn(
  links: Links,
  options:
    & { config: Pick<Config, "accounts" | "pins">; cwd: string }
    & Omit<Parameters<typeof eligibleAccounts>[1], "pins">,
): Eligible {
  const { config, cwd } = options;
  return eligibleAccounts(config.accounts, {
    ...options,
    // Without pins nothing depends on where the folder really is.
    cwd: config.pins.length === 0 ? cwd : realFolder(links, cwd),
    pins: resolvedPins(links, config.pins),
  });
}
