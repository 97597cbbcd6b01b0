// The real Claude Code for tests: a version from npm, in its own folder.
import { NEWEST_SUPPORTED } from "../../lib/claude/tested_versions.ts";
import { repositoryPath } from "../helpers/paths.ts";
import type { TempHome } from "../helpers/temp_home.ts";
import type { MockApi } from "./mock_api.ts";
import { firstFile, fromNpm } from "./npm_folder.ts";

/** The version to test with: the one that `make e2e CLAUDE=VERSION` names, or the newest. */
export const CLAUDE_VERSION = Deno.env.get("E2E_CLAUDE") || NEWEST_SUPPORTED;

/**
 * Returns the path of the real client's executable, which is downloaded if it isn't there yet. The binary
 * of the platform package is used directly.
 * @throws Error with the reason if it cannot be downloaded.
 */
export function realClaude(): Promise<string> {
  return fromNpm({
    dir: repositoryPath(`.tools/claude/${CLAUDE_VERSION}`),
    spec: `@anthropic-ai/claude-code@${CLAUDE_VERSION}`,
    wanted: installed,
  });
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

/** The executable below a folder, for this platform and C library. */
function installed(dir: string): string | null {
  const { os, arch } = Deno.build;
  const cpu = arch === "aarch64" ? "arm64" : "x64";
  const names = [`claude-code-${os}-${cpu}`, `claude-code-${os}-${cpu}-musl`];
  return firstFile(names.map((name) => `${dir}/node_modules/@anthropic-ai/${name}/claude`));
}
