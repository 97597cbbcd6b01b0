// Limits that the user sets by hand, and clearing all limits of an account.
import type { Context } from "../ports/context.ts";
import type { Config } from "../config/config.ts";
import { formatClock, formatPercent } from "../text/format.ts";
import { accountWindow, useOf, WINDOW_LABEL, WINDOWS } from "../balance/windows.ts";
import type { Standing } from "./standings.ts";
import { standingsNow } from "./standings.ts";

type Named = { config: Config; name: string };

/**
 * Marks an account as limited until a time; an earlier limit set by hand is replaced. Returns the
 * outcome in words.
 * @throws UserError if the ledger can't be written.
 */
export function limitUntil(
  context: Context,
  { untilMs, ...named }: Named & { untilMs: number },
): string {
  const { name } = named;
  const ledger = context.ledger({ kept: true });
  const nowMs = context.clock.nowMs();
  const limit = { account: name, window: null, model: null, untilMs, kind: "manual" } as const;
  ledger.immediately(() => {
    ledger.clearManualLimits(name);
    ledger.addLimit({ ...limit, recordedAtMs: nowMs, session: null });
  });
  const inForceMs = standingOf(context, named)?.limitedUntilMs ?? null;
  const given = formatClock(untilMs, nowMs);
  if (inForceMs === null) {
    return `"${name}" is limited until ${given}, and after that until a full window resets`;
  }
  if (inForceMs <= Math.round(untilMs)) return `"${name}" is limited until ${given}`;
  const later = formatClock(inForceMs, nowMs);
  return `"${name}" is still limited until ${later}: Claude reported a later reset than ${given}`;
}

/**
 * Forgets every limit of an account. Returns the outcome in words: a full window still limits it.
 * @throws UserError if the ledger can't be written.
 */
export function clearLimits(context: Context, named: Named): string {
  const { config, name } = named;
  const nowMs = context.clock.nowMs();
  const cleared = context.ledger({ kept: true }).clearLimits(name, nowMs);
  const standing = standingOf(context, named);
  if (standing?.state !== "limited") {
    return `"${name}" ${cleared === 0 ? "had no limit" : "is open again"}`;
  }
  const full = WINDOWS.flatMap((window) => {
    const percentUsed = useOf(accountWindow(standing.windows, window))?.percentUsed ?? 0;
    return percentUsed < config.reserve[window]
      ? []
      : [`${formatPercent(percentUsed)} of ${WINDOW_LABEL[window]} used`];
  });
  const { limitedUntilMs: atMs } = standing;
  const until = atMs === null ? "" : ` until ${formatClock(atMs, nowMs)}`;
  const said = cleared === 0 ? "had no limit" : "has no limit now";
  return `"${name}" ${said}, but is full: ${full.join(" and ")}${until}`;
}

/** The standing of one account, without reading any other. */
function standingOf(context: Context, { config, name }: Named): Standing | undefined {
  const accounts = config.accounts.filter((account) => account.name === name);
  return standingsNow(context, { config: { ...config, accounts } }).accounts[0];
}
