// The `--settings` of a launch: our hooks and status line, merged with the caller's own settings.
import type { Context } from "../ports/context.ts";
import { quoted } from "../text/escape.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import { HOOK_EVENTS, hookSetting, STREAM_EVENTS, TASK_EVENTS } from "../claude/hooks.ts";
import type { Settings } from "../claude/settings.ts";
import type { Config } from "../config/config.ts";
import { foldSettings } from "../claude/settings.ts";
import { EXIT, messageOf, UserError } from "../text/errors.ts";
import { isObject, withoutMark } from "../text/json_object.ts";
import { shellQuoted } from "../text/shell_quote.ts";
import { statuslineSettings } from "./statusline_setting.ts";

/** What the settings of a launch depend on; `forEditor` is anything if another program starts it. */
interface Launched {
  config: Config;
  args: ClientArguments;
  callers: Settings;
  cwd: string;
  forEditor?: unknown;
}

/**
 * The `--settings` of a launch: our hooks and status line, merged with the caller's own settings.
 * Commands of the client, such as `claude mcp`, get only the caller's.
 */
export function launchSettings(
  context: Context,
  options: Launched,
): Settings {
  const { args, callers } = options;
  if (args.kind !== "interactive" && args.kind !== "print") return callers;
  // The caller's own status line is already in it.
  const line = statuslineSettings(context, options);
  return { ...foldSettings({ hooks: hookSettings(context, options) }, callers), ...line };
}

/** The hooks through which the client reports what happens in a session. */
function hookSettings(context: Context, { config, args, forEditor }: Launched): Settings {
  const events = forEditor !== undefined && args.kind === "print"
    ? STREAM_EVENTS
    : [...HOOK_EVENTS, ...config.handoff === "auto" ? TASK_EVENTS : []];
  return hookSetting(events, `cd / && ${shellQuoted(context.processes.executable())} hook`);
}

/**
 * The caller's own `--settings`: inline JSON, or a file, which may be a pipe that can be read only once.
 * @throws UserError (usage) if they can't be read.
 */
export function callersSettings(context: Context, args: ClientArguments): Settings {
  const value = args.settings;
  if (value === null) return {};
  const inline = value.trimStart().startsWith("{");
  const path = value.startsWith("/") ? value : `${context.processes.cwd()}/${value}`;
  try {
    if (value.trim() === "") throw new Error("no file is named");
    const text = inline ? value : context.files.readGiven(path);
    if (text === null) throw new Error("no such file");
    const parsed: unknown = JSON.parse(withoutMark(text));
    if (isObject(parsed)) return parsed;
    throw new Error("not a JSON object");
  } catch (cause) {
    const what = inline ? "" : ` ${quoted(value)}`;
    throw new UserError(`cannot use --settings${what}: ${messageOf(cause)}`, {
      hint: "claude --help",
      exit: EXIT.usage,
      cause,
    });
  }
}
