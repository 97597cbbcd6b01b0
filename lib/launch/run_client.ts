// Starts the client on a lease, and closes its session when it has ended.
import type { Context } from "../ports/context.ts";
import { quoted } from "../text/escape.ts";
import { OVERRIDING_VARIABLES } from "../claude/environment.ts";
import type { Settings } from "../claude/settings.ts";
import { overridingSettings } from "../claude/settings.ts";
import { messageOf, UserError } from "../text/errors.ts";
import type { Child, LaunchOptions, LaunchPlan, Outcome } from "../ports/mod.ts";
import type { Lease } from "./choose_account.ts";
import type { LimitedConversation } from "./limits.ts";
import { limitedConversation } from "./limits.ts";

/**
 * Warns, one line each, of what would override the choice of account, and says what was done about
 * it; and of settings that are gone.
 */
export function warnOfOverrides(context: Context, callers: Settings): void {
  for (const { isRemoved, message, fix } of context.configFile.notices()) {
    if (isRemoved) context.terminal.warn(`${message}; to remove it: ${fix}`);
  }
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

/**
 * Starts the client and notes its process in the session.
 * @throws UserError when it cannot be started.
 */
export function startClient(
  context: Context,
  { plan, lease, launch }: { plan: LaunchPlan; lease: Lease; launch: LaunchOptions | null },
): Child {
  const { session, ledger } = lease;
  let child: Child;
  try {
    child = context.processes.launch(plan, ...launch === null ? [] : [launch]);
  } catch (cause) {
    const isThere = context.files.resolve(plan.cwd) !== null;
    const why = isThere ? messageOf(cause) : `the folder ${quoted(plan.cwd)} is gone`;
    throw new UserError(`Cannot start "${plan.program}": ${why}`, {
      hint: isThere ? "claude-multi doctor" : "cd",
      cause,
    });
  }
  if (session !== null) {
    recorded(
      context,
      () => ledger.attachProcess(session, { pid: child.pid, start: child.start() }),
    );
  }
  return child;
}

/**
 * Closes the session of a client that has ended, or never started when there is no outcome; returns
 * the limit that ended it, or null.
 */
export function closeSession(
  context: Context,
  { lease, outcome }: { lease: Lease; outcome: Outcome | null },
): LimitedConversation | null {
  const { session, ledger, account } = lease;
  if (session === null) return null;
  recorded(context, () => {
    const atMs = context.clock.nowMs();
    const how = outcome === null ? "failed" : outcome.signal === null ? "exit" : "signal";
    ledger.endSession(session, { code: null, signal: null, ...outcome, atMs, how });
    ledger.ageOut(atMs);
  });
  return recorded(
    context,
    () => limitedConversation(context, { session, account, hasEnded: true }),
  );
}

/** Uses the ledger around a running client: a fault is told once, and never ends the session. */
function recorded<T>(context: Context, use: () => T): T | null {
  try {
    return use();
  } catch (error) {
    const why = `cannot use the ledger: ${messageOf(error)}`;
    warnOnce(context, `${why}; the rest of this session is not recorded`);
    return null;
  }
}

/** Launches that have warned of a fault already: one line is enough. */
const warned = new WeakSet<Context>();

/** Warns of a fault while a client runs or has run; only the first of a launch. */
export function warnOnce(context: Context, text: string): void {
  if (warned.has(context)) return;
  warned.add(context);
  context.terminal.warn(text);
}
