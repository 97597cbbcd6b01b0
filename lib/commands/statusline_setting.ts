// The one place that decides whether a launch brings our status line, and with which command.
import type { Context } from "../context.ts";
import type { Config } from "../core/config.ts";
import type { Settings } from "../core/launch_plan.ts";
import { shellQuoted } from "../core/quoting.ts";

/** Seconds between redraws, so that the times to reset stay true while nothing happens. */
const REFRESH_INTERVAL_S = 5;

/**
 * The `statusLine` setting that a launch passes on, or nothing: a status line of the user's own in
 * the shared settings stays, and so does a wish for none (`statusline.install: false`).
 */
export function statuslineSettings(context: Context, config: Config): Settings {
  if (!config.statusline.install) return {};
  if (context.claudeHome.sharedSettings()?.["statusLine"] !== undefined) return {};
  const own = context.processes.executable();
  const binary = `${own.slice(0, own.lastIndexOf("/"))}/claude-multi-statusline`;
  if (!context.processes.isExecutable(binary)) return {};
  return {
    statusLine: {
      type: "command",
      command: shellQuoted(binary),
      refreshInterval: REFRESH_INTERVAL_S,
    },
  };
}
