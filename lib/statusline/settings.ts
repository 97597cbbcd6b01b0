// Reads the settings for the status line, whatever state config.json is in.
import type { Config } from "../config/config.ts";
import { completed } from "../config/config.ts";

/**
 * The settings from the text of config.json (null if there is none). Nothing in it can stop the line:
 * anything missing, unknown or wrong gets its default.
 */
export function readSettings(text: string | null): Config {
  return completed(valueOf(text));
}

function valueOf(text: string | null): unknown {
  for (const candidate of text === null ? [] : [text, withoutComments(text)]) {
    try {
      return JSON.parse(candidate);
    } catch {
      // Comments and trailing commas are allowed in config.json: try again without them.
    }
  }
  return {};
}

/**
 * JSON without comments and trailing commas. The program that writes config.json has a complete
 * parser; loading it here would take longer than everything else about the settings.
 */
function withoutComments(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/[^\n]*|\/\*[^]*?\*\//g, "$1")
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])/g, "$1");
}
