// Tests that everything generated from the table of settings has each of its rows.
import assert from "node:assert/strict";
import { defaultConfig, readConfig } from "../../lib/config/config.ts";
import { configJsonSchema } from "../../lib/config/json_schema.ts";
import type { Field } from "../../lib/config/fields.ts";
import { REMOVED } from "../../lib/config/fields.ts";
import { rowOf, ROWS, settableKeys, valuesOf } from "../../lib/config/keys.ts";
import { POLICY_NAMES } from "../../lib/balance/policy.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { findSettings, setSetting, unsetSetting } from "../../lib/setup/change_settings.ts";
import { suggest } from "../../lib/setup/suggestions.ts";
import { readSettings } from "../../lib/statusline/settings.ts";
import { SEGMENTS } from "../../lib/statusline/segments/mod.ts";
import { fakeContext } from "../helpers/context.ts";

/** A value that a row accepts and that isn't its default. */
function sampleOf({ type, choices, range, default: usual }: Field): unknown {
  switch (type) {
    case "boolean":
      return !usual;
    case "number":
      return range?.find((end) => end !== usual);
    case "strings":
      return ["model"];
    case "path":
      return "/opt/x";
    default:
      return choices?.at(-1) ?? "other";
  }
}

/** A file with one value and the required keys of its group. */
function fileWith(key: string, value: unknown): Record<string, unknown> {
  const names = key.split(".");
  const needed: Record<string, unknown> = {
    accounts: { name: "a" },
    identity: { accountUuid: "u" },
    pins: { path: "/p" },
  };
  return names.reduceRight<unknown>((inner, name) => {
    const own = name.replace("[]", "");
    const group = { ...needed[own] as object, ...inner as object };
    return { [own]: inner === undefined ? value : own === name ? group : [group] };
  }, undefined) as Record<string, unknown>;
}

function at(root: unknown, key: string): unknown {
  return key.split(".").reduce<unknown>((value, name) => {
    const inner = (value as Record<string, unknown> | null)?.[name.replace("[]", "")];
    return name.endsWith("[]") ? (inner as unknown[])[0] : inner;
  }, root);
}

for (const [key, field] of ROWS) {
  Deno.test(`the setting ${key} is checked, in the schema and the docs, and read by both programs`, () => {
    const sample = sampleOf(field);
    const file = fileWith(key, sample);
    const { config, faults } = readConfig(file);
    assert.deepEqual(faults, []);
    assert.deepEqual(at(config, key), sample);
    assert.deepEqual(readSettings(JSON.stringify(file)), config);
    assert.deepEqual(readSettings(`${JSON.stringify(file)} // mine`), config);
    const wrong = readConfig(fileWith(key, { an: "object" })).faults;
    assert.deepEqual(wrong.map(({ kind }) => kind), ["value"]);
    assert.ok(field.about.length > 5 && !field.about.endsWith("."), field.about);
    let node = configJsonSchema();
    for (const name of key.split(".")) {
      node = (node["properties"] as Record<string, typeof node>)[name.replace("[]", "")] ?? {};
      if (name.endsWith("[]")) node = node["items"] as typeof node;
    }
    assert.equal(node["description"], field.about);
    assert.equal(node["default"], field.default);
    const docs = Deno.readTextFileSync(new URL("../../docs/configuration.md", import.meta.url));
    assert.ok(docs.includes(`| \`${key}\` | ${field.about} |`));
  });
}

Deno.test("the defaults in the table are the ones that apply", () => {
  for (const [key, field] of ROWS) {
    if (!key.includes("[]")) assert.deepEqual(at(defaultConfig(), key), field.default ?? null, key);
  }
  assert.deepEqual(ROWS.get("policy")?.choices, POLICY_NAMES);
});

for (const key of settableKeys(["work"])) {
  Deno.test(`${key} is offered, set, shown and unset`, async () => {
    const field = rowOf(key);
    assert.ok(field !== null);
    const context = fakeContext({
      config: { accounts: [{ name: "work" }] },
      programs: ["/bin/model"],
    });
    const value = sampleOf(field);
    assert.deepEqual(await setSetting(context, key, String(value)), {
      key,
      value,
      isDefault: false,
    });
    assert.deepEqual(findSettings(context, key), { key, value, isDefault: false });
    const usual = { key, value: field.default ?? null, isDefault: true };
    assert.deepEqual(unsetSetting(context, key), usual);
    const all = findSettings(context, undefined);
    assert.ok(Array.isArray(all));
    assert.deepEqual(all.find((setting) => setting.key === key), usual);
    const none = () => [];
    const accounts = () => [{ value: "work", about: "" }];
    const sources = {
      accounts,
      groups: () => [{ value: "home", about: "" }],
      sessions: none,
      conversations: none,
    };
    const offered = (...words: string[]) => suggest(words, { commands: COMMANDS, sources });
    const keys = offered("config", "set", "");
    assert.ok(keys !== "files" && keys.some((k) => k.value === key && k.about === field.about));
    const values = offered("config", "set", key, "");
    const wanted = field.type === "strings" && field.choices === undefined
      ? SEGMENTS.map(({ name }) => name)
      : key.endsWith(".group")
      ? ["home"]
      : valuesOf(field);
    assert.deepEqual(values === "files" ? values : values.map((v) => v.value), wanted);
  });
}

Deno.test("keys that other commands set aren't offered, and removed keys have no rows", () => {
  const settable = settableKeys(["a"]).map((key) => key.replace("accounts.a.", "accounts[]."));
  for (const [key, field] of ROWS) {
    assert.equal(settable.includes(key), field.setBy === undefined, key);
    if (!field.setBy) continue;
    assert.ok(COMMANDS.some((command) => command.name === field.setBy), `${key}: ${field.setBy}`);
  }
  for (const key of Object.keys(REMOVED)) assert.ok(!ROWS.has(key), key);
});

Deno.test("a key with few values offers them", () => {
  const values = (key: string) => valuesOf(rowOf(key) ?? { type: "string", about: "" });
  assert.deepEqual(values("handoffTitle"), ["true", "false"]);
  assert.deepEqual(values("handoff"), ["ask", "auto", "off"]);
  assert.deepEqual(values("claudePath"), []);
  assert.equal(rowOf("nonsense"), null);
});
