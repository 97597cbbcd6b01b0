// The settings for the status line, whatever state config.json is in.
import type { Config } from "../config/config.ts";
import { completed } from "../config/config.ts";

/**
 * Reads the text of config.json, or null when there is none. Nothing in it can stop the line: what
 * is missing, unknown or wrong has its default.
 */
export function readSettings(text: string | null): Config {
  return completed(valueOf(text));
}

function valueOf(text: string | null): unknown {
  for (const candidate of text === null ? [] : [text, withoutComments(text)]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // Comments and trailing commas are welcome in config.json: once more without them.
    }
  }
  return {};
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
