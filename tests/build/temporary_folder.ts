// A temporary folder for a test of the build.

/** Makes a folder that is removed at the end of the scope. */
export function temporaryFolder(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "claude-multi-release-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}
