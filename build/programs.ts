// Builds the executables: bundle, scripts, bytecode, then compile.
// usage: build/deno run -A build/programs.ts [NAME...]   writes dist/NAME; BYTECODE=0 leaves bytecode out
import { dirname } from "node:path";
import { bundle } from "./bundle.ts";
import { train } from "./bytecode.ts";
import { compile, type StubSource } from "./compile.ts";
import { type Executable, EXECUTABLES, permissionFlags } from "./executables.ts";
import { scriptOf } from "./parts.ts";
import { hostTarget, type Target } from "./targets.ts";
import { ROOT } from "./toolchain.ts";

/** Time stamp of bundles; `deno compile` stores it, so it must not be now. */
const FIXED_TIME_SECONDS = 315_532_800;

/**
 * Makes the folder that an executable of `root` is compiled from: `entry.js`, which loads the parts;
 * a script for each part, `main.js` first; and the bytecode of each, which is empty if it is not wanted
 * or the target cannot run here. It is the same on every machine. It appears when it is complete: V8 knows the
 * text of bytecode by its length only, so the two must never be of different builds.
 * @throws Error when bundling fails, the bundler is not the pinned one, or a path leaks into it.
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
    for (const [part, module] of await bundle(executableOf(name).entry, { root, folder })) {
      Deno.writeTextFileSync(`${folder}/${part}.js`, scriptOfPart(part, module));
      Deno.writeTextFileSync(`${folder}/${part}.bytecode`, "");
    }
    Deno.copyFileSync(`${ROOT}/build/loader.js`, `${folder}/entry.js`);
    if (bytecode && target === hostTarget()) await train(name, folder);
    for (const file of Deno.readDirSync(folder)) {
      Deno.utimeSync(`${folder}/${file.name}`, FIXED_TIME_SECONDS, FIXED_TIME_SECONDS);
    }
    removeTree(options.folder);
    Deno.renameSync(folder, options.folder);
  } finally {
    removeTree(folder);
  }
}

function scriptOfPart(part: string, module: string): string {
  try {
    return scriptOf(module);
  } catch (error) {
    const why = error instanceof Error ? error.message : error;
    throw new Error(`Cannot make a script of ${part}: ${why}`, { cause: error });
  }
}

function executableOf(name: string): Executable {
  const executable = EXECUTABLES[name];
  if (executable === undefined) throw new Error(`Cannot build "${name}": no such executable`);
  return executable;
}

/** Removes a folder, if it is there. */
function removeTree(path: string): void {
  try {
    Deno.removeSync(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/**
 * Builds one of {@link EXECUTABLES} as `folder/NAME`, and leaves what it is made of in
 * `folder/bundle/NAME`; returns where its stub came from.
 */
export async function build(
  name: string,
  options: { folder: string; target: Target; preferCached: boolean; bytecode: boolean },
): Promise<StubSource> {
  const folder = `${options.folder}/bundle/${name}`;
  await prepare(name, { ...options, root: ROOT, folder });
  const flags = [...permissionFlags(executableOf(name)), "--include", folder];
  // Built aside and renamed, so that a running test never finds it missing or half written.
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

/** Says so when the program's runtime refuses the bytecode, which costs time at every start. */
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
      console.log(`    done, on the ${await build(name, options)} runtime stub`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      Deno.exit(1);
    }
  }
}
