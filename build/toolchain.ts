// The root of the checkout, rows of toolchain.lock, checksums, and running a program.
import { fileURLToPath } from "node:url";
import type { Target } from "./targets.ts";

/** The root of the checkout. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/\/$/, "");

/** The row of toolchain.lock for the pinned Deno; null if there is none. */
export function lockRow(
  role: string,
  target: Target,
): { package: string; sha256: string } | null {
  const pin = Deno.version.deno;
  for (const line of Deno.readTextFileSync(`${ROOT}/build/toolchain.lock`).split("\n")) {
    const [rowRole, rowTarget, deno, name, _file, _tarball, sha256] = line.split(/\s+/);
    if (rowRole !== role || rowTarget !== target || (deno !== pin && deno !== "PIN")) continue;
    if (name !== undefined && sha256 !== undefined) return { package: name, sha256 };
  }
  return null;
}

/** The SHA-256 in lower-case hexadecimal. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
}

/** Runs a program without input, with its output on ours; returns its stderr. */
export async function run(program: string, args: string[], options: Deno.CommandOptions = {}) {
  const { success, stderr } = await new Deno.Command(program, {
    ...options,
    args,
    stdin: "null",
    stdout: "inherit",
    stderr: "piped",
  }).output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}
