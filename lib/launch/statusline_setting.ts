// The one place that decides which status line a launch brings: ours, the user's own beside our record, or none.
import type { Context } from "../ports/context.ts";
import type { Config } from "../config/config.ts";
import type { Settings } from "./plan.ts";
import { shellQuoted } from "../text/shell_quote.ts";

/** Seconds between redraws, so that the times to reset stay true while nothing happens. */
const REFRESH_INTERVAL_S = 5;

/** No program of ours starts in a folder that is gone, as a worktree may be at the end. */
const ELSEWHERE = "cd / &&";

/**
 * The `statusLine` setting that a launch passes on, or nothing, as `statusline.install: false`
 * wishes. A line of the user's own, in the shared settings or among the caller's, stays, and the
 * limits are recorded beside it; one of the project's stays alone, since only the client knows
 * whether that folder is trusted.
 */
export function statuslineSettings(
  context: Context,
  options: { config: Config; cwd: string; callers: Settings },
): Settings {
  if (!options.config.statusline.install) return {};
  const own = context.processes.executable();
  const binary = `${own.slice(0, own.lastIndexOf("/"))}/claude-multi-statusline`;
  if (!context.processes.isExecutable(binary)) return {};
  const callers = options.callers["statusLine"];
  if (callers !== undefined) return recorded(callers, binary);
  if (projectHasOne(context, options.cwd)) return {};
  const settings = context.claudeHome.sharedSettings();
  // What cannot be read may hold a line of the user's own, which stays.
  const isUnread = settings === null &&
    context.files.kind(`${context.layout.shared}/settings.json`) !== "missing";
  if (isUnread) return {};
  const users = settings?.["statusLine"];
  if (users === undefined) {
    const padding = options.config.statusline.paddingCells;
    return {
      statusLine: {
        type: "command",
        command: `${ELSEWHERE} ${shellQuoted(binary)}`,
        refreshInterval: REFRESH_INTERVAL_S,
        ...padding > 0 ? { padding } : {},
      },
    };
  }
  return recorded(users, binary);
}

/** A status line of somebody else with the record beside it; nothing when it runs no command. */
function recorded(statusLine: unknown, binary: string): Settings {
  const command = foreignCommand(statusLine);
  if (command === null) return {};
  return { statusLine: { ...statusLine as Settings, command: besideRecord(command, binary) } };
}

/** The command of a status line that is not ours; null when there is none that can be run. */
export function foreignCommand(statusLine: unknown): string | null {
  if (typeof statusLine !== "object" || statusLine === null) return null;
  const { type, command } = statusLine as Settings;
  if (type !== "command" || typeof command !== "string" || command.trim() === "") return null;
  return command.includes("claude-multi-statusline") ? null : command;
}

/**
 * A command for sh that feeds one input to both: it becomes the user's own command, whose output,
 * exit code and end by a signal stay its own, while the record is made behind its back, with what
 * the processor has to spare.
 */
function besideRecord(command: string, binary: string): string {
  return [
    "__claude_multi_input=$(cat)",
    `{ ${ELSEWHERE} printf %s "$__claude_multi_input" | nice ${
      shellQuoted(binary)
    } --record; } > /dev/null 2>&1 &`,
    `exec /bin/sh -c ${shellQuoted(command)} << __claude_multi_end`,
    "$__claude_multi_input",
    "__claude_multi_end",
  ].join("\n");
}

/**
 * Whether the settings of the folder bring a status line, which would count more than the user's. In
 * the home they are the user's.
 */
function projectHasOne(context: Context, cwd: string): boolean {
  const { files, layout } = context;
  return ["settings.local.json", "settings.json"].some((name) => {
    const path = `${cwd}/.claude/${name}`;
    try {
      const text = files.readText(path);
      return text !== null && JSON.parse(text)?.statusLine !== undefined &&
        files.resolve(path) !== files.resolve(`${layout.shared}/settings.json`);
    } catch {
      return false;
    }
  });
}
