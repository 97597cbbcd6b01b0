// Turns the modules of a bundle into scripts, since V8 lets only scripts bring bytecode of their own.
// es-module-lexer says where imports and exports stand: text that looks like one must stay.
import { type Import, init, parse } from "es-module-lexer";

await init;

/** What stands between `import` and the specifier: names in braces, a namespace, a default, or nothing. */
const CLAUSE = /^import\s*(?:(?:\{([^{}]*)\}|\*\s*as\s+([\w$]+)|([\w$]+))\s*from\s*)?["']$/;
/** The one list of exports, which closes a module that has any. */
const LIST = /^export\s*\{([^{}]*)\};?\s*$/;
/** Another part, as the bundler names it. */
const PART = /^\.\/(.+)\.js$/;

/**
 * The source of a function `(__part_load, __part_builtin) => exports` that does what the module does, where
 * `__part_load(name)` gives the exports of another part and `__part_builtin(name)` a module of the runtime.
 * What a module exports must have its value when the module has run: exports are copied.
 * @throws Error when the bundler writes a module in a way that this does not know.
 */
export function scriptOf(module: string): string {
  if (/\b__part_(load|builtin)\b/.test(module)) throw new Error("it has a name of ours");
  const [imports, exports] = parse(module);
  const head = imports.map((found) => found.type === "dynamic" ? "" : takenFrom(module, found));
  const from = exports.at(-1)?.exportStart ?? module.length;
  const list = exports.length === 0 ? "" : LIST.exec(module.slice(from))?.[1];
  if (list === undefined || exports.some(({ exportStart }) => exportStart !== from)) {
    throw new Error(`it exports in an unknown way: ${module.slice(from)}`);
  }
  let body = module.slice(0, from);
  for (const found of imports.toReversed()) {
    const instead = found.type === "dynamic" ? later(found.specifier) : "";
    body = body.slice(0, found.importStart) + instead + body.slice(found.importEnd);
  }
  const exported = list.split(",").map((item) => {
    const [own = "", name = own] = item.trim().split(/\s+as\s+/);
    return name === own ? name : `${name}:${own}`;
  });
  const script = `(function(__part_load,__part_builtin){"use strict";${head.join("")}${body}
return{${exported.join(",")}}})`;
  new Function(script); // Throws where an import or export was left over.
  return script;
}

/** A static import as the taking apart of an object. */
function takenFrom(module: string, { importStart, start, specifier }: Import): string {
  const text = module.slice(importStart, start);
  const clause = CLAUSE.exec(text);
  const part = PART.exec(specifier ?? "")?.[1];
  if (clause === null || (part === undefined && !specifier?.startsWith("node:"))) {
    throw new Error(`it imports "${specifier}" in an unknown way: ${text}`);
  }
  const source = part === undefined ? `__part_builtin("${specifier}")` : `__part_load("${part}")`;
  const [, names, namespace, whole] = clause;
  if (names !== undefined) return `const{${names.replace(/\s+as\s+/g, ":")}}=${source};`;
  if (namespace !== undefined) return `const ${namespace}=${source};`;
  if (whole === undefined) return `${source};`;
  return `const ${whole}=${source}${part === undefined ? "" : ".default"};`;
}

/** A dynamic import of another part. */
function later(specifier: string | null | undefined): string {
  const part = PART.exec(specifier ?? "")?.[1];
  if (part === undefined) throw new Error(`it imports "${specifier}" while it runs`);
  return `Promise.resolve("${part}").then(__part_load)`;
}
