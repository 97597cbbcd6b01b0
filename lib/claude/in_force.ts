// What sends a launch elsewhere: settings of every source, judged as the client puts them together.
import type { Context } from "../ports/context.ts";
import { objectOf } from "../text/json_object.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import type { Account } from "../config/account.ts";
import { readObject } from "./json_files.ts";
import type { Settings } from "./settings.ts";
import type { AnsweredSettings } from "./settings_request.ts";
import { overridingSettings } from "./settings.ts";

/** Where the client finds what an administrator has decreed, by system. */
const MANAGED: Readonly<Record<string, string>> = {
  linux: "/etc/claude-code",
  darwin: "/Library/Application Support/ClaudeCode",
};

/**
 * Variables of the environment that lead requests elsewhere; settings go by {@link LEADS}. Each of the
 * three proxies leads the client's https requests; through ALL_PROXY, 2.1.332 sends some of them with the
 * login unencrypted (both run on 2.1.332).
 */
export const LEADING_VARIABLES: readonly string[] = [
  "ANTHROPIC_BASE_URL",
  "ANTHROPIC_UNIX_SOCKET",
  "CLAUDE_CODE_API_BASE_URL",
  "CLAUDE_CODE_CUSTOM_OAUTH_URL",
  ...["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY"].flatMap((name) => [name, name.toLowerCase()]),
];

/** Names of variables that lead requests elsewhere, known today or not. */
const LEADS = /^((https?|all)_proxy|(anthropic|claude)_\w*(url|proxy|socket|host|endpoint))$/i;
const PROXY = /^(env\.)?(https?|all)_proxy$/i;
/** Hosts that the client asks without a proxy; the first that is set counts, as in the client. */
const WITHOUT_PROXY = ["no_proxy", "NO_PROXY"];
/** Where the client asks for usage and renews logins, whatever its base URL is (CONTRACT §0). */
const SERVICE = "api.anthropic.com";
/** Variables that let others read or answer requests, with the values that do. */
const TRUST: Readonly<Record<string, RegExp>> = {
  NODE_TLS_REJECT_UNAUTHORIZED: /^0$/,
  NODE_EXTRA_CA_CERTS: /./,
};
/** Headers of ANTHROPIC_CUSTOM_HEADERS, one a line, that take the place of a login. */
const LOGIN_HEADER = /^\s*(authorization|x-api-key)\s*:/im;
/** Values that only switch something on or off. */
const SWITCH = /^(\d*|true|false|yes|no|on|off)$/i;
const OFFICIAL = /(^|\.)(anthropic\.com|claude\.ai|claude\.com)$/;

/** One source of settings. */
export interface Source {
  /** As a message names it. */
  name: string;
  /** The file, or null for what isn't in one. */
  path: string | null;
  settings: Settings;
  isManaged: boolean;
}

/** Where a launch takes its settings from. */
interface Place {
  cwd: string;
  /** The caller's `--settings`. */
  callers: Settings;
  /** What the client itself said, in place of what is read from files. */
  answered?: AnsweredSettings | null;
}

