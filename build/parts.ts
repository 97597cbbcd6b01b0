// Turns the modules of a bundle into scripts, because V8 loads bytecode only for scripts.
// es-module-lexer finds the imports and exports, so text that looks like one isn't touched.
import { type Import, init, parse } from "es-module-lexer";

await init;

/** Everything from `import` to the specifier: names in braces, a namespace, a default, or nothing. */
const CLAUSE = /^import\s*(?:(?:\{([^{}]*)\}|\*\s*as\s+([\w$]+)|([\w$]+))\s*from\s*)?["']$/;
/** The list of exports; a module has at most one, at its end. */
const LIST = /^export\s*\{([^{}]*)\};?\s*$/;
/** The bundler's name of another part. */
const PART = /^\.\/(.+)\.js$/;

/**
 * The source of a function `(__part_load, __part_builtin) => exports` that does what the module does, where
 * `__part_load(name)` gives the exports of another part and `__part_builtin(name)` a module of the runtime.
 * Exports are copied, so they must have their final value once the module has run.
 * @throws Error for a form of module that isn't supported.
 */
export function scriptOf(module: string): string {
  if (/\b__part_(load|builtin)\b/.test(module)) throw new Error("it uses one of our names");
  const [imports, exports] = parse(module);
  const head = imports.map((found) => found.type === "dynamic" ? "" : takenFrom(module, found));
  const from = exports.at(-1)?.exportStart ?? module.length;
  const list = exports.length === 0 ? "" : LIST.exec(module.slice(from))?.[1];
  if (list === undefined || exports.some(({ exportStart }) => exportStart !== from)) {
    throw new Error(`unsupported export: ${module.slice(from)}`);
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
  new Function(script); // Throws if an import or export is left.
  return script;
}

/** A static import as an assignment. */
function takenFrom(module: string, { importStart, start, specifier }: Import): string {
  const text = module.slice(importStart, start);
  const clause = CLAUSE.exec(text);
  const part = PART.exec(specifier ?? "")?.[1];
  if (clause === null || (part === undefined && !specifier?.startsWith("node:"))) {
    throw new Error(`unsupported import of "${specifier}": ${text}`);
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
  if (part === undefined) throw new Error(`unsupported dynamic import of "${specifier}"`);
  return `Promise.resolve("${part}").then(__part_load)`;
}
