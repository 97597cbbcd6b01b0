// The one place that turns the schema of config.json into a JSON Schema for editors.
import { toJsonSchema } from "@valibot/to-json-schema";
import { configSchema } from "./rules.ts";
import { CONFIG_FIELDS } from "./schema.ts";

/** Part of a JSON Schema. */
type Node = Record<string, unknown>;

/** The JSON Schema (draft 7) of config.json, each key with its meaning and default. */
export function configJsonSchema(): Record<string, unknown> {
  const root = toJsonSchema(configSchema, {
    // Checks of our own have no counterpart, but for the pattern of names.
    errorMode: "ignore",
    overrideAction: ({ valibotAction, jsonSchema }) =>
      valibotAction.type === "raw_check"
        ? { ...jsonSchema, pattern: "^[a-z0-9][a-z0-9-]{0,31}$" }
        : undefined,
  }) as Node;
  for (const { key, about, standard } of CONFIG_FIELDS) {
    const node = nodeAt(root, key);
    if (node === null) continue;
    node["description"] = about;
    if (standard !== "") node["default"] = JSON.parse(standard);
  }
  return { ...root, title: "config.json of claude-multi" };
}

function nodeAt(root: Node, key: string): Node | null {
  let node: Node | undefined = root;
  for (const part of key.split(".")) {
    const name = part.replace("[]", "");
    node = (node?.["properties"] as Record<string, Node> | undefined)?.[name];
    if (part.endsWith("[]")) node = node?.["items"] as Node | undefined;
  }
  return node ?? null;
}
