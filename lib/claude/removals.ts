// Whether a setting that is missing from a `.claude.json` was removed by the user, or lost by the client.
import { isObject, objectOf } from "../text/json_object.ts";

/** The path of a mirrored setting. */
type Path = readonly string[];

/** Recognises the settings that a command of the client removes. */
export type Wish = (path: Path) => boolean;

/**
 * The missing settings that the user surely removed; the others may be a slip of the client, which
 * has rewritten the file without them before. Sure is what a command that we ran was to remove, and a
 * single loss: one server, or answers about one folder, while what held them is still there. So the
 * client leaves `"mcpServers": {}` after the last `mcp remove`, and a folder without its lists after
 * `mcp reset-project-choices` (seen in 2.1.328).
 */
export function sureRemovals(
  missing: readonly string[],
  { config, wish }: { config: Readonly<Record<string, unknown>>; wish: Wish | undefined },
): string[] {
  const paths = missing.map((key) => ({ key, path: JSON.parse(key) as string[] }));
  const isSingle = new Set(paths.map(({ path }) => JSON.stringify(unitOf(path)))).size === 1;
  return paths
    .filter(({ path }) => isHeld(config, path) && (isSingle || wish?.(path) === true))
    .map(({ key }) => key);
}

/** What one wish removes at most: a server, or the answers about a folder. */
function unitOf(path: Path): Path {
  return isServer(path) ? path : path.slice(0, 2);
}

/** Whether what held the setting is still there. Onboarding is never undone, so nothing holds it. */
function isHeld(config: Readonly<Record<string, unknown>>, path: Path): boolean {
  const [top = "", folder = ""] = path;
  if (path.length < 2 || !isObject(config[top])) return false;
  if (top === "mcpServers") return true;
  return !isServer(path) || isObject(objectOf(config[top][folder])["mcpServers"]);
}

function isServer(path: Path): boolean {
  return path.at(-2) === "mcpServers" && (path.length === 2 || path.length === 4);
}

/**
 * What a command of the client removes on purpose: `mcp remove NAME`, `mcp reset-project-choices`, and
 * `purge [PATH]`, which was `project purge`; null for any other.
 */
export function wishOf(words: readonly string[], cwd: string): Wish | null {
  const [verb, action, ...names] = words.filter((word) => !word.startsWith("-"));
  if (verb === "mcp" && action === "remove") {
    return (path) => isServer(path) && names.includes(path.at(-1) ?? "");
  }
  if (verb === "mcp" && action === "reset-project-choices") {
    return (path) => path[1] === cwd && path[2]?.endsWith("McpjsonServers") === true;
  }
  const isProject = verb === "project" && action === "purge";
  if (verb !== "purge" && !isProject) return null;
  const folder = (isProject ? names[0] : action) ?? cwd;
  return ([top, of]) => top === "projects" && (words.includes("--all") || of === folder);
}

/** A setting as a message names it: `server "docs"`, `"allowedTools" of /p`. */
export function settingText(key: string): string {
  const path = JSON.parse(key) as string[];
  const last = JSON.stringify(path.at(-1));
  if (isServer(path)) return `server ${last}`;
  return path[0] === "projects" ? `an answer about ${JSON.stringify(path[1])}` : last;
}
