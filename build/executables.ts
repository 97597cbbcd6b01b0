// The two executables and their permissions.

/** An executable: its entry, and what it may do. */
export interface Executable {
  readonly entry: string;
  /** Permissions without restrictions; everything else is denied without a prompt. */
  readonly allow: readonly ("read" | "write" | "run")[];
  /** Environment variables it may read; `X_*` stands for every name that starts with `X_`. */
  readonly env: readonly string[];
}

/**
 * In the compiled program, reading a variable that isn't listed throws `NotCapable`. Programs that it
 * starts still inherit the whole environment: the lists limit only what our code can see.
 */
export const EXECUTABLES: Readonly<Record<string, Executable>> = {
  "claude-multi": {
    entry: "cli.ts",
    allow: ["read", "write", "run"],
    // deno-fmt-ignore
    env: [
      "HOME", "PATH", "USER", "SHELL", "LANG", "TZ", "TMPDIR", "XDG_*", "ZDOTDIR", "EDITOR", "VISUAL",
      "TERM", "COLORTERM", "COLUMNS", "NO_COLOR", "FORCE_COLOR", "TMUX", "CI",
      "CLAUDE_*", "CLAUDECODE", "ANTHROPIC_*", "AI_AGENT",
      "HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "all_proxy",
      "no_proxy", "NODE_EXTRA_CA_CERTS", "NODE_TLS_REJECT_UNAUTHORIZED",
    ],
  },
  // No wildcards here: CLAUDE_CODE_* includes a token of the running session, and the session starts
  // this program with its environment every second.
  "claude-multi-statusline": {
    entry: "statusline.ts",
    allow: ["read", "write"],
    // deno-fmt-ignore
    env: [
      "HOME", "TZ", "TERM", "COLORTERM", "COLUMNS", "NO_COLOR", "TMUX",
      "CLAUDE_CONFIG_DIR", "CLAUDE_PID",
      "CLAUDE_MULTI_HOME", "CLAUDE_MULTI_SESSION", "CLAUDE_MULTI_HANDOFF", "CLAUDE_MULTI_DEBUG",
    ],
  },
};

/**
 * The permission flags of an executable. `import` is denied explicitly: otherwise a program could load
 * modules from a few public hosts although `net` is denied.
 */
export function permissionFlags({ allow, env }: Executable): string[] {
  const denied = ["net", "ffi", "sys", "import", ...allow.includes("run") ? [] : ["run"]];
  return [
    "--no-prompt",
    ...allow.map((right) => `--allow-${right}`),
    `--allow-env=${env.join(",")}`,
    ...denied.map((right) => `--deny-${right}`),
  ];
}
