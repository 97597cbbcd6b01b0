// The version of the official client in use, asked of the client itself.
import type { Context } from "../ports/context.ts";
import type { Tested } from "./tested_versions.ts";
import { NEWEST_SUPPORTED, OLDEST_SUPPORTED, testedAs } from "./tested_versions.ts";

/** A client and what is known of its version. */
export interface ClientVersion {
  /** Like `2.1.300`; null if it doesn't say. */
  version: string | null;
  tested: Tested | null;
}

/** Asks a client for its version: starts it with `--version`, which takes up to a second. */
export function versionOf({ processes }: Context, program: string): ClientVersion {
  try {
    const { stdout } = processes.capture(program, ["--version"]);
    const version = /^(\d+\.\d+\.\d+)\b/.exec(stdout)?.[1] ?? null;
    return { version, tested: version === null ? null : testedAs(version) };
  } catch {
    return { version: null, tested: null };
  }
}

/** Whether the version was tested, and what to do if it wasn't. */
export function versionText({ version, tested }: ClientVersion): string {
  switch (tested) {
    case null:
      return "it doesn't say which version it is";
    case "tested":
      return `version ${version}, tested`;
    case "between":
      return `version ${version}, not tested itself, but between supported ones`;
    case "newer":
      return `version ${version}, newer than the newest supported one (${NEWEST_SUPPORTED}): usually fine; if something looks wrong, set claudePath to a tested one (docs/compatibility.md)`;
    case "older":
      return `version ${version}, older than the oldest supported one (${OLDEST_SUPPORTED}): type claude update`;
  }
}
