// What sends a launch elsewhere: settings of every source, judged as the client puts them together.
import type { Context } from "../ports/context.ts";
import { objectOf } from "../text/json_object.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import type { Account } from "../config/account.ts";
import { readObject } from "./json_files.ts";
import type { Settings } from "./settings.ts";
import { overridingSettings } from "./settings.ts";

/** Where the client finds what an administrator has decreed, by system. */
const MANAGED: Readonly<Record<string, string>> = {
  linux: "/etc/claude-code",
  darwin: "/Library/Application Support/ClaudeCode",
};

/** Variables of the environment that lead requests or the login elsewhere; settings go by {@link LEADS}. */
export const LEADING_VARIABLES: readonly string[] = [
  "ANTHROPIC_BASE_URL",
  "ANTHROPIC_UNIX_SOCKET",
  "CLAUDE_CODE_API_BASE_URL",
  "CLAUDE_CODE_CUSTOM_OAUTH_URL",
];

/** Names of variables that lead requests elsewhere, known today or not. */
const LEADS = /^((https?|all)_proxy|(anthropic|claude)_\w*(url|proxy|socket|host|endpoint))$/i;
/** Values that only switch something on or off. */
const SWITCH = /^(\d*|true|false|yes|no|on|off)$/i;
const OFFICIAL = /(^|\.)(anthropic\.com|claude\.ai|claude\.com)$/;

/** One source of settings. */
interface Source {
  /** As a message names it. */
  name: string;
  /** The file, or null for what isn't in one. */
  path: string | null;
  settings: Settings;
}

/** Something that sends requests elsewhere, or uses another login, and where it comes from. */
export interface Detour {
  kind: "requests" | "login";
  /** The setting: `env.ANTHROPIC_BASE_URL`, or the variable `ANTHROPIC_BASE_URL`. */
  key: string;
  /** Where requests go, without a password; null if that isn't an address. */
  to: string | null;
  from: Source;
}

/**
 * The sources of settings of a launch in the folder `cwd`, weakest first, as the client ranks them (seen
 * in the answer of 2.1.328 to `get_settings`): user, project, local, `--settings`, managed.
 */
function sourcesOf(context: Context, options: { cwd: string; callers: Settings }): Source[] {
  const { claudeHome, files, layout, processes } = context;
  const inFile = (path: string): Source[] => {
    const settings = readObject(context, path);
    return settings === null ? [] : [{ name: `"${tildePath(path, layout.home)}"`, path, settings }];
  };
  const user = claudeHome.sharedSettings();
  const userPath = `${layout.shared}/settings.json`;
  const project = `${options.cwd}/.claude`;
  const managed = MANAGED[processes.system];
  return [
    ...user === null ? [] : [{ name: "settings.json", path: userPath, settings: user }],
    ...project === layout.shared ? [] : inFile(`${project}/settings.json`),
    ...inFile(`${project}/settings.local.json`),
    { name: "your --settings", path: null, settings: options.callers },
    ...managed === undefined ? [] : [
      ...inFile(`${managed}/managed-settings.json`),
      ...listed(files, `${managed}/managed-settings.d`)
        .filter((name) => name.endsWith(".json"))
        .flatMap((name) => inFile(`${managed}/managed-settings.d/${name}`)),
    ],
  ];
}

/** What is in force in a launch in `cwd` with the caller's `--settings`; at most one per key. */
export function detours(
  context: Context,
  options: { cwd: string; callers: Settings },
): Detour[] {
  const found = new Map<string, Detour | null>();
  for (const name of LEADING_VARIABLES) {
    const value = context.env.get(name);
    if (value === null) continue;
    const from = { name: "the environment", path: null, settings: {} };
    const to = leadsTo(name, value);
    if (to !== false) found.set(name, { kind: "requests", key: name, to, from });
  }
  for (const from of sourcesOf(context, options)) {
    for (const [name, value] of Object.entries(objectOf(from.settings["env"]))) {
      const to = leadsTo(name, value);
      // A stronger source may also lead back.
      if (to !== false) found.set(name, { kind: "requests", key: `env.${name}`, to, from });
      else if (found.has(name)) found.set(name, null);
    }
    for (const key of overridingSettings(from.settings)) {
      found.set(key, { kind: "login", key, to: null, from });
    }
  }
  return [...found.values()].filter((detour) => detour !== null);
}

/** Where a variable leads requests; null if that isn't an address, false if nowhere else. */
function leadsTo(name: string, value: unknown): string | null | false {
  if (typeof value !== "string" || !LEADS.test(name) || SWITCH.test(value.trim())) return false;
  if (value.startsWith("/")) return value;
  const url = URL.parse(value.includes("://") ? value : `http://${value}`);
  if (url === null || url.host === "") return null;
  return OFFICIAL.test(url.hostname) ? false : `${url.protocol}//${url.host}`;
}

/** Another config dir that plain claude uses because CLAUDE_CONFIG_DIR is set, and what lies there. */
export function otherConfigDir(
  context: Context,
  accounts: readonly Account[],
): { path: string; has: string[] } | null {
  const { env, files, layout } = context;
  const path = env.get("CLAUDE_CONFIG_DIR")?.replace(/(.)\/+$/, "$1");
  if (path === undefined) return null;
  const own = [layout.shared, ...accounts.map((account) => configDirOf(account, layout))];
  const real = files.resolve(path);
  if (own.some((dir) => dir === path || (real !== null && files.resolve(dir) === real))) {
    return null;
  }
  const has = [
    [".credentials.json", "a login"],
    ["settings.json", "settings"],
    ["projects", "conversations"],
  ].flatMap(([name, what = ""]) => files.kind(`${path}/${name}`) === "missing" ? [] : [what]);
  return { path, has };
}

/** The organisations that managed settings allow (`forceLoginOrgUUID`); null if they allow all. */
export function allowedOrganizations(
  context: Context,
): { allowed: string[] | null; path: string | null } {
  const managed = MANAGED[context.processes.system] ?? "";
  let found: { allowed: string[] | null; path: string | null } = { allowed: null, path: null };
  for (const { path, settings } of sourcesOf(context, { cwd: "/", callers: {} })) {
    const forced = settings["forceLoginOrgUUID"];
    if (path === null || !path.startsWith(`${managed}/`) || forced === undefined) continue;
    const allowed = [forced].flat().filter((one) => typeof one === "string");
    found = { allowed, path };
  }
  return found;
}

function listed(files: Context["files"], folder: string): string[] {
  try {
    return files.list(folder);
  } catch {
    return [];
  }
}
