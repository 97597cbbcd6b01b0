// Asks for figures before a choice: all of them if the user says so, or those that are old.
import type { Context } from "../ports/context.ts";
import { findAccount } from "../config/account.ts";
import type { Refresh } from "../accounts/refresh.ts";
import { ANSWER_MS, askable, refreshFigures, startRefresh } from "../accounts/refresh.ts";
import { figuresAgeMs } from "../balance/staleness.ts";
import { standingsFor } from "./choose_account.ts";
import type { LaunchRequest } from "./request.ts";

/** The shortest time between two questions about one account, whatever runs at once. */
const PAUSE_MS = 5 * 60_000;

/**
 * Asks for figures before an account is chosen. With `"refresh": "launch"` that is for accounts with old
 * ones, within `refreshDeadlineMs`; in a terminal, a line names those that take longer. Returns what is
 * still being asked then, whose answers count for the next choice; null if nothing is. Never throws.
 */
export async function refreshBeforeChoice(
  context: Context,
  request: LaunchRequest,
): Promise<Refresh | null> {
  try {
    if (request.refresh) return await refreshNow(context, request);
    return await refreshOld(context, request);
  } catch {
    // A launch doesn't depend on it.
    return null;
  }
}

async function refreshNow(context: Context, { config, named }: LaunchRequest): Promise<null> {
  const accounts = named === null
    ? askable(context, config)
    : [findAccount(config.accounts, named)];
  await refreshFigures(context, { config, accounts });
  return null;
}

async function refreshOld(context: Context, request: LaunchRequest): Promise<Refresh | null> {
  const { config, named, records } = request;
  // Without a choice, or without a session, nothing depends on the figures.
  if (config.refresh !== "launch" || named !== null || !records) return null;
  const { clock, processes, terminal } = context;
  // From here on, so that looking at the logins and starting the clients counts too.
  const deadline = clock.sleep(config.refreshDeadlineMs);
  const { accounts } = standingsFor(context, request);
  const old = accounts.filter(({ ranked, windows }) => {
    const ageMs = figuresAgeMs(windows);
    return ranked !== null && (ageMs === null || ageMs > config.refreshAfterMinutes * 60_000);
  });
  const claimed = context.ledger({ tolerant: true }).claimRefresh(
    old.map(({ account }) => account.name),
    { nowMs: clock.nowMs(), pauseMs: PAUSE_MS },
  );
  if (claimed.length === 0) return null;
  terminal.rewrite("asking claude for fresh figures");
  let isDone = false;
  const refresh = startRefresh(context, {
    config,
    accounts: config.accounts.filter(({ name }) => claimed.includes(name)),
    timeoutMs: ANSWER_MS,
  });
  const done = refresh.done.then(() => isDone = true);
  await processes.guarded(
    () => Promise.race([done, deadline]),
    () => refresh.stop().finally(() => terminal.rewrite("")),
  );
  terminal.rewrite("");
  if (isDone) return null;
  const late = refresh.unanswered().map((name) => `"${name}"`).join(", ");
  if (terminal.interactive && late !== "") {
    const seconds = config.refreshDeadlineMs / 1000;
    terminal.warn(`no answer about ${late} within ${seconds} s; chosen by what was known before`);
  }
  return refresh;
}
