// What a launcher does for its client at a limit: what is configured now, as far as it can still do that.
import type { Config } from "./config.ts";

/** Set for the client: the most that its launcher does at a limit, as a value of `handoff`. */
export const HANDOFF_VARIABLE = "CLAUDE_MULTI_HANDOFF";

/**
 * What happens at a limit if `handoff` is set to `configured` now and the launcher does `most` at the most:
 * only a client that was started under `auto` is watched. Where `most` is unknown, as in a session that an
 * older version started, the launcher is taken to act when its client ends: it does that under `auto`, too.
 */
export function handoffInForce(
  configured: Config["handoff"],
  most: string | null,
): Config["handoff"] {
  if (configured === "off" || most === "off") return "off";
  return most === "auto" ? configured : "ask";
}
