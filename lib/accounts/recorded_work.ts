// The user's own sessions of the last weeks, for the simulation to replay.
import type { Context } from "../ports/context.ts";
import type { reportRecorded } from "../balance/simulation/report.ts";
import { WEEK_MS } from "../balance/simulation/workload.ts";
import { closeLostSessions } from "./lost_sessions.ts";

/** The sessions of the last `weeks`, and the accounts to replay them on. */
export function recordedWork(
  context: Context,
  weeks: number,
): Omit<Parameters<typeof reportRecorded>[1], "onProgress"> {
  const { accounts, limits } = context.configFile.read();
  const ledger = context.ledger();
  closeLostSessions(context, ledger);
  const nowMs = context.clock.nowMs();
  const fromMs = nowMs - weeks * WEEK_MS;
  const sessions = ledger.sessionsBetween({ fromMs, toMs: nowMs });
  const enabledAccounts = accounts.filter((account) => !account.disabled).length;
  return { sessions, enabledAccounts, limits, fromMs, nowMs };
}
