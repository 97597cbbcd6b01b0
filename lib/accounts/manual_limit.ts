// Limits that the user sets by hand, and clearing all limits of an account.
import type { Context } from "../ports/context.ts";
import type { Config } from "../config/config.ts";
import { figuresKey } from "../config/account.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import type { Reading, WindowKey } from "../balance/windows.ts";
import { AHEAD_MS } from "../balance/windows.ts";
import { distinctHolds, heldModel, holdsOf, holdText } from "./holds.ts";
import type { Standing, StandingsSource } from "./standings.ts";
import { standingsNow } from "./standings.ts";

/** An account, and the models that a plain `cl` needs, by which it counts as limited. */
interface Named {
  config: Config;
  name: string;
  models: NonNullable<StandingsSource["models"]>;
}

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
  const before = standingOf(context, named)?.limits.find(({ kind }) => kind === "manual");
  ledger.immediately(() => {
    ledger.clearManualLimits(name);
    ledger.addLimit({ ...limit, recordedAtMs: nowMs, session: null });
  });
  const inForceMs = standingOf(context, named)?.limitedUntilMs ?? null;
  const given = formatClock(untilMs, nowMs);
  if (inForceMs === null) {
    return `"${name}" is limited until ${given}, and after that until a full window resets`;
  }
  if (inForceMs <= Math.round(untilMs)) {
    const wasMs = before === undefined || before.untilMs === untilMs ? null : before.untilMs;
    const said = wasMs === null ? given : formatClock(wasMs, nowMs);
    const was = said === given ? "" : `; before, you had said ${said}`;
    return `"${name}" is limited until ${given}, in ${formatDuration(untilMs - nowMs)}${was}`;
  }
  const later = formatClock(inForceMs, nowMs);
  return `"${name}" is still limited until ${later}: Claude reported a later reset than ${given}`;
}

/**
 * Forgets whatever holds an account back: its limits, and the figures of full windows until something
 * newer is measured. Returns the outcome in words, one line for each thing that was forgotten.
 * @throws UserError if the ledger can't be written.
 */
export function clearLimits(context: Context, named: Named): string {
  const { config, name } = named;
  const ledger = context.ledger({ kept: true });
  const nowMs = context.clock.nowMs();
  const before = standingOf(context, named);
  const holds = before === undefined ? [] : holdsOf(before, config);
  const identity = figuresKey(before?.account.identity ?? null, () => before?.identity ?? null);
  const known = [
    ...ledger.facts(name, { identity, nowMs }).readings,
    ...before?.cached ?? [],
  ].filter(({ measuredAtMs }) => measuredAtMs <= nowMs + AHEAD_MS);
  const markers = holds.flatMap((hold): Reading[] =>
    hold.by === "limit" ? [] : [{
      account: name,
      window: hold.window.window,
      model: hold.window.model,
      identity,
      percentUsed: null,
      resetsAtMs: null,
      measuredAtMs: 1 + lastMs(hold.window),
      source: "cleared",
    }]
  );
  ledger.immediately(() => {
    ledger.clearLimits(name, nowMs);
    ledger.addReadings(markers);
  });
  if (holds.length === 0) return `"${name}" had no limit`;
  const isOpen = standingOf(context, named)?.state !== "limited";
  const models = new Set(holds.map(heldModel));
  // Limits of models that a launch here doesn't need have left the account open.
  const isOfModels = before?.state !== "limited" && !models.has(null);
  const what = isOfModels ? `${[...models].join(" and ")} on ` : "";
  const forgotten = distinctHolds(holds).map((hold) => `forgotten: ${holdText(hold, nowMs)}`);
  return [`${what}"${name}" is ${isOpen ? "open again" : "still limited"}`, ...forgotten]
    .join("\n");

  /** When a window was last measured, which may be a little ahead of our clock, or else now. */
  function lastMs({ window, model }: WindowKey): number {
    const mine = known.filter((one) => one.window === window && one.model === model);
    return Math.max(nowMs, ...mine.map(({ measuredAtMs }) => measuredAtMs));
  }
}

/** The standing of one account, without reading any other. */
function standingOf(context: Context, { config, name, models }: Named): Standing | undefined {
  const accounts = config.accounts.filter((account) => account.name === name);
  return standingsNow(context, { config: { ...config, accounts }, models }).accounts[0];
}
