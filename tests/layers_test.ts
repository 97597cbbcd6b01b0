// The house rules that a machine can check: who imports whom, who touches the world, how files are named.
import assert from "node:assert/strict";
import manifest from "../deno.json" with { type: "json" };

const ROOT = new URL("..", import.meta.url).pathname;

/** What one file does, as far as these rules care. */
interface Facts {
  imports: { specifier: string; names: string[] }[];
  /** Uses of the runtime, clocks and chance, as written. */
  world: string[];
  /** Exports a variable that may change later: whoever imports it gets a copy (build/parts.ts). */
  changing: boolean;
  /** Whether anything of it is left at run time: more than types. */
  running: boolean;
}

/** Layers by path; the first match counts. */
const LAYERS: readonly (readonly [string, RegExp])[] = [
  ["entry", /^(cli|statusline)\.ts$/],
  ["context", /^lib\/context\.ts$/],
  ["shell files", /^shell\//],
  ["manifest", /^deno\.json$/],
  ["folder", /^lib\/([a-z_]+)\//],
];

/** What each layer may import besides itself. Imports of types count too. */
// deno-fmt-ignore
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  entry: ["context", "commands", "launch", "statusline", "cli", "claude", "ledger", "system", "ports", "config", "text", "manifest"],
  context: ["claude", "ledger", "system", "ports", "config", "text"],
  commands: ["setup", "launch", "statusline", "pages", "cli", "accounts", "claude", "ports", "config", "history", "balance", "text"],
  setup: ["launch", "statusline", "cli", "accounts", "claude", "ports", "config", "balance", "text", "shell files"],
  launch: ["accounts", "cli", "claude", "ports", "config", "balance", "text"],
  statusline: ["accounts", "claude", "ports", "config", "balance", "text"],
  accounts: ["cli", "claude", "ports", "config", "balance", "text"],
  pages: ["cli", "ports", "config", "history", "balance", "text"],
  cli: ["claude", "ports", "config", "text"],
  claude: ["ports", "config", "balance", "text"],
  ledger: ["system", "claude", "ports", "history", "balance", "text"],
  system: ["ports", "balance", "text"],
  ports: ["claude", "config", "history", "balance"],
  config: ["ports", "balance", "text"],
  history: ["balance", "text"],
  balance: ["text"],
  text: [],
};

/** Commands, which never import each other; only the registry imports them. */
const COMMAND = /^lib\/commands\/(?!(?:mod|quick)\.ts$)/;

/** Layers that may touch the runtime, clocks and chance. */
const WORLDLY = ["entry", "context", "system"];
/** Modules of the runtime that one more layer may use. */
const SPECIAL: Readonly<Record<string, string>> = { ledger: "node:sqlite" };
/** Pure functions of the runtime that every layer may use; null allows all names. */
const PURE: Readonly<Record<string, readonly string[] | null>> = {
  "node:path": null,
  "node:util": ["stripVTControlCharacters", "styleText"],
};
/** Packages of deno.json that are for tests and the build only. */
const TEST_PACKAGES = ["axe-core", "es-module-lexer", "fast-check", "playwright-core"];
/** Words that name no job. */
const EMPTY_WORDS = /(^|_)(util|helper|manager|service)s?(_|$)/;

/** Globals through which the world gets in; `Date` is judged by how it is used. */
const WORLD = [
  "Deno",
  "globalThis",
  "performance",
  "crypto",
  "fetch",
  "setTimeout",
  "setInterval",
];

/** The same for members; a local variable may be called `process`. */
const WORLD_MEMBERS =
  /^(Date\.now|Math\.random|process\.(argv|cwd|env|exit|hrtime|on|platform|std(in|out|err)))$/;

/** Reads the facts from the syntax tree, so that neither comments nor strings count. */
function factsOf(path: string, source: string): Facts {
  const facts: Facts = { imports: [], world: [], changing: false, running: false };
  const imported = (specifier: string, names: string[] = ["*"]) =>
    void facts.imports.push({ specifier, names });
  const rule: Deno.lint.Rule = {
    create: () => ({
      Program({ body }) {
        facts.running = body.some((node) => !isOfTypes(node));
      },
      ImportDeclaration({ source, specifiers }) {
        const names = specifiers.map((it) =>
          it.type !== "ImportSpecifier"
            ? "*"
            : it.imported.type === "Identifier"
            ? it.imported.name
            : it.imported.value
        );
        imported(source.value, names);
      },
      ExportNamedDeclaration({ source, declaration }) {
        if (source) imported(source.value);
        const isVariable = declaration?.type === "VariableDeclaration";
        if (isVariable && declaration.kind !== "const") facts.changing = true;
      },
      ExportAllDeclaration({ source }) {
        imported(source.value);
      },
      ImportExpression({ source }) {
        const isLiteral = source.type === "Literal" && typeof source.value === "string";
        imported(isLiteral ? String(source.value) : "a computed module");
      },
      Identifier(node) {
        if (WORLD.includes(node.name) && !isLabel(node)) facts.world.push(node.name);
      },
      MemberExpression({ object, property }) {
        const text = `${nameOf(object)}.${nameOf(property)}`;
        if (WORLD_MEMBERS.test(text)) facts.world.push(text);
      },
      NewExpression({ callee, arguments: args }) {
        if (nameOf(callee) === "Date" && args.length === 0) facts.world.push("new Date()");
      },
      CallExpression({ callee }) {
        if (nameOf(callee) === "Date") facts.world.push("Date()");
      },
    }),
  };
  // Types in `import("./x.ts").T` have no node of their own in lint's tree.
  for (const [, specifier] of source.matchAll(/\bimport\(\s*"([^"]+)"\s*\)\s*\./g)) {
    if (specifier) imported(specifier);
  }
  Deno.lint.runPlugin({ name: "facts", rules: { facts: rule } }, path, source);
  return facts;
}

function isOfTypes(node: Deno.lint.Statement): boolean {
  if (node.type === "ImportDeclaration") return node.importKind === "type";
  if (node.type === "ExportAllDeclaration") return node.exportKind === "type";
  const declared = node.type === "ExportNamedDeclaration" ? node.declaration : node;
  return declared !== null && /^TS(Interface|TypeAlias)Declaration$/.test(declared.type);
}

function nameOf(node: Deno.lint.Node): string {
  return node.type === "Identifier" ? node.name : "";
}

/** A name after a dot, or a key, is no use of a global. */
function isLabel(node: Deno.lint.Identifier): boolean {
  const { parent } = node;
  if (parent.type === "MemberExpression") return parent.property === node && !parent.computed;
  if (parent.type === "Property") return parent.key === node && parent.value !== node;
  return /^(TSPropertySignature|TSMethodSignature|PropertyDefinition|MethodDefinition)$/.test(
    parent.type,
  );
}

function layerOf(path: string): string | null {
  for (const [name, pattern] of LAYERS) {
    const match = pattern.exec(path);
    if (match !== null) return name === "folder" ? match[1] ?? null : name;
  }
  return null;
}

/** The path in the tree that a relative specifier means. */
function target(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** Every breach of the rules in a tree given as path and source; an empty list is a clean house. */
function breaches(tree: ReadonlyMap<string, string>): string[] {
  const found: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [path, source] of tree) {
    const layer = layerOf(path);
    const say = (what: string) => void found.push(`${path}: ${what}`);
    const facts = factsOf(path, source);
    graph.set(path, []);
    if (layer === null || !Object.hasOwn(MAY_IMPORT, layer)) say("belongs to no layer");
    if (!/^\/[/*]/.test(source)) say("the first line is no comment");
    for (const part of path.replace(/\.ts$/, "").split("/")) {
      if (!/^[a-z0-9]+(_[a-z0-9]+)*$/.test(part)) say(`"${part}" is not snake_case`);
      if (EMPTY_WORDS.test(part)) say(`"${part}" names no job`);
    }
    if (facts.changing) say("exports a variable");
    if (layer === "ports" && facts.running) say("is more than interfaces");
    const isWorldly = WORLDLY.includes(layer ?? "");
    if (!isWorldly) new Set(facts.world).forEach((use) => say(`uses ${use}`));
    for (const { specifier, names } of facts.imports) {
      if (specifier.startsWith(".")) {
        const to = target(path, specifier);
        graph.get(path)?.push(to);
        const other = layerOf(to) ?? "";
        const allowed = other === layer || (MAY_IMPORT[layer ?? ""]?.includes(other) ?? false);
        if (!allowed) say(`may not import ${to}`);
        if (COMMAND.test(path) && other === "commands") say(`a command may not import ${to}`);
      } else if (specifier.startsWith("node:")) {
        const pure = PURE[specifier];
        const isPure = pure === null || pure?.length && names.every((name) => pure.includes(name));
        const isAllowed = isWorldly || isPure || SPECIAL[layer ?? ""] === specifier;
        if (!isAllowed) say(`may not import ${names.join(", ")} of ${specifier}`);
      } else if (!Object.hasOwn(manifest.imports, specifier) || TEST_PACKAGES.includes(specifier)) {
        say(`may not import ${specifier}`);
      }
    }
  }
  return [...found, ...cycles(graph)];
}

function cycles(graph: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: string[]) => {
    const start = trail.indexOf(path);
    if (start >= 0) return void found.push(`cycle: ${[...trail.slice(start), path].join(" > ")}`);
    if (done.has(path)) return;
    for (const next of graph.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of graph.keys()) visit(path, []);
  return found;
}

function readTree(): Map<string, string> {
  const tree = new Map<string, string>();
  const read = (folder: string) => {
    for (const { name, isDirectory } of Deno.readDirSync(ROOT + folder)) {
      if (isDirectory) read(`${folder}${name}/`);
      else tree.set(folder + name, Deno.readTextFileSync(ROOT + folder + name));
    }
  };
  read("lib/");
  for (const entry of ["cli.ts", "statusline.ts"]) {
    tree.set(entry, Deno.readTextFileSync(ROOT + entry));
  }
  return tree;
}

Deno.test("the house is in order", () => {
  const tree = readTree();
  assert.ok(tree.size > 10, "the tree is read");
  assert.deepEqual(breaches(tree), []);
});

/** Each case is one file, plus the breach it must raise (null: none). */
const CASES: readonly (readonly [string, string, string | null])[] = [
  ["lib/text/a.ts", `import { b } from "./b.ts";`, null],
  ["lib/text/a.ts", `import { Clock } from "../ports/mod.ts";`, "may not import lib/ports/mod.ts"],
  [
    "lib/text/a.ts",
    `import type { Clock } from "../ports/mod.ts";`,
    "may not import lib/ports/mod.ts",
  ],
  ["lib/text/a.ts", `export * from "../ports/mod.ts";`, "may not import lib/ports/mod.ts"],
  ["lib/text/a.ts", `export { Clock } from "../ports/mod.ts";`, "may not import lib/ports/mod.ts"],
  ["lib/text/a.ts", `type C = import("../ports/mod.ts").Clock;`, "may not import lib/ports/mod.ts"],
  ["lib/text/a.ts", `await import("../ports/mod.ts");`, "may not import lib/ports/mod.ts"],
  ["lib/text/a.ts", `await import("../" + name);`, "may not import a computed module"],
  ["lib/text/a.ts", `// import "../ports/mod.ts"\nconst a = 'import "../ports/mod.ts"';`, null],
  ["lib/ports/a.ts", `import type { C } from "../context.ts";`, "may not import lib/context.ts"],
  ["lib/ports/a.ts", `import type { A } from "../system/a.ts";`, "may not import lib/system/a.ts"],
  ["lib/commands/a.ts", `import "../system/a.ts";`, "may not import lib/system/a.ts"],
  ["lib/commands/a.ts", `import "../ledger/a.ts";`, "may not import lib/ledger/a.ts"],
  ["lib/commands/a.ts", `import "../../cli.ts";`, "may not import cli.ts"],
  ["lib/commands/a.ts", `import "./b.ts";`, "a command may not import lib/commands/b.ts"],
  [
    "lib/commands/a.ts",
    `import type { B } from "./b.ts";`,
    "a command may not import lib/commands/b.ts",
  ],
  [
    "lib/commands/a.ts",
    `await import("./sub/b.ts");`,
    "a command may not import lib/commands/sub/b.ts",
  ],
  ["lib/commands/a.ts", `import "./mod.ts";`, "a command may not import lib/commands/mod.ts"],
  ["lib/commands/mod.ts", `import { a } from "./a.ts";`, null],
  ["lib/commands/quick.ts", `import { a } from "./a.ts";`, null],
  ["lib/commands/a.ts", `import { renderShell } from "../setup/shells.ts";`, null],
  ["lib/system/a.ts", `import "../commands/a.ts";`, "may not import lib/commands/a.ts"],
  ["lib/launch/a.ts", `import "../commands/a.ts";`, "may not import lib/commands/a.ts"],
  ["lib/accounts/a.ts", `import "../launch/a.ts";`, "may not import lib/launch/a.ts"],
  ["lib/claude/a.ts", `import "../accounts/a.ts";`, "may not import lib/accounts/a.ts"],
  ["lib/statusline/a.ts", `import "../commands/mod.ts";`, "may not import lib/commands/mod.ts"],
  ["lib/statusline/a.ts", `import "../system/a.ts";`, "may not import lib/system/a.ts"],
  ["lib/setup/a.ts", `import text from "../../shell/cl.zsh" with { type: "text" };`, null],
  ["lib/text/a.ts", `import "../../shell/cl.zsh";`, "may not import shell/cl.zsh"],
  ["cli.ts", `import { m } from "./lib/context.ts";`, null],
  ["lib/text/a.ts", `import fs from "node:fs";`, "may not import * of node:fs"],
  ["lib/text/a.ts", `import { styleText } from "node:util";`, null],
  ["lib/text/a.ts", `import { inspect } from "node:util";`, "may not import inspect of node:util"],
  ["lib/text/a.ts", `import { join } from "node:path";`, null],
  ["lib/system/a.ts", `import { createHmac } from "node:crypto";`, null],
  ["lib/ledger/a.ts", `import { DatabaseSync } from "node:sqlite";`, null],
  ["lib/ledger/a.ts", `import fs from "node:fs";`, "may not import * of node:fs"],
  ["lib/ledger/a.ts", `const a = Deno.statSync;`, "uses Deno"],
  ["lib/ledger/a.ts", `import { isFile } from "../system/a.ts";`, null],
  ["lib/claude/a.ts", `import "../system/a.ts";`, "may not import lib/system/a.ts"],
  ["lib/system/a.ts", `import type { A } from "../claude/a.ts";`, "may not import lib/claude/a.ts"],
  ["lib/ports/a.ts", `import type { A } from "./b.ts";\nexport interface B extends A {}`, null],
  ["lib/ports/a.ts", `export type * from "./b.ts";`, null],
  ["lib/ports/a.ts", `export const a = 1;`, "is more than interfaces"],
  ["lib/ports/a.ts", `import { a } from "./b.ts";`, "is more than interfaces"],
  ["lib/text/a.ts", `import fc from "fast-check";`, "may not import fast-check"],
  ["lib/text/a.ts", `import * as jsonc from "jsonc-parser";`, null],
  ["lib/system/a.ts", `import "npm:chalk@5";`, "may not import npm:chalk@5"],
  ["lib/text/a.ts", `export let a = 1;`, "exports a variable"],
  ["lib/text/a.ts", `export const a = 1;`, null],
  ["lib/text/a.ts", `const a = Deno.args;`, "uses Deno"],
  ["lib/text/a.ts", `let a: Deno.FsFile;`, "uses Deno"],
  ["lib/text/a.ts", `type A = typeof Deno;`, "uses Deno"],
  ["lib/text/a.ts", `const a = globalThis.Deno;`, "uses globalThis"],
  ["lib/text/a.ts", `const a = Date.now();`, "uses Date.now"],
  ["lib/text/a.ts", `const a = new Date();`, "uses new Date()"],
  ["lib/text/a.ts", `const a = Date();`, "uses Date()"],
  ["lib/text/a.ts", `const a = new Date(nowMs);`, null],
  ["lib/text/a.ts", `const a = Math.random();`, "uses Math.random"],
  ["lib/text/a.ts", `const a = process.env;`, "uses process.env"],
  ["lib/text/a.ts", `const a = (process: Process) => process.pid;`, null],
  ["lib/text/a.ts", `const a = performance.now();`, "uses performance"],
  ["lib/text/a.ts", `const a = crypto.randomUUID();`, "uses crypto"],
  ["lib/text/a.ts", `const a = { crypto: 1 }; a.crypto; // Deno.exit`, null],
  ["lib/text/a.ts", `interface A { fetch: string }`, null],
  ["lib/system/a.ts", `const a = Date.now() + Deno.pid;`, null],
  ["lib/extra.ts", ``, "belongs to no layer"],
  ["lib/extra/a.ts", ``, "belongs to no layer"],
  ["lib/text/fooBar.ts", ``, `"fooBar" is not snake_case`],
  ["lib/text/time_utils.ts", ``, `"time_utils" names no job`],
  ["lib/commands/manager/a.ts", ``, `"manager" names no job`],
  ["lib/text/utility.ts", ``, null],
];

for (const [path, source, breach] of CASES) {
  Deno.test(`${path} with ${source.trim() || "nothing"}: ${breach ?? "clean"}`, () => {
    const expected = breach === null ? [] : [`${path}: ${breach}`];
    assert.deepEqual(breaches(new Map([[path, `// A file.\n${source}`]])), expected);
  });
}

Deno.test("a file must open with a comment", () => {
  const tree = new Map([["lib/text/a.ts", "export const a = 1;\n// late"]]);
  assert.deepEqual(breaches(tree), ["lib/text/a.ts: the first line is no comment"]);
});

Deno.test("a cycle is found, also through types", () => {
  const tree = new Map([
    ["lib/text/a.ts", `// A.\nimport { b } from "./b.ts";`],
    ["lib/text/b.ts", `// B.\nimport type { C } from "./c.ts";`],
    ["lib/text/c.ts", `// C.\nimport { a } from "./a.ts";`],
  ]);
  const path = "lib/text/a.ts > lib/text/b.ts > lib/text/c.ts > lib/text/a.ts";
  assert.deepEqual(breaches(tree), [`cycle: ${path}`]);
});
