// The stand-in's settings: the user's file, overridden by the --settings of the launch.
import type { Json, World } from "./world.ts";
import { isJson, readJson } from "./world.ts";

/** One command to run at an event. */
export interface HookCommand {
  matcher: string;
  command: string;
}

/** The settings in force (CONTRACT §6). */
export interface Settings {
  hooks(event: string): HookCommand[];
  statusLine: { command: string; refreshIntervalSeconds: number | null } | null;
  autoContinue: boolean;
  env: Record<string, string>;
}

/**
 * Reads `settings.json` of the config dir and merges --settings into it: hooks are joined, `env`
 * is merged by key, anything else is replaced. Returns null if --settings can't be read.
 */
export function readSettings(world: World, argument: string | null): Settings | null {
  const user = readJson(`${world.configDir}/settings.json`) ?? {};
  const given = argument === null ? {} : parseArgument(argument);
  if (given === null) return null;
  const merged: Json = { ...user, ...given };
  const disabled = user["disableAllHooks"] === true || given["disableAllHooks"] === true;
  const statusLine = isJson(merged["statusLine"]) ? merged["statusLine"] : null;
  const command = statusLine?.["command"];
  const refresh = statusLine?.["refreshInterval"];
  return {
    hooks: (event) => disabled ? [] : [...hooksOf(user, event), ...hooksOf(given, event)],
    statusLine: typeof command === "string" && !disabled
      ? { command, refreshIntervalSeconds: typeof refresh === "number" ? refresh : null }
      : null,
    autoContinue: merged["autoContinueAtUsageLimit"] !== false,
    env: { ...strings(user["env"]), ...strings(given["env"]) },
  };
}

function parseArgument(argument: string): Json | null {
  const text = argument.trimStart().startsWith("{") ? argument : readText(argument);
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return null;
  }
}

function hooksOf(settings: Json, event: string): HookCommand[] {
  const entries = isJson(settings["hooks"]) ? settings["hooks"][event] : null;
  if (!Array.isArray(entries)) return [];
  return entries.filter(isJson).flatMap((entry) =>
    (Array.isArray(entry["hooks"]) ? entry["hooks"] : []).filter(isJson).flatMap((hook) =>
      typeof hook["command"] === "string"
        ? [{ matcher: String(entry["matcher"] ?? ""), command: hook["command"] }]
        : []
    )
  );
}

function strings(value: unknown): Record<string, string> {
  if (!isJson(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));
}
