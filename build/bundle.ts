// Bundles a program: its entry and everything it imports become a few modules, the same on every machine.
import { hostTarget } from "./targets.ts";
import { lockRow, run, sha256 } from "./toolchain.ts";

/** The comment with the name of a module in a readable bundle. */
const MODULE_NAME = /^\/\/ (?=\S+\.\w+$)([^\s"]+)/gm;
/** What the bundler writes for a CommonJS package: a `require`, which our loader doesn't have. */
const COMMON_JS = /Dynamic require of|__deno_internal_createRequire/;

/**
 * Vega looks for a package for pictures in pixels, which it doesn't need for SVG and we don't have; it waits
 * for it at the top level of a module, which scripts can't do.
 */
const MISSING_PACKAGE = /\bawait import\("canvas"\)/g;

/**
 * The modules of a bundle by name: `main`, and parts that are loaded when something imports them.
 * `entry` is a path relative to `root`; `folder` must be empty, and is empty again afterwards. With `readable`,
 * which is READABLE=1 unless given, names stay as they are, and a comment names each bundled module.
 * @throws Error if bundling fails, the bundler isn't the pinned one, or a path of this machine leaks.
 */
export async function bundle(
  entry: string,
  { root, folder, readable = Deno.env.get("READABLE") === "1" }: {
    root: string;
    folder: string;
    readable?: boolean;
  },
): Promise<Map<string, string>> {
  const args = ["bundle", "-q", "--frozen", "--platform=deno", "--code-splitting"];
  // Small files load faster; READABLE=1 keeps names for stack traces.
  if (!readable) args.push("--minify");
  args.push("--outdir", folder, entry);
  const { success, stderr } = await run(Deno.execPath(), args, { cwd: root });
  if (!success) throw new Error(`cannot bundle ${entry}:\n${stderr}`);
  await checkBundler();
  const texts = new Map<string, string>();
  for (const { name } of Deno.readDirSync(folder)) {
    const text = Deno.readTextFileSync(`${folder}/${name}`).replace(MISSING_PACKAGE, "null");
    texts.set(name, withoutMachine(text, entry));
    Deno.removeSync(`${folder}/${name}`);
  }
  if (texts.values().some((text) => COMMON_JS.test(text))) {
    throw new Error(`cannot bundle ${entry}: it uses a CommonJS package; use an ES module`);
  }
  return renamed(texts, entry.replace(/\.ts$/, ".js"));
}

/** Replaces paths of this machine's npm cache, by which the bundler names packages. */
function withoutMachine(text: string, entry: string): string {
  const named = text.replace(MODULE_NAME, (line, path: string) => {
    const place = /\/((@[^/]+\/)?[^/]+\/\d+\.\d+\.\d+[^/]*\/.+)$/.exec(path)?.[1];
    return path.includes("/npm/") && place ? line.replace(path, () => `npm:${place}`) : line;
  });
  const leak = named.matchAll(MODULE_NAME).find(([, path]) => /^(\.\.)?\//.test(path ?? ""));
  if (leak) throw new Error(`cannot bundle ${entry}: it has a path of this machine: ${leak[1]}`);
  return named;
}

/** Numbers the parts by content: the bundler names them by a hash of this machine's paths. */
function renamed(texts: Map<string, string>, entry: string): Map<string, string> {
  const names = [...texts.keys()];
  const blank = (text: string) => names.reduce((t, name) => t.replaceAll(name, ""), text);
  const parts = names.filter((name) => name !== entry)
    .sort((a, b) => blank(texts.get(a) ?? "") < blank(texts.get(b) ?? "") ? -1 : 1);
  const newNames = new Map([
    [entry, "main"],
    ...parts.map((name, i) => [name, `part${i}`] as const),
  ]);
  const rewrite = (text: string) =>
    text.replace(
      /(?<=")\.\/([\w.-]+)(?=")/g,
      (path, name) => newNames.has(name) ? `./${newNames.get(name)}.js` : path,
    );
  return new Map(names.map((name) => [newNames.get(name) ?? name, rewrite(texts.get(name) ?? "")]));
}

/** Checks the bundler, which `deno bundle` downloads without consulting deno.lock. */
async function checkBundler() {
  const target = hostTarget();
  const row = lockRow("bundler", target);
  if (row === null || row.sha256 === "-") {
    console.error(`    no checksum for the bundler of Deno ${Deno.version.deno} on ${target}`);
    return;
  }
  const version = row.package.split("@").at(-1);
  const { denoDir } = await cacheFolders();
  const name = `esbuild-${target.replace("macos", "darwin")}`;
  const path = `${denoDir}/dl/esbuild-${version}/${name}`;
  const sum = await sha256(Deno.readFileSync(path));
  if (sum !== row.sha256) {
    throw new Error(`the bundler ${path} has SHA-256 ${sum}, not ${row.sha256}`);
  }
}

/** Where Deno keeps what it downloads, and the npm packages among that, by host, name and version. */
export async function cacheFolders(): Promise<{ denoDir: string; npmCache: string }> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  return JSON.parse(new TextDecoder().decode(stdout));
}
