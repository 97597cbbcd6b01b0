// Starts the client on the chosen account, and closes its session when it has ended.
import type { Context } from "../ports/context.ts";
import { quoted } from "../text/escape.ts";
import { OVERRIDING_VARIABLES } from "../claude/environment.ts";
import { tildePath } from "../config/paths.ts";
import { clientOffPath } from "../claude/executable.ts";
import { detours, effectOf, otherConfigDir } from "../claude/in_force.ts";
import { messageOf, UserError } from "../text/errors.ts";
import type { Child, LaunchOptions, LaunchPlan, Outcome } from "../ports/mod.ts";
import type { Lease } from "./choose_account.ts";
import type { LaunchRequest } from "./request.ts";
import type { LimitedConversation } from "./limits.ts";
import { limitedConversation } from "./limits.ts";

/**
 * Warns, one line each, about everything that would override the choice of account, and about
 * settings in config.json that no longer exist.
 */
export function warnOfOverrides(
  context: Context,
  { callers, config, cwd, forEditor }: Pick<
    LaunchRequest,
    "callers" | "config" | "cwd" | "forEditor"
  >,
): void {
  const { configFile, env, layout, terminal } = context;
  for (const { isRemoved, message, fix } of configFile.notices()) {
    if (isRemoved) terminal.warn(`${message}; to remove it: ${fix}`);
  }
  const warn = (found: readonly string[], say: (keys: string) => string): void => {
    if (found.length > 0) terminal.warn(say(found.join(", ")));
  };
  warn(
    OVERRIDING_VARIABLES.filter((name) => env.get(name) !== null),
    (names) => `${names} would override the account; not passed to claude`,
  );
  const found = detours(context, { cwd, callers });
  const bySource = Map.groupBy(
    found.filter(({ kind }) => kind === "login"),
    ({ from }) => from.name,
  );
  for (const [name, keys] of bySource) {
    const list = keys.map(({ key }) => key).join(", ");
    const more = name === "settings.json" ? "; see claude-multi doctor" : "";
    terminal.warn(`${name} overrides the account (${list})${more}`);
  }
  for (const detour of found) {
    const { kind, key, from } = detour;
    if (kind !== "login") terminal.warn(`${effectOf(detour)}: ${key} in ${from.name}`);
  }
  const offPath = forEditor?.client ? null : clientOffPath(context, config);
  if (offPath !== null) {
    terminal.warn(`"claude" is not on PATH; using ${tildePath(offPath, layout.home)}`);
  }
  const other = otherConfigDir(context, config.accounts);
  if (other === null || other.has.length === 0) return;
  terminal.warn(
    `CLAUDE_CONFIG_DIR is set, but cl doesn't use what is in "${
      tildePath(other.path, layout.home)
    }": ${other.has.join(", ")}`,
  );
}

/** Records who is logged in as the owner, the first time an account is launched with a login. */
export async function recordOwner(
  context: Context,
  { account: { name, identity: owner }, identity }: Lease,
): Promise<void> {
  if (owner !== null || identity === null) return;
  try {
    await context.configFile.ready();
    context.configFile.edit(({ accounts }) => {
      const index = accounts.findIndex((account) => account.name === name);
      return accounts[index]?.identity === null
        ? [{ path: ["accounts", index, "identity"], value: identity }]
        : [];
    });
    const { reclaim } = await import("../accounts/taken_names.ts");
    reclaim(context.ledger({ tolerant: true }), name, identity);
  } catch (error) {
    // Where nothing can be written, the warning of the ledger says enough.
    if (!context.ledger({ tolerant: true }).isKept) return;
    context.terminal.warn(`the owner of "${name}" was not recorded: ${messageOf(error)}`);
  }
}

/**
 * Starts the client and records its process in the session.
 * @throws UserError if it can't be started.
 */
export function startClient(
  context: Context,
  { plan, lease: { session }, launch }: {
    plan: LaunchPlan;
    lease: Lease;
    launch: LaunchOptions | null;
  },
): Child {
  let child: Child;
  try {
    child = context.processes.launch(plan, ...launch === null ? [] : [launch]);
  } catch (cause) {
    const isThere = context.files.resolve(plan.cwd) !== null;
    const why = isThere ? messageOf(cause) : `the folder ${quoted(plan.cwd)} is gone`;
    throw new UserError(`cannot start "${plan.program}": ${why}`, {
      hint: isThere ? "claude-multi doctor" : "cd",
      cause,
    });
  }
  if (session !== null) {
    void recorded(context, () => {
      const process = { pid: child.pid, start: child.start() };
      context.ledger({ tolerant: true }).attachProcess(session, process);
    });
  }
  return child;
}

/**
 * Closes the session of a client that has ended, or that never started if `outcome` is null; returns
 * the limit that ended it, or null.
 */
export async function closeSession(
  context: Context,
  { lease, outcome }: { lease: Lease; outcome: Outcome | null },
): Promise<LimitedConversation | null> {
  const { session, account } = lease;
  if (session === null) return null;
  await recorded(context, () => {
    const ledger = context.ledger({ tolerant: true });
    const atMs = context.clock.nowMs();
    const how = outcome === null ? "failed" : outcome.signal === null ? "exit" : "signal";
    ledger.endSession(session, { code: null, signal: null, ...outcome, atMs, how });
    return ledger.ageOut(atMs);
  });
  return await recorded(
    context,
    () => limitedConversation(context, { session, account, readsTranscript: true }),
  );
}

/** Uses the ledger around a running client: a fault is reported once and never ends the session. */
async function recorded<T>(context: Context, use: () => T | Promise<T>): Promise<T | null> {
  try {
    return await use();
  } catch (error) {
    const why = `cannot use the ledger: ${messageOf(error)}`;
    warnOnce(context, `${why}; the rest of this session is not recorded`);
    return null;
  }
}

/** Runs that have reported a fault. */
const warned = new WeakSet<Context>();

/** Warns about a fault around a running client, but only about the first one of a run. */
export function warnOnce(context: Context, text: string): void {
  if (warned.has(context)) return;
  warned.add(context);
  context.terminal.warn(text);
}
