// The JSON Schema of config.json, for editors.
import { NAME } from "./account.ts";
import { isField, isList } from "./config.ts";
import type { Field, Rows } from "./fields.ts";
import { FIELDS } from "./fields.ts";

type Schema = Record<string, unknown>;

/** The JSON Schema (draft 7) of config.json, with the meaning and default of each key. */
export function configJsonSchema(): Schema {
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "config.json of claude-multi",
    ...ofRow(FIELDS),
  };
}

function ofRow(row: Rows[string]): Schema {
  if (isField(row)) return ofField(row);
  if (isList(row)) return { type: "array", items: ofRow(row[0]) };
  const required = Object.keys(row).filter((key) => (row[key] as Field).required);
  return {
    type: "object",
    properties: Object.fromEntries(Object.entries(row).map(([key, inner]) => [key, ofRow(inner)])),
    ...required.length > 0 && { required },
  };
}

function ofField(field: Field): Schema {
  const { type, choices, range, nullable, about } = field;
  const json = { name: "string", path: "string", strings: "array" }[type as string] ?? type;
  if (choices && type === "strings") {
    return {
      anyOf: [{ type: "string", enum: choices }, { type: "array", items: { type: "string" } }],
      description: about,
      ...field.default !== undefined && { default: field.default },
    };
  }
  return {
    type: nullable ? [json, "null"] : json,
    ...choices && { enum: choices },
    ...range && { minimum: range[0], maximum: range[1] },
    ...type === "name" && { pattern: NAME.source },
    ...type === "path" && { pattern: "^/" },
    ...type === "strings" && { items: { type: "string" } },
    description: about,
    ...field.default !== undefined && { default: field.default },
  };
}
