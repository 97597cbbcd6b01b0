// The limits that the service names, and which window of which model each of them means.
import { WINDOWS } from "../balance/windows.ts";
import type { WindowKey } from "../balance/windows.ts";
import { modelKey } from "./models.ts";

/** Limits of one model that don't name it like `seven_day_opus` (CONTRACT §13). */
const OTHER_NAMES: Readonly<Record<string, string>> = { seven_day_overage_included: "fable" };
/** Weekly windows that aren't of a model. */
const NO_MODEL: readonly string[] = ["seven_day_oauth_apps"];

/**
 * The window behind a type of limit (`rateLimitType`) or a key of the usage answer; null if it names no
 * window that we know.
 */
export function windowOfType(type: string): WindowKey | null {
  if (WINDOWS.some((name) => name === type)) return { window: type, model: null };
  if (NO_MODEL.includes(type)) return null;
  if (Object.hasOwn(OTHER_NAMES, type)) return weekOf(OTHER_NAMES[type] as string);
  const named = /^seven_day_([a-z0-9]{1,64})$/.exec(type)?.[1];
  return named === undefined ? null : weekOf(named);
}

/** The weekly window of a model. */
export function weekOf(model: string): { window: string; model: string } {
  const key = modelKey(model);
  return { window: `seven_day_${key}`, model: key };
}
