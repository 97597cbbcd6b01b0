// The one place that reads the few settings the status line needs, whatever state config.json is in.
import type { Reserve } from "../balance/policy.ts";

/** An account as far as the status line must know it. */
export interface KnownAccount {
  name: string;
  folder: string;
  inPlace: boolean;
  disabled: boolean;
  group: string | null;
}

/** Settings with every default filled in. */
export interface Settings {
  accounts: KnownAccount[];
  /** Unless `handoff` is off. */
  offersToMove: boolean;
  /** As written; null when it is no text. */
  policy: string | null;
  reserve: Reserve;
  /** Names as written; null for the usual line. */
  segments: readonly unknown[] | null;
  theme: "auto" | "dark" | "light";
  /** Cells of the context bar; 0 for none. */
  barWidth: number;
  /** The `padding` of the client's own setting: cells it takes on each side. */
  padding: number;
}

const BAR_WIDTH = 8;
const WIDEST_BAR = 60;
const NAME = /^[a-z0-9][a-z0-9-]{0,31}$/;

/**
 * Reads the text of config.json, or null when there is none. Nothing in it can stop the line: what
 * is missing, unknown or of the wrong kind has its default.
 */
export function readSettings(text: string | null): Settings {
  const root = record(valueOf(text));
  const statusline = record(root["statusline"]);
  const reserve = record(root["reserve"]);
  const segments = statusline["segments"];
  return {
    accounts: list(root["accounts"]).flatMap((value) => {
      const account = record(value);
      const name = account["name"];
      if (typeof name !== "string" || !NAME.test(name)) return [];
      const folder = account["folder"];
      const group = account["group"];
      return [{
        name,
        folder: typeof folder === "string" ? folder : name,
        inPlace: account["inPlace"] === true,
        disabled: account["disabled"] === true,
        group: typeof group === "string" ? group : null,
      }];
    }),
    offersToMove: root["handoff"] !== "off",
    policy: typeof root["policy"] === "string" ? root["policy"] : null,
    reserve: {
      five_hour: within(reserve["five_hour"], { least: 1, most: 100, otherwise: 100 }),
      seven_day: within(reserve["seven_day"], { least: 1, most: 100, otherwise: 100 }),
    },
    segments: Array.isArray(segments) && segments.length > 0 ? segments : null,
    theme: statusline["theme"] === "dark" || statusline["theme"] === "light"
      ? statusline["theme"]
      : "auto",
    barWidth: within(statusline["barWidth"], { least: 0, most: WIDEST_BAR, otherwise: BAR_WIDTH }),
    padding: within(statusline["padding"], { least: 0, most: 20, otherwise: 0 }),
  };
}

function valueOf(text: string | null): unknown {
  if (text === null) return null;
  for (const candidate of [text, withoutComments(text)]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // Comments and trailing commas are welcome in config.json: once more without them.
    }
  }
  return null;
}

/**
 * JSON without comments and trailing commas. The program that writes config.json has a whole parser
 * for this; here its tables would cost more time than the rest of the settings.
 */
function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, "$1")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])/g, "$1");
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Record<string, unknown>
    : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function within(
  value: unknown,
  bounds: { least: number; most: number; otherwise: number },
): number {
  if (typeof value !== "number" || !Number.isFinite(value)) return bounds.otherwise;
  return Math.floor(Math.min(bounds.most, Math.max(bounds.least, value)));
}
