// Turns the modules of a bundle into scripts, since V8 lets only scripts bring bytecode of their own.

/** An import as the bundler writes it: `a as b` in braces, a default, a namespace, or nothing. */
const IMPORT =
  /\bimport\s*(?:\{([^{}]*)\}\s*from\s*|\*\s*as\s+([\w$]+)\s+from\s*|([\w$]+)\s+from\s*)?"([^"]+)";/g;
/** The one list of exports, at the end of a module that has any. */
const EXPORT = /\bexport\s*\{([^{}]*)\};\s*$/;
/** A dynamic import of another part. */
const DYNAMIC = /\bimport\("\.\/([^"]+)\.js"\)/g;

/**
 * The source of a function `(load, builtin) => exports` that does what the module does, where
 * `load(name)` gives the exports of another part and `builtin(name)` a module of the runtime.
 * What a module exports must have its value when the module has run: exports are copied.
 * @throws SyntaxError when the bundler writes modules in a way that this does not know.
 */
export function scriptOf(module: string): string {
  const imports: string[] = [];
  const body = module.replace(IMPORT, (_, names, namespace, whole, from: string) => {
    const part = /^\.\/(.+)\.js$/.exec(from)?.[1];
    const source = part === undefined ? `builtin("${from}")` : `load("${part}")`;
    if (names !== undefined) imports.push(`const{${renamed(names, ":")}}=${source};`);
    else if (namespace !== undefined) imports.push(`const ${namespace}=${source};`);
    else if (whole === undefined) imports.push(`${source};`);
    else imports.push(`const ${whole}=${source}${part === undefined ? "" : ".default"};`);
    return "";
  });
  const exported = EXPORT.exec(body)?.[1] ?? "";
  const text = body.replace(EXPORT, "").replace(DYNAMIC, `Promise.resolve("$1").then(load)`);
  const result = renamed(exported, ":", { isExport: true });
  const script = `(function(load,builtin){${imports.join("")}${text}\nreturn{${result}}})`;
  new Function(script); // Throws where an import or export was left over.
  return script;
}

/** `a as b, c` as the inside of an object: `a:b,c`; of exports, where `a` is ours: `b:a,c`. */
function renamed(list: string, sign: string, { isExport = false } = {}): string {
  return list.split(",").map((item) => item.trim()).filter((item) => item !== "").map((item) => {
    const [first = "", second] = item.split(/\s+as\s+/);
    if (second === undefined) return first;
    return isExport ? `${second}${sign}${first}` : `${first}${sign}${second}`;
  }).join(",");
}
