// The countdown of `--wait`, until an account opens again.
import type { Context } from "../ports/context.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import type { Standings } from "../accounts/standings.ts";

/** The service's clock may differ from ours. */
const MARGIN_MS = 2_000;
/** Another terminal may clear a limit or record a new reading. */
const LOOK_AGAIN_MS = 10_000;

/**
 * Waits, with a countdown, until the first limited account should open, but at most ten seconds:
 * then the caller checks again. Ctrl-C ends the program as usual.
 */
export async function waitForOpening(
  context: Context,
  { standings, isFirst }: { standings: Standings; isFirst: boolean },
): Promise<void> {
  const { clock, terminal } = context;
  const openings = standings.accounts.flatMap(({ account, state, limitedUntilMs: atMs }) =>
    state === "limited" && atMs !== null ? [{ name: account.name, atMs }] : []
  ).sort((a, b) => a.atMs - b.atMs);
  const first = openings[0];
  if (!terminal.interactive && first !== undefined && isFirst) {
    terminal.warn(`waiting for "${first.name}" until ${formatClock(first.atMs, clock.nowMs())}`);
  }
  const lookAtMs = clock.nowMs() + LOOK_AGAIN_MS;
  const untilMs = Math.min(lookAtMs, first === undefined ? lookAtMs : first.atMs + MARGIN_MS);
  for (let leftMs = untilMs - clock.nowMs(); leftMs > 0; leftMs = untilMs - clock.nowMs()) {
    terminal.rewrite(waitingLine(context, first));
    await clock.sleep(Math.min(1000, leftMs));
  }
  terminal.rewrite("");
}

/** What it waits for, in as many words as fit on the line, with what ends the wait. */
function waitingLine(
  { clock, terminal: { messages } }: Context,
  first: { name: string; atMs: number } | undefined,
): string {
  const inTime = first === undefined ? "" : formatDuration(first.atMs + MARGIN_MS - clock.nowMs());
  const said = first === undefined
    ? ["every account is limited; reset time unknown", "reset time unknown"]
    : [
      `"${first.name}" opens in ${inTime}; claude then starts by itself`,
      `"${first.name}" opens in ${inTime}`,
      `opens in ${inTime}`,
    ];
  const lines = said.map((text) => `${text} (Ctrl-C to cancel)`);
  return lines.find((line) => line.length < messages.columns) ?? lines.at(-1) ?? "";
}
