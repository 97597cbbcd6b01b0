// Builds the executables: bundle, scripts, bytecode, then compile.
// usage: build/deno run -A build/programs.ts [NAME...]   writes dist/NAME; BYTECODE=0 omits the bytecode
import { dirname } from "node:path";
import { deflateRawSync } from "node:zlib";
import { bundle } from "./bundle.ts";
import { train } from "./bytecode.ts";
import { compile, type StubSource } from "./compile.ts";
import { type Executable, EXECUTABLES, permissionFlags } from "./executables.ts";
import { filesOf } from "./files.ts";
import { scriptOf } from "./parts.ts";
import { hostTarget, type Target } from "./targets.ts";
import { ROOT } from "./toolchain.ts";

/** Modification time of bundles; `deno compile` stores it, so it must always be the same. */
const FIXED_TIME_SECONDS = 315_532_800;

/** A script of this size takes longer to read at every start than to inflate when it is needed. */
const LARGE_BYTES = 65_536;

/**
 * Creates the folder that an executable of `root` is compiled from: `entry.js`, which loads the parts;
 * scripts with one or more parts each, `main.js` first; and the bytecode of each script, which is empty if
 * it isn't wanted or the target can't run here. Large scripts that everyday work doesn't load are deflated
 * if there is bytecode. The files are the same on every machine. The folder appears only when it is
 * complete: V8 checks only that a script has the length that its bytecode was made for, so scripts and
 * bytecode of different builds must never meet.
 * @throws Error if bundling fails, the bundler isn't the pinned one, or a path of this machine leaks.
 */
export async function prepare(
  name: string,
  options: { root: string; folder: string; target: Target; bytecode: boolean },
) {
  const { root, target, bytecode } = options;
  const parent = dirname(options.folder);
  Deno.mkdirSync(parent, { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: parent, prefix: ".new-" });
  try {
    const modules = await bundle(executableOf(name).entry, { root, folder });
    for (const [file, parts] of filesOf(modules)) {
      const scripts = parts.entries().map(([part, text]) =>
        `"${part}":${scriptOfPart(part, text)}`
      );
      Deno.writeTextFileSync(`${folder}/${file}.js`, `({${[...scripts].join(",\n")}})`);
      Deno.writeTextFileSync(`${folder}/${file}.bytecode`, "");
    }
    Deno.copyFileSync(`${ROOT}/build/loader.js`, `${folder}/entry.js`);
    if (bytecode && target === hostTarget()) {
      await train(name, folder);
      deflateRare(folder);
    }
    for (const file of Deno.readDirSync(folder)) {
      Deno.utimeSync(`${folder}/${file.name}`, FIXED_TIME_SECONDS, FIXED_TIME_SECONDS);
    }
    removeTree(options.folder);
    Deno.renameSync(folder, options.folder);
  } finally {
    removeTree(folder);
  }
}

/**
 * Deflates the large scripts that everyday work doesn't load, because every start reads all files of a
 * program: `NAME.deflated` then has the script, and `NAME.js` is empty.
 */
function deflateRare(folder: string): void {
  for (const { name } of [...Deno.readDirSync(folder)]) {
    if (!name.endsWith(".bytecode") || Deno.statSync(`${folder}/${name}`).size > 0) continue;
    const script = `${folder}/${name.replace(/bytecode$/, "js")}`;
    const text = Deno.readFileSync(script);
    if (text.length < LARGE_BYTES) continue;
    Deno.writeFileSync(script.replace(/js$/, "deflated"), deflateRawSync(text, { level: 9 }));
    Deno.writeTextFileSync(script, "");
  }
}

function scriptOfPart(part: string, module: string): string {
  try {
    return scriptOf(module);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new Error(`cannot turn ${part} into a script: ${why}`, { cause: error });
  }
}

function executableOf(name: string): Executable {
  const executable = EXECUTABLES[name];
  if (executable === undefined) throw new Error(`unknown executable "${name}"`);
  return executable;
}

/** Removes a folder if it exists. */
function removeTree(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Builds one of {@link EXECUTABLES} as `folder/NAME`, and keeps its scripts and bytecode in
 * `folder/bundle/NAME`; returns where its stub came from.
 */
export async function build(
  name: string,
  options: { folder: string; target: Target; preferCached: boolean; bytecode: boolean },
): Promise<StubSource> {
  const folder = `${options.folder}/bundle/${name}`;
  await prepare(name, { ...options, root: ROOT, folder });
  const flags = [...permissionFlags(executableOf(name)), "--include", folder];
  // Built elsewhere and renamed, so that a running test never finds it missing or incomplete.
  const aside = Deno.makeTempDirSync({ dir: options.folder, prefix: ".new-" });
  try {
    const source = await compile(`${folder}/entry.js`, {
      ...options,
      flags,
      output: `${aside}/${name}`,
    });
    if (options.target === hostTarget()) checkBytecode(`${aside}/${name}`);
    Deno.renameSync(`${aside}/${name}`, `${options.folder}/${name}`);
    return source;
  } finally {
    Deno.removeSync(aside, { recursive: true });
  }
}

/** Prints a warning if the program's runtime rejects the bytecode, which makes every start slower. */
function checkBytecode(program: string) {
  const { stderr } = new Deno.Command(program, {
    args: ["--version"],
    clearEnv: true,
    env: { HOME: "/", CLAUDE_MULTI_DEBUG: "1" },
  }).outputSync();
  if (stderr.length === 0) return;
  console.log(`    it will start slower: ${new TextDecoder().decode(stderr).trimEnd()}`);
}

if (import.meta.main) {
  Deno.env.delete("DENORT_BIN");
  const [target, bytecode] = [hostTarget(), Deno.env.get("BYTECODE") !== "0"];
  const kind = bytecode ? "" : " without bytecode";
  const options = { folder: `${ROOT}/dist`, target, preferCached: true, bytecode };
  for (const name of Deno.args.length > 0 ? Deno.args : Object.keys(EXECUTABLES)) {
    console.log(`==> building dist/${name}${kind} for ${target} with Deno ${Deno.version.deno}`);
    try {
      const source = await build(name, options);
      console.log(
        `    done, with ${source === "official" ? "the official Deno" : "Deno from npm"}`,
      );
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      Deno.exit(1);
    }
  }
}
