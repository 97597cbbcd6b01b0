// What is said about a setting that has been changed.
import { noteNewGroup, warnOfEmptyGroup } from "../accounts/groups.ts";
import { closeLostSessions } from "../accounts/lost_sessions.ts";
import type { Account } from "../config/account.ts";
import { plansDiffer } from "../balance/plans.ts";
import { rowOf } from "../config/keys.ts";
import type { Context } from "../ports/context.ts";

/**
 * Says what a change of a key means for sessions that are running, and what it doesn't fit. `before` lists the
 * accounts as they were.
 */
export function noteChange(context: Context, key: string, before: readonly Account[]): void {
  const { configFile, claudeHome, terminal } = context;
  const [, name, member] = /^accounts\.([^.]+)\.(group|plan)$/.exec(key) ?? [];
  const account = configFile.read().accounts.find((one) => one.name === name);
  if (account !== undefined && member === "group" && account.group !== null) {
    noteNewGroup(context, { name: account.name, group: account.group });
  }
  const left = member === "group" ? before.find((one) => one.name === name)?.group ?? null : null;
  if (left !== null && left !== account?.group && warnOfEmptyGroup(context, left)) {
    terminal.note(`undo with claude-multi config set ${key} ${left}`);
  }
  if (account !== undefined && member === "plan" && account.plan !== null) {
    const plan = claudeHome.plan(account);
    if (plan !== null && plansDiffer(plan, account.plan)) {
      terminal.note(
        `the login of "${account.name}" says ${plan}; to go by that: claude-multi config unset ${key}`,
      );
    }
  }
  const text = forRunningSessions(context, key);
  if (text !== null) terminal.note(text);
}

/** What a change of a key means for sessions that are running; null if none is, or if it counts at once. */
function forRunningSessions(context: Context, key: string): string | null {
  const running = rowOf(key)?.running;
  const text = typeof running === "object"
    ? running[String(context.configFile.values()[key])]
    : running;
  if (text === undefined) return null;
  const ledger = context.ledger({ tolerant: true });
  closeLostSessions(context, ledger);
  return ledger.openSessions().length === 0 ? null : text;
}