/** Something that sends requests elsewhere, or uses another login, and where it comes from. */
export interface Detour {
  /** `trust`: requests go where they should or not, and others can read or answer them. */
  kind: "requests" | "login" | "trust";
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
function sourcesOf(context: Context, { cwd, callers, answered = null }: Place): Source[] {
  const { claudeHome, files, layout, processes } = context;
  const inFile = (path: string, isManaged: boolean): Source[] => {
    const settings = readObject(context, path);
    const name = `"${tildePath(path, layout.home)}"`;
    return settings === null ? [] : [{ name, path, settings, isManaged }];
  };
  const user = answered === null ? claudeHome.sharedSettings() : answered.user;
  const userPath = `${layout.shared}/settings.json`;
  const project = `${cwd}/.claude`;
  const folder = MANAGED[processes.system];
  const managed = (): Source[] =>
    folder === undefined ? [] : [
      ...inFile(`${folder}/managed-settings.json`, true),
      ...listed(files, `${folder}/managed-settings.d`)
        .filter((name) => name.endsWith(".json"))
        .flatMap((name) => inFile(`${folder}/managed-settings.d/${name}`, true)),
    ];
  const told = (settings: Settings): Source[] => [
    { name: "managed settings", path: null, settings, isManaged: true },
  ];
  return [
    ...user === null
      ? []
      : [{ name: "settings.json", path: userPath, settings: user, isManaged: false }],
    ...project === layout.shared ? [] : inFile(`${project}/settings.json`, false),
    ...inFile(`${project}/settings.local.json`, false),
    { name: "your --settings", path: null, settings: callers, isManaged: false },
    ...answered === null ? managed() : answered.managed === null ? [] : told(answered.managed),
  ];
}

/**
 * What is in force in a launch; at most one per key. Additional
 * certificates count only if requests go through somebody else's hands.
 */
export function detours(context: Context, place: Place): Detour[] {
  const found = new Map<string, Detour | null>();
  const outside = { name: "the environment", path: null, settings: {}, isManaged: false };
  const variables = (from: Source, prefix: string, values: Record<string, unknown>): void => {
    for (const [name, value] of Object.entries(values)) {
      const kind = kindOf(name, value);
      const key = `${prefix}${name}`;
      const to = kind === "requests" ? leadsTo(name, value) : null;
      // A stronger source may also lead back.
      if (kind !== null && to !== false) found.set(name, { kind, key, to, from });
      else if (found.has(name)) found.set(name, null);
    }
  };
  const names = [...LEADING_VARIABLES, ...Object.keys(TRUST), "ANTHROPIC_CUSTOM_HEADERS"];
  variables(outside, "", valuesOf(context, names));
  let exempt = valuesOf(context, WITHOUT_PROXY);
  for (const from of sourcesOf(context, place)) {
    const env = objectOf(from.settings["env"]);
    variables(from, "env.", env);
    exempt = { ...exempt, ...env };
    for (const key of overridingSettings(from.settings)) {
      found.set(key, { kind: "login", key, to: null, from });
    }
  }
  const all = [...found.values()].filter((detour) => detour !== null);
  const list = WITHOUT_PROXY.map((name) => exempt[name]).find((value) => value) ?? "";
  const isDirect = isExempt(SERVICE, String(list));
  const left = all.filter(({ key }) => !(isDirect && PROXY.test(key)));
  const isRead = left.some(({ kind }) => kind === "requests");
  return left.filter(({ key }) => isRead || !key.endsWith("NODE_EXTRA_CA_CERTS"));
}

/**
 * Where `disableAllHooks` is on; null if it is off. The client then runs neither our hooks nor our status
 * line, which come with `--settings` (CONTRACT §5).
 */
export function whereHooksAreOff(context: Context, place: Place): Source | null {
  const last = sourcesOf(context, place).findLast(({ settings }) =>
    typeof settings["disableAllHooks"] === "boolean"
  );
  return last?.settings["disableAllHooks"] === true ? last : null;
}

/** The variables of the environment that have a value. */
function valuesOf({ env }: Context, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.map((name) => [name, env.get(name)]).filter(([, value]) => value !== null),
  );
}

/** What a variable does with its value; null if nothing that matters here. */
function kindOf(name: string, value: unknown): Detour["kind"] | null {
  if (typeof value !== "string") return null;
  if (TRUST[name]?.test(value) === true) return "trust";
  if (name === "ANTHROPIC_CUSTOM_HEADERS") return LOGIN_HEADER.test(value) ? "login" : null;
  return LEADS.test(name) ? "requests" : null;
}

/** Whether a list such as `localhost,.anthropic.com` or `*` exempts a host from proxies. */
function isExempt(host: string, list: string): boolean {
  return list.toLowerCase().split(/[\s,]+/).some((entry) => {
    const name = entry.replace(/^\*?\.?/, "").replace(/:443$/, "");
    return entry === "*" || name !== "" && (host === name || host.endsWith(`.${name}`));
  });
}

/** What a detour means for the requests, in words that follow a colon. */
export function effectOf({ key, to }: Detour): string {
  if (key.endsWith("NODE_TLS_REJECT_UNAUTHORIZED")) return "claude doesn't check who answers";
  if (key.endsWith("NODE_EXTRA_CA_CERTS")) {
    return "claude trusts an extra certificate authority, whose owner could read your requests";
  }
  const clear = /(^|\.)all_proxy$/i.test(key) ? ", some with the login unencrypted" : "";
  return `requests go to ${to ?? "elsewhere"}${clear}`;
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
  answered: AnsweredSettings | null = null,
): { allowed: string[]; from: string } | null {
  const all = sourcesOf(context, { cwd: "/", callers: {}, answered });
  const last = all.findLast(({ isManaged, settings }) =>
    isManaged && settings["forceLoginOrgUUID"] !== undefined
  );
  if (last === undefined) return null;
  const allowed = [last.settings["forceLoginOrgUUID"]].flat().filter((one) =>
    typeof one === "string"
  );
  return { allowed, from: last.name };
}

function listed(files: Context["files"], folder: string): string[] {
  try {
    return files.list(folder);
  } catch {
    return [];
  }
}
