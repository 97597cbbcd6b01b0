// The one place that runs the client on a lease: settings, process, and the end of its session.
import type { Context } from "../context.ts";
import { quoted } from "../core/account.ts";
import type { ClientArguments } from "../core/client_arguments.ts";
import type { Config } from "../core/config.ts";
import { OVERRIDING_SETTINGS_ENV, OVERRIDING_VARIABLES } from "../core/env_names.ts";
import { EXIT, messageOf, UserError } from "../core/errors.ts";
import type { LaunchPlan, Settings } from "../core/launch_plan.ts";
import { foldSettings } from "../core/launch_plan.ts";
import type { SessionEnd } from "../core/session.ts";
import type { Child, LaunchOptions, Outcome } from "../ports.ts";
import { shellQuoted } from "../shells.ts";
import { HOOK_EVENTS, TASK_EVENTS } from "./hook.ts";
import type { Lease } from "./lease.ts";
import { noticeLimit } from "./limits_met.ts";
import { statuslineSettings } from "./statusline_setting.ts";

/**
 * The single `--settings` of a launch: our hooks and status line with the caller's own folded in.
 * Commands of the client get only what the caller gave.
 * @throws UserError (usage) when the caller's settings cannot be read.
 */
export function launchSettings(
  context: Context,
  options: { config: Config; args: ClientArguments },
): Settings {
  const { config, args } = options;
  const isSession = args.kind === "interactive" || args.kind === "print";
  const ours: Settings = isSession
    ? { ...statuslineSettings(context, config), hooks: hookSettings(context, config) }
    : {};
  return args.settings === null
    ? ours
    : foldSettings(ours, callersSettings(context, args.settings));
}

/** Of failed turns only these are of interest; the client matches them for us (CONTRACT §6). */
const MATCHER: Readonly<Record<string, string>> = {
  StopFailure: "rate_limit",
};

/** The `hooks` setting that tells us what happens in a session (CONTRACT §6). */
function hookSettings(context: Context, config: Config): Settings {
  const program = shellQuoted(context.processes.executable());
  return Object.fromEntries(
    [...HOOK_EVENTS, ...config.handoff === "auto" ? TASK_EVENTS : []].map((event) => {
      const matcher = MATCHER[event];
      const hooks = [{ type: "command", command: `cd / && ${program} hook ${event}` }];
      return [event, [matcher === undefined ? { hooks } : { matcher, hooks }]];
    }),
  );
}

/** The caller's own `--settings`: inline JSON, or a file. */
function callersSettings(context: Context, value: string): Settings {
  const inline = value.trimStart().startsWith("{");
  const path = value.startsWith("/") ? value : `${context.processes.cwd()}/${value}`;
  try {
    const text = inline ? value : context.files.readText(path);
    if (text === null) throw new Error("there is no such file");
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) {
      return parsed as Settings;
    }
    throw new Error("it is no JSON object");
  } catch (cause) {
    const what = inline ? "given with --settings" : quoted(value);
    throw new UserError(`Cannot use the settings ${what}: ${messageOf(cause)}`, {
      hint: "cl --settings FILE",
      exit: EXIT.usage,
      cause,
    });
  }
}

/** Says in one line what would override the choice of account, and what was done about it. */
export function warnOfOverrides(context: Context): void {
  const set = OVERRIDING_VARIABLES.filter((name) => context.env.get(name) !== null);
  if (set.length > 0) {
    context.terminal.warn(`${set.join(", ")} would override the account and is left out`);
  }
  const shared = overridingSettings(context.claudeHome.sharedSettings() ?? {});
  if (shared.length > 0) {
    context.terminal.warn(
      `${shared.join(", ")} in settings.json overrides the account; see claude-multi doctor`,
    );
  }
}

/** Keys of a settings object that defeat the choice of account (CONTRACT §4). */
export function overridingSettings(settings: Settings): string[] {
  const env = settings["env"];
  const names = typeof env === "object" && env !== null ? Object.keys(env) : [];
  return [
    ...settings["apiKeyHelper"] === undefined ? [] : ["apiKeyHelper"],
    ...names.filter((name) => OVERRIDING_SETTINGS_ENV.includes(name)).map((name) => `env.${name}`),
  ];
}

/**
 * Runs the client to its end and closes its session.
 * @throws UserError when it cannot be started.
 */
export async function runClient(
  context: Context,
  options: {
    plan: LaunchPlan;
    lease: Lease;
    watch: (child: Child) => { stop(): void };
    launch?: LaunchOptions;
  },
): Promise<Outcome> {
  const { plan, lease } = options;
  const { ledger, session } = lease;
  const end = (how: SessionEnd, outcome: { code: number | null; signal: string | null }) =>
    recorded(context, () => {
      if (session === null) return;
      const atMs = context.clock.nowMs();
      ledger.endSession(session, { atMs, how, ...outcome });
      ledger.ageOut(atMs);
    });
  let child;
  try {
    child = context.processes.launch(plan, options.launch);
  } catch (cause) {
    end("failed", { code: null, signal: null });
    throw new UserError(`Cannot start "${plan.program}": ${messageOf(cause)}`, {
      hint: "claude-multi doctor",
      cause,
    });
  }
  const { pid } = child;
  recorded(context, () => {
    if (session !== null) ledger.attachProcess(session, { pid, start: child.start() });
  });
  const watch = options.watch(child);
  const outcome = await child.ended;
  watch.stop();
  end(outcome.signal === null ? "exit" : "signal", outcome);
  recorded(context, () => {
    if (session !== null) noticeLimit(context, { session, account: lease.account });
  });
  return outcome;
}

/** Writes to the ledger around a running client: a fault is told, and never ends the session. */
function recorded(context: Context, write: () => void): void {
  try {
    write();
  } catch (error) {
    context.terminal.warn(`the ledger was not written: ${messageOf(error)}`);
  }
}
