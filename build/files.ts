// Decides which parts share a file: reading and compiling many small files takes longer than a large one.
import { init, parse } from "es-module-lexer";

await init;

const PART = /^\.\/(.+)\.js$/;

/**
 * The parts of each file: `main` is the file of the entry and of everything that it always loads; any
 * other parts share a file if the same dynamic imports load them. Parts get the name of their file and a
 * number, such as `part3.1`, except the first, so that the loader finds them without a table.
 */
export function filesOf(modules: ReadonlyMap<string, string>): Map<string, Map<string, string>> {
  const imports = new Map(modules.entries().map(([part, text]) => [part, importsOf(text)]));
  const starts = ["main", ...new Set(imports.values().flatMap(({ later }) => later))].sort();
  const loads = starts.map((start) => closure(start, (part) => imports.get(part)?.now ?? []));
  const groups = Map.groupBy([...modules.keys()].sort(), (part) => {
    const loadedBy = starts.filter((_, i) => loads[i]?.has(part));
    return loadedBy.includes("main") ? "main" : loadedBy.join();
  });
  const names = new Map<string, string>();
  for (const parts of groups.values()) {
    const file = parts.includes("main") ? "main" : parts[0] ?? "";
    names.set(file, file);
    const others = parts.filter((part) => part !== file);
    for (const [index, part] of others.entries()) names.set(part, `${file}.${index + 1}`);
  }
  const rewrite = (text: string) =>
    text.replace(
      /(?<=")\.\/([\w.-]+)\.js(?=")/g,
      (path, part) => names.has(part) ? `./${names.get(part)}.js` : path,
    );
  const files = new Map<string, Map<string, string>>();
  for (const [part, name] of names) {
    const file = name.replace(/\..*/, "");
    const parts = files.get(file) ?? new Map<string, string>();
    files.set(file, parts.set(name, rewrite(modules.get(part) ?? "")));
  }
  return files;
}

/** The parts that a module imports at once, and those that it imports while it runs. */
function importsOf(text: string): { now: string[]; later: string[] } {
  const found = { now: [] as string[], later: [] as string[] };
  for (const { specifier, type } of parse(text)[0]) {
    const part = PART.exec(specifier ?? "")?.[1];
    if (part !== undefined) (type === "dynamic" ? found.later : found.now).push(part);
  }
  return found;
}

/** Everything that can be reached from a start, including itself. */
function closure(start: string, next: (from: string) => readonly string[]): Set<string> {
  const reached = new Set([start]);
  for (const from of reached) for (const to of next(from)) reached.add(to);
  return reached;
}
