// The real Claude Code for tests: a version from npm, in its own folder.
import { NEWEST_SUPPORTED } from "../../lib/claude/tested_versions.ts";
import { repositoryPath } from "../helpers/paths.ts";
import type { TempHome } from "../helpers/temp_home.ts";
import type { MockApi } from "./mock_api.ts";

/** The version to test with: the one that `make e2e CLAUDE=VERSION` names, or the newest. */
export const CLAUDE_VERSION = Deno.env.get("E2E_CLAUDE") || NEWEST_SUPPORTED;

const PACKAGE = "@anthropic-ai/claude-code";

/**
 * Returns the path of the real client's executable. If it isn't there yet, it is downloaded, with
 * progress on stderr. The binary of the platform package is used directly; no install script runs.
 * @throws Error with the reason if it cannot be downloaded.
 */
export async function realClaude(): Promise<string> {
  const dir = repositoryPath(`.tools/claude/${CLAUDE_VERSION}`);
  const present = installed(dir);
  if (present) return present;
  console.error(`Downloading Claude Code ${CLAUDE_VERSION} from npm …`);
  const startedAtMs = Date.now();
  const incoming = `${dir}.incoming-${Deno.pid}`;
  await Deno.mkdir(incoming, { recursive: true });
  try {
    await npmInstall(incoming);
    const path = installed(incoming);
    if (!path) throw new Error(`${PACKAGE}@${CLAUDE_VERSION} has no binary for this platform`);
    // Whoever is first wins; the folder is complete as soon as it exists.
    await Deno.rename(incoming, dir).catch(() => {});
  } finally {
    await Deno.remove(incoming, { recursive: true }).catch(() => {});
  }
  const path = installed(dir);
  if (!path) throw new Error(`${dir} could not be written`);
  console.error(`Claude Code was downloaded in ${Math.round((Date.now() - startedAtMs) / 1000)} s`);
  return path;
}

/**
 * The complete environment for the real client: nothing from the caller, the mock instead of the
 * service, no updates. `more` adds variables, such as the config dir.
 */
export function realClaudeEnv(
  home: TempHome,
  options: { api: MockApi; more?: Record<string, string> },
): Record<string, string> {
  return home.env({
    SHELL: "/bin/bash",
    DISABLE_AUTOUPDATER: "1",
    ...options.api.env(),
    ...options.more,
  });
}

async function npmInstall(dir: string): Promise<void> {
  await Deno.writeTextFile(`${dir}/package.json`, '{ "private": true }\n');
  const spec = `${PACKAGE}@${CLAUDE_VERSION}`;
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command("npm", {
      args: ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", spec],
      cwd: dir,
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
  } catch (error) {
    throw new Error(`npm cannot be started: ${error instanceof Error ? error.message : error}`);
  }
  const progress = setInterval(() => reportSize(dir), 5_000);
  const { success, stderr } = await child.output();
  clearInterval(progress);
  if (success) return;
  const lines = new TextDecoder().decode(stderr).split("\n")
    .filter((line) => line.startsWith("npm error") || line.startsWith("npm ERR!"));
  throw new Error(`npm could not install ${spec}: ${lines.slice(0, 3).join("; ") || "no reason"}`);
}

/** Prints how much has arrived so far, also without a terminal. */
function reportSize(dir: string): void {
  const binary = installed(dir);
  const megabytes = binary ? Math.round(Deno.statSync(binary).size / 1e6) : 0;
  console.error(megabytes > 0 ? `  … ${megabytes} MB unpacked` : "  … still downloading");
}

/** The executable below a folder, for this platform and C library. */
function installed(dir: string): string | null {
  const { os, arch } = Deno.build;
  const cpu = arch === "aarch64" ? "arm64" : "x64";
  const names = [`claude-code-${os}-${cpu}`, `claude-code-${os}-${cpu}-musl`];
  for (const name of names) {
    const path = `${dir}/node_modules/@anthropic-ai/${name}/claude`;
    try {
      if (Deno.statSync(path).isFile) return path;
    } catch {
      // Try the next name.
    }
  }
  return null;
}
