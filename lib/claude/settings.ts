// The client's settings: what overrides the choice of account, and one `--settings` made of two.
import { isObject, objectOf } from "../text/json_object.ts";
import { OVERRIDING_VARIABLES } from "./environment.ts";

/** A settings object as the client reads it. */
export type Settings = Record<string, unknown>;

/** Values that switch a provider off. */
const OFF = /^(0|false|no|off)$/i;

/** Keys of a settings object that override the choice of account (CONTRACT §4). */
export function overridingSettings(settings: Settings): string[] {
  const variables = Object.entries(objectOf(settings["env"])).flatMap(([name, value]) => {
    const overrides = name === "CLAUDE_CONFIG_DIR" || OVERRIDING_VARIABLES.includes(name);
    const isOff = value === "" || name.includes("_USE_") && OFF.test(String(value));
    return overrides && !isOff ? [name] : [];
  });
  return [
    ...settings["apiKeyHelper"] === undefined ? [] : ["apiKeyHelper"],
    ...variables.map((name) => `env.${name}`),
  ];
}

/**
 * Folds the caller's settings into ours for the single `--settings` that the client reads
 * (CONTRACT §6): hooks are joined per event and `env` per key; otherwise the caller's key wins.
 * Hooks of the caller that aren't an object of lists leave ours as they are.
 */
export function foldSettings(ours: Settings, callers: Settings): Settings {
  const folded: Settings = { ...ours, ...callers };
  const { hooks: ourHooks, env: ourEnv } = ours;
  if (isObject(ourHooks)) {
    const hooks: Settings = { ...ourHooks };
    for (const [event, entries] of Object.entries(objectOf(callers["hooks"]))) {
      const own = hooks[event];
      if (!Array.isArray(own)) hooks[event] = entries;
      else if (Array.isArray(entries)) hooks[event] = [...own, ...entries];
    }
    folded["hooks"] = hooks;
  }
  if (isObject(ourEnv)) folded["env"] = { ...ourEnv, ...objectOf(callers["env"]) };
  return folded;
}
