// Lookups on the file system: a path that may be missing, a file that may not be a regular one.

/** The error code of a system call, such as `ENOENT`; "" without one. */
export function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

/** Runs a lookup; null if the path doesn't exist, or if it fails with one of `codes`. */
export function orMissing<T>(look: () => T, ...codes: string[]): T | null {
  try {
    return look();
  } catch (error) {
    if (["ENOENT", "ENOTDIR", ...codes].includes(codeOf(error))) return null;
    throw error;
  }
}

/** Runs a lookup; null if it throws. */
export function orNull<T>(look: () => T): T | null {
  try {
    return look();
  } catch {
    return null;
  }
}

/** The path of a regular file: opening a pipe or a device could block. @throws Error for any other. */
export function regular(path: string): string {
  if (Deno.statSync(path).isFile) return path;
  throw new Error(`"${path}" is not a regular file`);
}
