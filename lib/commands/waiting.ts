// The one place that waits for an account to open again, with a countdown.
import type { Context } from "../context.ts";
import { formatClock, formatDuration } from "../core/format.ts";
import type { Survey } from "./survey.ts";

/** How often to look again when no account says when it opens. */
const UNKNOWN_WAIT_MS = 60_000;
/** The clock of the service and ours may differ by a moment. */
const MARGIN_MS = 2_000;

/** Waits until the first limited account should be open; Ctrl-C ends the program as usual. */
export async function waitForRoom(context: Context, survey: Survey): Promise<void> {
  const { clock, terminal } = context;
  const openings = survey.views.flatMap((view) =>
    view.state === "limited" && view.limitedUntilMs !== null
      ? [{ name: view.account.name, atMs: view.limitedUntilMs }]
      : []
  ).sort((a, b) => a.atMs - b.atMs);
  const first = openings[0];
  const untilMs = first === undefined ? clock.nowMs() + UNKNOWN_WAIT_MS : first.atMs + MARGIN_MS;
  if (!terminal.interactive && first !== undefined) {
    terminal.warn(`waiting for "${first.name}" until ${formatClock(first.atMs, clock.nowMs())}`);
  }
  for (let leftMs = untilMs - clock.nowMs(); leftMs > 0; leftMs = untilMs - clock.nowMs()) {
    terminal.rewrite(
      first === undefined
        ? "all accounts are limited; nobody knows until when"
        : `"${first.name}" opens in ${
          formatDuration(leftMs)
        }; claude starts by itself (Ctrl-C ends)`,
    );
    await clock.sleep(Math.min(1000, leftMs));
  }
  terminal.rewrite("");
}
