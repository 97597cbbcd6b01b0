// Facts that few lines show: other accounts, the branch, the forecast.
import type { Identity } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import type { WindowName } from "../balance/windows.ts";
import { outlookOf, readingStepMs } from "../balance/outlook.ts";
import { loadWidths } from "../text/cells.ts";
import type { Facts, ShownLimit } from "./facts.ts";
import { lookElsewhere } from "./elsewhere.ts";
import { fullAtMs } from "./forecast.ts";
import { gitBranch } from "./git_branch.ts";
import type { Payload } from "../claude/status_payload.ts";
import type { Said } from "./recording.ts";
import type { World } from "./world.ts";

/** Finds the facts. Other accounts are checked only with `looksElsewhere`. */
export async function rareFacts(call: {
  payload: Payload;
  settings: Config;
  account: string | null;
  limits: Readonly<Record<WindowName, ShownLimit | null>>;
  said: Said;
  /** The key of whose figures count. */
  identity: string | null;
  loggedIn: () => Identity | null;
  world: World;
  looksElsewhere: boolean;
}): Promise<Pick<Facts, "branch" | "room" | "next" | "fullAtMs" | "outlook">> {
  const { payload, account, limits, world } = call;
  const { nowMs, readings } = world;
  const branch = payload.directory === null ? null : gitBranch(payload.directory, world.readSmall);
  if (branch !== null) await loadWidths(branch);
  return {
    branch: () => branch,
    ...call.looksElsewhere ? lookElsewhere(call) : { room: () => null, next: () => null },
    fullAtMs() {
      const limit = limits.five_hour;
      if (limit === null || limit.resetsAtMs === null || account === null) return null;
      const { percentUsed, resetsAtMs } = limit;
      const known = { window: "five_hour", identity: call.identity, resetsAtMs } as const;
      return fullAtMs(
        { nowMs, percentUsed, resetsAtMs },
        readings.readingsUntil(account, { ...known, everyMs: 1 }),
      );
    },
    outlook() {
      const limit = limits.seven_day;
      if (limit === null || limit.resetsAtMs === null || account === null) return null;
      const { percentUsed, resetsAtMs } = limit;
      const known = { window: "seven_day", identity: call.identity, resetsAtMs } as const;
      const everyMs = readingStepMs("seven_day");
      const earlier = readings.readingsUntil(account, { ...known, everyMs });
      return outlookOf([...earlier, { percentUsed, measuredAtMs: nowMs }], { ...known, nowMs });
    },
  };
}
