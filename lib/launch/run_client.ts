// The one place that runs the client on a lease: its process, and the end of its session.
import type { Context } from "../ports/context.ts";
import { quoted } from "../config/account.ts";
import { OVERRIDING_SETTINGS_ENV, OVERRIDING_VARIABLES } from "../claude/environment.ts";
import { messageOf, UserError } from "../text/errors.ts";
import type { LaunchPlan } from "../ports/mod.ts";
import type { Settings } from "./plan.ts";
import type { SessionEnd } from "../balance/session.ts";
import type { Child, LaunchOptions, Outcome } from "../ports/mod.ts";
import type { Lease } from "./choose_account.ts";
import { noticeLimit } from "./limits.ts";

/** Says line by line what would override the choice of account, and what was done about it. */
export function warnOfOverrides(context: Context, callers: Settings): void {
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
  const given = overridingSettings(callers);
  if (given.length > 0) {
    context.terminal.warn(`${given.join(", ")} in your --settings overrides the account`);
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
    const isThere = context.files.resolve(plan.cwd) !== null;
    const why = isThere ? messageOf(cause) : `the folder ${quoted(plan.cwd)} is gone`;
    throw new UserError(`Cannot start "${plan.program}": ${why}`, {
      hint: isThere ? "claude-multi doctor" : "cd",
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

/** Those whose ledger has failed already: one line tells of it. */
const told = new WeakSet<Context>();

/** Writes to the ledger around a running client: a fault is told once, and never ends the session. */
function recorded(context: Context, write: () => void): void {
  try {
    write();
  } catch (error) {
    tellOfLedger(context, error);
  }
}

/** Says in one line that the ledger fails while a client runs or has run. */
export function tellOfLedger(context: Context, error: unknown): void {
  if (told.has(context)) return;
  told.add(context);
  context.terminal.warn(
    `the ledger fails: ${messageOf(error)}; what becomes of this session is not recorded`,
  );
}
