// Builds executables: bundle, then compile the bundle onto the official runtime stub or npm's.
// usage: build/deno run -A build/build.ts [NAME...]   writes dist/NAME
import { fileURLToPath } from "node:url";
import { train } from "./bytecode.ts";
import { type Executable, EXECUTABLES, permissionFlags } from "./executables.ts";
import { scriptOf } from "./parts.ts";
import { elfImageBytes, hostTarget, type Target, targetOf, TARGETS } from "./targets.ts";

/** The root of the checkout. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");
const TOOLS = `${ROOT}/.tools`;
/** Time stamp of bundles; `deno compile` stores it, so it must not be now. */
const FIXED_TIME_SECONDS = 315_532_800;

/** How a readable bundle names a module: in a comment. */
const MODULE_NAME = /^\/\/ (?=\S+\.\w+$)([^\s"]+)/gm;
/** What the bundler makes of a CommonJS package: a `require` that the loader does not have. */
const COMMON_JS = /Dynamic require of|__deno_internal_createRequire/;

/** Where a runtime stub came from. */
export type StubSource = "official" | "npm-hosted";

/** The target has no runtime stub that can be had here. */
export class NoStubError extends Error {}

/** One row of toolchain.lock that belongs to the pinned Deno; null when there is none. */
function lockRow(role: string, target: Target): { package: string; sha256: string } | null {
  const pin = Deno.version.deno;
  for (const line of Deno.readTextFileSync(`${ROOT}/build/toolchain.lock`).split("\n")) {
    const [rowRole, rowTarget, deno, name, _file, _tarball, sha256] = line.split(/\s+/);
    if (rowRole !== role || rowTarget !== target || (deno !== pin && deno !== "PIN")) continue;
    if (name !== undefined && sha256 !== undefined) return { package: name, sha256 };
  }
  return null;
}

/** Lower-case hexadecimal SHA-256. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

async function run(program: string, args: string[], options: Deno.CommandOptions = {}) {
  const { success, stderr } = await new Deno.Command(program, {
    ...options,
    args,
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}

/**
 * Makes the folder that an executable of `root` is compiled from: `entry.js`, which loads the parts;
 * a script for each part, `main.js` first; and the bytecode of each, which is left empty for targets
 * that cannot run here. It is the same on every machine. It appears when it is complete: V8 knows the
 * text of bytecode by its length only, so the two must never be of different builds.
 * @throws Error when bundling fails, the bundler is not the pinned one, or a path leaks into it.
 */
export async function prepare(
  name: string,
  options: { root: string; folder: string; target: Target },
) {
  const { root, target } = options;
  const parent = options.folder.slice(0, options.folder.lastIndexOf("/"));
  Deno.mkdirSync(parent, { recursive: true });
  const folder = Deno.makeTempDirSync({ dir: parent, prefix: ".new-" });
  try {
    for (const [part, module] of await bundle(executableOf(name).entry, { root, folder })) {
      Deno.writeTextFileSync(`${folder}/${part}.js`, scriptOfPart(part, module));
      Deno.writeTextFileSync(`${folder}/${part}.bytecode`, "");
    }
    Deno.copyFileSync(`${ROOT}/build/loader.js`, `${folder}/entry.js`);
    if (target === hostTarget()) await train(name, folder);
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

/** The modules of a bundle by name: `main`, and parts that are loaded when something imports them. */
async function bundle(
  entry: string,
  { root, folder }: { root: string; folder: string },
): Promise<Map<string, string>> {
  const args = ["bundle", "-q", "--frozen", "--platform=deno", "--code-splitting"];
  // Small text is read faster; READABLE=1 keeps names for stack traces.
  if (Deno.env.get("READABLE") !== "1") args.push("--minify");
  args.push("--outdir", folder, entry);
  const { success, stderr } = await run(Deno.execPath(), args, { cwd: root });
  if (!success) throw new Error(`Cannot bundle ${entry}:\n${stderr}`);
  await checkBundler();
  const texts = new Map<string, string>();
  for (const { name } of Deno.readDirSync(folder)) {
    texts.set(name, withoutMachine(Deno.readTextFileSync(`${folder}/${name}`), entry));
    Deno.removeSync(`${folder}/${name}`);
  }
  if (texts.values().some((text) => COMMON_JS.test(text))) {
    throw new Error(`Cannot bundle ${entry}: a package in it is CommonJS; take an ES module`);
  }
  return renamed(texts, entry.replace(/\.ts$/, ".js"));
}

/** Modules are named by their path from the root, so npm's by the place of the machine's cache. */
function withoutMachine(text: string, entry: string): string {
  const named = text.replace(MODULE_NAME, (line, path: string) => {
    const place = /\/((@[^/]+\/)?[^/]+\/\d+\.\d+\.\d+[^/]*\/.+)$/.exec(path)?.[1];
    return path.includes("/npm/") && place ? line.replace(path, () => `npm:${place}`) : line;
  });
  const leak = named.matchAll(MODULE_NAME).find(([, path]) => /^(\.\.)?\//.test(path ?? ""));
  if (leak) throw new Error(`Cannot bundle ${entry}: it names a path outside the tree: ${leak[1]}`);
  return named;
}

/** The bundler names parts by a sum over the machine's paths; here they get numbers by content. */
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

/** `deno bundle` fetches its bundler by itself, outside deno.lock. */
async function checkBundler() {
  const target = hostTarget();
  const row = lockRow("bundler", target);
  if (row === null || row.sha256 === "-") {
    console.error(`    no sum pinned for the bundler of Deno ${Deno.version.deno} on ${target}`);
    return;
  }
  const version = row.package.split("@").at(-1);
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string };
  const name = `esbuild-${target.replace("macos", "darwin")}`;
  const path = `${denoDir}/dl/esbuild-${version}/${name}`;
  const sum = await sha256(Deno.readFileSync(path));
  if (sum !== row.sha256) {
    throw new Error(`Cannot trust ${path}: SHA-256 ${sum}, not ${row.sha256}`);
  }
}

/** Fetches, cuts and checks the npm-hosted stub of a target; null when none is known. */
async function npmStub(target: Target): Promise<string | null> {
  const row = lockRow("stub", target);
  if (row === null) return null;
  const path = `${TOOLS}/stub-${Deno.version.deno}-${target}`;
  if (exists(path)) return path;
  const whole = `${path}.${Deno.pid}`;
  const fetch = new Deno.Command(`${ROOT}/build/fetch`, { args: ["stub", target, whole] });
  if (!(await fetch.spawn().status).success) {
    throw new Error("Cannot fetch the npm-hosted runtime stub: the reason is above");
  }
  const file = Deno.readFileSync(whole);
  const stub = file.subarray(0, elfImageBytes(file));
  const sum = await sha256(stub);
  if (sum !== row.sha256) {
    Deno.removeSync(whole);
    throw new Error(`Cannot trust the stub in ${row.package}: SHA-256 ${sum}, not ${row.sha256}`);
  }
  Deno.truncateSync(whole, stub.length);
  Deno.renameSync(whole, path);
  return path;
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

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Compiles a bundle and checks what came out: on the official stub when Deno can
 * download it (or on npm's at once, when that is here and `preferCached`), else on npm's.
 * @throws NoStubError when no stub of the target can be had.
 */
export async function compile(
  script: string,
  options: { flags: readonly string[]; output: string; target: Target; preferCached: boolean },
): Promise<StubSource> {
  const { target, output } = options;
  const args = ["compile", "-q", "--no-config", "--no-lock", "--no-check", "--no-code-cache"];
  args.push("--no-remote", "--no-npm", "--target", TARGETS[target], "--output", output);
  args.push(...options.flags, script);
  // DENORT_BIN overrides the stub of every target, so it is set for this one command only.
  const attempt = (stub: string) =>
    run(Deno.execPath(), args, { env: { ...Deno.env.toObject(), DENORT_BIN: stub } });
  const cached = options.preferCached && exists(`${TOOLS}/stub-${Deno.version.deno}-${target}`);
  let result = cached ? null : await run(Deno.execPath(), args);
  const source = result?.success ? "official" : "npm-hosted";
  if (result === null || !result.success) {
    if (result && !result.stderr.includes("Setting up base binary")) {
      throw new Error(`Cannot compile ${output}:\n${result.stderr}`);
    }
    if (result) console.log("    Deno cannot download its official runtime stub from here");
    const stub = await npmStub(target);
    if (stub === null) {
      throw new NoStubError(`no runtime stub for ${target}: Deno could not download it`);
    }
    result = await attempt(stub);
    if (!result.success) throw new Error(`Cannot compile ${output}:\n${result.stderr}`);
  }
  const found = targetOf(headOf(output));
  if (found !== target) {
    Deno.removeSync(output);
    throw new Error(
      `Cannot use ${output}: built for ${target}, but it is a program for ${found ?? "?"}`,
    );
  }
  return source;
}

function headOf(path: string): Uint8Array {
  using file = Deno.openSync(path);
  const head = new Uint8Array(64);
  return head.subarray(0, file.readSync(head) ?? 0);
}

/** Bundles and compiles one of {@link EXECUTABLES} into `folder`; returns where its stub came from. */
export async function build(
  name: string,
  options: { folder: string; target: Target; preferCached: boolean },
): Promise<StubSource> {
  const executable = executableOf(name);
  Deno.mkdirSync(options.folder, { recursive: true });
  const folder = `${ROOT}/dist/bundle/${name}`;
  await prepare(name, { root: ROOT, folder, target: options.target });
  const flags = [...permissionFlags(executable), "--include", folder];
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
  for (const name of Deno.args.length > 0 ? Deno.args : Object.keys(EXECUTABLES)) {
    const target = hostTarget();
    console.log(`==> building dist/${name} for ${target} with Deno ${Deno.version.deno}`);
    try {
      const source = await build(name, { folder: `${ROOT}/dist`, target, preferCached: true });
      console.log(`    done, on the ${source} runtime stub`);
    } catch (error) {
      console.error(error instanceof Error ? error.message : error);
      Deno.exit(1);
    }
  }
}
