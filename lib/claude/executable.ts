// Finds the official client, on PATH or where the user says, but never a wrapper of our own.
import type { Context } from "../ports/context.ts";
import type { Config } from "../config/config.ts";
import { UserError } from "../text/errors.ts";

/** A script that calls `claude-multi run` is one of our wrappers, whatever its name. */
const WRAPPER = /claude-multi["']?\s+run\b/;
const SCRIPT_CHARACTERS = 4096;
/** Enough to recognise a copy of this program: versions differ in size or in their last bytes. */
const TAIL_BYTES = 64 * 1024;

/**
 * Finds the official client: CLAUDE_MULTI_CLAUDE, else `claudePath` in config.json, else the first
 * `claude` on PATH that isn't ours.
 * @throws UserError if there is none.
 */
export function findClient(context: Context, config: Config): string {
  const given = context.env.get("CLAUDE_MULTI_CLAUDE");
  const named = given ?? config.claudePath;
  if (named !== null) {
    const isProgram = named.startsWith("/") && context.processes.isExecutable(named);
    if (isProgram && !isThisProgram(context, named)) return named;
    const source = given === null ? "claudePath" : "CLAUDE_MULTI_CLAUDE";
    const why = isProgram ? "is claude-multi itself" : "isn't the full path of a program";
    throw new UserError(`cannot start ${JSON.stringify(named)}: ${source} ${why}`, {
      hint: given === null ? `edit "${context.layout.configFile}"` : "unset CLAUDE_MULTI_CLAUDE",
    });
  }
  const found = context.processes.find("claude", (path) => !isOurs(context, path));
  if (found !== null) return found;
  throw new UserError('cannot find the official client: no "claude" on PATH', {
    hint: "npm install -g @anthropic-ai/claude-code",
  });
}

/** Why the official client can't be started, or null. */
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
  if (isThisProgram(context, path)) return true;
  const real = context.files.resolve(path) ?? path;
  if (real.startsWith(`${context.layout.bin}/`)) return true;
  const head = context.files.readHead(real, SCRIPT_CHARACTERS);
  return head.startsWith("#!") && WRAPPER.test(head);
}

/** Whether a path leads to this executable or a copy of it. */
function isThisProgram({ files, processes }: Context, path: string): boolean {
  const [real, own] = [files.resolve(path) ?? path, processes.executable()];
  if (real === (files.resolve(own) ?? own)) return true;
  const bytes = files.size(own);
  return bytes !== null && bytes === files.size(real) &&
    files.readTail(real, TAIL_BYTES) === files.readTail(own, TAIL_BYTES);
}
