// Finds the official client, on PATH or where the user says, but never a wrapper of our own.
import type { Context } from "../ports/context.ts";
import type { Config } from "../config/config.ts";
import { UserError } from "../text/errors.ts";

/** A script that calls `claude-multi run` is one of our wrappers, whatever its name. */
const WRAPPER = /claude-multi["']?\s+run\b/;
const SCRIPT_CHARACTERS = 4096;
/** Enough to recognise a copy of this program: versions differ in size or in their last bytes. */
const TAIL_BYTES = 64 * 1024;

/** Where installers put the client, below the home or absolute; `*` is the version of node. */
const USUAL_PLACES = [
  "~/.local/bin/claude",
  "~/.claude/local/claude",
  "/usr/local/bin/claude",
  "/opt/homebrew/bin/claude",
  "/home/linuxbrew/.linuxbrew/bin/claude",
  "~/.npm-global/bin/claude",
  "~/.bun/bin/claude",
  "~/.volta/bin/claude",
  "~/.local/share/mise/shims/claude",
  "~/.asdf/shims/claude",
  "~/.nvm/versions/node/*/bin/claude",
  "/usr/bin/claude",
];

/**
 * Finds the official client: CLAUDE_MULTI_CLAUDE, else `claudePath` in config.json, else the first
 * `claude` on PATH that isn't ours, else one in a usual place, as under cron, which has a short PATH.
 * @throws UserError if there is none.
 */
export function findClient(context: Context, config: Pick<Config, "claudePath">): string {
  const given = context.env.get("CLAUDE_MULTI_CLAUDE");
  const named = given ?? config.claudePath;
  if (named !== null) {
    const isProgram = named.startsWith("/") && context.processes.isExecutable(named);
    if (isProgram && !isThisProgram(context, named)) return named;
    const source = given === null ? "claudePath" : "CLAUDE_MULTI_CLAUDE";
    const why = isProgram ? "is claude-multi itself" : "isn't the full path of a program";
    throw new UserError(`cannot start ${JSON.stringify(named)}: ${source} ${why}`, {
      hint: given === null ? "claude-multi config edit" : "unset CLAUDE_MULTI_CLAUDE",
    });
  }
  const found = context.processes.find("claude", (path) => !isOurs(context, path));
  if (found !== null) return found;
  const [unlisted] = clientsElsewhere(context);
  if (unlisted !== undefined) return unlisted;
  const places = "~/.local/bin, ~/.claude/local, /usr/local/bin or another usual place";
  throw new UserError(
    `cannot find the official client: not in ${places}, and no "claude" on PATH`,
    {
      hint: "npm install -g @anthropic-ai/claude-code",
    },
  );
}

/** The clients in the usual places, whether these are on PATH or not; of several versions of node, newest first. */
function clientsElsewhere(context: Context): string[] {
  const { files, layout, processes } = context;
  return USUAL_PLACES.flatMap((place) => {
    const [before = "", after] = place.replace(/^~/, layout.home).split("/*/");
    if (after === undefined) return [before];
    return files.list(before).reverse().map((name) => `${before}/${name}/${after}`);
  }).filter((path) => processes.isExecutable(path) && !isOurs(context, path));
}

/** The client that a launch uses although it isn't on PATH; null if it is there, or is named. */
export function clientOffPath(context: Context, config: Config): string | null {
  if (context.env.get("CLAUDE_MULTI_CLAUDE") !== null || config.claudePath !== null) return null;
  if (context.processes.find("claude", (path) => !isOurs(context, path)) !== null) return null;
  return clientsElsewhere(context)[0] ?? null;
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
