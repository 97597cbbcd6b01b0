// The one place that decides what a launch is: program, arguments, environment, folder.
import type { Account } from "./account.ts";
import { NESTED_VARIABLES, OVERRIDING_VARIABLES } from "./env_names.ts";
import type { Layout } from "./paths.ts";
import { configDirOf } from "./paths.ts";

/** A launch as a value: printed by `--dry-run`, carried out by the Processes port. */
export interface LaunchPlan {
  program: string;
  args: string[];
  /** Variables to set. */
  set: Record<string, string>;
  /** Variables to remove. */
  unset: string[];
  cwd: string;
}

/** First arguments of the client that are commands and not conversations (CONTRACT §9). */
export const CLIENT_SUBCOMMANDS: readonly string[] = [
  "agents",
  "attach",
  "auth",
  "auto-mode",
  "daemon",
  "design-login",
  "doctor",
  "gateway",
  "import",
  "install",
  "kill",
  "logs",
  "mcp",
  "plugin",
  "plugins",
  "project",
  "purge",
  "rc",
  "remote",
  "remote-control",
  "respawn",
  "rm",
  "sandbox",
  "self-hosted-runner",
  "setup-token",
  "stop",
  "ultrareview",
  "update",
  "upgrade",
  "workspace-trust",
];

/** What the client's own arguments say about the launch. */
export interface ClientArguments {
  /** `command`: runs under the account but is no conversation; `info`: --help or --version. */
  kind: "interactive" | "print" | "command" | "info";
  /** Session id after --resume or -r; "" when given without one. */
  resume: string | null;
  continues: boolean;
  /** The value of the last --settings, which is the only one that the client reads. */
  settings: string | null;
  /** The arguments without any --settings. */
  rest: string[];
}

/** Reads the client's arguments as far as the launch depends on them. */
export function readClientArguments(args: readonly string[]): ClientArguments {
  const first = args[0] ?? "";
  const result: ClientArguments = {
    kind: CLIENT_SUBCOMMANDS.includes(first) ? "command" : "interactive",
    resume: null,
    continues: false,
    settings: null,
    rest: [],
  };
  if (result.kind === "command") return { ...result, rest: [...args] };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? "";
    if (arg === "--") {
      result.rest.push(...args.slice(i));
      break;
    }
    if (arg === "--settings" && i + 1 < args.length) {
      result.settings = args[++i] ?? "";
      continue;
    }
    if (arg.startsWith("--settings=")) {
      result.settings = arg.slice("--settings=".length);
      continue;
    }
    result.rest.push(arg);
    if (arg === "-p" || arg === "--print") result.kind = "print";
    else if (["--help", "-h", "--version", "-v"].includes(arg)) result.kind = "info";
    else if (arg === "-c" || arg === "--continue") result.continues = true;
    else if (arg === "-r" || arg === "--resume") {
      const next = args[i + 1] ?? "";
      result.resume = next.startsWith("-") ? "" : next;
    } else if (arg.startsWith("--resume=")) result.resume = arg.slice("--resume=".length);
  }
  return result;
}

/** A settings object as the client reads it; only what we add to is spelled out. */
export type Settings = Record<string, unknown>;

/**
 * Folds the caller's settings into ours for the single `--settings` that the client reads
 * (CONTRACT §6): hooks are joined per event, `env` per key, any other key of the caller wins.
 */
export function foldSettings(ours: Settings, callers: Settings): Settings {
  const folded: Settings = { ...ours, ...callers };
  const ourHooks = record(ours["hooks"]);
  const theirHooks = record(callers["hooks"]);
  if (ourHooks && theirHooks) {
    const hooks: Settings = { ...ourHooks };
    for (const [event, entries] of Object.entries(theirHooks)) {
      const own = hooks[event];
      hooks[event] = Array.isArray(own) && Array.isArray(entries) ? [...own, ...entries] : entries;
    }
    folded["hooks"] = hooks;
  }
  const ourEnv = record(ours["env"]);
  const theirEnv = record(callers["env"]);
  if (ourEnv && theirEnv) folded["env"] = { ...ourEnv, ...theirEnv };
  return folded;
}

/**
 * Plans a launch of the client under an account. `settings` is our folded `--settings`, null or
 * empty for none; `sessionNumber` is the ledger's row, null for none.
 */
export function planLaunch(options: {
  program: string;
  args: ClientArguments;
  account: Account;
  layout: Layout;
  cwd: string;
  settings: Settings | null;
  sessionNumber: number | null;
}): LaunchPlan {
  const { account, settings } = options;
  const set: Record<string, string> = {};
  const unset = [...OVERRIDING_VARIABLES, ...NESTED_VARIABLES];
  // The client treats CLAUDE_CONFIG_DIR=~/.claude as another place than the variable unset (CONTRACT §1).
  if (account.inPlace) unset.push("CLAUDE_CONFIG_DIR");
  else set["CLAUDE_CONFIG_DIR"] = configDirOf(account, options.layout);
  if (options.sessionNumber === null) unset.push("CLAUDE_MULTI_SESSION");
  else set["CLAUDE_MULTI_SESSION"] = String(options.sessionNumber);
  const added = settings !== null && Object.keys(settings).length > 0
    ? ["--settings", JSON.stringify(settings)]
    : [];
  return {
    program: options.program,
    args: [...added, ...options.args.rest],
    set,
    unset,
    cwd: options.cwd,
  };
}

function record(value: unknown): Settings | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Settings
    : null;
}
