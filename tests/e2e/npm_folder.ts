// Packages from npm for tests: each in a folder of its own below .tools, complete as soon as it exists.

/** What is installed where, and how to recognise that it is all there. */
export interface NpmFolder {
  /** The folder. */
  dir: string;
  /** Package and version, as npm spells it. */
  spec: string;
  /** Arguments for npm besides the usual ones. */
  more?: readonly string[];
  /** The path that the caller wants from a folder; null: not there yet. */
  wanted(dir: string): string | null;
}

/**
 * Returns the wanted path. What isn't there yet is downloaded, with progress on stderr; no install script
 * runs.
 * @throws Error with the reason if it cannot be downloaded.
 */
export async function fromNpm({ dir, spec, more = [], wanted }: NpmFolder): Promise<string> {
  const present = wanted(dir);
  if (present !== null) return present;
  console.error(`Downloading ${spec} from npm …`);
  const startedAtMs = Date.now();
  const incoming = `${dir}.incoming-${Deno.pid}`;
  await Deno.mkdir(incoming, { recursive: true });
  try {
    await npmInstall(incoming, { spec, more });
    if (wanted(incoming) === null) throw new Error(`${spec} has nothing for this platform`);
    // Whoever is first wins.
    await Deno.rename(incoming, dir).catch(() => {});
  } finally {
    await Deno.remove(incoming, { recursive: true }).catch(() => {});
  }
  const path = wanted(dir);
  if (path === null) throw new Error(`${dir} could not be written`);
  console.error(`${spec} was downloaded in ${Math.round((Date.now() - startedAtMs) / 1000)} s`);
  return path;
}

async function npmInstall(
  dir: string,
  { spec, more }: { spec: string; more: readonly string[] },
): Promise<void> {
  await Deno.writeTextFile(`${dir}/package.json`, '{ "private": true }\n');
  const args = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock"];
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("npm", {
      args: [...args, ...more, spec],
      cwd: dir,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new Error(`npm cannot be started: ${error instanceof Error ? error.message : error}`);
  }
  const progress = setInterval(() => console.error("  … still downloading"), 5_000);
  const { success, stderr } = await child.output();
  clearInterval(progress);
  if (success) return;
  const lines = new TextDecoder().decode(stderr).split("\n")
    .filter((line) => line.startsWith("npm error") || line.startsWith("npm ERR!"));
  throw new Error(`npm could not install ${spec}: ${lines.slice(0, 3).join("; ") || "no reason"}`);
}

/** The first of these paths that is a file, or null. */
export function firstFile(paths: readonly string[]): string | null {
  return paths.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  }) ?? null;
}
