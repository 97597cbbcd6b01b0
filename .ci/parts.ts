// Turns the modules of a bundle into scripts, since V8 lets only scripts bring bytecode of their own.

/** An import as the bundler writes it: `a as b` in braces, a default, a namespace, or nothing. */
const IMPORT =
  /\bimport\s*(?:\{([^{}]*)\}\s*from\s*|\*\s*as\s+([\w$]+)\s+from\s*|([\w$]+)\s+from\s*)?"([^"]+)";/g;
/** The one list of exports, at the end of a module that has any. */
const EXPORT = /\bexport\s*\{([^{}]*)\};\s*$/;
/** A dynamic import of another part. */
const DYNAMIC = /\bimport\("\.\/([^"]+)\.js"\)/g;

/**
 * The source of a function `(__load, __builtin) => exports` that does what the module does, where
 * `__load(name)` gives the exports of another part and `__builtin(name)` a module of the runtime.
 * What a module exports must have its value when the module has run: exports are copied.
 * @throws SyntaxError when the bundler writes modules in a way that this does not know.
 */
export function scriptOf(module: string): string {
  const imports: string[] = [];
  const body = module.replace(IMPORT, (_, names, namespace, whole, from: string) => {
    const part = /^\.\/(.+)\.js$/.exec(from)?.[1];
    const source = part === undefined ? `__builtin("${from}")` : `__load("${part}")`;
    if (names !== undefined) imports.push(`const{${inObject(namesIn(names))}}=${source};`);
    else if (namespace !== undefined) imports.push(`const ${namespace}=${source};`);
    else if (whole === undefined) imports.push(`${source};`);
    else imports.push(`const ${whole}=${source}${part === undefined ? "" : ".default"};`);
    return "";
  });
  const exported = EXPORT.exec(body)?.[1] ?? "";
  const text = body.replace(EXPORT, "").replace(DYNAMIC, `Promise.resolve("$1").then(__load)`);
  const result = inObject(namesIn(exported).map(([ours, theirs]) => [theirs, ours]));
  const script = `(function(__load,__builtin){"use strict";${
    imports.join("")
  }${text}\nreturn{${result}}})`;
  new Function(script); // Throws where an import or export was left over.
  return script;
}

/** The names of a list like `a as b, c`, each with what it is called on the other side. */
function namesIn(list: string): [name: string, other: string][] {
  return list.split(",").map((item) => item.trim()).filter((item) => item !== "").map((item) => {
    const [name = "", other = name] = item.split(/\s+as\s+/);
    return [name, other];
  });
}

/** Keys with their values, or with the names that they are taken apart into. */
function inObject(names: readonly [key: string, value: string][]): string {
  return names.map(([key, value]) => key === value ? key : `${key}:${value}`).join(",");
}
