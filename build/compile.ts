// Compiles a bundle into an executable, on Deno's official runtime stub or on npm's.
import { elfImageBytes, type Target, targetOf, TARGETS } from "./targets.ts";
import { lockRow, ROOT, run, sha256 } from "./toolchain.ts";

const TOOLS = `${ROOT}/.tools`;

/** Where a runtime stub came from. */
export type StubSource = "official" | "npm-hosted";

/** Thrown if no runtime stub of the target is available here. */
export class NoStubError extends Error {}

/** Fetches, cuts and checks the npm-hosted stub of a target; null if none is known. */
async function npmStub(target: Target): Promise<string | null> {
  const row = lockRow("stub", target);
  if (row === null) return null;
  const path = `${TOOLS}/stub-${Deno.version.deno}-${target}`;
  if (exists(path)) return path;
  const whole = `${path}.${Deno.pid}`;
  const fetch = new Deno.Command(`${ROOT}/build/fetch`, { args: ["stub", target, whole] });
  if (!(await fetch.spawn().status).success) {
    throw new Error("cannot fetch the npm-hosted runtime stub: the reason is above");
  }
  const file = Deno.readFileSync(whole);
  const stub = file.subarray(0, elfImageBytes(file));
  const sum = await sha256(stub);
  if (sum !== row.sha256) {
    Deno.removeSync(whole);
    throw new Error(`the stub in ${row.package} has SHA-256 ${sum}, not ${row.sha256}`);
  }
  Deno.truncateSync(whole, stub.length);
  Deno.renameSync(whole, path);
  return path;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Compiles a bundle and checks the result. It uses the official stub if Deno can download it, else the
 * npm-hosted one; with `preferCached`, an npm-hosted stub that was already fetched comes first.
 * @throws NoStubError if no stub of the target is available.
 */
export async function compile(
  script: string,
  options: { flags: readonly string[]; output: string; target: Target; preferCached: boolean },
): Promise<StubSource> {
  const { target, output } = options;
  const args = ["compile", "-q", "--no-config", "--no-lock", "--no-check", "--no-code-cache"];
  args.push("--no-remote", "--no-npm", "--target", TARGETS[target], "--output", output);
  args.push(...options.flags, script);
  // DENORT_BIN overrides the stub of every target, so it is set only for this command.
  const attempt = (stub: string) =>
    run(Deno.execPath(), args, { env: { ...Deno.env.toObject(), DENORT_BIN: stub } });
  const cached = options.preferCached && exists(`${TOOLS}/stub-${Deno.version.deno}-${target}`);
  let result = cached ? null : await run(Deno.execPath(), args);
  const source = result?.success ? "official" : "npm-hosted";
  if (result === null || !result.success) {
    if (result && !result.stderr.includes("Setting up base binary")) {
      throw new Error(`cannot compile ${output}:\n${result.stderr}`);
    }
    if (result) console.log("    Deno can't download its official runtime stub from here");
    const stub = await npmStub(target);
    if (stub === null) {
      throw new NoStubError(`no runtime stub for ${target}: Deno could not download it`);
    }
    result = await attempt(stub);
    if (!result.success) throw new Error(`cannot compile ${output}:\n${result.stderr}`);
  }
  const found = targetOf(headOf(output));
  if (found !== target) {
    Deno.removeSync(output);
    throw new Error(`${output} was built for ${target}, but is a program for ${found ?? "?"}`);
  }
  return source;
}

function headOf(path: string): Uint8Array {
  using file = Deno.openSync(path);
  const head = new Uint8Array(64);
  return head.subarray(0, file.readSync(head) ?? 0);
}
