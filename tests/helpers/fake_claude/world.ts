// The stand-in client's directories, and whose login it runs on.
import { nameInToken } from "../identity.ts";

/** A JSON object. */
export type Json = Record<string, unknown>;

/** The version that the stand-in reports: the one from which its formats were captured. */
export const VERSION = "2.1.328";

/** Directories of one run (CONTRACT §1). */
export interface World {
  home: string;
  configDir: string;
  /** Path of `.claude.json`. */
  globalConfig: string;
  cwd: string;
  /** Folder of this project's transcripts. */
  transcripts: string;
}

/** Works out the directories from the environment, with the client's own pitfalls. */
export function readWorld(): World {
  const home = Deno.env.get("HOME") ?? "/nonexistent";
  const variable = Deno.env.get("CLAUDE_CONFIG_DIR");
  const cwd = Deno.cwd();
  // If set but empty, the variable means the current directory for everything but `.claude.json`.
  const configDir = variable === undefined ? `${home}/.claude` : variable === "" ? cwd : variable;
  const slug = cwd.replace(/[^a-zA-Z0-9]/g, "-");
  return {
    home,
    configDir,
    globalConfig: variable ? `${configDir}/.claude.json` : `${home}/.claude.json`,
    cwd,
    transcripts: `${configDir}/projects/${slug}`,
  };
}

/** Whose token a request would have. */
export interface Login {
  /** The name inside the fake token; null for any other token. */
  name: string | null;
  /** `file`, or the variable that overrides it (CONTRACT §4). */
  from: string;
}

/** The login in use, or null if nobody is logged in. */
export function readLogin(world: World): Login | null {
  for (const from of ["ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_API_KEY", "CLAUDE_CODE_OAUTH_TOKEN"]) {
    const token = Deno.env.get(from);
    if (token) return { name: nameInToken(token), from };
  }
  // settings `env.CLAUDE_CONFIG_DIR` moves the credentials only, as does the store's own variable.
  const store = Deno.env.get("CLAUDE_SECURESTORAGE_CONFIG_DIR") ??
    Deno.env.get("CLAUDE_CONFIG_DIR") ?? world.configDir;
  const oauth = readJson(`${store || world.configDir}/.credentials.json`)?.["claudeAiOauth"];
  const token = isJson(oauth) ? oauth["accessToken"] : null;
  if (typeof token !== "string" || token === "") return null;
  const from = store === world.configDir ? "file" : "CLAUDE_SECURESTORAGE_CONFIG_DIR";
  return { name: nameInToken(token), from };
}

/** Whether the login exists but is empty, as a refused refresh leaves it (CONTRACT §4). */
export function isBlankLogin(world: World): boolean {
  const oauth = readJson(`${world.configDir}/.credentials.json`)?.["claudeAiOauth"];
  return isJson(oauth) && oauth["accessToken"] === "";
}

/** `oauthAccount` of `.claude.json`, or null. */
export function readOauthAccount(world: World): Json | null {
  const account = readJson(world.globalConfig)?.["oauthAccount"];
  return isJson(account) ? account : null;
}

/** Changes `.claude.json` under the client's own lock, with a temporary file (CONTRACT §1). */
export async function editGlobalConfig(world: World, edit: (config: Json) => Json): Promise<void> {
  const lock = `${world.globalConfig}.lock`;
  for (let attempt = 0;; attempt++) {
    try {
      Deno.mkdirSync(lock);
      break;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists) || attempt > 200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
  try {
    writeJson(world.globalConfig, edit(readJson(world.globalConfig) ?? {}));
  } finally {
    Deno.removeSync(lock);
  }
}

/** Reads a JSON object; null if the file is missing or isn't one. */
export function readJson(path: string): Json | null {
  try {
    const value: unknown = JSON.parse(Deno.readTextFileSync(path));
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}

/** Writes JSON with mode 0600, through a temporary file; links are resolved first. */
export function writeJson(path: string, value: unknown): void {
  let target = path;
  try {
    target = Deno.realPathSync(path);
  } catch {
    // A new file.
  }
  const temp = `${target}.tmp.${Deno.pid}`;
  Deno.writeTextFileSync(temp, JSON.stringify(value, null, 2), { mode: 0o600 });
  Deno.renameSync(temp, target);
}

/** Whether a value is a JSON object. */
export function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Appends an event to `FAKE_CLAUDE_LOG`, without the values of secret variables. */
export function logEvent(event: string, facts: Json): void {
  const path = Deno.env.get("FAKE_CLAUDE_LOG");
  if (!path) return;
  const line = JSON.stringify({ event, atMs: Date.now(), pid: Deno.pid, ...facts });
  Deno.writeTextFileSync(path, `${line}\n`, { append: true });
}

/** The environment with every secret value replaced. */
export function shownEnvironment(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(Deno.env.toObject()).map(([name, value]) =>
      /TOKEN|KEY|SECRET/.test(name) ? [name, value === "" ? "" : "<set>"] : [name, value]
    ),
  );
}

/** Start time of this process in clock ticks from `/proc` (CONTRACT §9); "" without one. */
export function ownProcessStart(): string {
  try {
    const stat = Deno.readTextFileSync("/proc/self/stat");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "";
  } catch {
    return "";
  }
}
