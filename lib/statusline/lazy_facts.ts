// The one place for facts that few lines show: where there is room, the branch, the forecast.
import type { Config } from "../config/config.ts";
import type { WindowName } from "../balance/windows.ts";
import { SAME_RESET_MS } from "../balance/windows.ts";
import { loadWidths } from "../text/cells.ts";
import type { Facts, ShownLimit } from "./facts.ts";
import { fullAtMs } from "./forecast.ts";
import { gitBranch } from "./git_branch.ts";
import type { Payload } from "../claude/status_payload.ts";
import { findRoom } from "./room.ts";
import type { World } from "./world.ts";

/** Finds the facts; each is looked up when its segment asks, and at most once. */
export async function rareFacts(call: {
  payload: Payload;
  settings: Config;
  account: string | null;
  limits: Readonly<Record<WindowName, ShownLimit | null>>;
  world: World;
}): Promise<Pick<Facts, "branch" | "room" | "fullAtMs">> {
  const { payload, settings, account, limits, world } = call;
  const { nowMs, readings } = world;
  const branch = payload.directory === null ? null : gitBranch(payload.directory, world.readSmall);
  if (branch !== null) await loadWidths(branch);
  return {
    branch: () => branch,
    room: () => findRoom(account, { settings, limits, world }),
    fullAtMs() {
      const limit = limits.five_hour;
      if (limit === null || limit.resetsAtMs === null || account === null) return null;
      const { percentUsed, resetsAtMs } = limit;
      return fullAtMs(
        { nowMs, percentUsed, resetsAtMs },
        readings.recent(account, { window: "five_hour", resetsAtMs, toleranceMs: SAME_RESET_MS }),
      );
    },
  };
}
