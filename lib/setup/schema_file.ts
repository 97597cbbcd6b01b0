// The JSON Schema next to config.json, for editors.
import type { Context } from "../ports/context.ts";
import { configJsonSchema } from "../config/json_schema.ts";

const NAME = "config.schema.json";

/** What `$schema` in config.json says. */
export const SCHEMA_REFERENCE = `./${NAME}`;

/** Writes the schema of this version next to config.json; returns whether it changed. */
export function writeConfigSchema(context: Context): boolean {
  const path = `${context.layout.root}/${NAME}`;
  const text = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  if (context.files.readText(path) === text) return false;
  context.files.writeText(path, text, 0o600);
  return true;
}
