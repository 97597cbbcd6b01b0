// The status line of a launch: ours, the user's own with our recorder, or none.
import type { Context } from "../ports/context.ts";
import type { Config } from "../config/config.ts";
import type { Settings } from "../claude/settings.ts";
import { objectIn } from "../text/json_object.ts";
import { shellQuoted } from "../text/shell_quote.ts";

/** Seconds between redraws, so that the times to reset stay right while nothing happens. */
const REFRESH_INTERVAL_S = 5;

/** Our programs can't start in a deleted folder, such as a worktree that is already removed. */
const ELSEWHERE = "cd / &&";

/**
 * The `statusLine` setting of a launch; empty with `statusline.install: false`. The user's own line,
 * from the shared settings or the caller's, stays and also records the limits. A line of the project
 * is left alone, since only the client knows whether that folder is trusted.
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
  // Settings that can't be read may have the user's own line, which must stay.
  const isUnread = settings === null &&
    context.files.kind(`${context.layout.shared}/settings.json`) !== "missing";
  if (isUnread) return {};
  const users = settings?.["statusLine"];
  if (users === undefined) {
    const padding = options.config.statusline.padding;
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

/** Another status line with our recorder added; empty if it doesn't run a command. */
function recorded(statusLine: unknown, binary: string): Settings {
  const command = foreignCommand(statusLine);
  if (command === null) return {};
  return { statusLine: { ...statusLine as Settings, command: withRecorder(command, binary) } };
}

/** The command of a status line that isn't ours; null if it has none that can be run. */
export function foreignCommand(statusLine: unknown): string | null {
  if (typeof statusLine !== "object" || statusLine === null) return null;
  const { type, command } = statusLine as Settings;
  if (type !== "command" || typeof command !== "string" || command.trim() === "") return null;
  return command.includes("claude-multi-statusline") ? null : command;
}

/**
 * A command for sh that feeds the input to both programs. It becomes the user's own command, which
 * thus decides output, exit code and signals; our recorder runs in the background at low priority.
 */
function withRecorder(command: string, binary: string): string {
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
 * Whether the settings of the project have a status line, which overrides the user's. In the home
 * folder, they are the user's own settings.
 */
function projectHasOne(context: Context, cwd: string): boolean {
  const { files, layout } = context;
  return ["settings.local.json", "settings.json"].some((name) => {
    const path = `${cwd}/.claude/${name}`;
    try {
      return objectIn(files.readText(path))?.["statusLine"] !== undefined &&
        files.resolve(path) !== files.resolve(`${layout.shared}/settings.json`);
    } catch {
      return false;
    }
  });
}
