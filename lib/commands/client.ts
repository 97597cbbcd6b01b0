// The one place that finds the official client, and never our own wrapper.
import type { Context } from "../context.ts";
import type { Config } from "../core/config.ts";
import { EXIT, UserError } from "../core/errors.ts";

/** A script that calls `claude-multi run` is a wrapper of ours, whatever it is called. */
const WRAPPER = /claude-multi["']?\s+run\b/;
const SCRIPT_CHARACTERS = 4096;

/**
 * Finds the official client: CLAUDE_MULTI_CLAUDE, `claudePath` in config.json, then `claude` on
 * PATH, past anything of our own.
 * @throws UserError when there is none.
 */
export function findClient(context: Context, config: Config): string {
  const named = context.env.get("CLAUDE_MULTI_CLAUDE") ?? config.claudePath;
  if (named !== null) {
    const source = context.env.get("CLAUDE_MULTI_CLAUDE") === null
      ? "claudePath"
      : "CLAUDE_MULTI_CLAUDE";
    if (named.startsWith("/") && context.processes.isExecutable(named)) return named;
    throw new UserError(
      `Cannot start ${JSON.stringify(named)}: ${source} names no program by its full path`,
      {
        hint: source === "claudePath"
          ? `edit "${context.layout.configFile}"`
          : "unset CLAUDE_MULTI_CLAUDE",
      },
    );
  }
  const found = context.processes.find("claude", (path) => !isOurs(context, path));
  if (found !== null) return found;
  throw new UserError('Cannot find the official client: there is no "claude" on PATH', {
    hint: "npm install -g @anthropic-ai/claude-code",
    exit: EXIT.failed,
  });
}

/** What keeps us from starting the official client, or null. */
export function clientProblem(context: Context, config: Config): UserError | null {
  try {
    findClient(context, config);
    return null;
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}

function isOurs(context: Context, path: string): boolean {
  const real = context.files.resolve(path) ?? path;
  if (real === context.files.resolve(context.processes.executable())) return true;
  if (real.startsWith(`${context.layout.bin}/`)) return true;
  const head = context.files.readHead(real, SCRIPT_CHARACTERS);
  return head.startsWith("#!") && WRAPPER.test(head);
}
